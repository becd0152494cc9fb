"""A proposal for (mu, beta, tau) of any number of covariates, close to their posterior and with heavier tails.

v = asinh(tau / unit) is drawn from Laplace's approximation of its density, mixed with a tenth of a uniform one
over its range; b = (mu, beta) given v from a multivariate t about its mode given tau. Both are functions of uniforms,
one for each dimension, so that a low-discrepancy sequence may drive them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.interpolate import CubicSpline, PchipInterpolator

from hbm_lib.models.logistic.given_tau import peak
from hbm_lib.models.logistic.spec import Data, Prior
from hbm_lib.models.logistic.tau_range import unit

_DF = 8.0
_SHARE = 0.1
_GRID = 17
_FINE = 1001
_DROP = 30.0
_EDGE = 2.0**-32
_NODES = 15


@dataclass(frozen=True)
class Proposal:
    """A law of (b, tau) to draw from, by uniforms.

    Attributes
    ----------
    size : int
        The length Q of b.
    unit : float
        Of v = asinh(tau / unit).
    v, density : array of shape (G,), or None
        A piecewise linear density of v; None where tau is fixed at 0.
    centre, root : callable
        From v (N,) to the middle of b (N, Q), and to a lower triangular root of its spread (N, Q, Q).
    """

    size: int
    unit: float
    v: np.ndarray | None
    density: np.ndarray | None
    centre: CubicSpline
    root: CubicSpline

    @property
    def dimensions(self) -> int:
        """How many uniforms a point takes."""
        return self.size + 1 + (self.v is not None)

    def points(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Turn uniforms (N, dimensions) into b (N, Q), tau (N,) and the log of their joint density (N,)."""
        u = np.clip(u, _EDGE, 1 - _EDGE)
        v, log_q = np.zeros(len(u)), np.zeros(len(u))
        if self.v is not None:
            v = self._inverse(u[:, -1])
            log_q = np.log(np.interp(v, self.v, self.density)) - np.log(self.unit * np.cosh(v))
        stretch = np.sqrt(_DF / (2 * special.gammaincinv(_DF / 2, u[:, self.size])))
        e = special.ndtri(u[:, : self.size]) * stretch[:, None]
        root = self.root(v)
        b = self.centre(v) + np.einsum("npq,nq->np", root, e)
        constant = special.gammaln((_DF + self.size) / 2) - special.gammaln(_DF / 2) - self.size / 2 * np.log(_DF * np.pi)
        log_q += constant - (_DF + self.size) / 2 * np.log1p((e**2).sum(1) / _DF)
        return b, self.unit * np.sinh(v), log_q - np.log(np.abs(np.einsum("nqq->nq", root))).sum(1)

    def _inverse(self, u: np.ndarray) -> np.ndarray:
        """Return where the distribution function of v is u: quadratic within each piece."""
        width, f = np.diff(self.v), self.density
        below = np.append(0.0, (width * (f[1:] + f[:-1]) / 2).cumsum())
        at = u * below[-1]
        piece = np.clip(np.searchsorted(below, at, side="right") - 1, 0, len(width) - 1)
        a, slope = f[piece], (f[piece + 1] - f[piece]) / width[piece]
        rest = at - below[piece]
        return self.v[piece] + 2 * rest / (a + np.sqrt(a**2 + 2 * slope * rest))


def build(data: Data, prior: Prior) -> Proposal:
    """Fit a proposal to the posterior.

    Parameters
    ----------
    data, prior : Data, Prior
        With any number of covariates, and normal priors on mu and beta.

    Returns
    -------
    Proposal
    """
    size, scale = 1 + data.x.shape[1], unit(data)
    if prior.tau is None:
        mode, curve, _ = peak(np.zeros(1), data, prior, _NODES)
        both = np.array([0.0, 1.0])
        centre, root = (CubicSpline(both, np.repeat(value, 2, 0)) for value in (mode, _root(curve)))
        return Proposal(size, scale, None, None, centre, root)
    low, high = (float(np.arcsinh(min(t, 1e4) / scale)) for t in prior.tau.support)
    mode = None
    while True:
        v = low + (high - low) * (np.arange(_GRID) + 0.5) / _GRID
        tau = scale * np.sinh(v)
        mode, curve, top = peak(tau, data, prior, _NODES, start=mode)
        log_f = top - 0.5 * np.linalg.slogdet(curve)[1] + prior.tau.logpdf(tau) + np.log(np.cosh(v))
        near = np.flatnonzero(log_f > log_f.max() - _DROP)
        step, width = v[1] - v[0], high - low
        ends = max(low, v[near[0]] - 1.5 * step), min(high, v[near[-1]] + 1.5 * step)
        if ends[1] - ends[0] > 0.6 * width:
            break
        low, high = ends
        mode = np.stack([np.interp(low + (high - low) * (np.arange(_GRID) + 0.5) / _GRID, v, m) for m in mode.T], axis=1)
    fine = np.linspace(low, high, _FINE)
    log_f = PchipInterpolator(v, np.maximum(log_f - log_f.max(), -2 * _DROP))(fine)
    f = np.exp(log_f - log_f.max())
    density = (1 - _SHARE) * f / np.trapezoid(f, fine) + _SHARE / (high - low)
    return Proposal(size, scale, fine, density, CubicSpline(v, mode), CubicSpline(v, _root(curve)))


def _root(curve: np.ndarray) -> np.ndarray:
    """Return the lower triangular root of the inverse of each matrix, (N, Q, Q)."""
    return np.linalg.cholesky(np.linalg.inv(curve))
