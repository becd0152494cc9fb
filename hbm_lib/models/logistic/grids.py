"""Integrals over a group's intercept for many mu at once, on a grid of alpha or on one of z = (alpha - mu) / tau.

A group's likelihood L_j(alpha) depends on beta but not on mu. So it is computed on one grid of alpha for
all values of mu; what is left are products of matrices.
"""

import numpy as np
from scipy import special

from hbm_lib.models.logistic.generative import log_coefficient, softplus
from hbm_lib.models.logistic.laws import interpolator
from hbm_lib.models.logistic.spec import Data

LOG_2PI = np.log(2 * np.pi)
_CELLS = 300_000
_FAINT = 1e-250
_ROUNDING = 1e-14


def log_likelihood(alpha: np.ndarray, beta: np.ndarray, data: Data, members: np.ndarray) -> np.ndarray:
    """Return log p(y_j | alpha, beta) of some groups: alpha (B, A) and beta (B,) to (B, A, groups)."""
    rows = np.flatnonzero(np.isin(data.index, members))
    starts = np.searchsorted(data.index[rows], members)
    y, trials, x = data.y[rows], data.trials[rows], data.x[rows, 0]
    coefficient = np.add.reduceat(log_coefficient(data)[rows], starts)
    out = np.empty((*alpha.shape, len(members)))
    size = max(1, _CELLS // (alpha.shape[1] * len(rows)))
    for i in range(0, len(beta), size):
        logit = alpha[i : i + size, :, None] + (beta[i : i + size, None] * x)[:, None]
        out[i : i + size] = np.add.reduceat(y * logit - trials * softplus(logit), starts, axis=-1)
    return out + coefficient


def _parts(alpha: np.ndarray, axis: int) -> np.ndarray:
    """Return 1, alpha, alpha², p and p² along a new axis."""
    p = special.expit(alpha)
    return np.stack([np.ones_like(alpha), alpha, alpha**2, p, p**2], axis)


def _result(sums: np.ndarray, log_scale: np.ndarray) -> np.ndarray:
    """Return log evidence and moments (5, B, M, J) from sums (B, M, 5, J); minus infinity where a sum is lost to underflow."""
    sums = np.moveaxis(sums, 2, 0)
    total = np.where(sums[0] > _FAINT, sums[0], np.nan)
    return np.concatenate([np.nan_to_num(np.log(total) + log_scale, nan=-np.inf)[None], sums[1:] / total])


def in_alpha(tau: float, beta: np.ndarray, mu: np.ndarray, data: Data, members: np.ndarray,
             ends: tuple[np.ndarray, np.ndarray], count: int) -> np.ndarray:
    """Integrate by the trapezoid rule on a uniform grid of alpha.

    Parameters
    ----------
    tau : float
        Above 0.
    beta : array of shape (B,)
        Values of the one coefficient.
    mu : array of shape (B, M)
        Values of mu for each.
    data : Data
        With one covariate.
    members : array of shape (J',)
        Which groups.
    ends : pair of arrays of shape (B,)
        Where the grid begins and ends for each beta.
    count : int
        How many nodes it has.

    Returns
    -------
    array of shape (5, B, M, J')
        Log p(y_j | mu, beta, tau), and the conditional means of alpha, alpha², p and p².
    """
    low, high = ends
    alpha = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, count)
    like = log_likelihood(alpha, beta, data, members)
    top = like.max(1, keepdims=True)
    like = np.exp(like - top)
    log_width = np.log((high - low) / (count - 1) / tau)[:, None, None] - 0.5 * LOG_2PI
    out = np.empty((5, *mu.shape, len(members)))
    size = max(1, _CELLS // (count * max(mu.shape[1], 5 * len(members))))
    for i in range(0, len(beta), size):
        s = slice(i, i + size)
        kernel = np.exp(-0.5 * ((alpha[s, None] - mu[s, :, None]) / tau) ** 2)  # (B, M, A)
        terms = _parts(alpha[s], -1)[..., None] * like[s, :, None]  # (B, A, 5, J')
        sums = kernel @ terms.reshape(len(terms), count, -1)
        out[:, s] = _result(sums.reshape(*mu[s].shape, 5, -1), top[s] + log_width[s])
    return out


def in_z(tau: float, beta: np.ndarray, mu: np.ndarray, data: Data, z: np.ndarray, finer: float) -> np.ndarray:
    """Integrate by the trapezoid rule on a uniform grid z of (alpha - mu) / tau, for all groups.

    The logs of the likelihoods are polynomials in alpha through Chebyshev points. Their nearest singularities
    have imaginary part pi, which says how many points are needed.
    """
    low, high = mu[:, 0] + tau * z[0], mu[:, -1] + tau * z[-1]
    half = np.maximum((high - low) / 2, 0.5)
    flat = 0.9 * np.pi / half.max()
    count = int(np.ceil(np.log(max(data.cases.max(), 10) / _ROUNDING) / np.arcsinh(flat) / finer)) + 1
    angle = np.pi * (np.arange(count) + 0.5) / count
    at, bary = -np.cos(angle), (-1.0) ** np.arange(count) * np.sin(angle)
    centre = (low + high) / 2
    like = log_likelihood(centre[:, None] + half[:, None] * at, beta, data, np.arange(data.n_groups))
    log_w = np.log(z[1] - z[0]) - 0.5 * (LOG_2PI + z**2)
    out = np.empty((5, *mu.shape, data.n_groups))
    size = max(1, _CELLS // (mu.shape[1] * len(z) * max(count, data.n_groups)))
    for i in range(0, len(beta), size):
        s = slice(i, i + size)
        alpha = mu[s, :, None] + tau * z
        rise = interpolator((alpha - centre[s, None, None]) / half[s, None, None], at, bary) @ like[s, None] + log_w[:, None]
        top = rise.max(2, keepdims=True)
        out[:, s] = _result(_parts(alpha, 2) @ np.exp(rise - top), top[:, :, 0])
    return out
