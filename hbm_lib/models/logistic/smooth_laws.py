"""Laws known by weighted points: a distribution function through knots, and that of every group's intercept.

The knots' probabilities are seen through the normal quantile function, where they lie nearly on a line; between
them runs a monotone cubic (Fritsch & Carlson 1980, "Monotone piecewise cubic interpolation").
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special
from scipy.interpolate import PchipInterpolator

from hbm_lib.models.logistic.generative import softplus
from hbm_lib.models.logistic.integrals import offsets, place_nodes
from hbm_lib.models.logistic.spec import Data

_LEVELS = special.ndtr(np.linspace(-2.8, 2.8, 29))
_SURE = 1e-4
_CELLS = 300_000
_NODES = 65


@dataclass(frozen=True)
class ProbitLine:
    """The law of a positive quantity t = exp(u): the normal quantile of P(U <= u) is a monotone cubic in u.

    Attributes
    ----------
    u : array of shape (K,)
        Knots, increasing.
    z : array of shape (K,)
        Their normal quantiles, increasing; beyond the last the cubic goes on as a line.
    """

    u: np.ndarray
    z: np.ndarray

    @cached_property
    def _cubic(self) -> tuple[PchipInterpolator, PchipInterpolator]:
        """The cubic and its derivative."""
        curve = PchipInterpolator(self.u, self.z)
        return curve, curve.derivative()

    def _parts(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the normal quantile at u and its derivative."""
        curve, slope = self._cubic
        inside = np.clip(u, self.u[0], self.u[-1])
        ends = np.diff(self.z)[[0, -1]] / np.diff(self.u)[[0, -1]]
        rate = np.where(u < self.u[0], ends[0], np.where(u > self.u[-1], ends[1], slope(inside)))
        return curve(inside) + (u - inside) * rate, rate

    def cdf(self, t: np.ndarray) -> np.ndarray:
        """Return P(T <= t)."""
        with np.errstate(divide="ignore"):
            u = np.log(np.maximum(np.asarray(t, float), 0))
        return special.ndtr(self._parts(np.maximum(u, -1e3))[0])

    def pdf(self, t: np.ndarray) -> np.ndarray:
        """Return the density of T at each t above 0."""
        t = np.asarray(t, float)
        z, rate = self._parts(np.log(t))
        return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) * rate / t

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile for each probability strictly between 0 and 1."""
        q = np.asarray(q, float)
        if not np.all((q > 0) & (q < 1)):
            raise ValueError(f"q: probabilities strictly between 0 and 1 are needed, got {q}")
        goal = special.ndtri(q)
        reach = 20 * (self.u[-1] - self.u[0])
        low, high = np.full(q.shape, self.u[0] - reach), np.full(q.shape, self.u[-1] + reach)
        for _ in range(60):
            middle = (low + high) / 2
            under = self._parts(middle)[0] < goal
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return np.exp((low + high) / 2)


def from_knots(u: np.ndarray, below: np.ndarray) -> ProbitLine:
    """Return the law with P(U <= u) = below at the knots that are neither nearly sure nor nearly impossible."""
    kept = (below > _SURE) & (below < 1 - _SURE)
    kept[1:] &= np.diff(below) > 1e-9
    return ProbitLine(u[kept], special.ndtri(below[kept]))


def from_points(u: np.ndarray, weight: np.ndarray) -> ProbitLine:
    """Return the law of weighted points, by knots at their quantiles."""
    order = np.argsort(u)
    upto = weight[order].cumsum()
    at = np.interp(_LEVELS, upto - weight[order] / 2, u[order])
    kept = np.append(True, np.diff(at) > 0)
    return ProbitLine(at[kept], special.ndtri(_LEVELS[kept]))


def intercepts_below(at: np.ndarray, b: np.ndarray, tau: np.ndarray, weight: np.ndarray, data: Data) -> np.ndarray:
    """Return the probability that each group's intercept lies below given values.

    At every point the conditional distribution function is a Hermite cubic between the nodes of the group's integral.

    Parameters
    ----------
    at : array of shape (X, J)
        The values.
    b, tau, weight : array of shape (N, Q), (N,), (N,)
        Points of the hyperparameters and their weights, which add to 1; tau above 0.
    data : Data
        The counts.

    Returns
    -------
    array of shape (X, J)
    """
    size = max(1, _CELLS // (_NODES * data.n_rows))
    return sum(np.einsum("n,xnj->xj", weight[i : i + size], _below(at, b[i : i + size], tau[i : i + size], data))
               for i in range(0, len(b), size))


def _below(at: np.ndarray, b: np.ndarray, tau: np.ndarray, data: Data) -> np.ndarray:
    """Return P(alpha_j < at) given each point, (X, N, J)."""
    offset = offsets(b, data)
    placed = place_nodes(offset, tau, data, _NODES)
    logit = offset + (tau[:, None] * placed.z)[..., data.index]
    log_f = data.by_group(data.y * logit - data.trials * softplus(logit)) - 0.5 * placed.z**2 + placed.log_width
    f = np.exp(log_f - log_f.max(0))
    wide = np.concatenate([0 * f[:1], f, 0 * f[:1]])
    mass = np.maximum(13 * (wide[1:-2] + wide[2:-1]) - wide[:-3] - wide[3:], 0) / 24  # of each cell, through four nodes
    upto = np.concatenate([0 * f[:1], mass.cumsum(0)])
    f, upto = f / upto[-1], upto / upto[-1]
    where = np.clip(placed.place((at[:, None] - b[:, :1]) / tau[:, None]), 0, _NODES - 1)
    cell = np.minimum(where.astype(int), _NODES - 2)
    s = where - cell
    left, right = (np.take_along_axis(upto, c, 0) for c in (cell, cell + 1))
    start, stop = (np.take_along_axis(f, c, 0) for c in (cell, cell + 1))
    return left + s**2 * (3 - 2 * s) * (right - left) + s * (1 - s) * ((1 - s) * start - s * stop)
