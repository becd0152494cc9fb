"""Triangular systems of two unknowns, many at once: what a normal law of two coefficients asks for."""

import numpy as np


def triangle(k: np.ndarray) -> np.ndarray:
    """Return upper triangular U with U' U = I + k' k, (..., m, 2) to (..., 2, 2), by orthogonalizing the columns of k above I.

    k' k is not formed, so a large k costs no digits.
    """
    eye = np.broadcast_to(np.eye(2), (*k.shape[:-2], 2, 2))
    first, second = np.moveaxis(np.concatenate([k, eye], -2), -1, 0)
    size = np.linalg.norm(first, axis=-1)
    shared = (first * second).sum(-1) / size
    out = np.zeros(eye.shape)
    out[..., 0, 0], out[..., 0, 1] = size, shared
    out[..., 1, 1] = np.linalg.norm(second - (shared / size)[..., None] * first, axis=-1)
    return out


def solve_lower(u: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return (U')^-1 right for upper triangular U (..., 2, 2) and right (..., 2, k)."""
    first = right[..., :1, :] / u[..., :1, :1]
    return np.concatenate([first, (right[..., 1:, :] - u[..., :1, 1:] * first) / u[..., 1:, 1:]], -2)


def solve_upper(u: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return U^-1 right for upper triangular U (..., 2, 2) and right (..., 2, k)."""
    second = right[..., 1:, :] / u[..., 1:, 1:]
    return np.concatenate([(right[..., :1, :] - u[..., :1, 1:] * second) / u[..., :1, :1], second], -2)
