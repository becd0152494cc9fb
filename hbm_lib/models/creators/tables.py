"""One function of every creator, through a table for each genre.

Within a genre what is asked of a creator (a quantile, a probability) is a smooth function of two numbers,
its effect and its standard error. Where there are many more creators than a table has
entries, the table is cheaper: a Chebyshev polynomial in both, made finer until it is right between its points.
"""

from collections.abc import Callable

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander

from hbm_lib.models.creators.sums import sorted_by

_SIZES = (10, 16, 26, 42)
_SETTLED = 1e-9
_ROWS = 1 << 14
Spans = tuple[tuple[float, float], tuple[float, float]]


def _mesh(spans: Spans, points: list[np.ndarray]) -> list[np.ndarray]:
    """Return the pairs of points between -1 and 1, moved to the spans."""
    axes = (low + (high - low) * (p + 1) / 2 for (low, high), p in zip(spans, points, strict=True))
    return np.meshgrid(*axes, indexing="ij")


def _turned(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return values between low and high as numbers between -1 and 1."""
    return 2 * (values - low) / (high - low) - 1 if high > low else np.zeros(np.shape(values))


def table(f: Callable[[np.ndarray, np.ndarray], np.ndarray], spans: Spans) -> np.ndarray | None:
    """Return the coefficients (K, L) of a function of two numbers, or None if no table of the largest size holds it.

    Parameters
    ----------
    f : callable
        Of two arrays of one shape.
    spans : tuple
        The ends of both arguments.
    """
    between = _mesh(spans, [np.cos(np.arange(1, 8) * np.sqrt(2))] * 2)
    truth = f(*(m.ravel() for m in between)).reshape(7, 7)
    for size in _SIZES:
        sizes = tuple(size if high > low else 1 for low, high in spans)
        points = [chebpts1(k) for k in sizes]
        x, y = _mesh(spans, points)
        values = f(x.ravel(), y.ravel()).reshape(sizes)
        for axis, k in enumerate(sizes):
            basis = chebvander(points[axis], k - 1)
            inverse = 2 / k * basis.T
            inverse[0] /= 2
            values = np.moveaxis(np.tensordot(inverse, values, (1, axis)), 0, axis)
        if np.max(np.abs(_look(values, between[0].ravel(), between[1].ravel(), spans).reshape(7, 7) - truth)) < _SETTLED:
            return values
    return None


def _look(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray, spans: Spans) -> np.ndarray:
    """Return the table's value at each pair."""
    at = [chebvander(_turned(v, *span), size - 1) for v, span, size in zip((x, y), spans, coefficients.shape, strict=True)]
    return ((at[0] @ coefficients) * at[1]).sum(1)


def by_genre(
    f: Callable[[int, np.ndarray, np.ndarray], np.ndarray], effect: np.ndarray, se: np.ndarray, index: np.ndarray,
    centre: np.ndarray, unit: float,
) -> np.ndarray:
    """Return f(genre, effect, se) of every creator, by tables where these are cheaper.

    Parameters
    ----------
    f : callable
        Of one genre's place and two arrays of one shape, smooth in both.
    effect, se : array of shape (N,)
        Effects and standard errors.
    index : array of shape (N,)
        Each creator's genre.
    centre : array of shape (G,)
        About where each genre's effects lie.
    unit : float
        About how far they lie from it.
    """
    out = np.empty(len(effect))
    order = sorted_by(index, len(centre))
    ends = np.searchsorted(index[order], np.arange(len(centre) + 1))
    for g in np.flatnonzero(np.diff(ends)):
        rows = order[ends[g] : ends[g + 1]]
        x, y = np.arcsinh((effect[rows] - centre[g]) / unit), np.log(se[rows])
        spans = ((x.min(), x.max()), (y.min(), y.max()))
        plain = lambda x, y, g=g: f(g, centre[g] + unit * np.sinh(x), np.exp(y))  # noqa: E731
        found = table(plain, spans) if len(rows) > 4 * sum(s**2 for s in _SIZES[:2]) else None
        for start in range(0, len(rows), _ROWS):
            here = slice(start, start + _ROWS)
            out[rows[here]] = plain(x[here], y[here]) if found is None else _look(found, x[here], y[here], spans)
    return out
