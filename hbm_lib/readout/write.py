"""Write aside, then move: a reader never finds half a file, nor the new table beside the old report."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def check_place(out: Path, names: list[str], source: Path) -> None:
    """Refuse a place that cannot be written to, before any work.

    Raises
    ------
    ValueError
        If the folder is a file or may not be written to, a result's place is a folder, or a result would replace the input.
    """
    parent = next(p for p in (out, *out.absolute().parents) if p.exists())
    if not parent.is_dir():
        raise ValueError(f"--out: {parent} is a file; name a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ValueError(f"--out: {parent} may not be written to; name another folder")
    for name in names:
        if (out / name).is_dir():
            raise ValueError(f"--out: {out / name} is a folder, where a file is to be written; name another folder")
        if (out / name).exists() and source.exists() and (out / name).samefile(source):
            raise ValueError(f"--out: {out / name} is the file to be read; name another folder")


def write(out: Path, writers: dict[str, Callable[[Path], object]]) -> list[Path]:
    """Write every file into a folder aside, and move them only when all are whole.

    Parameters
    ----------
    out : Path
        The folder; made if it is not there.
    writers : dict
        From a file's name to what writes it to a path.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OSError
        If the disk refuses; then everything is as it was before.
    """
    made = [p for p in (out, *out.absolute().parents) if not p.exists()]
    out.mkdir(parents=True, exist_ok=True)
    try:
        aside = Path(tempfile.mkdtemp(prefix=".hbm-", dir=out))
        try:
            for name, save in writers.items():
                save(aside / name)
            _move(aside, out, list(writers))
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except BaseException:
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise
    return [out / name for name in writers]


def _move(aside: Path, out: Path, names: list[str]) -> None:
    """Move all files to their places, or none."""
    old = aside / "old"
    old.mkdir()
    done: list[str] = []
    try:
        for name in names:
            if (out / name).exists():
                os.replace(out / name, old / name)
            done.append(name)
            os.replace(aside / name, out / name)
    except BaseException:
        for name in done:
            (out / name).unlink(missing_ok=True)
            if (old / name).exists():
                os.replace(old / name, out / name)
        raise
