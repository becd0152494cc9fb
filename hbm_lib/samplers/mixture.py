"""A finite mixture of normals: what a quantity is once the rest has been integrated out."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats


@dataclass(frozen=True)
class NormalMixture:
    """The law of one scalar: normal given each node, nodes weighted.

    Attributes
    ----------
    weight, centre, spread : array of shape (K,)
        Weights that add to 1, conditional means and standard deviations. A
        spread of 0 is a point mass.
    """

    weight: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    @property
    def mean(self) -> float:
        """The mean, by the law of total expectation."""
        return float(self.weight @ self.centre)

    @property
    def sd(self) -> float:
        """The standard deviation, by the law of total variance."""
        return float(np.sqrt(self.weight @ (self.spread**2 + (self.centre - self.mean) ** 2)))

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density at each x."""
        x = np.asarray(x, float)
        return stats.norm.pdf(x[..., None], self.centre, self.spread) @ self.weight

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x)."""
        gap = np.asarray(x, float)[..., None] - self.centre
        with np.errstate(divide="ignore", invalid="ignore"):
            below = np.where(self.spread > 0, stats.norm.cdf(gap / self.spread), (gap >= 0) * 1.0)
        return below @ self.weight

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile for each probability strictly between 0 and 1."""
        q = np.asarray(q, float)
        if not np.all((q > 0) & (q < 1)):
            raise ValueError(f"q: probabilities strictly between 0 and 1 are needed, got {q}")
        low = np.min(self.centre - 40 * self.spread) - 1e-9
        high = np.max(self.centre + 40 * self.spread) + 1e-9
        solve = lambda p: optimize.brentq(lambda x: float(self.cdf(np.array(x))) - p, low, high, xtol=1e-11)  # noqa: E731
        return np.vectorize(solve, otypes=[float])(q)
