"""Hold an answer against the exact truth, and say in words what is amiss.

The words give the reader's own value and the direction of the error, never the right value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Difference:
    """Why an answer is not right.

    Parameters
    ----------
    reason : str
        ``"type"``, ``"shape"``, ``"nan"``, ``"few draws"`` or ``"different"``.
    words : str
        A clause that goes on from "your answer".
    """

    reason: str
    words: str


@dataclass(frozen=True)
class Exact:
    """Comparison with an exact value: right when |answer - truth| <= atol + rtol |truth|.

    Parameters
    ----------
    rtol, atol : float
        Relative and absolute tolerance.
    """

    rtol: float = 1e-6
    atol: float = 1e-9

    def __str__(self) -> str:
        within = f"{self.atol:g}" if self.rtol == 0 else f"a relative {self.rtol:g}"
        return f"Numbers must agree within {within}."

    def difference(self, answer: Any, truth: Any, parts: tuple[str, ...] = ()) -> Difference | None:
        """Return why the answer is not the truth; None if it is.

        Parameters
        ----------
        answer, truth : object
            A number, an array, a truth value, a text, or a tuple of such.
        parts : tuple of str
            Names of the parts of a tuple.
        """
        if isinstance(truth, tuple):
            return self._tuple(answer, truth, parts)
        if isinstance(truth, bool | np.bool_ | str):
            return _word(answer, truth)
        values = as_numbers(answer)
        if isinstance(values, Difference):
            return values
        return _shape(values, np.shape(truth)) or _finite(values) or self._numbers(values, truth)

    def _tuple(
        self, answer: Any, truth: tuple[Any, ...], parts: tuple[str, ...]
    ) -> Difference | None:
        names = parts or tuple(f"part {i + 1}" for i in range(len(truth)))
        try:
            found = len(answer)
        except TypeError:
            found = 1
        if found != len(truth):
            wanted = ", ".join(names)
            return Difference("shape", f"has {found} part(s) where {len(truth)} belong: {wanted}")
        for name, got, true in zip(names, answer, truth, strict=True):
            problem = self.difference(got, true)
            if problem:
                return Difference(problem.reason, f"has a `{name}` that {problem.words}")
        return None

    def _numbers(self, values: np.ndarray, truth: Any) -> Difference | None:
        truth = np.asarray(truth, dtype=float)
        wrong = np.abs(values - truth) > self.atol + self.rtol * np.abs(truth)
        if not wrong.any():
            return None
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        what = f"is {values[first]:.4g}, which {_direction(values[first], truth[first])}"
        if values.ndim == 0:
            return Difference("different", what)
        at = first[0] if len(first) == 1 else first
        count = f"differs in {int(wrong.sum())} of {wrong.size} entries"
        return Difference("different", f"{count}; entry {at} (counted from 0) {what}")


def agree(answer: Any, other: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Return whether two answers are the same within tolerance; NaN and infinity count as values.

    Parameters
    ----------
    answer, other : object
        As for `Exact.difference`.
    rtol, atol : float
        Relative and absolute tolerance.
    """
    if isinstance(other, tuple):
        same = isinstance(answer, tuple | list | np.ndarray) and len(answer) == len(other)
        return same and all(agree(a, b, rtol, atol) for a, b in zip(answer, other, strict=True))
    mine, theirs = as_numbers(answer), as_numbers(other)
    if isinstance(mine, Difference) or isinstance(theirs, Difference):
        return _kind(answer) == _kind(other) and bool(np.all(answer == other))
    close = mine.shape == theirs.shape and np.allclose(mine, theirs, rtol, atol, equal_nan=True)
    return bool(close)


def as_numbers(answer: Any) -> np.ndarray | Difference:
    """Return the answer as an array of floats, or why it is not one.

    Parameters
    ----------
    answer : object
        What the reader handed in.
    """
    kind = type(answer).__name__
    try:
        raw = np.asarray(answer)
    except ValueError:
        return Difference("type", f"is of type {kind}, with rows that differ in length")
    if raw.dtype.kind not in "fiu":
        return Difference("type", f"is of type {kind} where a number or an array of them belongs")
    return raw.astype(float)


def _kind(answer: Any) -> str:
    """Return the name of the type, Python's and NumPy's truth values being one."""
    return "bool" if isinstance(answer, np.bool_) else type(answer).__name__


def _word(answer: Any, truth: Any) -> Difference | None:
    kind = type(answer).__name__
    if isinstance(truth, str):
        if not isinstance(answer, str):
            return Difference("type", f"is of type {kind} where a text belongs")
    elif not isinstance(answer, bool | np.bool_):
        return Difference("type", f"is of type {kind} where `True` or `False` belongs")
    return None if answer == truth else Difference("different", f"is `{answer}`, which is not so")


def _shape(values: np.ndarray, shape: tuple[int, ...]) -> Difference | None:
    if values.shape == shape:
        return None
    words = {True: "a single number", False: f"an array of shape {shape}"}[shape == ()]
    mine = "a single number" if values.shape == () else f"an array of shape {values.shape}"
    return Difference("shape", f"is {mine} where {words} belongs")


def _finite(values: np.ndarray) -> Difference | None:
    bad = ~np.isfinite(values)
    if not bad.any():
        return None
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    value = str(values[first])
    if values.ndim == 0:
        return Difference("nan", f"is {value}: look for 0/0, log(0) or an overflow")
    at = first[0] if len(first) == 1 else first
    count = f"has {int(bad.sum())} of {bad.size} entries that are not finite"
    return Difference("nan", f"{count}; entry {at} (counted from 0) is {value}")


def _direction(value: float, truth: float) -> str:
    if value * truth < 0:
        return "has the wrong sign"
    if truth == 0 or value == 0:
        return "is too large" if value > truth else "is too small"
    size = "much " if not 0.2 < abs(value / truth) < 5 else ""
    return f"is {size}too large" if value > truth else f"is {size}too small"
