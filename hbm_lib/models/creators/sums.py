"""What the posterior needs of all creators: four sums a genre, as functions of sigma_creator.

With w_i = 1 / (sigma_creator² + SE_i²) and d_i measured from its genre's centre c_g, they are

    sum log w_i,   sum w_i,   sum w_i (d_i - c_g),   sum w_i (d_i - c_g)².

They are even, smooth functions of sigma_creator. In t = asinh(sigma_creator / s), s the
smallest standard error, all their singularities lie at a distance of pi / 2 or more from the real axis, so
a Chebyshev series in t² of a few dozen terms holds them to rounding (Trefethen 2013,
"Approximation Theory and Approximation Practice", theorem 8.2). One pass over the creators,
on one machine or on many, is all that the exact posterior needs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebpts1
from scipy import fft

from hbm_lib.models.creators.spec import Data

_ROUNDING = 33.0  # minus log of what is left out of the series
UNEQUAL = 1e-6  # the smallest standard error, in units of the largest
_CELLS = 1 << 16  # numbers in the work space of one chunk of creators


@dataclass(frozen=True)
class Design:
    """Where the sums are taken: fixed before the pass over the creators.

    Attributes
    ----------
    smallest : float
        The smallest standard error s.
    top : float
        The largest sigma_creator that matters.
    centre : array of shape (G,)
        The value from which each genre's effects are measured.
    largest : float
        The largest standard error.
    """

    smallest: float
    top: float
    centre: np.ndarray
    largest: float

    @property
    def size(self) -> int:
        """The number of nodes K that the series needs."""
        reach = np.pi / 2 / self.reach
        return int(np.clip(np.ceil(_ROUNDING / (2 * np.log(reach + np.hypot(reach, 1)))), 12, 800))

    @property
    def reach(self) -> float:
        """The largest t."""
        return float(np.arcsinh(self.top / self.smallest))

    @property
    def sigma(self) -> np.ndarray:
        """The values of sigma_creator at which the sums are taken, shape (K,)."""
        return self.smallest * np.sinh(self.reach * np.sqrt((chebpts1(self.size) + 1) / 2))


@dataclass(frozen=True)
class Sums:
    """The four sums of every genre, at any sigma_creator up to ``design.top``.

    Attributes
    ----------
    design : Design
        Where they were taken.
    counts : array of shape (G,)
        Creators of each genre.
    series : array of shape (K, 4 G)
        Chebyshev coefficients of the sums of log(w V), w V, w V d and w V d², V = sigma_creator² + s².
    """

    design: Design
    counts: np.ndarray
    series: np.ndarray

    def at(self, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the sums of log w, w, w d and w d² at each sigma_creator, each (M,) to (M, G)."""
        sigma = np.asarray(sigma, float)
        z = 2 * (np.arcsinh(sigma / self.design.smallest) / self.design.reach) ** 2 - 1
        v = (sigma**2 + self.design.smallest**2)[:, None]
        basis = np.cos(np.arccos(np.clip(z, -1, 1))[:, None] * np.arange(len(self.series)))
        found = (basis @ self.series).reshape(len(sigma), 4, -1)
        return found[:, 0] - self.counts * np.log(v), found[:, 1] / v, found[:, 2] / v, found[:, 3] / v


def series(values: np.ndarray) -> np.ndarray:
    """Return the Chebyshev coefficients of functions known at ``chebpts1(K)``: (K, M) to (K, M)."""
    out = fft.dct(values[::-1], type=2, axis=0) / len(values)
    out[0] /= 2
    return out


def sums(design: Design, counts: np.ndarray, raw: np.ndarray) -> Sums:
    """Make the sums callable at any sigma_creator.

    Parameters
    ----------
    design : Design
        Where they were taken.
    counts : array of shape (G,)
        Creators of each genre.
    raw : array of shape (K, 4, G)
        At each of ``design.sigma``: sums of log(w V), w V, w V (d - c) and w V (d - c)².
    """
    return Sums(design, counts, series(raw.reshape(len(raw), -1)))


def partial(design: Design, index: np.ndarray, effect: np.ndarray, se: np.ndarray) -> np.ndarray:
    """Take the sums of some creators, a chunk at a time, so that memory stays small.

    Sums over parts of the creators add up to the sums over all.

    Parameters
    ----------
    design : Design
        Where they are taken.
    index : array of shape (M,)
        Each creator's genre.
    effect, se : array of shape (M,)
        Effects and standard errors.

    Returns
    -------
    array of shape (K, 4, G)
        At each of ``design.sigma``: sums of log(w V), w V, w V (d - c) and w V (d - c)².
    """
    order = sorted_by(index, len(design.centre)) if np.any(np.diff(index) < 0) else slice(None)
    index, d, variance = index[order], effect[order], se[order] ** 2
    d = d - design.centre[index]
    sigma2 = design.sigma[:, None] ** 2
    v = sigma2 + design.smallest**2
    raw = np.zeros((len(sigma2), 4, len(design.centre)))
    step = max(1, _CELLS // len(sigma2))
    for start in range(0, len(d), step):
        here = slice(start, start + step)
        genre, x = index[here], d[here]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(genre)) + 1])
        found = genre[starts]
        w = v / (sigma2 + variance[here])
        raw[:, 0, found] += np.add.reduceat(np.log(w), starts, axis=1)
        raw[:, 1, found] += np.add.reduceat(w, starts, axis=1)
        w *= x
        raw[:, 2, found] += np.add.reduceat(w, starts, axis=1)
        w *= x
        raw[:, 3, found] += np.add.reduceat(w, starts, axis=1)
    return raw


def sorted_by(index: np.ndarray, genres: int) -> np.ndarray:
    """Return the order that puts creators of one genre together; small integers are sorted by radix, several times faster."""
    return np.argsort(index.astype(np.int16) if genres < 1 << 15 else index, kind="stable")


def plan(ends: tuple[float, float], centre: np.ndarray, farthest: float, creators: int, prior_top: float) -> Design:
    """Choose where the sums are taken.

    Parameters
    ----------
    ends : tuple of float
        The smallest and the largest standard error.
    centre : array of shape (G,)
        About the mean effect of each genre.
    farthest : float
        The largest distance of an effect from its genre's centre.
    creators : int
        How many creators are there beyond one a genre.
    prior_top : float
        What the prior of sigma_creator holds nothing to speak of beyond.

    Raises
    ------
    ValueError
        If the standard errors are so unequal that the sums would lose the digits of the large ones.
    """
    if not ends[0] >= UNEQUAL * ends[1]:
        raise ValueError(f"se: the standard errors run from {ends[0]:.3g} to {ends[1]:.3g}, too far apart to compute with; is "
                         f"the smallest right? leave such creators out, or fit them with gibbs, pymc or numpyro")
    # beyond the farthest effect the likelihood falls like sigma to the power of minus the number of creators
    likelihood_top = 4 * max(farthest, ends[1]) * 10 ** min(12.0, 20 / max(creators - 1, 1e-9))
    return Design(ends[0], float(min(prior_top, likelihood_top)), centre, ends[1])


def take(data: Data, prior_top: float) -> Sums:
    """Plan the sums and take them."""
    weight = data.se**-2.0
    total = np.bincount(data.index, weight, data.n_genres)
    centre = np.bincount(data.index, weight * data.effect, data.n_genres) / total
    farthest = float(np.abs(data.effect - centre[data.index]).max())
    ends = float(data.se.min()), float(data.se.max())
    design = plan(ends, centre, farthest, data.n_creators - data.n_genres, prior_top)
    return sums(design, data.counts, partial(design, data.index, data.effect, data.se))
