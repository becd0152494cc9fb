"""The coordinates in which the sampler moves: beta = mean + turn u, in which all columns are alike.

turn is the inverse of R, R' R = X'X + precision. Given gamma, u has precision I / sigma2: nothing is left to
factorize in a sweep. With gamma integrated out its precision is P / sigma2,

    P = fixed + sum_j z_j z_j' / (1 + n_j rho),    rho = tau2 / sigma2,

z_j = sqrt(n_j) turn' xbar_j. Groups of equal size share their term, so that a sum over the different sizes is enough.
Columns far from 0 or in unlike units cost no digits: R comes from a QR factorization of the rows, and
the z_j are rows of its orthonormal factor.
"""

from dataclasses import dataclass

import numpy as np

from hbm_lib.data import design
from hbm_lib.models.regression.spec import Data, Prior
from hbm_lib.models.regression.sums import Groups


@dataclass(frozen=True, eq=False)
class Turned:
    """A design and a prior of beta in the sampler's coordinates.

    Attributes
    ----------
    mean : array of shape (p,)
        Prior mean of beta.
    turn : array of shape (p, p)
        beta = mean + turn u.
    prior_root : array of shape (p, p)
        Upper triangular, prior_root' prior_root = precision.
    within : array of shape (p, p)
        root turn: the rows within groups.
    z : array of shape (J, p)
        The groups' means, times the root of their counts.
    sizes : array of shape (K,)
        The different numbers of rows of a group.
    kind : array of shape (J,)
        Each group's place among ``sizes``.
    fixed : array of shape (p * p, 1)
        What the rows within groups and the prior give to P.
    moving : array of shape (p * p, K)
        What groups of each size give to P, to be multiplied by 1 / (1 + size rho).
    """

    mean: np.ndarray
    turn: np.ndarray
    prior_root: np.ndarray
    within: np.ndarray
    z: np.ndarray
    sizes: np.ndarray
    kind: np.ndarray
    fixed: np.ndarray
    moving: np.ndarray


def turned(groups: Groups, prior: Prior) -> Turned:
    """Turn a design: one factorization of (p + J + p) rows, kept with the groups for the sweeps that follow."""
    kept = groups.__dict__.setdefault("_turned", {})
    if prior not in kept:
        kept.clear()
        kept[prior] = _turn(groups, prior)
    return kept[prior]


def _turn(groups: Groups, prior: Prior) -> Turned:
    """Factorize, and sum up groups of equal size."""
    size = groups.means.shape[1]
    mean, root = prior.mean_of(size), design.root(prior.precision_of(size))
    rows = np.vstack([groups.root, groups.between, root])
    scale = np.sqrt((rows**2).sum(0))
    basis, triangle = np.linalg.qr(rows / scale)
    turn = np.linalg.inv(triangle) / scale[:, None]
    within, z, own = basis[:size], basis[size:-size], basis[-size:]
    sizes, kind = np.unique(groups.counts, return_inverse=True)
    moving = np.zeros((len(sizes), size * size))
    np.add.at(moving, kind, (z[:, :, None] * z[:, None, :]).reshape(len(z), -1))
    fixed = within.T @ within + own.T @ own
    return Turned(mean, turn, root, within, z, sizes.astype(float), kind, fixed.reshape(-1, 1), moving.T)


@dataclass(frozen=True, eq=False)
class Seen:
    """An outcome in the sampler's coordinates.

    Attributes
    ----------
    fixed : array of shape (..., p)
        What the rows within groups say of u.
    gap : array of shape (..., J)
        sqrt(n_j) (ybar_j - xbar_j' mean).
    moving : array of shape (..., K, p)
        What groups of each size say of u, to be multiplied by 1 / (1 + size rho).
    """

    fixed: np.ndarray
    gap: np.ndarray
    moving: np.ndarray


def seen(data: Data, prior: Prior) -> Seen:
    """Turn an outcome, once for each data set and prior."""
    kept = data.__dict__.setdefault("_seen", {})
    if prior not in kept:
        t, sums = turned(data.groups, prior), data.sums
        gap = np.sqrt(sums.counts) * (sums.means - sums.x_means @ t.mean)
        each = np.moveaxis(gap[..., None] * t.z, -2, 0)
        moving = np.zeros((len(t.sizes), *each.shape[1:]))
        np.add.at(moving, t.kind, each)
        kept.clear()
        kept[prior] = Seen((sums.seen - sums.root @ t.mean) @ t.within, gap, np.moveaxis(moving, 0, -2))
    return kept[prior]
