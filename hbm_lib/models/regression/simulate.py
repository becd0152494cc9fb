"""Made-up rows of a regression with groups, the truth known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.regression.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the rows were made from.

    Attributes
    ----------
    beta : array of shape (p,)
        Coefficients, the intercept first.
    gamma : array of shape (J,)
        The groups' offsets, in the units of y.
    sigma, tau : float
        Standard deviations about a group's line and between groups, in the units of y.
    counts : array of shape (J,)
        Rows of each group.
    """

    beta: np.ndarray
    gamma: np.ndarray
    sigma: float
    tau: float
    counts: np.ndarray


def sizes(groups: int, smallest: int, largest: int) -> np.ndarray:
    """Return numbers of rows evenly spaced on the log scale, smallest first, shape (J,)."""
    whole = arguments.is_whole(groups, smallest, largest)
    if not whole or groups < 2 or smallest < 1 or largest < max(2, smallest):
        raise ValueError("groups, smallest, largest: whole numbers, at least 2 groups and 1 <= smallest <= largest, largest at "
                         f"least 2, are needed, got groups={groups!r}, smallest={smallest!r}, largest={largest!r}")
    return np.round(np.geomspace(smallest, largest, groups)).astype(int)


def grouped(
    seed: int, *, groups: int = 20, smallest: int = 2, largest: int = 40, beta: Sequence[float] = (10.0, 2.0, -1.0),
    sigma: float = 2.0, tau: float = 1.5, between: float = 0.2,
) -> tuple[Data, Truth]:
    """Make up rows in groups of unequal size: an intercept, and columns of variance 1.

    Parameters
    ----------
    seed : int
        Of everything random here.
    groups, smallest, largest : int
        How many groups, and rows in the smallest and the largest; which group is which is random.
    beta : sequence of float
        The intercept and a coefficient for each column.
    sigma, tau : float
        Standard deviations about a group's line and between groups; tau may be 0.
    between : float
        The share of each column's variance that lies between groups, from 0 to 1.

    Returns
    -------
    tuple of Data and Truth
        Columns ``intercept``, ``x1``, ``x2``, …; groups ``group 1``, … .

    Raises
    ------
    ValueError
        Naming the argument.
    """
    b = np.asarray(beta, float)
    if b.ndim != 1 or not b.size or not np.isfinite(b).all():
        raise ValueError(f"beta: finite numbers, the intercept first, are needed, got {beta!r}")
    if not (0 < sigma < np.inf and 0 <= tau < np.inf):
        raise ValueError(f"sigma, tau: standard deviations are needed, sigma above 0, tau at least 0, got {sigma!r}, {tau!r}")
    if not 0 <= between <= 1:
        raise ValueError(f"between: a share from 0 to 1 is needed, got {between!r}")
    rng = seeds.rng(seed, "grouped")
    counts = rng.permutation(sizes(groups, smallest, largest))
    index = np.repeat(np.arange(groups), counts)
    own, common = rng.standard_normal((len(index), len(b) - 1)), rng.standard_normal((groups, len(b) - 1))
    x = np.column_stack([np.ones(len(index)), np.sqrt(between) * common[index] + np.sqrt(1 - between) * own])
    gamma = tau * rng.standard_normal(groups)
    y = x @ b + gamma[index] + sigma * rng.standard_normal(len(index))
    labels = np.array([f"group {j + 1}" for j in range(groups)])[index]
    data = Data(x, y, labels, ["intercept", *(f"x{k}" for k in range(1, len(b)))])
    return data, Truth(b, gamma, float(sigma), float(tau), counts)
