"""Where a density of two positive scales has its mass, and panels that settle its integral over one of them.

In u = log first and v = log second the integrand is smooth and decays on every side:
the mass lies in a rectangle, and equal Gauss-Legendre panels along v, doubled until
nothing changes, give the integral at every u.
"""

from collections.abc import Callable

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_DROP = 40.0
_SCAN = 41
_SETTLED = 1e-12
_CHUNK = 4096
Box = tuple[tuple[float, float], tuple[float, float]]
Limits = Callable[[np.ndarray], tuple[float | np.ndarray, float | np.ndarray]]


def chunked(log_term: Callable, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Evaluate at pairs (u, v) of any shapes that broadcast, a few thousand at a time, so that memory stays small."""
    u, v = np.broadcast_arrays(u, v)
    flat_u, flat_v = u.ravel(), v.ravel()
    parts = [log_term(flat_u[i : i + _CHUNK], flat_v[i : i + _CHUNK]) for i in range(0, flat_u.size, _CHUNK)]
    return np.concatenate(parts).reshape(u.shape)


def logsumexp(values: np.ndarray) -> np.ndarray:
    """Return the log of the sum of exponentials over the last axis."""
    peak = values.max(-1)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):
        return peak + np.log(np.exp(values - peak[..., None]).sum(-1))


def box(log_term: Callable[[np.ndarray, np.ndarray], np.ndarray], limits: Box) -> Box:
    """Return the rectangle in (u, v) outside which the integrand is ``_DROP`` below its peak.

    Parameters
    ----------
    log_term : callable
        Log of the integrand over (u, v), both of shape (N,).
    limits : tuple
        Where it may be positive: ((u low, u high), (v low, v high)).

    Returns
    -------
    tuple

    Raises
    ------
    ValueError
        If the integrand is nowhere finite.
    """
    (a, b), (c, d) = limits
    for _ in range(60):
        u, v = (np.linspace(low, high, _SCAN + 2)[1:-1] for low, high in ((a, b), (c, d)))
        values = chunked(log_term, u[:, None], v)
        if not np.any(np.isfinite(values)):
            raise ValueError("the density is nowhere finite and positive; check priors and data")
        first, second = (values + 2 * w for w in (u[:, None], v))  # the integrands of the squares fall later on the right
        keep, keep_u, keep_v = (w > np.nanmax(w) - _DROP for w in (values, first, second))
        spans = []
        sides = ((u, a, b, (keep | keep_u).any(1), limits[0]), (v, c, d, (keep | keep_v).any(0), limits[1]))
        for here, low, high, kept, limit in sides:
            at, step = np.flatnonzero(kept), 1.5 * (here[1] - here[0])
            spans.append((max(limit[0], here[at[0]] - step), min(limit[1], here[at[-1]] + step), (high - low)))
        (a, b, width), (c, d, height) = spans
        if (b - a) > 0.6 * width and (d - c) > 0.6 * height and max(b - a - width, d - c - height) < 1e-9:
            break
    return (a, b), (c, d)


def inner_nodes(low: float | np.ndarray, high: float | np.ndarray, panels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and log weights of equal Gauss-Legendre panels, along a new last axis.

    Parameters
    ----------
    low, high : float or array of shape (...)
        The limits of the integral.
    panels : int
        How many, of ten nodes each.

    Returns
    -------
    tuple of array, shape (..., 10 panels)
    """
    at = ((np.arange(panels)[:, None] + 0.5 + _NODES / 2) / panels).ravel()
    low, width = np.asarray(low)[..., None], np.asarray(high - low)[..., None]
    return low + width * at, np.log(width) + np.log(np.tile(_WEIGHTS / (2 * panels), panels))


def integral(log_term: Callable, u: np.ndarray, inner: Limits, panels: int) -> np.ndarray:
    """Return the log of the integral over the second coordinate at each first one.

    Parameters
    ----------
    log_term : callable
        Log of the integrand over (u, v), both of shape (N,).
    u : array of shape (K,)
        The first coordinate.
    inner : callable
        From ``u`` to the limits of the second coordinate.
    panels : int
        Panels over the second coordinate.

    Returns
    -------
    array of shape (K,)
    """
    v, log_weight = inner_nodes(*inner(u), panels)
    return logsumexp(chunked(log_term, u[:, None], v) + log_weight)


def panels_needed(log_term: Callable, span: tuple[float, float], inner: Limits) -> int:
    """Return how many panels over the second coordinate settle the integral at every first one that matters.

    Parameters
    ----------
    log_term : callable
        Log of the integrand over (u, v), both of shape (N,).
    span : tuple
        The first coordinates that are looked at.
    inner : callable
        From the first coordinate to the limits of the second.

    Returns
    -------
    int
        At most 512.
    """
    u = (np.arange(33) + 0.5) / 33 * (span[1] - span[0]) + span[0]
    panels, last = 4, None
    while True:
        now = integral(log_term, u, inner, panels)
        peak = now.max()
        if last is not None:
            change = np.abs(np.exp(now - peak) - np.exp(last - peak)).max()
            if change < _SETTLED + 16 * np.finfo(float).eps * abs(peak):
                return panels // 2  # doubling them changed nothing
            if panels >= 512:
                return panels
        last, panels = now, 2 * panels
