"""Laws on the real line, on the unit interval and above 0, all carried by ``quadrature.line``.

A law on the real line is that of the logarithm of a positive quantity: for a logit alpha this
is the odds, and p = odds / (1 + odds) is another reading of the same line.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import Chebyshev

from hbm_lib.samplers import quadrature
from hbm_lib.samplers.quadrature import Line

_DROP = 26.0
_SETTLED = 1e-9
_SCAN = 65
SCALES = {"positive": (lambda t: t, lambda x: x, lambda x: 1.0),
          "real": (np.log, np.exp, np.exp),
          "probability": (lambda t: t / (1 + t), lambda p: p / (1 - p), lambda p: (1 - p) ** -2.0)}
"""For each scale: from the line's value, back to it, and the derivative of the way back."""


@dataclass(frozen=True)
class Law:
    """The marginal law of one scalar, or of several.

    Attributes
    ----------
    lines : tuple of Line
        One a scalar, of the positive quantity behind it.
    scale : str
        ``"positive"``, ``"real"`` or ``"probability"``.
    mean, sd : float or array
        Moments, computed without the lines.
    """

    lines: tuple[Line, ...]
    scale: str
    mean: np.ndarray | float
    sd: np.ndarray | float

    def _each(self, find: Callable[[Line, np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
        """Apply to every line its own entry of x, or all of x where there is one line."""
        if np.ndim(self.mean) == 0:
            return find(self.lines[0], x)
        return np.array([find(line, v) for line, v in zip(self.lines, np.broadcast_to(x, np.shape(self.mean)), strict=True)])

    def __getitem__(self, index: int) -> "Law":
        """Return the law of one of several scalars."""
        return Law((self.lines[index],), self.scale, float(self.mean[index]), float(self.sd[index]))

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density at each x; of several scalars, x has their shape."""
        _, back, rate = SCALES[self.scale]
        x = np.asarray(x, float)
        return self._each(lambda line, v: line.pdf(back(v)) * rate(v), x)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x); of several scalars, x has their shape."""
        back = SCALES[self.scale][1]
        return self._each(lambda line, v: line.cdf(back(v)), np.asarray(x, float))

    def quantile(self, q: np.ndarray) -> np.ndarray | float:
        """Return the quantile for each probability strictly between 0 and 1; of several scalars, q is one number."""
        if np.ndim(self.mean) and np.ndim(q):
            raise ValueError(f"q: one probability at a time for several quantities, got {q}")
        found = SCALES[self.scale][0](self._each(lambda line, v: line.quantile(v), np.asarray(q, float)))
        return float(found) if np.ndim(found) == 0 else found


def real_line(density: Callable[[np.ndarray], np.ndarray], mean: float, sd: float) -> Line:
    """Return the line of exp(x) for a density of x that is costly to evaluate.

    Parameters
    ----------
    density : callable
        Density of x, (K,) to (K,), up to a constant; smooth, and above 0 where it matters.
    mean, sd : float
        About where it lies.

    Returns
    -------
    Line
        The logarithm of the density is a polynomial between the points where it is 26 natural-log
        units below its peak.
    """
    low, high = mean - 9 * sd, mean + 9 * sd
    for _ in range(3):
        x = np.linspace(low, high, _SCAN)
        height = np.log(np.maximum(density(x), np.finfo(float).tiny))
        kept, step = np.flatnonzero(height > height.max() - _DROP), x[1] - x[0]
        grows = kept[0] == 0 or kept[-1] == _SCAN - 1
        width = (high - low) / 2
        low, high = ((low - width * (kept[0] == 0), high + width * (kept[-1] == _SCAN - 1)) if grows
                     else (x[kept[0]] - step, x[kept[-1]] + step))
        if not grows and kept[-1] - kept[0] > _SCAN // 2:
            break
    peak, between = height.max(), low + (high - low) * (np.arange(17) + 0.5) / 17
    log_f = lambda x: np.log(np.maximum(density(x), np.exp(peak - 2 * _DROP))) - peak  # noqa: E731
    truth = log_f(between)
    for degree in (24, 48, 96, 192):
        proxy = Chebyshev.interpolate(log_f, degree, [low, high])
        if np.abs(np.exp(proxy(between)) - np.exp(truth)).max() < _SETTLED:
            break

    def log_density(t: np.ndarray) -> np.ndarray:
        u = np.log(t)
        return np.where((u >= low) & (u <= high), proxy(np.clip(u, low, high)) - u, -np.inf)

    return quadrature.line(log_density, support=(np.exp(low), np.exp(high)))


def interpolator(at: np.ndarray, nodes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes on [-1, 1] to their polynomial's values: (..., A), (M,), (M,) to (..., A, M).

    ``weights`` are the barycentric ones (Berrut & Trefethen 2004, SIAM Review). A point outside
    is taken to the nearer end: there is no polynomial there.
    """
    gap = np.clip(at, -1, 1)[..., None] - nodes
    gap = np.where(gap == 0, 1e-300, gap)
    share = weights / gap
    return share / share.sum(-1, keepdims=True)
