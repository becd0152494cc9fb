"""What a past batch is worth, on many made-up platforms: ``python -m benchmarks.creators_past_batches``."""

import json
from pathlib import Path

from hbm_lib.draws import versions
from hbm_lib.protocols.creators import past_batches

RESULTS = Path(__file__).parent / "results" / "creators_past_batches.json"
SEED = 42
MOVED = ("alone", "with the past", "past discounted", "past widened")
# creators in the next batch, shift of the genres in dollars, platforms, readings
CELLS = ((4, 0, 150, past_batches.WAYS), (10, 0, 100, past_batches.WAYS), (50, 0, 60, past_batches.WAYS), (50, 0.3, 60, MOVED),
         (50, 0.6, 60, MOVED), (500, 0, 24, past_batches.WAYS))


def main() -> None:
    """Measure every cell and write the results."""
    cells = []
    for creators, shift, platforms, ways in CELLS:
        found = past_batches.summary(past_batches.compare(SEED, platforms, creators, shift=shift, ways=ways))
        cells.append({"creators": creators, "shift": shift, "platforms": platforms, "ways": found.round(6).to_dict("index")})
        print(f"{creators} creators, shift {shift}\n{found.round(4).to_string()}", flush=True)
    out = {"seed": SEED, "versions": versions("numpy", "scipy"), "cells": cells}
    RESULTS.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
