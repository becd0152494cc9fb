"""Every group's intercept integrated out for many mu at once, given tau and the one coefficient.

Two grids serve all values of mu (``grids``): one of alpha, which needs few nodes unless tau is
small beside the range of mu, and one of z = (alpha - mu) / tau, which needs few where tau is small. Which one,
and how fine, follows from the trapezoid rule's error: moved by i d into the complex plane the integrand
grows by at most exp(k d² / 2), where k bounds the precision, and the error is that times exp(-2 pi d / step)
as long as d stays below pi / 2, where the likelihood ends to fall (Trefethen & Weideman 2014, SIAM Review,
section 5). Groups whose steps are unlike have grids of their own.

Where every grid would be large, or a group is so unlike the others that a sum is lost to underflow, the
adaptive rule of ``integrals`` does the work.
"""

import numpy as np
from scipy import special

from hbm_lib.models.logistic import grids
from hbm_lib.models.logistic.integrals import groups, modes, reaches
from hbm_lib.models.logistic.spec import Data

_DIGITS = 25.0
_STRIP = 1.4
_UNLIKE = 4.0
_USUAL = 49
_MOST = 6000


def step(precision: np.ndarray, strip: float = _STRIP) -> np.ndarray:
    """Return the step at which the trapezoid rule's error is about exp(-25), from a bound on the precision."""
    d = np.minimum(strip, np.sqrt(2 * _DIGITS / precision))
    return 2 * np.pi * d / (_DIGITS + precision * d**2 / 2)


def _count(low: np.ndarray, high: np.ndarray, step: float) -> int:
    """Return how many nodes a step takes."""
    return int(np.ceil(np.max(high - low) / step)) + 1


def over_mu(tau: float, beta: np.ndarray, mu: np.ndarray, data: Data, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Integrate every group's intercept out at all values of mu.

    Parameters
    ----------
    tau : float
        At least 0.
    beta : array of shape (B,)
        Values of the one coefficient.
    mu : array of shape (B, M)
        Values of mu for each, increasing.
    data : Data
        With one covariate.
    nodes : int
        Of the adaptive rule; the grids are finer or coarser in proportion.

    Returns
    -------
    log_z : array of shape (B, M, J)
        Log p(y_j | mu, beta, tau), binomial coefficients included.
    moments : array of shape (4, B, M, J)
        Conditional means of alpha, alpha², p and p².
    """
    finer = _USUAL / nodes
    z_low, z_high, low, high, told = _ends(tau, beta, mu, data)
    z_count = _count(z_low, z_high, finer * step(1 + tau**2 * told.max(), _STRIP / max(tau, 1e-9)))
    bundles, counts = [], [np.inf]
    if tau > 0:
        steps = finer * step(tau**-2.0 + told)
        kind = np.floor(np.log(steps) / np.log(_UNLIKE))
        bundles = [np.flatnonzero(kind == k) for k in np.unique(kind)]
        ends = [(low[:, b].min(1), high[:, b].max(1)) for b in bundles]
        counts = [_count(*e, steps[b].min()) for e, b in zip(ends, bundles, strict=True)]
    found = np.full((5, *mu.shape, data.n_groups), -np.inf)
    if 4 * z_count < max(counts) and z_count < _MOST:
        found = grids.in_z(tau, beta, mu, data, np.linspace(z_low, z_high, z_count), finer)
    elif max(counts) < _MOST:
        for b, e, count in zip(bundles, ends, counts, strict=True):
            found[..., b] = grids.in_alpha(tau, beta, mu, data, b, e, count)
    if np.all(np.isfinite(found[0])):
        return found[0], found[1:]
    b = np.column_stack([mu.ravel(), np.repeat(beta, mu.shape[1])])
    slow = groups(b, np.full(len(b), tau), data, nodes)
    return slow.log_z.reshape(*mu.shape, -1), slow.moments.reshape(4, *mu.shape, -1)


def _ends(tau: float, beta: np.ndarray, mu: np.ndarray, data: Data) -> tuple[float, float, np.ndarray, np.ndarray, np.ndarray]:
    """Return where the integrands lie, in z (two numbers) and in alpha (two (B, J)), and what each group can tell at most (J,).

    Both ends of a group's intercept grow with mu, so the least and the largest mu tell all.
    """
    count, lean = len(beta), beta[:, None] * data.x[:, 0]
    offset = np.concatenate([mu[:, :1] + lean, mu[:, -1:] + lean])
    each = np.full(2 * count, tau)
    mode, scale = modes(offset, each, data)
    left, right = reaches(offset, each, data, mode, scale)
    z_low, z_high = mode - left, mode + right
    low, high = mu[:, :1] + tau * z_low[:count], mu[:, -1:] + tau * z_high[count:]
    p = special.expit(np.clip(0, low[:, data.index] + lean, high[:, data.index] + lean))  # where a row tells most
    return z_low.min(), z_high.max(), low, high, data.by_group(data.trials * p * (1 - p)).max(0)
