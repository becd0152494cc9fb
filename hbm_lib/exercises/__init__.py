"""Exercises: check an answer, recognize a misconception by name, keep the reader's progress.

The engine knows no chapter. An exercise is a folder ``exercises/<chapter>/NN_slug/``; the names
below are what its files use. `hbm_lib.exercises.montecarlo` holds what answers made of draws need.
"""

from .compare import Exact, agree
from .exercise import Exercise, exercise
from .outcome import Outcome
from .question import (
    FRESH,
    Attempt,
    Case,
    Checker,
    Misconception,
    Question,
    WrongAnswer,
    case,
    gives,
    wrong_answer,
)

__all__ = [
    "FRESH",
    "Attempt",
    "Case",
    "Checker",
    "Exact",
    "Exercise",
    "Misconception",
    "Outcome",
    "Question",
    "WrongAnswer",
    "agree",
    "case",
    "exercise",
    "gives",
    "wrong_answer",
]
