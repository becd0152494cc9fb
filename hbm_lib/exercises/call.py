"""Call the reader's function without letting it hurt: copies, silence, exceptions in one line."""

import contextlib
import copy
import dis
import inspect
import io
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .question import FRESH, Case

_EMPTY_BODY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


@dataclass(frozen=True)
class Stopped:
    """The reader's code raised an exception.

    Parameters
    ----------
    words : str
        The line of their code, and the exception in one sentence.
    """

    words: str


def call(function: Callable, tried: Case, repeats: int, loud: bool) -> Any:
    """Return what the function gives on the case, or `Stopped`.

    Parameters
    ----------
    function : callable
        The reader's.
    tried : Case
        The input; arrays are copied first, so that the function may spoil them.
    repeats : int
        Call it so often and stack the answers; 0 to call it once.
    loud : bool
        Whether what the function prints is shown.
    """
    silence = contextlib.nullcontext() if loud else contextlib.redirect_stdout(io.StringIO())
    try:
        with silence, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            if not repeats:
                return function(*_arguments(tried))
            first = function(*_arguments(tried))
            if blank(first):
                return first
            with contextlib.redirect_stdout(io.StringIO()):
                rest = [function(*_arguments(tried)) for _ in range(repeats - 1)]
            return np.array([first, *rest])
    except NotImplementedError:
        return ...
    except Exception as error:
        return Stopped(_one_sentence(error, function))


def accepts(function: Callable, tried: Case) -> bool:
    """Return whether the function can be called with the arguments of the case.

    Parameters
    ----------
    function : callable
        The reader's.
    tried : Case
        Any of the inputs.
    """
    try:
        inspect.signature(function).bind(*tried.inputs)
    except TypeError:
        return False
    except ValueError:  # a built-in that does not tell its signature
        return True
    return True


def blank(answer: Any) -> bool:
    """Return whether an answer is a stub's: `None`, `...`, or a tuple with one of these in it.

    Parameters
    ----------
    answer : object
        What a function returned, or a value.
    """
    if isinstance(answer, tuple | list):
        return any(part is None or part is ... for part in answer)
    return answer is None or answer is ...


def empty(function: Callable) -> bool:
    """Return whether the function's body does nothing, like that of a stub.

    Parameters
    ----------
    function : callable
        The reader's.
    """
    code = getattr(function, "__code__", None)
    return code is not None and {op.opname for op in dis.get_instructions(code)} <= _EMPTY_BODY


def _arguments(tried: Case) -> list[Any]:
    return [
        np.random.default_rng() if value is FRESH else copy.deepcopy(value)
        for value in tried.inputs.values()
    ]


def _one_sentence(error: Exception, function: Callable) -> str:
    """Return where in the reader's code it stopped, and why, in one sentence."""
    what = f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]
    code = getattr(function, "__code__", None)
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if (code is not None and frame.filename == code.co_filename)
        or "ipykernel" in frame.filename
    ]
    own = [frame for frame in own if "site-packages" not in frame.filename]
    if not own:
        return f"Your code stopped with `{what}`."
    line = f", `{own[-1].line}`," if own[-1].line else ""
    return f"Line {own[-1].lineno} of your code{line} stopped with `{what}`."
