"""Readouts of skewed revenue against the truth: ``python -m benchmarks.skewed`` writes results/creators_skewed.json.

Thirty platforms with log-normal payers, thirty with Gamma payers, and ten with twenty times as many users.
"""

import json
from pathlib import Path

import numpy as np

from hbm_lib.protocols.creators import skewed_revenue

RESULTS = Path(__file__).parent / "results" / "creators_skewed.json"
SEED = 42
CASES = {
    "log-normal payers": {"numbers": range(1, 31), "positive": "lognormal"},
    "20 times the users": {"numbers": range(1, 11), "positive": "lognormal", "scale": 20.0},
    "Gamma payers": {"numbers": range(1, 31), "positive": "gamma"},
}


def main() -> None:
    """Run all cases and write what was found after each."""
    out = {}
    for name, about in CASES.items():
        found = skewed_revenue.compare(seed=SEED, **about)
        table = skewed_revenue.summary(found)
        rows = [{k: v if isinstance(v, str) else round(float(v), 6) for k, v in row.items()} for row in table.to_dict("records")
                if not (isinstance(row["mse"], float) and np.isnan(row["mse"]))]
        out[name] = {"platforms": len(about["numbers"]), "seed": SEED, "flat": float(found["flat"].mean()), "rows": rows}
        RESULTS.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
