"""Does the model predict what was seen: coverage, test statistics, leave-one-out, WAIC.

Exact predictive laws are objects with ``cdf(x)``; draws are arrays whose first
axis is the replicate. Nothing here knows a model. Leave-one-out and WAIC are
passed on from ``hbm_lib.diagnostics.leave_one_out``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from hbm_lib import arguments
from hbm_lib.arguments import finite
from hbm_lib.diagnostics.leave_one_out import WAIC_LIMIT, Loo, Waic, loo, waic, waic_normal

__all__ = [
    "TESTS", "WAIC_LIMIT", "Coverage", "Law", "Loo", "Waic", "coverage_draws", "coverage_exact", "loo", "ppc", "range_check",
    "waic", "waic_normal",
]

TESTS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "max": lambda y: y.max(-1),
    "min": lambda y: y.min(-1),
    "sd": lambda y: y.std(-1, ddof=1),
    "range": lambda y: y.max(-1) - y.min(-1),
}


class Law(Protocol):
    """A distribution that can say P(X <= x)."""

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x)."""


@dataclass(frozen=True)
class Coverage:
    """How many observations fall inside their predictive intervals.

    Attributes
    ----------
    tail : array of shape (J,)
        P(replicate <= observed) for each observation.
    inside : array of bool, shape (J,)
        Whether it lies in the central interval.
    share : float
        The share inside.
    level : float
        The interval's probability.
    """

    tail: np.ndarray
    inside: np.ndarray
    share: float
    level: float


def _coverage(tail: np.ndarray, level: float) -> Coverage:
    """Count the tail probabilities within the central interval."""
    arguments.between_0_and_1("level", level)
    inside = (tail > (1 - level) / 2) & (tail < (1 + level) / 2)
    return Coverage(tail, inside, float(inside.mean()), level)


def coverage_exact(laws: Sequence[Law], y: np.ndarray, level: float = 0.95) -> Coverage:
    """Return the coverage of exact predictive laws, one an observation.

    Parameters
    ----------
    laws : sequence of J laws
        Each with ``cdf``.
    y : array of shape (J,)
        What was observed.
    level : float
        Probability of the central interval.

    Returns
    -------
    Coverage
    """
    y = finite(y, "y", dims=1)
    if len(laws) != len(y):
        raise ValueError(f"laws: one an observation is needed, got {len(laws)} for {len(y)}")
    return _coverage(np.array([float(law.cdf(np.array(v))) for law, v in zip(laws, y, strict=True)]), level)


def coverage_draws(replicates: np.ndarray, y: np.ndarray, level: float = 0.95) -> Coverage:
    """Return the coverage of replicated data, shape (R, J); ties count half."""
    y = finite(y, "y", dims=1)
    replicates = finite(replicates, "replicates", dims=2, last=len(y))
    below = (replicates < y).mean(0) + 0.5 * (replicates == y).mean(0)
    return _coverage(below, level)


def range_check(replicates: np.ndarray, low: float, high: float) -> dict[str, float]:
    """Return the share of replicated values, and of whole data sets, within [low, high].

    Parameters
    ----------
    replicates : array of shape (R, J)
        Data sets drawn from prior or posterior.
    low, high : float
        The plausible range, in units of y.

    Returns
    -------
    dict
        ``values``: share of single values; ``datasets``: share of data sets
        that stay inside altogether.
    """
    if not low < high:
        raise ValueError(f"low, high: a range is needed, low below high, got {low} and {high}")
    replicates = finite(replicates, "replicates")
    inside = (replicates >= low) & (replicates <= high)
    return {"values": float(inside.mean()), "datasets": float(inside.all(-1).mean())}


def ppc(replicates: np.ndarray, y: np.ndarray, tests: Mapping[str, Callable] = TESTS) -> pd.DataFrame:
    """Compare test statistics of replicated data with those observed.

    Parameters
    ----------
    replicates : array of shape (R, J)
        Data sets drawn from the posterior predictive law.
    y : array of shape (J,)
        What was observed.
    tests : mapping of str to callable
        Each takes (..., J) and returns (...).

    Returns
    -------
    pandas.DataFrame
        For each test: ``observed``, the replicates' ``median``, and
        ``p_value`` = P(T(replicate) >= T(observed)).
    """
    y, rows = finite(y, "y", dims=1), {}
    replicates = finite(replicates, "replicates", dims=2, last=len(y))
    for name, test in tests.items():
        seen, drawn = float(test(y)), test(replicates)
        rows[name] = {"observed": seen, "median": float(np.median(drawn)), "p_value": float((drawn >= seen).mean())}
    return pd.DataFrame(rows).T
