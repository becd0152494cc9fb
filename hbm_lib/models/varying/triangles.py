"""Triangular systems of a few unknowns, many at once: loops over the unknowns, arrays over everything else."""

import numpy as np


def triangle(k: np.ndarray, base: np.ndarray | None = None) -> np.ndarray:
    """Return upper triangular U with U' U = base' base + k' k and a positive diagonal, (..., m, q) to (..., q, q).

    The columns of k above ``base`` (q, q; the identity unless given) are made orthogonal one after another. k' k is
    not formed, so a large k costs no digits.
    """
    q = k.shape[-1]
    base = np.eye(q) if base is None else base
    left = np.concatenate([k, np.broadcast_to(base, (*k.shape[:-2], q, q))], -2)
    columns, out = [left[..., j] for j in range(q)], np.zeros((*k.shape[:-2], q, q))
    for j in range(q):
        size = np.sqrt((columns[j] ** 2).sum(-1))
        out[..., j, j], unit = size, columns[j] / size[..., None]
        for i in range(j + 1, q):
            out[..., j, i] = shared = (unit * columns[i]).sum(-1)
            columns[i] = columns[i] - shared[..., None] * unit
    return out


def solve_lower(u: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return (U')^-1 right for upper triangular U (..., q, q) and right (..., q, k)."""
    found = []
    for j in range(u.shape[-1]):
        value = right[..., j, :]
        for i in range(j):
            value = value - u[..., i, j, None] * found[i]
        found.append(value / u[..., j, j, None])
    return np.stack(found, -2)


def solve_upper(u: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return U^-1 right for upper triangular U (..., q, q) and right (..., q, k)."""
    q = u.shape[-1]
    found = [None] * q
    for j in reversed(range(q)):
        value = right[..., j, :]
        for i in range(j + 1, q):
            value = value - u[..., j, i, None] * found[i]
        found[j] = value / u[..., j, j, None]
    return np.stack(found, -2)
