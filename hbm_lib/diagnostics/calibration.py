"""Simulation-based calibration: whether a sampler returns the posterior it claims.

Draw parameters from the prior and data from the parameters; compute the
posterior; take the rank of the true value among L posterior draws. If model and
sampler are right, every rank of 0..L is equally likely (Cook, Gelman & Rubin
2006; Talts et al. 2018, arXiv:1804.06788). The joint log likelihood is a test
quantity too: it sees faults that no single parameter shows (Modrák et al. 2023,
Bayesian Analysis, "Simulation-based calibration checking for Bayesian
computation").

Uniformity is judged by the empirical distribution function of rank / (L + 1)
with simultaneous bands (Säilynoja, Bürkner & Vehtari 2022, Statistics and
Computing 32). Their coverage is computed exactly here, so that bands of any
level, and a p-value, need no simulation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.special import gammaln


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


@lru_cache(maxsize=16)
def _tails(n: int, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return P(C <= c) and P(C >= c) of the count below k/bins, for c = 0..n (rows) and every k."""
    counts, points = np.arange(n + 1)[:, None], np.arange(1, bins) / bins
    return stats.binom.cdf(counts, n, points), stats.binom.sf(counts - 1, n, points)


def _limits(n: int, bins: int, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest counts whose binomial tails both exceed ``tail``, for every point."""
    below, above = _tails(n, bins)
    keep = (below > tail) & (above > tail)
    return keep.argmax(0), n - keep[::-1].argmax(0)


def _stays_inside(n: int, points: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return the probability that n uniform values keep every count within [low, high].

    The counts below increasing points are a Markov chain: given c below z, the
    count below z' is c plus a binomial of the n - c others.
    """
    log_factorial = gammaln(np.arange(n + 1) + 1.0)
    reach, before, z0 = np.ones(1), np.zeros(1, int), 0.0
    for z, a, b in zip(points, low, high, strict=True):
        if b < a:
            return 0.0
        share, now, left = (z - z0) / (1 - z0), np.arange(a, b + 1), n - before
        more = now[None] - before[:, None]
        k = np.maximum(more, 0)
        log_pmf = (log_factorial[left][:, None] - log_factorial[k] - log_factorial[left[:, None] - k]
                   + k * np.log(share) + (left[:, None] - k) * np.log1p(-share))
        reach, before, z0 = reach @ np.where(more >= 0, np.exp(log_pmf), 0.0), now, z
    return float(reach.sum())


@lru_cache(maxsize=64)
def band(n: int, bins: int, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return simultaneous limits of the empirical distribution function of uniform ranks.

    Parameters
    ----------
    n : int
        Number of data sets.
    bins : int
        L + 1, the number of possible ranks.
    level : float
        Probability that a calibrated sampler leaves the band anywhere. Counts are
        whole numbers, so the actual probability is at most this.

    Returns
    -------
    tuple of array
        Lower and upper limit at 1/bins, 2/bins, ..., (bins - 1)/bins.
    """
    points = np.arange(1, bins) / bins
    outside = lambda log_tail: 1 - _stays_inside(n, points, *_limits(n, bins, np.exp(log_tail)))  # noqa: E731
    low, high = np.log(level / (4 * bins)), np.log(level / 2)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(middle) <= level else (low, middle)
    lower, upper = _limits(n, bins, np.exp(low))
    return lower / n, upper / n


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
    below, above = _tails(n, bins)
    at = np.arange(bins - 1)
    extreme = float(np.minimum(below[counts, at], above[counts, at]).min())
    # counts at least as extreme are outside the band whose tails all exceed this one
    p_value = 1 - _stays_inside(n, points, *_limits(n, bins, extreme * (1 + 1e-12)))
    ends = lambda inner: np.concatenate([[0.0], inner, [0.0]])  # noqa: E731
    return Uniformity(
        np.arange(bins + 1) / bins, ends(counts / n - points), ends(lower - points), ends(upper - points),
        float(np.clip(p_value, 0, 1)), n, bins, level,
    )


def detectable(n: int, bins: int, level: float, alternative: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the probability that ranks with another distribution function leave the band.

    Parameters
    ----------
    n, bins, level : int, int, float
        As in ``uniformity``.
    alternative : callable
        Distribution function of the ranks on [0, 1].

    Returns
    -------
    float
        The power of the check against this alternative.
    """
    points = np.arange(1, bins) / bins
    lower, upper = band(n, bins, level)
    # a map of the axis turns the alternative into the uniform case with other points
    return 1 - _stays_inside(n, np.asarray(alternative(points)), np.rint(lower * n).astype(int), np.rint(upper * n).astype(int))


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

