"""Made-up groups with their own coefficients, the truth known."""

from dataclasses import dataclass

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.varying.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the data were made from: mu (q,), covariance (q, q), sigma2, beta (G, q)."""

    mu: np.ndarray
    covariance: np.ndarray
    sigma2: float
    beta: np.ndarray


def regressions(
    seed: int, *, groups: int = 30, smallest: int = 2, largest: int = 40, slopes: int = 2, sigma: float = 1.0
) -> tuple[Data, Truth]:
    """Make up groups with an intercept and slopes of their own; half of what varies in a slope it shares with the others.

    Parameters
    ----------
    seed : int
        Of everything random here.
    groups, smallest, largest : int
        How many groups, and rows in the smallest and largest.
    slopes : int
        How many columns beside the intercept; the slopes' means run from 1 down to -1.
    sigma : float
        Standard deviation of the noise.

    Returns
    -------
    tuple of Data and Truth
        A slope's sd between groups is 0.5, the intercept's 1; every correlation is 0.5.

    Raises
    ------
    ValueError
        Naming the argument.
    """
    counted = {"groups": (groups, 2), "smallest": (smallest, 1), "largest": (largest, 1), "slopes": (slopes, 0)}
    for name, (value, least) in counted.items():
        arguments.whole(name, value, least)
    if largest < smallest:
        raise ValueError(f"largest: at least smallest = {smallest} is needed, got {largest}")
    if isinstance(sigma, bool) or not isinstance(sigma, int | float | np.number) or not 0 < sigma < np.inf:
        raise ValueError(f"sigma: a standard deviation above 0 is needed, got {sigma!r}")
    rng, q = seeds.rng(seed, "varying"), slopes + 1
    tau = np.array([1.0, *[0.5] * slopes])
    covariance = np.outer(tau, tau) * (0.5 + 0.5 * np.eye(q))
    mu = np.array([2.0, *np.linspace(1, -1, slopes)])
    beta = mu + rng.standard_normal((groups, q)) @ np.linalg.cholesky(covariance).T
    counts = rng.permutation(np.round(np.geomspace(smallest, largest, groups)).astype(int))
    index = np.repeat(np.arange(groups), counts)
    x = np.column_stack([np.ones(len(index)), rng.standard_normal((len(index), slopes))])
    y = (x * beta[index]).sum(1) + sigma * rng.standard_normal(len(index))
    names = ["intercept", *[f"x{k + 1}" for k in range(slopes)]]
    labels = np.array([f"G{g + 1}" for g in index])
    seen = np.unique(index, return_index=True)[1]  # labels come in the order of their first row, which is that of the groups
    return Data(x, y, labels, names), Truth(mu, covariance, sigma**2, beta[index[np.sort(seen)]])
