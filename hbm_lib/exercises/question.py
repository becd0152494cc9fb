"""What the writer of an exercise writes down: questions, inputs, misconceptions, wrong answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .compare import Exact, agree

FRESH = "a fresh random generator"
"""Stands for `numpy.random.default_rng()` in a case: new at every check, no seed."""


@dataclass(frozen=True)
class Case:
    """One input on which a function is tried.

    Parameters
    ----------
    inputs : mapping of str to object
        Argument values by name, in the order of the signature.
    label : str
        Words for an input too long to print; empty to print the arguments.
    """

    inputs: Mapping[str, Any]
    label: str = ""

    def __str__(self) -> str:
        return self.label or ", ".join(
            f"{name}={_short(value)}" for name, value in self.inputs.items() if value is not FRESH
        )


def case(label: str = "", **inputs: Any) -> Case:
    """Return a case from keyword arguments.

    Parameters
    ----------
    label : str
        Words for the input; empty to print its arguments.
    **inputs : object
        The arguments in the order of the signature. `FRESH` becomes a new random generator.
    """
    return Case(inputs, label)


@dataclass(frozen=True)
class Attempt:
    """What the reader's function gave on every case, or the reader's one value.

    Parameters
    ----------
    cases : tuple of Case
        The inputs; one empty case for a value.
    answers : tuple of object
        One answer a case.
    """

    cases: tuple[Case, ...]
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A wrong idea with a name, the words that clear it up, and the way to recognize it.

    Parameters
    ----------
    name : str
        A few words, unique in the exercise.
    message : str
        What the reader is told. It names the slip and points the way, without the answer.
    recognise : callable
        From `Attempt` to bool. `gives(f)` builds the usual one: the answers are those of `f`.
    """

    name: str
    message: str
    recognise: Callable[[Attempt], bool]


@dataclass(frozen=True)
class Question:
    """One function or value the reader hands in.

    Parameters
    ----------
    name : str
        The name it has in the stub and in the solution.
    truth : callable or object
        For a function, the right function of the same arguments; else the right value.
    cases : tuple of Case
        Inputs to try a function on; empty for a value.
    compare : Exact or MonteCarlo
        How an answer is held against the truth, with its tolerance.
    misconceptions : tuple of Misconception
        Tried in order when the answer is not right; the first recognized is told.
    parts : tuple of str
        Names of the parts when the answer is a tuple.
    """

    name: str
    truth: Any
    cases: tuple[Case, ...] = ()
    compare: Any = field(default_factory=Exact)
    misconceptions: tuple[Misconception, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """What the answer is called, with its arguments if it is a function."""
        if not self.cases:
            return self.name
        return f"{self.name}({', '.join(self.cases[0].inputs)})"


@dataclass(frozen=True)
class Checker:
    """All that an exercise asks for, in order, and what is said when all is right.

    Parameters
    ----------
    *questions : Question
        In the order in which `check` takes the answers.
    right : str
        What the reader should take home, said when every answer is right.
    """

    questions: tuple[Question, ...]
    right: str

    def __init__(self, *questions: Question, right: str) -> None:
        object.__setattr__(self, "questions", questions)
        object.__setattr__(self, "right", right)


@dataclass(frozen=True)
class WrongAnswer:
    """An entry of the bank of wrong answers.

    Parameters
    ----------
    rejected_as : str
        The misconception (or the engine's own reason) it must be told.
    answers : mapping of str to object
        Wrong answers by question name; the other questions are answered by the solution.
    """

    rejected_as: str
    answers: Mapping[str, Any]


def wrong_answer(rejected_as: str, **answers: Any) -> WrongAnswer:
    """Return an entry of the bank of wrong answers.

    Parameters
    ----------
    rejected_as : str
        The misconception it must be told.
    **answers : object
        The wrong answers by question name.
    """
    return WrongAnswer(rejected_as, answers)


def gives(
    wrong: Any, part: int | None = None, rtol: float = 1e-6, atol: float = 1e-9
) -> Callable[[Attempt], bool]:
    """Return a recognizer: every answer is what `wrong` gives.

    Parameters
    ----------
    wrong : callable or object
        The function a reader with the misconception would write, or the value.
    part : int, optional
        Compare this part of the tuples only; all of them if left out.
    rtol, atol : float
        Tolerances of the comparison.
    """

    def same(tried: Case, answer: Any) -> bool:
        expected = wrong(*tried.inputs.values()) if callable(wrong) else wrong
        if part is not None:
            answer, expected = answer[part], expected[part]
        return agree(answer, expected, rtol, atol)

    def recognise(attempt: Attempt) -> bool:
        return all(map(same, attempt.cases, attempt.answers))

    return recognise


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return "[" + ", ".join(f"{x:.4g}" for x in value.ravel()) + "]"
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    return repr(value)
