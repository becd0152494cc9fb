"""Measured results that are committed with the book."""

import json

from hbm_lib import repository


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
    return json.loads(repository.find(path).read_text(encoding="utf-8"))
