"""Criteria that were written before the fit, turned into verdicts with the figure they rest on.

A criterion "I will abandon this model if x is above 3" becomes a ``Verdict``: it
fires or it does not, and its statement carries x. Nothing here knows a model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

_SIDES = {"above": "above", "below": "below", "at least": "from", "at most": "up to"}
_TESTS = {
    "above": lambda v, limit: v > limit,
    "below": lambda v, limit: v < limit,
    "at least": lambda v, limit: v >= limit,
    "at most": lambda v, limit: v <= limit,
}


@dataclass(frozen=True)
class Verdict:
    """One criterion, or one clause of it, carried out.

    Attributes
    ----------
    model : str
        What the criterion is about.
    number : str
        Its place in the plan: ``"2.1"``, a clause ``"2.1a"``.
    criterion : str
        What it is called.
    statement : str
        A sentence with the figure and the verdict in it.
    value, threshold : float
        The figure and the limit it was held against; nan where the test is yes or no.
    fires : bool
        Whether the criterion says "abandon".
    detail : str
        What a reader should know before believing the verdict.
    drawn : bool
        Whether ``value`` comes from Markov chains, so that it differs between machines.
    clauses : tuple of Verdict
        The parts, when a criterion has several.
    """

    model: str
    number: str
    criterion: str
    statement: str
    value: float
    threshold: float
    fires: bool
    detail: str = ""
    drawn: bool = False
    clauses: tuple["Verdict", ...] = field(default=())

    @property
    def word(self) -> str:
        """The verdict in words."""
        return "fires" if self.fires else "does not fire"

    def __repr__(self) -> str:
        """Return number, name and statement in one line."""
        return f"{self.number} {self.criterion}: {self.statement}"


def distance_in_words(value: float, threshold: float) -> str:
    """Say how far a value is from its limit without printing it.

    For figures that differ between machines. Both numbers are positive.
    """
    steps = ((0.5, "less than half"), (1.0, "below"), (2.0, "above"))
    return next((words for edge, words in steps if value < edge * threshold), "more than twice")


def judge(
    model: str,
    number: str,
    criterion: str,
    what: str,
    value: float,
    *,
    fires_when: str,
    limit: float,
    unit: str = "",
    digits: int = 2,
    drawn: bool = False,
    detail: str = "",
) -> Verdict:
    """Hold one figure against one limit.

    Parameters
    ----------
    model, number, criterion : str
        As in ``Verdict``.
    what : str
        The subject of the sentence, "the posterior median of tau".
    value, limit : float
        The figure and the limit, in the same units.
    fires_when : {"above", "below", "at least", "at most"}
        On which side of the limit the criterion fires.
    unit : str
        Written after both figures, with its own leading space.
    digits : int
        Decimals of the figure.
    drawn : bool
        If true the statement says in words how far the figure is from the
        limit, and the figure itself stays in ``value``.
    detail : str
        A remark kept beside the verdict.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If ``fires_when`` is unknown or the figure is not a number.
    """
    if fires_when not in _TESTS:
        raise ValueError(f"fires_when: one of {', '.join(_TESTS)} is needed, got {fires_when!r}")
    if np.isnan(value):
        raise ValueError(f"{number}: the value of {what!r} is not a number, so nothing can be concluded")
    fires = bool(_TESTS[fires_when](value, limit))
    said = f"{value:.{digits}f}{unit}"
    if drawn:
        said = f"{distance_in_words(value, limit)} the limit"
    sentence = f"{what} is {said} (fires {_SIDES[fires_when]} {limit:g}{unit})"
    return state(
        model,
        number,
        criterion,
        sentence,
        fires,
        value=value,
        threshold=limit,
        drawn=drawn,
        detail=detail,
    )


def state(
    model: str,
    number: str,
    criterion: str,
    sentence: str,
    fires: bool,
    *,
    value: float = np.nan,
    threshold: float = np.nan,
    drawn: bool = False,
    detail: str = "",
) -> Verdict:
    """Record a yes-or-no test; the sentence is given without its verdict."""
    said = f"{sentence}: {'fires' if fires else 'does not fire'}"
    return Verdict(model, number, criterion, said, float(value), float(threshold), bool(fires), detail, drawn)


def combine(
    model: str, number: str, criterion: str, clauses: Sequence[Verdict], *, need: str = "any", detail: str = ""
) -> Verdict:
    """Join the clauses of one criterion.

    Parameters
    ----------
    model, number, criterion : str
        As in ``Verdict``.
    clauses : sequence of Verdict
        At least one.
    need : {"any", "all"}
        Whether one clause is enough to fire, or all are needed.
    detail : str
        A remark kept beside the verdict.

    Returns
    -------
    Verdict
        Its figure is that of the first clause that decides.

    Raises
    ------
    ValueError
        If there is no clause or ``need`` is unknown.
    """
    if need not in ("any", "all") or not clauses:
        raise ValueError(f"combine: clauses and need='any' or 'all' are wanted, got {len(clauses)} and {need!r}")
    fired = [c for c in clauses if c.fires]
    fires = bool(fired) if need == "any" else len(fired) == len(clauses)
    first = (fired or list(clauses))[0] if need == "any" else next((c for c in clauses if not c.fires), clauses[0])
    said = "; ".join(f"({chr(97 + i)}) {c.statement}" for i, c in enumerate(clauses))
    drawn = any(c.drawn for c in clauses)
    return Verdict(model, number, criterion, said, first.value, first.threshold, fires, detail, drawn, tuple(clauses))


def table(verdicts: Iterable[Verdict], *, clauses: bool = False) -> pd.DataFrame:
    """Return verdicts as a table of words, one row a criterion.

    Parameters
    ----------
    verdicts : iterable of Verdict
        In the order of the plan.
    clauses : bool
        Whether to give every clause its own row.

    Returns
    -------
    pandas.DataFrame
        Columns ``criterion``, ``verdict``, ``figure``; index ``number``.
    """
    rows = [v for verdict in verdicts for v in ((verdict.clauses or (verdict,)) if clauses else (verdict,))]
    index = pd.Index([v.number for v in rows], name="number")
    columns = {"criterion": [v.criterion for v in rows], "verdict": [v.word for v in rows], "figure": [v.statement for v in rows]}
    return pd.DataFrame(columns, index=index)


def fired(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the criteria that fire."""
    return [v for v in verdicts if v.fires]
