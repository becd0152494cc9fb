"""Quadrature over two positive hyperparameters, with an error estimate.

In u = log first and v = log second the integrand is smooth and decays on every side.
The marginal of one of them, or of their ratio, is found by Gauss-Legendre panels over
the other at Chebyshev points; polynomials through its logarithm, piece by piece, are then
a density on a line like any other (``quadrature.line``), with its panels, quantiles and
draws. The error estimate is the change when all panels and pieces are halved.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.chebyshev import chebinterpolate, chebpts1, chebval, chebvander

from hbm_lib.samplers import quadrature
from hbm_lib.samplers.quadrature import Line

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_DROP = 40.0
_SCAN = 41
_SETTLED = 1e-12
_FARTHEST = 60.0
_CHUNK = 4096
_DEGREE = 32
_ROUNDS = 40
Box = tuple[tuple[float, float], tuple[float, float]]
Limits = Callable[[np.ndarray], tuple[float | np.ndarray, float | np.ndarray]]


def _chunked(log_term: Callable, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Evaluate at pairs (u, v) of any shape, a few thousand at a time, so that memory stays small."""
    u, v = np.broadcast_arrays(u, v)
    flat_u, flat_v = u.ravel(), v.ravel()
    parts = [log_term(flat_u[i : i + _CHUNK], flat_v[i : i + _CHUNK]) for i in range(0, flat_u.size, _CHUNK)]
    return np.concatenate(parts).reshape(u.shape)


def _logsumexp(values: np.ndarray) -> np.ndarray:
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
        values = _chunked(log_term, u[:, None], v)
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


def _inner(low: float | np.ndarray, high: float | np.ndarray, panels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and log weights of equal Gauss-Legendre panels, along a new last axis."""
    at = ((np.arange(panels)[:, None] + 0.5 + _NODES / 2) / panels).ravel()
    low, width = np.asarray(low)[..., None], np.asarray(high - low)[..., None]
    return low + width * at, np.log(width) + np.log(np.tile(_WEIGHTS / (2 * panels), panels))


def _polynomials(log_marginal: Callable, span: tuple[float, float], halve: bool) -> Callable[[np.ndarray], np.ndarray]:
    """Return a cheap function equal to a log marginal over ``span``: a Chebyshev polynomial on each of some pieces.

    A polynomial is enough when the marginal between its points lies on it, or when
    cutting the piece did not bring it nearer: what is left is rounding. A piece that
    needs more is cut in two, so a sharp bend where little mass lies, between two
    modes, does not spoil the rest.
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


@dataclass(frozen=True)
class Plane:
    """A normalised joint density of two positive scales.

    Attributes
    ----------
    log_term : callable
        Log of the unnormalised density of (u, v), the two logarithms; (N,), (N,) to (N,).
    box : tuple
        The rectangle in (u, v) that holds the mass.
    panels : int
        Panels over v.
    halve : bool
        Whether everything is refined once more, to see what that changes.
    """

    log_term: Callable[[np.ndarray, np.ndarray], np.ndarray]
    box: Box
    panels: int
    halve: bool

    def _marginal(self, term: Callable, span: tuple[float, float], inner: Limits) -> Line:
        """Return the line of exp(x), x in ``span``, with the other coordinate integrated between the limits ``inner(x)``."""
        panels = _panels(term, span, inner) * (2 if self.halve else 1)
        exact = lambda x: _integral(term, np.asarray(x, float), inner, panels)  # noqa: E731
        proxy = _polynomials(exact, span, self.halve)
        low, high = np.exp(span[0]), np.exp(span[1])

        def log_density(x: np.ndarray) -> np.ndarray:
            u = np.log(x)
            return np.where((u >= span[0]) & (u <= span[1]), proxy(np.clip(u, *span)) - u, -np.inf)

        return quadrature.line(log_density, support=(low, high), halve=self.halve)

    @cached_property
    def first(self) -> Line:
        """The marginal of the first scale."""
        return self._marginal(self.log_term, self.box[0], lambda u: self.box[1])

    @cached_property
    def second(self) -> Line:
        """The marginal of the second scale."""
        return self._marginal(lambda v, u: self.log_term(u, v), self.box[1], lambda v: self.box[0])

    @cached_property
    def ratio(self) -> Line:
        """The marginal of first / second."""
        (a, b), (c, d) = self.box
        turned = lambda x, v: self.log_term(x + v, v)  # noqa: E731
        inner = lambda x: (np.maximum(c, a - x), np.minimum(d, b - x))  # the v at which both scales are in the box  # noqa: E731
        x = a - d + (b - a + d - c) * (np.arange(241) + 0.5) / 241
        level = _integral(turned, x, inner, self.panels)
        seen = np.flatnonzero(level > level.max() - _DROP)
        # the corners of the box, where the logarithm falls without bound, belong to it only if there is mass near them
        low = x[seen[0] - 1] if seen[0] > 0 else a - d
        high = x[seen[-1] + 1] if seen[-1] < len(x) - 1 else b - c
        return self._marginal(turned, (low, high), inner)

    @property
    def log_evidence(self) -> float:
        """Log of the integral of the unnormalised density."""
        return self.first.log_evidence

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The two scales at nodes and the nodes' probabilities, each (K,); nodes that hold nothing are left out."""
        v, log_weight = _inner(*self.box[1], self.panels)
        u = np.log(self.first.tau)
        heavy = self.first.weight > 1e-16
        u, weight = u[heavy], self.first.weight[heavy]
        inner = _chunked(self.log_term, u[:, None], v) + log_weight
        inner = weight[:, None] * np.exp(inner - _logsumexp(inner)[:, None])
        keep = inner > 1e-17
        at = np.nonzero(keep)
        found = inner[keep]
        return np.exp(u[at[0]]), np.exp(v[at[1]]), found / found.sum()

    def sample(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw ``n`` independent pairs: the first from its marginal, the second given it.

        The second's density is taken as linear between points of a grid that is
        fine beside its narrowest conditional spread.
        """
        first = self.first.sample(rng, n)
        low, high = self.box[1]
        narrow = self._narrowest()
        grid = np.linspace(low, high, int(np.clip((high - low) / (0.08 * narrow), 100, 4000)) + 1)
        log_f = self._along(grid)
        out, step = np.empty(n), max(1, 64 * _CHUNK // len(grid))
        for start in range(0, n, step):
            rows = slice(start, start + step)
            density = log_f(np.log(first[rows]))
            out[rows] = _inverse_linear(rng, grid, np.exp(density - density.max(1, keepdims=True)))
        return first, np.exp(out)

    def _along(self, grid: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return a function from u (N,) to the log integrand at every point of a grid of v, (N, G): polynomials in u."""
        low, high = self.box[0]
        inside = lambda x: low + (high - low) * (x + 1) / 2  # noqa: E731
        c = None
        for degree in (20, 40, 80, 160, 320):
            x = chebpts1(degree + 1)
            truth = _chunked(self.log_term, inside(x)[:, None], grid)
            # as many new points as the last polynomial had twice: a narrow rise between fewer would not be seen
            settled = c is not None and np.abs(chebvander(x, len(c) - 1) @ c - truth)[truth > truth.max() - _DROP].max() < 1e-6
            c = chebinterpolate(lambda x, truth=truth: truth, degree)
            if settled:
                break
        return lambda u: chebvander(2 * (u - low) / (high - low) - 1, degree) @ c

    def _narrowest(self) -> float:
        """Return the smallest standard deviation of v given u, over the u that matter."""
        v, log_weight = _inner(*self.box[1], self.panels)
        at = np.searchsorted(self.first.weight.cumsum(), [1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 0.9999])
        u = np.log(self.first.tau[at])
        log_w = _chunked(self.log_term, u[:, None], v) + log_weight
        w = np.exp(log_w - _logsumexp(log_w)[:, None])
        mean = w @ v
        return float(np.sqrt((w * (v - mean[:, None]) ** 2).sum(1)).min())


def _inverse_linear(rng: np.random.Generator, grid: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Draw one value a row from densities that are linear between grid points; density is (N, G)."""
    mass = np.concatenate([np.zeros((len(density), 1)), ((density[:, 1:] + density[:, :-1]) / 2).cumsum(1)], axis=1)
    at = rng.uniform(size=len(density)) * mass[:, -1]
    piece = np.clip((mass <= at[:, None]).sum(1) - 1, 0, len(grid) - 2)
    rows = np.arange(len(density))
    share = (at - mass[rows, piece]) / np.maximum(mass[rows, piece + 1] - mass[rows, piece], np.finfo(float).tiny)
    share = np.clip(share, 0, 1)
    a, b = density[rows, piece], density[rows, piece + 1]
    root = np.sqrt(a**2 + share * (b**2 - a**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(a + root > 0, share * (a + b) / (a + root), share)
    return grid[piece] + (grid[1] - grid[0]) * inside


def _integral(log_term: Callable, u: np.ndarray, inner: Limits, panels: int) -> np.ndarray:
    """Return the log of the integral over the second coordinate at each first one, (K,) to (K,)."""
    v, log_weight = _inner(*inner(u), panels)
    return _logsumexp(_chunked(log_term, u[:, None], v) + log_weight)


def _panels(log_term: Callable, span: tuple[float, float], inner: Limits) -> int:
    """Return how many panels over the second coordinate settle the integral at every first one that matters."""
    u = (np.arange(33) + 0.5) / 33 * (span[1] - span[0]) + span[0]
    panels, last = 4, None
    while True:
        now = _integral(log_term, u, inner, panels)
        peak = now.max()
        if last is not None:
            change = np.abs(np.exp(now - peak) - np.exp(last - peak)).max()
            if change < _SETTLED + 16 * np.finfo(float).eps * abs(peak):
                return panels // 2  # doubling them changed nothing
            if panels >= 512:
                return panels
        last, panels = now, 2 * panels


def plane(
    log_density: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    support: Box = ((0.0, np.inf), (0.0, np.inf)),
    halve: bool = False,
) -> Plane:
    """Normalise a density of two positive scales.

    Parameters
    ----------
    log_density : callable
        Unnormalised log density of (first, second), both of shape (N,), to (N,).
        It must be smooth inside its support.
    support : tuple
        Where it is positive, each bound at least 0 on the left.
    halve : bool
        Whether panels and pieces are halved, to see what that changes.

    Returns
    -------
    Plane

    Raises
    ------
    ValueError
        If the density is nowhere finite.
    """
    def log_term(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = log_density(np.exp(u), np.exp(v)) + u + v
        return np.where(np.isnan(found), -np.inf, found)

    with np.errstate(divide="ignore"):
        limits = tuple((max(np.log(low), -_FARTHEST), min(np.log(high), _FARTHEST)) for low, high in support)
    where = box(log_term, limits)
    panels = _panels(log_term, where[0], lambda u: where[1]) * (2 if halve else 1)
    return Plane(log_term, where, panels, halve)
