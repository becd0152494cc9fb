"""Made-up rows of a linear regression, the truth known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.linear.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the rows were made from.

    Attributes
    ----------
    beta : array of shape (p,)
        Coefficients, the intercept first.
    sigma : float
        Standard deviation of the noise, in the units of y.
    """

    beta: np.ndarray
    sigma: float


def _refuse(rows: int, sigma: float) -> None:
    """Refuse what makes no data."""
    arguments.whole("rows", rows)
    if not 0 < sigma < np.inf:
        raise ValueError(f"sigma: a standard deviation above 0 is needed, got {sigma!r}")


def line(
    seed: int, *, rows: int = 30, intercept: float = 2.0, slope: float = 0.5, sigma: float = 1.0,
    low: float = 0.0, high: float = 10.0,
) -> tuple[Data, Truth]:
    """Make up a line: an intercept and one column, spread evenly at random from ``low`` to ``high``.

    Where the column lies far from 0 the two coefficients are strongly correlated: a steeper line
    must start lower.

    Parameters
    ----------
    seed : int
        Of everything random here.
    rows : int
        How many.
    intercept, slope, sigma : float
        The truth.
    low, high : float
        Between which values the column lies.

    Returns
    -------
    tuple of Data and Truth
        Columns ``intercept`` and ``x``.
    """
    _refuse(rows, sigma)
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"low, high: two finite numbers, low below high, are needed, got {low!r} and {high!r}")
    rng = seeds.rng(seed, "line")
    x = rng.uniform(low, high, rows)
    y = intercept + slope * x + sigma * rng.standard_normal(rows)
    return Data(np.column_stack([np.ones(rows), x]), y, ["intercept", "x"]), Truth(np.array([intercept, slope]), sigma)


def columns(
    seed: int, *, rows: int = 200, beta: Sequence[float] = (1.0, 0.5, -0.5, 0.0), sigma: float = 1.0, correlation: float = 0.0
) -> tuple[Data, Truth]:
    """Make up rows of an intercept and standard normal columns that share a correlation.

    Parameters
    ----------
    seed : int
        Of everything random here.
    rows : int
        How many.
    beta : sequence of float
        The intercept and a coefficient for each column.
    sigma : float
        Of the noise.
    correlation : float
        Between each two columns, at least 0 and below 1.

    Returns
    -------
    tuple of Data and Truth
        Columns ``intercept``, ``x1``, ``x2``, … .
    """
    _refuse(rows, sigma)
    if not 0 <= correlation < 1:
        raise ValueError(f"correlation: a number of at least 0 and below 1 is needed, got {correlation!r}")
    b = np.asarray(beta, float)
    if b.ndim != 1 or not b.size or not np.isfinite(b).all():
        raise ValueError(f"beta: finite numbers, the intercept first, are needed, got {beta!r}")
    rng = seeds.rng(seed, "columns")
    own, common = rng.standard_normal((rows, len(b) - 1)), rng.standard_normal((rows, 1))
    x = np.column_stack([np.ones(rows), np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own])
    y = x @ b + sigma * rng.standard_normal(rows)
    return Data(x, y, ["intercept", *(f"x{j}" for j in range(1, len(b)))]), Truth(b, sigma)
