"""Every group's intercept integrated out, given the hyperparameters, by quadrature around its mode.

With alpha = mu + tau z the integrand is exp(h(z)), and h'' <= -1 everywhere: h falls by 36 natural-log
units within 8.5 of its mode, and usually much sooner on one side than on the other. The nodes are those of the
trapezoid rule between the two places where it has fallen so far, after z = mode + s sinh(c v) / c, s from
the curvature at the mode: an adaptive rule as Gauss-Hermite is (Pinheiro & Bates 1995), whose nodes
reach out where the integrand is skew, as in groups with no success. The trapezoid rule converges
exponentially for such integrands (Trefethen & Weideman 2014, "The exponentially convergent
trapezoidal rule", SIAM Review).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hbm_lib.models.logistic.generative import log_coefficient, softplus
from hbm_lib.models.logistic.spec import Data

_DROP = 36.0
_REACH = 8.5
_NEAR = 0.1
_STRETCH = 0.8
_CELLS = 100_000
LOG_2PI = np.log(2 * np.pi)


def offsets(b: np.ndarray, data: Data) -> np.ndarray:
    """Return mu + x' beta of every row: (N, 1 + P) to (N, rows)."""
    return b[:, :1] + b[:, 1:] @ data.x.T


def modes(offset: np.ndarray, tau: np.ndarray, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return the mode of z in every group and its scale 1 / sqrt(-h''), both (N, J), from offsets (N, rows).

    Newton steps; where one would leave the interval that holds the mode, or is not half as long as the step
    before, the interval is halved instead: Newton's steps alone can go back and forth for ever.
    """
    tau = tau[:, None]
    low, high = tau * (data.successes - data.cases), tau * data.successes + 0 * tau
    y, n = data.successes + 0.5, data.cases + 1
    weight, seen = y * (n - y) / n, np.log(y / (n - y)) - data.by_group(offset * data.trials) / data.cases
    z = np.clip(tau * weight * seen / (1 + tau**2 * weight), low, high)  # as if the empirical logit were a normal observation
    before = np.full(low.shape, np.inf)
    for _ in range(200):
        p = special.expit(offset + tau * z[:, data.index])
        slope = tau * data.by_group(data.y - data.trials * p) - z
        curve = 1 + tau**2 * data.by_group(data.trials * p * (1 - p))
        low, high = np.where(slope > 0, z, low), np.where(slope > 0, high, z)
        step = slope / curve
        trial = z + step
        there = np.abs(step) < 1e-9 * (1 + np.abs(z))
        newton = (trial >= low) & (trial <= high) & ((np.abs(step) < before / 2) | there)
        new = np.where(newton, trial, (low + high) / 2)
        before, z = np.abs(new - z), new
        if there.all():
            break
    return z, 1 / np.sqrt(curve)


def reaches(offset: np.ndarray, tau: np.ndarray, data: Data, z0: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return how far left and right of its mode h has fallen by 36, both sides stacked: (2, N, J).

    Newton steps for the logarithm of the fall in the logarithm of the distance, which are exact at once for a
    parabola; where one would leave the interval that holds the place, the interval is halved.
    """
    tau, sign = tau[:, None], np.array([-1.0, 1.0])[:, None, None]

    def rise_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logit = offset + tau * z[..., data.index]
        value = data.by_group(data.y * logit - data.trials * softplus(logit)) - 0.5 * z**2
        return value, tau * data.by_group(data.y - data.trials * special.expit(logit)) - z

    top, _ = rise_and_slope(z0)
    far = np.minimum(_REACH, _REACH * np.stack([scale, scale]))
    low, high = np.zeros(far.shape), np.full(far.shape, _REACH)
    for _ in range(20):
        value, slope = rise_and_slope(z0 + sign * far)
        fallen = np.maximum(top - value, 1e-6)
        miss = np.log(_DROP / fallen)
        near = np.abs(miss) < _NEAR
        if near.all():
            break
        low, high = np.where(miss > 0, far, low), np.where(miss > 0, high, far)
        trial = far * np.exp(np.clip(miss / np.maximum(-sign * slope * far / fallen, 1), -3, 3))
        far = np.where(near, far, np.where((trial > low) & (trial < high), trial, (low + high) / 2))
    return np.where(near, far, high)


@dataclass(frozen=True)
class Groups:
    """The law of each group's intercept given b and tau, and what it says of b.

    Attributes
    ----------
    log_z : array of shape (N, J)
        Log p(y_j | b, tau), binomial coefficients included.
    moments : array of shape (4, N, J)
        Conditional means of alpha, alpha², p and p².
    slope : array of shape (N, Q)
        Gradient of the sum of ``log_z`` with respect to b.
    curve : array of shape (N, Q, Q)
        Its Hessian.
    """

    log_z: np.ndarray
    moments: np.ndarray
    slope: np.ndarray
    curve: np.ndarray


def groups(b: np.ndarray, tau: np.ndarray, data: Data, nodes: int, derivatives: bool = False) -> Groups:
    """Integrate every group's intercept out.

    Parameters
    ----------
    b : array of shape (N, Q)
        mu and beta.
    tau : array of shape (N,)
        At least 0.
    data : Data
        The counts.
    nodes : int
        Of the trapezoid rule in each group.
    derivatives : bool
        Whether ``slope`` and ``curve`` are computed (they are empty otherwise).

    Returns
    -------
    Groups
    """
    size = max(1, _CELLS // (data.n_rows * nodes))
    parts = [_groups(b[i : i + size], tau[i : i + size], data, nodes, derivatives) for i in range(0, len(b), size)]
    return Groups(*(np.concatenate(v, axis=axis) for v, axis in zip(zip(*parts, strict=True), (0, 1, 0, 0), strict=True)))


@dataclass(frozen=True)
class GroupNodes:
    """Where a group's integral is taken: M nodes, after z = mode + scale sinh(c v) / c with v from -left to right.

    Attributes
    ----------
    z, log_width : array of shape (M, N, J)
        The nodes, and the logs of their weights with the prior's constant.
    mode, scale, left, right : array of shape (N, J)
        Of the change of variables.
    """

    z: np.ndarray
    log_width: np.ndarray
    mode: np.ndarray
    scale: np.ndarray
    left: np.ndarray
    right: np.ndarray

    def place(self, z: np.ndarray) -> np.ndarray:
        """Return where values of z, shape (..., N, J), lie among the nodes: 0 at the first, M - 1 at the last."""
        v = np.arcsinh(_STRETCH * (z - self.mode) / self.scale) / _STRETCH
        return (v + self.left) / (self.left + self.right) * (len(self.z) - 1)


def place_nodes(offset: np.ndarray, tau: np.ndarray, data: Data, nodes: int) -> GroupNodes:
    """Place the nodes of every group's integral, from offsets (N, rows)."""
    z0, scale = modes(offset, tau, data)
    left, right = np.arcsinh(_STRETCH * reaches(offset, tau, data, z0, scale) / scale) / _STRETCH
    v = np.linspace(0, 1, nodes)[:, None, None] * (left + right) - left
    z = z0 + scale * np.sinh(_STRETCH * v) / _STRETCH
    log_width = np.log((left + right) / (nodes - 1) * scale) + np.log(np.cosh(_STRETCH * v)) - 0.5 * LOG_2PI
    return GroupNodes(z, log_width, z0, scale, left, right)


def _groups(b: np.ndarray, tau: np.ndarray, data: Data, nodes: int, derivatives: bool) -> tuple[np.ndarray, ...]:
    """Do one chunk of ``groups``; arrays are (M, N, J) and (M, N, rows), M nodes."""
    offset = offsets(b, data)
    placed = place_nodes(offset, tau, data, nodes)
    z, log_width = placed.z, placed.log_width
    move = tau[:, None] * z
    logit = offset + move[..., data.index]
    rise = data.by_group(data.y * logit - data.trials * softplus(logit)) - 0.5 * z**2 + log_width
    peak = rise.max(0)
    weight = np.exp(rise - peak)
    total = weight.sum(0)
    weight /= total
    alpha = b[:, :1] + move
    p = special.expit(alpha)
    moments = np.stack([(weight * t).sum(0) for t in (alpha, alpha**2, p, p**2)])
    log_z = peak + np.log(total) + data.by_group(log_coefficient(data))
    if not derivatives:
        return log_z, moments, np.empty((len(b), 0)), np.empty((len(b), 0, 0))
    x = np.column_stack([np.ones(data.n_rows), data.x])
    q = special.expit(logit)
    score = np.stack([data.by_group((data.y - data.trials * q) * x[:, k]) for k in range(x.shape[1])], axis=-1)
    mean = (weight[..., None] * score).sum(0)
    spread = np.einsum("mnj,mnjp,mnjq->npq", weight, score - mean, score - mean)
    info = (weight[..., data.index] * data.trials * q * (1 - q)).sum(0)
    return log_z, moments, mean.sum(1), spread - np.einsum("nr,rp,rq->npq", info, x, x)
