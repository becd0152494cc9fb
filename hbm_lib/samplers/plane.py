"""Quadrature over two positive hyperparameters, with an error estimate.

In u = log first and v = log second the integrand is smooth and decays on every side.
The marginal of one of them, or of their ratio, is found by Gauss-Legendre panels over
the other at Chebyshev points; polynomials through its logarithm, piece by piece, are then
a density on a line like any other (``quadrature.line``), with its panels, quantiles and
draws. The error estimate is the change when all panels and pieces are halved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.samplers import chebyshev, quadrature, rectangle
from hbm_lib.samplers.quadrature import Line
from hbm_lib.samplers.rectangle import Box, Limits

_DROP = 40.0
_FARTHEST = 60.0
_CHUNK = 4096


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
        panels = rectangle.panels_needed(term, span, inner) * (2 if self.halve else 1)
        exact = lambda x: rectangle.integral(term, np.asarray(x, float), inner, panels)  # noqa: E731
        proxy = chebyshev.pieces(exact, span, self.halve)
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
        level = rectangle.integral(turned, x, inner, self.panels)
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
        v, log_weight = rectangle.inner_nodes(*self.box[1], self.panels)
        u = np.log(self.first.tau)
        heavy = self.first.weight > 1e-16
        u, weight = u[heavy], self.first.weight[heavy]
        inner = rectangle.chunked(self.log_term, u[:, None], v) + log_weight
        inner = weight[:, None] * np.exp(inner - rectangle.logsumexp(inner)[:, None])
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
        log_f = chebyshev.rows(lambda u: rectangle.chunked(self.log_term, u[:, None], grid), self.box[0])
        out, step = np.empty(n), max(1, 64 * _CHUNK // len(grid))
        for start in range(0, n, step):
            rows = slice(start, start + step)
            density = log_f(np.log(first[rows]))
            out[rows] = _inverse_linear(rng, grid, np.exp(density - density.max(1, keepdims=True)))
        return first, np.exp(out)

    def _narrowest(self) -> float:
        """Return the smallest standard deviation of v given u, over the u that matter."""
        v, log_weight = rectangle.inner_nodes(*self.box[1], self.panels)
        at = np.searchsorted(self.first.weight.cumsum(), [1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 0.9999])
        u = np.log(self.first.tau[at])
        log_w = rectangle.chunked(self.log_term, u[:, None], v) + log_weight
        w = np.exp(log_w - rectangle.logsumexp(log_w)[:, None])
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
    where = rectangle.box(log_term, limits)
    panels = rectangle.panels_needed(log_term, where[0], lambda u: where[1]) * (2 if halve else 1)
    return Plane(log_term, where, panels, halve)
