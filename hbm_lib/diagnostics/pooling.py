"""How far partial pooling moves each group: by formula, on average, and as it came out.

The shrinkage factor of a group with standard error sigma_j is
sigma_j² / (sigma_j² + tau²): 1 is complete pooling, 0 is none. It falls as
precision 1 / sigma_j² rises.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hbm_lib.arguments import finite


def factor(sigma: np.ndarray, tau: float | np.ndarray) -> np.ndarray:
    """Return the shrinkage factor sigma² / (sigma² + tau²).

    Parameters
    ----------
    sigma : array of shape (J,)
        Standard errors, above 0.
    tau : float or array of shape (...)
        Standard deviation of the effects, same units.

    Returns
    -------
    numpy.ndarray
        Shape (..., J), between 0 and 1.

    Raises
    ------
    ValueError
        If a standard error is not above 0, tau is below 0, or one is no finite number.
    """
    sigma, tau = finite(sigma, "sigma"), finite(tau, "tau")
    if (sigma <= 0).any() or (tau < 0).any():
        raise ValueError("sigma, tau: standard errors above 0 and tau of at least 0 are needed")
    with np.errstate(over="ignore"):
        return 1 / (1 + (tau[..., None] / sigma) ** 2)


def mean_factor(sigma: np.ndarray, tau: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the posterior mean of each group's factor.

    Parameters
    ----------
    sigma : array of shape (J,)
        Standard errors.
    tau : array of shape (K,)
        Quadrature nodes or draws of the standard deviation of the effects.
    weight : array of shape (K,), optional
        Weights of the nodes; equal when absent.

    Returns
    -------
    numpy.ndarray
        Shape (J,).
    """
    each = factor(sigma, np.ravel(tau))
    if weight is None:
        return each.mean(0)
    weight = finite(weight, "weight", dims=1, last=len(each))
    if (weight < 0).any() or abs(weight.sum() - 1) > 1e-6:
        raise ValueError(f"weight: weights of at least 0 that add to 1 are needed, they add to {weight.sum():g}")
    return weight @ each


@dataclass(frozen=True)
class Realized:
    """How far the posterior means moved.

    Attributes
    ----------
    share : array of shape (J,)
        (y_j - E theta_j) / (y_j - E mu).
    points : array of shape (J,)
        y_j - E theta_j, in units of y.
    stable : array of bool, shape (J,)
        Whether y_j is far enough from E mu for the share to mean something.
    """

    share: np.ndarray
    points: np.ndarray
    stable: np.ndarray


def realized(y: np.ndarray, theta_mean: np.ndarray, mu_mean: float, sigma: np.ndarray, near: float = 0.25) -> Realized:
    """Return the shrinkage of posterior means; unstable where y_j is close to E mu.

    Parameters
    ----------
    y, theta_mean, sigma : array of shape (J,)
        Observations, posterior means, standard errors.
    mu_mean : float
        Posterior mean of the common mean.
    near : float
        A group closer than ``near`` standard errors to E mu is marked unstable:
        its share divides by almost nothing.

    Returns
    -------
    Realized
    """
    gap = np.asarray(y, float) - mu_mean
    points = np.asarray(y, float) - theta_mean
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(gap == 0, np.nan, points / gap)
    return Realized(share, points, np.abs(gap) >= near * np.asarray(sigma))


@dataclass(frozen=True)
class Order:
    """Whether one quantity falls or rises with another.

    Attributes
    ----------
    direction : {"decreasing", "increasing", "neither", "constant"}
        Over all pairs that differ in x.
    falling, rising : list of tuple of int
        Pairs (i, j) with x_i < x_j and y_i > y_j, or y_i < y_j.
    """

    direction: str
    falling: list[tuple[int, int]]
    rising: list[tuple[int, int]]


def order(x: np.ndarray, y: np.ndarray, tolerance: float = 1e-12) -> Order:
    """Say whether y falls or rises with x, pair by pair; ties in x are passed over."""
    x = finite(x, "x", dims=1)
    y = finite(y, "y", dims=1, last=len(x))
    falling, rising = [], []
    for a, b in combinations(np.argsort(x, kind="stable").tolist(), 2):
        if x[a] == x[b] or abs(y[a] - y[b]) <= tolerance:
            continue
        (falling if y[a] > y[b] else rising).append((a, b))
    names = {(True, False): "decreasing", (False, True): "increasing", (False, False): "constant"}
    return Order(names.get((bool(falling), bool(rising)), "neither"), falling, rising)


def less_for_precise(sigma: np.ndarray, shrinkage: np.ndarray, precise: float, coarse: float) -> tuple[float, float]:
    """Return the largest shrinkage of the precise groups and the smallest of the coarse ones.

    Parameters
    ----------
    sigma, shrinkage : array of shape (J,)
        Standard errors and shrinkage.
    precise, coarse : float
        A group is precise at sigma <= ``precise`` and coarse at sigma >= ``coarse``.

    Returns
    -------
    tuple of float
        Shrinkage is as it should be when the first is below the second.
    """
    sigma, shrinkage = np.asarray(sigma), np.asarray(shrinkage)
    low, high = sigma <= precise, sigma >= coarse
    if not (low.any() and high.any()):
        raise ValueError("sigma: no group is precise or none is coarse; move the two limits")
    return float(shrinkage[low].max()), float(shrinkage[high].min())
