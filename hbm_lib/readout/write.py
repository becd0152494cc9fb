"""Write aside, then move: a reader never finds half a file."""

import os
from collections.abc import Callable
from pathlib import Path


def write(out: Path, writers: dict[str, Callable[[Path], object]]) -> list[Path]:
    """Write every file beside its place, and move them only when all are whole."""
    out.mkdir(parents=True, exist_ok=True)
    aside = {out / name: out / f".{os.getpid()}.{name}" for name in writers}
    try:
        for part, save in zip(aside.values(), writers.values(), strict=True):
            save(part)
        for place, part in aside.items():
            os.replace(part, place)
    finally:
        for part in aside.values():
            part.unlink(missing_ok=True)
    return list(aside)
