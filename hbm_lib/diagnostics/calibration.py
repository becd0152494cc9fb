"""Simulation-based calibration: whether a sampler returns the posterior it claims.

Draw parameters from the prior and data from the parameters; compute the
posterior; take the rank of the true value among L posterior draws. If model and
sampler are right, every rank of 0..L is equally likely (Cook, Gelman & Rubin
2006; Talts et al. 2018, arXiv:1804.06788). The joint log likelihood is a test
quantity too: it sees faults that no single parameter shows (Modrák et al. 2023,
Bayesian Analysis, "Simulation-based calibration checking for Bayesian
computation").

Uniformity is judged by the empirical distribution function of rank / (L + 1)
with simultaneous bands (``hbm_lib.diagnostics.bands``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hbm_lib.diagnostics.bands import band, detectable, limits, stays_inside, tails

__all__ = ["Uniformity", "band", "detectable", "ranks", "simulate", "uniformity"]


def ranks(truth: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return how many of the draws lie below the truth.

    Parameters
    ----------
    truth : array of shape (R,)
        The value that generated each data set.
    draws : array of shape (R, L)
        Nearly independent posterior draws for each data set. Thin a Markov
        chain first: autocorrelated draws give ranks that are not uniform even
        when the sampler is right.

    Returns
    -------
    numpy.ndarray
        Whole numbers from 0 to L, shape (R,).

    Raises
    ------
    ValueError
        If shapes do not fit or a value is not finite.
    """
    truth, draws = np.asarray(truth, float), np.asarray(draws, float)
    if truth.ndim != 1 or draws.ndim != 2 or len(truth) != len(draws):
        raise ValueError(f"truth (R,) and draws (R, L) are needed, got {truth.shape} and {draws.shape}")
    if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(draws))):
        raise ValueError("ranks: a true value or a draw is not finite")
    return (draws < truth[:, None]).sum(1)


@dataclass(frozen=True)
class Uniformity:
    """Whether ranks are uniform, in a form a figure can draw.

    Attributes
    ----------
    points : array of shape (bins + 1,)
        From 0 to 1, where the distribution function is taken.
    difference : array of shape (bins + 1,)
        Empirical distribution function of rank / bins, less the uniform one.
    lower, upper : array of shape (bins + 1,)
        Simultaneous band of the difference.
    p_value : float
        Probability, under uniform ranks, of a point as extreme as the most
        extreme one here.
    n, bins : int
        Data sets and possible ranks.
    level : float
        Probability that uniform ranks leave the band.
    """

    points: np.ndarray
    difference: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    p_value: float
    n: int
    bins: int
    level: float

    @property
    def ok(self) -> bool:
        """Whether the difference stays within the band."""
        return bool(np.all((self.difference >= self.lower - 1e-12) & (self.difference <= self.upper + 1e-12)))

    @property
    def verdict(self) -> str:
        """``uniform`` or ``not uniform``."""
        return "uniform" if self.ok else "not uniform"


def uniformity(found: np.ndarray, bins: int, level: float = 0.05) -> Uniformity:
    """Judge ranks by their empirical distribution function and its simultaneous band.

    Parameters
    ----------
    found : array of int, shape (R,)
        Ranks from 0 to ``bins`` - 1.
    bins : int
        L + 1, one more than the number of posterior draws.
    level : float
        Probability that uniform ranks leave the band. Divide it by the number
        of quantities judged together.

    Returns
    -------
    Uniformity

    Raises
    ------
    ValueError
        If a rank is out of range.
    """
    found = np.asarray(found)
    if found.ndim != 1 or len(found) < 10 or found.min() < 0 or found.max() >= bins or np.any(found != found.astype(int)):
        raise ValueError(f"found: at least ten whole ranks between 0 and {bins - 1} are needed")
    n, points = len(found), np.arange(1, bins) / bins
    counts = np.bincount(found.astype(int), minlength=bins).cumsum()[:-1]
    lower, upper = band(n, bins, level)
    below, above = tails(n, bins)
    at = np.arange(bins - 1)
    extreme = float(np.minimum(below[counts, at], above[counts, at]).min())
    # counts at least as extreme are outside the band whose tails all exceed this one
    p_value = 1 - stays_inside(n, points, *limits(n, bins, extreme * (1 + 1e-12)))
    ends = lambda inner: np.concatenate([[0.0], inner, [0.0]])  # noqa: E731
    return Uniformity(
        np.arange(bins + 1) / bins, ends(counts / n - points), ends(lower - points), ends(upper - points),
        float(np.clip(p_value, 0, 1)), n, bins, level,
    )


def simulate(
    draw_prior: Callable[[], Mapping[str, np.ndarray]],
    predict: Callable[[Mapping[str, np.ndarray]], np.ndarray],
    posterior: Callable[[np.ndarray], Mapping[str, np.ndarray]],
    quantities: Callable[[Mapping[str, np.ndarray], np.ndarray], Mapping[str, np.ndarray]],
) -> tuple[dict[str, np.ndarray], int]:
    """Run the whole check over R data sets at once.

    Parameters
    ----------
    draw_prior : callable
        Takes nothing; returns R draws of every parameter, {name: (R, ...)}.
    predict : callable
        Takes those draws; returns one data set for each, (R, J).
    posterior : callable
        Takes the data sets (R, J); returns nearly independent posterior draws
        {name: (R, L, ...)}. Here is the sampler under test.
    quantities : callable
        Takes draws with any leading axes and data that broadcasts against them;
        returns {name: (...)}, one scalar for each draw.

    Returns
    -------
    tuple
        {quantity: ranks (R,)} and the number of possible ranks, L + 1.
    """
    truth = dict(draw_prior())
    y = predict(truth)
    draws = posterior(y)
    of_truth, of_draws = quantities(truth, y), quantities(draws, y[:, None])
    length = next(iter(of_draws.values())).shape[1]
    return {name: ranks(of_truth[name], of_draws[name]) for name in of_truth}, length + 1

