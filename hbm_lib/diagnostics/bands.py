"""Simultaneous bands of an empirical distribution function of uniform ranks, with exact coverage.

Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32. Counts below
increasing points are a Markov chain, so the probability of leaving a band
anywhere is computed and needs no simulation.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.special import gammaln


@lru_cache(maxsize=16)
def tails(n: int, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return P(C <= c) and P(C >= c) of the count below k/bins, for c = 0..n (rows) and every k."""
    counts, points = np.arange(n + 1)[:, None], np.arange(1, bins) / bins
    return stats.binom.cdf(counts, n, points), stats.binom.sf(counts - 1, n, points)


def limits(n: int, bins: int, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest counts whose binomial tails both exceed ``tail``, for every point."""
    below, above = tails(n, bins)
    keep = (below > tail) & (above > tail)
    return keep.argmax(0), n - keep[::-1].argmax(0)


def stays_inside(n: int, points: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
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
    outside = lambda log_tail: 1 - stays_inside(n, points, *limits(n, bins, np.exp(log_tail)))  # noqa: E731
    low, high = np.log(level / (4 * bins)), np.log(level / 2)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(middle) <= level else (low, middle)
    lower, upper = limits(n, bins, np.exp(low))
    return lower / n, upper / n


def detectable(n: int, bins: int, level: float, alternative: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the probability that ranks with another distribution function leave the band.

    Parameters
    ----------
    n, bins, level : int, int, float
        As in ``band``.
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
    return 1 - stays_inside(n, np.asarray(alternative(points)), np.rint(lower * n).astype(int), np.rint(upper * n).astype(int))
