"""One line of the plan's expectations, held against what came out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

RIGHT, PARTLY, WRONG = "right", "partly", "wrong"


@dataclass(frozen=True)
class Prediction:
    """What was expected, what was found, and a verdict.

    Attributes
    ----------
    topic : str
        ``"Model 1"``, ``"all models"``, …
    what : str
        The quantity, in a few words.
    predicted, found : str
        Expectation and outcome, with figures.
    verdict : {"right", "partly", "wrong"}
        How it turned out.
    value : float
        The figure behind ``found``, where there is one.
    drawn : bool
        Whether the figure comes from Markov chains; ``found`` is in words then.
    """

    topic: str
    what: str
    predicted: str
    found: str
    verdict: str
    value: float = np.nan
    drawn: bool = False

    def __post_init__(self) -> None:
        """Refuse a fourth verdict."""
        if self.verdict not in (RIGHT, PARTLY, WRONG):
            raise ValueError(f"verdict: right, partly or wrong is needed, got {self.verdict!r}")

    def __repr__(self) -> str:
        """Return the line."""
        return f"{self.topic}, {self.what}: predicted {self.predicted}; found {self.found}: {self.verdict}"


def graded(*parts: bool) -> str:
    """Return right if all parts hold, wrong if none does, partly otherwise."""
    return RIGHT if all(parts) else PARTLY if any(parts) else WRONG


def within(topic: str, what: str, low: float, high: float, values: object, *, digits: int = 1, unit: str = "") -> Prediction:
    """Hold one or more figures against a predicted range; partly right when only some lie in it.

    Parameters
    ----------
    topic, what : str
        As in ``Prediction``.
    low, high : float
        The predicted range.
    values : float or array
        What was found.
    digits : int
        Decimals shown; the comparison is made on the rounded figures, as a
        reader of the prediction would.
    unit : str
        Written after the figures.
    """
    found = np.round(np.atleast_1d(np.asarray(values, float)), digits)
    said = f"{found.min():.{digits}f}{unit}"
    if len(found) > 1:
        said = f"{found.min():.{digits}f} to {found.max():.{digits}f}{unit}"
    inside = (found >= low) & (found <= high)
    verdict = RIGHT if inside.all() else PARTLY if inside.any() else WRONG
    return Prediction(topic, what, f"{low:g} to {high:g}{unit}", said, verdict, float(found[0]))


def table(predictions: list[Prediction]) -> pd.DataFrame:
    """Return predictions as a table of words."""
    names = ("topic", "what", "predicted", "found", "verdict")
    return pd.DataFrame({n: [getattr(p, n) for p in predictions] for n in names})


def tally(predictions: list[Prediction]) -> dict[str, int]:
    """Count the verdicts."""
    return {v: sum(p.verdict == v for p in predictions) for v in (RIGHT, PARTLY, WRONG)}
