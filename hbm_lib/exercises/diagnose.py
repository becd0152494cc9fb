"""From the reader's answers to an outcome: the order in which things are looked at.

Not attempted, an exception, right, a misconception, then what differs: in this order, question by
question. A misconception comes before type and shape, because a wrong shape is often its symptom.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .call import Stopped, accepts, blank, call, empty
from .outcome import NOT_ATTEMPTED, RIGHT, WRONG, Outcome
from .question import Attempt, Case, Checker, Misconception, Question


def diagnose(checker: Checker, answers: Sequence[Any]) -> Outcome:
    """Return the outcome for a set of answers.

    Parameters
    ----------
    checker : Checker
        The exercise's questions.
    answers : sequence of object
        What the reader handed to `check`, in the order of the questions.
    """
    wanted = [question.name for question in checker.questions]
    if len(answers) != len(wanted):
        listed = ", ".join(wanted)
        message = (
            f"Hand over {len(wanted)} answer(s): `ex.check({listed})`. You gave {len(answers)}."
        )
        return Outcome(NOT_ATTEMPTED, message, "answers")
    for done, (question, answer) in enumerate(zip(checker.questions, answers, strict=True)):
        outcome = diagnose_one(question, answer)
        if not outcome.right:
            return _after(wanted[:done], outcome)
    return Outcome(RIGHT, checker.right)


def diagnose_one(question: Question, answer: Any) -> Outcome:
    """Return the outcome for one question.

    Parameters
    ----------
    question : Question
        What is asked.
    answer : object
        The reader's function or value.
    """
    if blank(answer):
        return _untouched(question)
    if not question.cases:
        if callable(answer):
            message = f"`{question.name}` is a value here, and you handed over a function: call it."
            return Outcome(WRONG, message, "type")
        return _judge(question, Attempt((Case({}),), (answer,)), (question.truth,))
    if not callable(answer):
        message = (
            f"Hand over the function itself: `{question.name}`, without brackets. "
            f"You gave something of type {type(answer).__name__}."
        )
        return Outcome(WRONG, message, "type")
    if not accepts(answer, question.cases[0]):
        message = f"It must be possible to call your function as `{question.signature}`."
        return Outcome(WRONG, message, "signature")
    return _try_out(question, answer)


def _try_out(question: Question, function: Any) -> Outcome:
    """Call the function on every case, then judge what came."""
    repeats = getattr(question.compare, "repeats", 0)
    given = []
    for number, tried in enumerate(question.cases):
        answer = call(function, tried, repeats, loud=number == 0)
        if isinstance(answer, Stopped):
            return Outcome(WRONG, f"{answer.words} It was called with {tried}.", "exception")
        if answer is None and not empty(function):
            message = (
                f"`{question.name}` does its work and gives nothing back when called with {tried}: "
                "is a `return` missing?"
            )
            return Outcome(WRONG, message, "nothing returned")
        if blank(answer):
            return _untouched(question)
        given.append(answer)
    truths = tuple(question.truth(*tried.inputs.values()) for tried in question.cases)
    return _judge(question, Attempt(question.cases, tuple(given)), truths)


def _judge(question: Question, attempt: Attempt, truths: tuple[Any, ...]) -> Outcome:
    """Hold the answers against the truth; name the misconception or say what differs."""
    problems = [
        question.compare.difference(answer, truth, question.parts)
        for answer, truth in zip(attempt.answers, truths, strict=True)
    ]
    if not any(problems):
        return Outcome(RIGHT, "")
    # Too few draws tell nothing: no misconception may be read into them.
    few = next((p for p in problems if p and p.reason == "few draws"), None)
    if few:
        return Outcome(WRONG, f"`{question.name}` {few.words}.", "few draws")
    for misconception in question.misconceptions:
        if _recognised(misconception, attempt):
            return Outcome(WRONG, misconception.message, misconception.name)
    number, problem = next((i, p) for i, p in enumerate(problems) if p)
    on = f"With {attempt.cases[number]}, your answer" if question.cases else "Your answer"
    message = f"`{question.name}`: {on[0].lower()}{on[1:]} {problem.words}."
    if problem.reason == "different":
        if len(problems) > 1:
            message += f" Right so far on {problems.count(None)} of {len(problems)} inputs."
        message += f" {question.compare}"
    return Outcome(WRONG, message, problem.reason)


def _recognised(misconception: Misconception, attempt: Attempt) -> bool:
    """Ask the recognizer; an answer of a form it cannot take is not recognized."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return bool(misconception.recognise(attempt))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return False


def _untouched(question: Question) -> Outcome:
    what = "value" if not question.cases else "code"
    message = f"Put your {what} for `{question.signature}` in place of the dots, then check again."
    return Outcome(NOT_ATTEMPTED, message, "stub")


def _after(done: Sequence[str], outcome: Outcome) -> Outcome:
    """Say first which questions are right already."""
    if not done:
        return outcome
    names = " and ".join(f"`{name}`" for name in done)
    verb = "is" if len(done) == 1 else "are"
    return Outcome(outcome.kind, f"{names} {verb} right. {outcome.message}", outcome.reason)
