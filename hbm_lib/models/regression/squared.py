"""Variances from the laws of their roots, and moments that know when there are none."""

from dataclasses import dataclass

import numpy as np

from hbm_lib.samplers.quadrature import Line

# how far the integrand of a moment has fallen where nothing more is to come; of the square, where the end is the prior's own
_ENOUGH, _WALL = 36.0, 30.0
_FLAT, _FARTHEST = 0.02, 59.0


def moment(line: Line, power: int, about: float = 0.0) -> float:
    """Return E |x - about|^power of a scale, or E x^power where ``about`` is 0; infinite where it is.

    A line ends where the density of the scale, weighted by its square, is next to nothing. A higher power may
    have more to come. There the density falls like a power of x, so that what is beyond the last node is a
    geometric integral with the slope that the end shows; a slope that does not fall means that there is no moment.
    """
    if not np.isfinite(about):
        return float(np.inf)
    with np.errstate(over="ignore"):
        values = (line.tau - about) ** power if about else line.tau**power
    inside = float(line.weight @ values)
    u, end = np.log(line.tau), line.edges[-1]
    with np.errstate(divide="ignore"):
        log_density = line.log_density(line.tau) + u - line.log_evidence
    height, square = log_density + power * u, log_density + 2 * u
    fallen, bounded = height[-1] < height.max() - _ENOUGH, square[-1] > square.max() - _WALL and end < _FARTHEST
    if fallen or bounded or not np.isfinite(height[-1]):
        return inside
    before = int(np.searchsorted(u, u[-1] - 1.0))
    slope = float((height[-1] - height[before]) / (u[-1] - u[before]))
    if slope > -_FLAT:
        return float(np.inf)
    return inside + float(np.exp(height[-1] + slope * (end - u[-1])) / -slope)


@dataclass(frozen=True)
class Squared:
    """The law of the square of a scale.

    Attributes
    ----------
    root : Line
        The law of the scale.
    """

    root: Line

    @property
    def mean(self) -> float:
        """The mean, infinite where there is none."""
        return moment(self.root, 2)

    @property
    def sd(self) -> float:
        """The standard deviation, infinite where there is none."""
        mean, fourth = self.mean, moment(self.root, 4)
        if not np.isfinite(fourth):
            return float(np.inf)
        beyond = fourth - float(self.root.weight @ self.root.tau**4)  # what lies outside of the nodes
        return float(np.sqrt(self.root.weight @ (self.root.tau**2 - mean) ** 2 + beyond))

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density."""
        scale = np.sqrt(np.asarray(x, float))
        return self.root.pdf(scale) / (2 * scale)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x)."""
        return self.root.cdf(np.sqrt(np.maximum(np.asarray(x, float), 0)))

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile for each probability strictly between 0 and 1."""
        return self.root.quantile(q) ** 2
