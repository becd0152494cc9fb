"""Measured results that are committed with the book, found from wherever a notebook runs."""

import json
from pathlib import Path


def committed(path: str) -> dict:
    """Read a committed JSON file of the repository that holds the current directory.

    Parameters
    ----------
    path : str
        As in ``benchmarks/results/eight_schools.json``.

    Returns
    -------
    dict

    Raises
    ------
    FileNotFoundError
        If no folder above the current one has it; the sentence says where it lives.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / path).is_file():
            return json.loads((folder / path).read_text(encoding="utf-8"))
    raise FileNotFoundError(f"{path}: not found here or above; open this notebook inside a copy of the book's repository")
