"""What the proofs work on: the stub run in a fresh namespace, the solution's answers and lines."""

import ast
import contextlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from . import bank


def run_stub(folder: Path) -> SimpleNamespace:
    """Run the code cells of ``exercise.md`` in a fresh namespace and return it.

    Parameters
    ----------
    folder : Path
        The exercise's. Its parents must be its chapter and the folder of all exercises.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    with _apart(folder.parent.parent), contextlib.redirect_stdout(io.StringIO()):
        for number, cell in enumerate(bank.cells(folder), 1):
            exec(compile(cell, f"<cell {number} of {folder.name}>", "exec"), space)
    return SimpleNamespace(**space)


def solved(folder: Path) -> dict[str, Any]:
    """Return the solution's answers by question name, in the order of the questions.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    space = vars(bank.load(folder / "solution.py"))
    return {one.name: space[one.name] for one in bank.checker(folder).questions}


def solution_lines(folder: Path) -> list[str]:
    """Return the lines of the solution that do the work: no import, `def`, docstring or comment.

    Parameters
    ----------
    folder : Path
        The exercise's.
    """
    tree = ast.parse((folder / "solution.py").read_text(encoding="utf-8"))
    skipped = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.For, ast.If, ast.With, ast.While)
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not isinstance(node, skipped)
    ]
    lines = [ast.unparse(node) for node in sorted(statements, key=lambda node: node.lineno)]
    return [line for line in lines if len(line) > 12 and line[0] not in "'\""]


@contextlib.contextmanager
def _apart(root: Path) -> Iterator[None]:
    """Use these exercises, and a progress file that is thrown away."""
    with tempfile.TemporaryDirectory() as place:
        ours = {"HBM_EXERCISES": str(root), "HBM_PROGRESS": str(Path(place) / "progress.json")}
        with mock.patch.dict(os.environ, ours):
            yield


def signatures(code: str) -> dict[str, str]:
    """Return the arguments of every function a piece of code defines.

    Parameters
    ----------
    code : str
        Python source.
    """
    return {
        node.name: ast.unparse(node.args)
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef)
    }


def squeeze(text: str) -> str:
    """Drop white space, backticks and the word return, so that layout hides nothing.

    Parameters
    ----------
    text : str
        Prose or code.
    """
    return re.sub(r"[\s`]|return", "", text)
