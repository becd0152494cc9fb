"""Draws from many small normal laws at once, each given by its precision: one Cholesky factorization for all.

LAPACK is called once a matrix, which for a matrix of 5 x 5 is mostly calling. Here the loop
goes over the columns, and every operation is done for all matrices together.
"""

import numpy as np

_LOOP_UP_TO = 24


def draw_normals(precision: np.ndarray, right: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Turn standard normals into draws from Normal(P^-1 h, P^-1), for every chain its own P and h.

    With P = L L' the draw is L'^-1 (L^-1 h + noise): mean and noise share the second solve
    (Rue 2001, "Fast sampling of Gaussian Markov random fields", JRSS B 63, algorithm 2.5).

    Parameters
    ----------
    precision : array of shape (p, p, C)
        Symmetric and positive definite; the lower triangle is read, and the array is overwritten.
    right : array of shape (p, C)
        The vectors h.
    noise : array of shape (p, C)
        Standard normals; times s they give a draw from Normal(P^-1 h, s² P^-1).

    Returns
    -------
    numpy.ndarray
        Shape (p, C).

    Raises
    ------
    LinAlgError
        If a precision is not positive definite.
    """
    if len(precision) > _LOOP_UP_TO:
        return _by_lapack(precision, right, noise)
    root, size = precision, len(precision)
    out = np.array(np.broadcast_to(right, noise.shape))
    for k in range(size):
        pivot = root[k, k]
        if k:
            root[k:, k] -= (root[k:, :k] * root[k, :k]).sum(1)
            out[k] -= (root[k, :k] * out[:k]).sum(0)
        if not (pivot > 0).all():
            raise np.linalg.LinAlgError("a precision is not positive definite")
        scale = 1 / np.sqrt(pivot)
        root[k:, k] *= scale
        out[k] *= scale
    out += noise
    for k in reversed(range(size)):
        if k + 1 < size:
            out[k] -= (root[k + 1 :, k] * out[k + 1 :]).sum(0)
        out[k] /= root[k, k]
    return out


def _by_lapack(precision: np.ndarray, right: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Do the same with one call of LAPACK a matrix: cheaper where matrices are large."""
    root = np.linalg.cholesky(np.moveaxis(precision, -1, 0))
    h, z = (np.broadcast_to(v, noise.shape).T[..., None] for v in (right, noise))
    half = np.linalg.solve(root, h) + z
    return np.linalg.solve(np.swapaxes(root, -1, -2), half)[..., 0].T
