"""Find the exercises and load their parts. Where they lie, and what a folder holds."""

import difflib
import os
import re
from pathlib import Path
from types import SimpleNamespace

from .question import Checker, WrongAnswer

FILES = ("exercise.md", "exercise.ipynb", "check.py", "hints.md", "solution.py", "wrong.py")
"""What the folder of an exercise holds, no more and no less."""

_NUMBERED = re.compile(r"\d\d_[a-z0-9_]+")


def root() -> Path:
    """Return the folder of the exercises.

    It is `$HBM_EXERCISES`, else `exercises/` beside the library in a checkout, else the copy that
    came with the installed library.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    named = os.environ.get("HBM_EXERCISES")
    if named:
        if not Path(named).is_dir():
            raise FileNotFoundError(f"HBM_EXERCISES names {named}, which is not a folder")
        return Path(named)
    library = Path(__file__).resolve().parent
    for folder in (library.parent.parent / "exercises", library / "bank"):
        if any(folder.glob("*/[0-9][0-9]_*/check.py")):
            return folder
    raise FileNotFoundError(
        "no exercises beside hbm_lib or in it; set HBM_EXERCISES to the folder that holds them"
    )


def names(folder: Path | None = None) -> list[str]:
    """Return the names of all exercises, as ``chapter/NN_slug``, in order.

    Parameters
    ----------
    folder : Path, optional
        Where to look; by default `root()`. Folders that begin with _ or . are no chapters.
    """
    folder = root() if folder is None else folder
    return [
        f"{chapter.name}/{one.name}"
        for chapter in sorted(folder.iterdir())
        if chapter.is_dir() and chapter.name[0] not in "_."
        for one in sorted(chapter.iterdir())
        if one.is_dir() and _NUMBERED.fullmatch(one.name)
    ]


def find(name: str) -> Path:
    """Return the folder of an exercise.

    Parameters
    ----------
    name : str
        ``chapter/NN_slug``, or a part of it that fits one exercise only.

    Raises
    ------
    ValueError
        If no exercise, or more than one, has this name.
    """
    known = names()
    fits = [name] if name in known else [one for one in known if name and name in one]
    if len(fits) == 1:
        return root() / fits[0]
    close = fits or difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known
    raise ValueError(f"no single exercise is named {name!r}; did you mean {', '.join(close)}?")


def load(path: Path) -> SimpleNamespace:
    """Return the names a Python file of an exercise defines. It leaves no compiled file behind.

    Parameters
    ----------
    path : Path
        ``check.py``, ``solution.py`` or ``wrong.py``.
    """
    space = {"__name__": f"exercise_{path.parent.name}_{path.stem}", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    return SimpleNamespace(**space)


def checker(folder: Path) -> Checker:
    """Return the checker of an exercise, `CHECKER` in its ``check.py``.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    return load(folder / "check.py").CHECKER


def wrong_answers(folder: Path) -> tuple[WrongAnswer, ...]:
    """Return the bank of wrong answers of an exercise, `WRONG` in its ``wrong.py``.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    return tuple(load(folder / "wrong.py").WRONG)


def hints(folder: Path) -> list[str]:
    """Return the hints of an exercise: the texts under ``## 1``, ``## 2``, … of ``hints.md``.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    parts = re.split(r"(?m)^## \d+\s*$", (folder / "hints.md").read_text(encoding="utf-8"))
    return [part.strip() for part in parts[1:]]


def prompt(folder: Path) -> str:
    """Return the text of ``exercise.md`` without its header and its code cells.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    text = re.sub(r"\A---\n.*?\n---\n", "", _markdown(folder), flags=re.DOTALL)
    return re.sub(r"(?ms)^```\{code-cell\}.*?^```\n?", "", text).strip()


def title(folder: Path) -> str:
    """Return the title of an exercise, the first heading of ``exercise.md``.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    found = re.search(r"(?m)^# (.+)$", _markdown(folder))
    return found[1].strip() if found else folder.name


def cells(folder: Path) -> list[str]:
    """Return the code cells of ``exercise.md``, in order.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    found = re.findall(r"(?ms)^```\{code-cell\}[^\n]*\n(.*?)^```", _markdown(folder))
    return [re.sub(r"\A(:[^\n]*\n)+\n?", "", cell) for cell in found]


def _markdown(folder: Path) -> str:
    return (folder / "exercise.md").read_text(encoding="utf-8")
