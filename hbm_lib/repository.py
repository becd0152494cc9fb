"""Find what is committed with the book, from wherever in its repository a notebook runs."""

from pathlib import Path


def find(path: Path | str) -> Path:
    """Return a file or folder of the repository that holds the current directory.

    Parameters
    ----------
    path : path
        Seen from the repository's top, as in ``benchmarks/results/eight_schools.json``.

    Returns
    -------
    pathlib.Path
        The nearest one, looking from the current directory upward.

    Raises
    ------
    FileNotFoundError
        If no folder above the current one has it; the sentence says where it lives.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / path).exists():
            return folder / path
    raise FileNotFoundError(
        f"{Path(path).as_posix()}: not found here or above; open this notebook inside a copy of the book's repository"
    )
