"""Finite mixtures of normals: what quantities are once the rest has been integrated out."""

from dataclasses import dataclass

import numpy as np
from scipy import special

HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)
_ENOUGH = 1e-12


@dataclass(frozen=True)
class NormalMixture:
    """The law of one scalar, or of several that share nodes: normal given each node, nodes weighted.

    Attributes
    ----------
    weight : array of shape (K,)
        Weights that add to 1.
    centre, spread : array of shape (..., K)
        Conditional means and standard deviations. A spread of 0 is a point mass.
    """

    weight: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def __getitem__(self, index: int) -> "NormalMixture":
        """Return the law of one of several scalars."""
        return NormalMixture(self.weight, self.centre[index], self.spread[index])

    @property
    def mean(self) -> np.ndarray | float:
        """The mean, by the law of total expectation."""
        return _plain(self.centre @ self.weight)

    @property
    def sd(self) -> np.ndarray | float:
        """The standard deviation, by the law of total variance."""
        gap = self.centre - np.asarray(self.mean)[..., None]
        return _plain(np.sqrt((self.spread**2 + gap**2) @ self.weight))

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density at each x; of several scalars, x has their shape."""
        z = (np.asarray(x, float)[..., None] - self.centre) / self.spread
        return (np.exp(-0.5 * z**2 - HALF_LOG_2PI) / self.spread) @ self.weight

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x); of several scalars, x has their shape."""
        gap = np.asarray(x, float)[..., None] - self.centre
        with np.errstate(divide="ignore", invalid="ignore"):
            below = np.where(self.spread > 0, special.ndtr(gap / self.spread), (gap >= 0) * 1.0)
        return below @ self.weight

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile for each probability strictly between 0 and 1.

        Of one scalar, q may have any shape; of several, q is one number.
        """
        q = np.asarray(q, float)
        if not np.all((q > 0) & (q < 1)):
            raise ValueError(f"q: probabilities strictly between 0 and 1 are needed, got {q}")
        if self.centre.ndim > 1 and q.ndim:
            raise ValueError(f"q: one probability at a time for several quantities, got {q}")
        low = np.min(self.centre - 40 * self.spread, axis=-1) - 1e-9 + 0 * q
        high = np.max(self.centre + 40 * self.spread, axis=-1) + 1e-9 + 0 * q
        return _plain(_solve(self, low, high, q))


def _solve(law: NormalMixture, low: np.ndarray, high: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Invert the distribution function between bounds, all entries at once: Newton steps, halving where they leave.

    (SciPy's vectorized root finder asks whether arrays are JAX's, which loads JAX where it is installed.)
    """
    x = np.clip(law.mean + law.sd * special.ndtri(q), low, high)
    for _ in range(200):
        miss = law.cdf(x) - q
        low, high = np.where(miss < 0, x, low), np.where(miss < 0, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            trial = x - miss / law.pdf(x)
        inside = (trial >= low) & (trial <= high)  # false for a step that is not a number
        new = np.where(inside, trial, (low + high) / 2)
        if np.all(np.abs(new - x) <= _ENOUGH * (1 + np.abs(x))):
            return new
        x = new
    return x


def _plain(value: np.ndarray) -> np.ndarray | float:
    """Return a number instead of an array of no dimensions."""
    return float(value) if np.ndim(value) == 0 else value
