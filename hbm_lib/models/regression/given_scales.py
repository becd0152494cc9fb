"""What the rows say once both scales are given: beta and gamma integrate out by algebra.

Given sigma2 and rho = tau2 / sigma2, in coordinates beta = mean + turn u in which X'X + precision is the identity,

    u | y ~ Normal(P^-1 h, sigma2 P^-1),  P = fixed + sum_j z_j z_j' w_j,  w_j = 1 / (1 + n_j rho),
    -2 log p(y | sigma2, tau2) = n log(2 pi sigma2) + log |M| + S / sigma2,
    log |M| = sum_j log(1 + n_j rho) + log |P| + log |X'X + precision| - log |precision|,

z_j = sqrt(n_j) turn' xbar_j, and S the least weighted sum of squares: of the rows about their groups' means, of the
groups' means with weights w_j, and of the prior. P, log |M| and S depend on the scales through rho alone. Source:
Lindley & Smith (1972), section 3; Gelman et al., Bayesian Data Analysis (3rd ed.), section 15.1.

Groups of one size have one weight, so that their squares are those of a triangle of p + 1 rows, found once: a thousand
groups of equal size cost what six do.
"""

from dataclasses import dataclass

import numpy as np

from hbm_lib.data import design
from hbm_lib.models.regression.spec import Data, Prior

LOG_2PI = np.log(2 * np.pi)


@dataclass(frozen=True)
class Whole:
    """A data set and a prior of beta in those coordinates.

    Attributes
    ----------
    mean, turn : array of shape (p,), (p, p)
        beta = mean + turn u.
    log_size : float
        log |X'X + precision| - log |precision|.
    rows, target : array of shape (R, p), (R,)
        Squares that do not depend on rho: rows within groups, and the prior.
    means, seen : array of shape (M, p), (M,)
        Triangles of the groups' means, a few rows for each size of a group.
    kind : array of shape (M,)
        The size to which each of them belongs, as a place among ``sizes``.
    sizes, many : array of shape (K,)
        The different numbers of rows of a group, and how many groups have each.
    rss : float
        Squares within groups that no coefficient explains.
    n_rows : int
        n.
    """

    mean: np.ndarray
    turn: np.ndarray
    log_size: float
    rows: np.ndarray
    target: np.ndarray
    means: np.ndarray
    seen: np.ndarray
    kind: np.ndarray
    sizes: np.ndarray
    many: np.ndarray
    rss: float
    n_rows: int


def prepare(data: Data, prior: Prior) -> Whole:
    """Turn a data set and a prior, once for all scales."""
    sums, p = data.sums, data.x.shape[1]
    mean, root = prior.mean_of(p), design.root(prior.precision_of(p))
    weight = np.sqrt(sums.counts)[:, None]
    stack = np.vstack([sums.root, root, weight * sums.x_means])
    unit = np.sqrt((stack**2).sum(0))
    basis, triangle = np.linalg.qr(stack / unit)
    turn = np.linalg.inv(triangle) / unit[:, None]
    log_size = 2 * (np.log(np.abs(np.diag(triangle))).sum() + np.log(unit).sum() - np.log(np.diag(root)).sum())
    both = np.column_stack([basis[2 * p :], weight[:, 0] * (sums.means - sums.x_means @ mean)])
    sizes, kind, many = np.unique(sums.counts, return_inverse=True, return_counts=True)
    parts = [both[kind == k] for k in range(len(sizes))]
    parts = [part if len(part) <= p + 1 else np.linalg.qr(part, mode="r") for part in parts]
    small = np.vstack(parts)
    return Whole(
        mean, turn, float(log_size), basis[: 2 * p], np.concatenate([sums.seen - sums.root @ mean, np.zeros(p)]),
        small[:, :p], small[:, p], np.repeat(np.arange(len(sizes)), [len(part) for part in parts]),
        sizes.astype(float), many, float(sums.rss), data.n_rows,
    )


def weighted(rho: np.ndarray, whole: Whole) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return P (N, p, p), the best u (N, p) and S (N,) at each rho (N,)."""
    w = (1 / (1 + rho[:, None] * whole.sizes))[:, whole.kind]
    rows, means, p = whole.rows, whole.means, len(whole.mean)
    products = (means[:, :, None] * means[:, None, :]).reshape(len(means), -1)
    precision = (rows.T @ rows).ravel() + w @ products
    precision = precision.reshape(-1, p, p)
    right = rows.T @ whole.target + w @ (whole.seen[:, None] * means)
    u = np.linalg.solve(precision, right[..., None])[..., 0]
    squares = whole.rss + ((whole.target - u @ rows.T) ** 2).sum(1) + (w * (whole.seen - u @ means.T) ** 2).sum(1)
    return precision, u, squares


def log_likelihood(tau: np.ndarray, sigma: np.ndarray, whole: Whole) -> np.ndarray:
    """Return log p(y | tau, sigma) with beta and gamma integrated out: (N,), (N,) to (N,), no constant left out."""
    rho = (tau / sigma) ** 2
    precision, _, squares = weighted(rho, whole)
    log_m = np.log1p(rho[:, None] * whole.sizes) @ whole.many + np.linalg.slogdet(precision)[1] + whole.log_size
    return -0.5 * (whole.n_rows * (LOG_2PI + 2 * np.log(sigma)) + log_m + squares / sigma**2)


def coefficients(tau: np.ndarray, sigma: np.ndarray, whole: Whole) -> tuple[np.ndarray, np.ndarray]:
    """Return mean (N, p) of u given the scales and y, and the root (N, p, p) of its covariance, root root' = sigma2 P^-1."""
    precision, u, _ = weighted((tau / sigma) ** 2, whole)
    # P = L L', so L'^-1 is a root of P^-1
    half = np.linalg.inv(np.linalg.cholesky(precision))
    return u, sigma[:, None, None] * np.swapaxes(half, 1, 2)
