"""Cheap functions in place of slow smooth ones: polynomials through Chebyshev points.

Source: Trefethen, Approximation Theory and Approximation Practice (2013), chapters 2 and 8.
"""

import itertools
from collections.abc import Callable

import numpy as np
from numpy.polynomial.chebyshev import chebinterpolate, chebpts1, chebval, chebvander

_DROP = 40.0
_SETTLED = 1e-12
_DEGREE = 32
_ROUNDS = 40


def pieces(
    log_marginal: Callable[[np.ndarray], np.ndarray], span: tuple[float, float], halve: bool = False
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a cheap function equal to a log density over ``span``: a Chebyshev polynomial on each of some pieces.

    A polynomial is enough when the density between its points lies on it, or when
    cutting the piece did not bring it nearer: what is left is rounding. A piece that
    needs more is cut in two, so a sharp bend where little mass lies, between two
    modes, does not spoil the rest.

    Parameters
    ----------
    log_marginal : callable
        The log density at points (N,), shape (N,); slow.
    span : tuple
        Between which points it is wanted.
    halve : bool
        Whether every piece that is left is cut in two once more.

    Returns
    -------
    callable
        From points (N,) inside ``span`` to (N,).
    """
    points, between = chebpts1(_DEGREE + 1), chebpts1(_DEGREE)
    done: dict[tuple[float, float], np.ndarray] = {}
    before: dict[tuple[float, float], float] = {}  # how far off the whole was of which a piece is a half
    edges, level = np.linspace(*span, 4), -np.inf
    for _ in range(_ROUNDS):
        new = [piece for piece in itertools.pairwise(edges) if piece not in done]
        if not new:
            if not halve:
                break
            halve, done, edges = False, {}, np.sort(np.concatenate([edges, (edges[:-1] + edges[1:]) / 2]))
            continue
        low, high = np.array(new).T
        x = low + (high - low) * (np.concatenate([points, between])[:, None] + 1) / 2
        truth = log_marginal(x.ravel()).reshape(x.shape)
        level = max(level, float(truth.max()))
        truth = np.maximum(truth, level - 5 * _DROP)
        c = chebinterpolate(lambda _, at=truth[: _DEGREE + 1]: at, _DEGREE)
        gap = np.abs(np.exp(chebvander(between, _DEGREE) @ c - level) - np.exp(truth[_DEGREE + 1 :] - level)).max(0)
        last = np.array([before.get(piece, np.inf) for piece in new])
        stuck = (gap < 1e-7) & (gap > last / 16) | (high - low < 1e-4 * (span[1] - span[0]))
        enough = (gap < _SETTLED + 16 * np.finfo(float).eps * abs(level)) | stuck
        done |= {piece: c[:, k] for k, piece in enumerate(new) if enough[k]}
        for k, (a, b) in enumerate(new):
            if not enough[k]:
                edges = np.append(edges, (a + b) / 2)
                before |= {(a, edges[-1]): gap[k], (edges[-1], b): gap[k]}
        edges = np.sort(edges)
    used = np.array([done.get(piece, np.zeros(_DEGREE + 1)) for piece in itertools.pairwise(edges)]).T

    def log_density(u: np.ndarray) -> np.ndarray:
        k = np.clip(np.searchsorted(edges, u, side="right") - 1, 0, len(edges) - 2)
        return chebval(2 * (u - edges[k]) / (edges[k + 1] - edges[k]) - 1, used[:, k], tensor=False)

    return log_density


def rows(rows_at: Callable[[np.ndarray], np.ndarray], span: tuple[float, float]) -> Callable[[np.ndarray], np.ndarray]:
    """Return a cheap function equal to one that gives a row of logarithms at every point: one polynomial a column.

    Parameters
    ----------
    rows_at : callable
        Logarithms at points (N,), shape (N, G).
    span : tuple
        Between which points they are wanted.

    Returns
    -------
    callable
        From points (N,) inside ``span`` to (N, G).
    """
    low, high = span
    c = None
    for degree in (20, 40, 80, 160, 320):
        x = chebpts1(degree + 1)
        truth = rows_at(low + (high - low) * (x + 1) / 2)
        seen = np.isfinite(truth)
        truth = np.where(seen, truth, truth[seen].min() - 20 * _DROP)  # where there is nothing, as at the end of a support
        # as many new points as the last polynomial had twice: a narrow rise between fewer would not be seen
        settled = c is not None and np.abs(chebvander(x, len(c) - 1) @ c - truth)[truth > truth.max() - _DROP].max() < 1e-6
        c = chebinterpolate(lambda x, truth=truth: truth, degree)
        if settled:
            break
    return lambda u: chebvander(2 * (u - low) / (high - low) - 1, degree) @ c
