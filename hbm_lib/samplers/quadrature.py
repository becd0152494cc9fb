"""Quadrature over one positive hyperparameter, with an error estimate.

Gauss-Legendre panels in u = log(tau). They end where the integrand jumps and stop
where it has fallen 40 natural-log units below its peak; on the right, where the
integrand of tau² has, so that a heavy tail is not cut out of the standard deviation.
A panel whose integral changes when it is halved is halved, until none does. The error
estimate is the change when every panel that is left is halved once more.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_DROP = 40.0
_SCAN = 241
_CHANGE = 1e-13
_FARTHEST = 60.0


@dataclass(frozen=True)
class Line:
    """A normalised density of tau on quadrature nodes.

    Attributes
    ----------
    tau : array of shape (K,)
        Nodes, increasing, in the units of tau.
    weight : array of shape (K,)
        Probability of each node, adds to 1.
    log_evidence : float
        Log of the integral of the unnormalised density.
    edges : array of shape (M + 1,)
        Panel edges in u = log tau; K = 10 M.
    log_density : callable
        The unnormalised log density of tau.
    """

    tau: np.ndarray
    weight: np.ndarray
    log_evidence: float
    edges: np.ndarray
    log_density: Callable

    def pdf(self, tau: np.ndarray) -> np.ndarray:
        """Return the normalised density of tau."""
        return np.exp(self.log_density(np.asarray(tau, float)) - self.log_evidence)

    def _mass(self, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """Integrate the normalised density over u from start to stop, each inside a panel."""
        half = (stop - start) / 2
        u = (start + half)[..., None] + half[..., None] * _NODES
        values = np.exp(self.log_density(np.exp(u).ravel()).reshape(u.shape) + u - self.log_evidence)
        return half * (values @ _WEIGHTS)

    def cdf(self, tau: np.ndarray) -> np.ndarray:
        """Return P(tau <= value), to quadrature accuracy."""
        with np.errstate(divide="ignore"):
            u = np.clip(np.log(np.maximum(np.asarray(tau, float), 0)), self.edges[0], self.edges[-1])
        upto = np.concatenate([[0.0], self.weight.reshape(-1, len(_NODES)).sum(1).cumsum()])
        panel = np.clip(np.searchsorted(self.edges, u, side="right") - 1, 0, len(self.edges) - 2)
        return np.clip(upto[panel] + self._mass(self.edges[panel], u), 0.0, 1.0)

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile of tau for each probability strictly between 0 and 1."""
        q = np.asarray(q, float)
        if not np.all((q > 0) & (q < 1)):
            raise ValueError(f"q: probabilities strictly between 0 and 1 are needed, got {q}")
        low, high = self.edges[0], self.edges[-1]
        solve = lambda p: np.exp(optimize.brentq(lambda u: float(self.cdf(np.exp(u))) - p, low, high, xtol=1e-12))  # noqa: E731
        return np.vectorize(solve, otypes=[float])(q)

    def sample(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Draw ``n`` independent values by inverting the distribution function.

        Each panel is cut into eight; within a piece, whose mass is integrated,
        the density of u is taken as linear. (Taking it as constant would put the
        mean of tau 0.13 % too high.)
        """
        u = np.concatenate([np.linspace(a, b, 9)[:-1] for a, b in itertools.pairwise(self.edges)])
        u = np.append(u, self.edges[-1])
        start, width = u[:-1], np.diff(u)
        # a hair inside the piece, so that a jump at its edge does not enter
        ends = np.stack([start + 1e-9 * width, start + (1 - 1e-9) * width])
        first, last = np.exp(self.log_density(np.exp(ends).ravel()).reshape(ends.shape) + ends - self.log_evidence)
        mass = np.append(0.0, self._mass(start, u[1:]).cumsum())
        at = rng.uniform(0, mass[-1], n)
        piece = np.clip(np.searchsorted(mass, at, side="right") - 1, 0, len(width) - 1)
        share = np.clip((at - mass[piece]) / np.maximum(mass[piece + 1] - mass[piece], np.finfo(float).tiny), 0, 1)
        a, b = first[piece], last[piece]
        root = np.sqrt(a**2 + share * (b**2 - a**2))
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(a + root > 0, share * (a + b) / (a + root), share)
        return np.exp(start[piece] + width[piece] * inside)


def panels(low: float, high: float, breaks: Sequence[float], width: float = 1.0) -> np.ndarray:
    """Return panel edges from low to high, none wider than ``width``, all breaks among them."""
    marks = [low, *sorted(b for b in breaks if low < b < high), high]
    pieces = [
        np.linspace(a, b, max(1, int(np.ceil((b - a) / width))) + 1)[:-1]
        for a, b in itertools.pairwise(marks)
    ]
    return np.append(np.concatenate(pieces), high)


def _range(log_term: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> tuple[float, float]:
    """Return where the integrand over u is within ``_DROP`` of its peak, however narrow that is.

    On the right the integrand of tau² is looked at too: in a heavy tail it falls later, and the
    standard deviation needs it.
    """
    while True:
        scan = np.linspace(low, high, _SCAN + 2)[1:-1]
        values = log_term(scan)
        if not np.any(np.isfinite(values)):
            raise ValueError("the density is nowhere finite and positive; check priors and data")
        near = [np.flatnonzero(v > np.nanmax(v) - _DROP) for v in (values, values + 2 * scan)]
        first, last = near[0][0], max(near[0][-1], near[1][-1])
        step = scan[1] - scan[0]
        before = high - low
        low, high = max(low, scan[first] - step), min(high, scan[last] + step)
        if last - first >= _SCAN // 2 or high - low > before / 2:  # seen well, or two peaks that keep their distance
            return low, high


def _refuse_cut(log_term: Callable[[np.ndarray], np.ndarray], edges: np.ndarray, support: tuple[float, float]) -> None:
    """Refuse a density that still has mass where the range of u ends but its support does not."""
    values = log_term(np.array([edges[0], edges[-1]]))
    peak = log_term((edges[1:] + edges[:-1]) / 2).max()
    for value, edge, bound in zip(values, edges[[0, -1]], support, strict=True):
        if abs(edge) >= _FARTHEST and np.exp(edge) != bound and value > peak - 25:
            raise ValueError(f"the density of tau does not vanish at {np.exp(edge):.0e}; give tau a prior that does")


def _log_terms(log_term: Callable[[np.ndarray], np.ndarray], edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes u and the log of weight times integrand, each of shape (M, 10)."""
    half = np.diff(edges)[:, None] / 2
    u = edges[:-1, None] + half + half * _NODES
    return u, log_term(u.ravel()).reshape(u.shape) + np.log(half * _WEIGHTS)


def _halved(edges: np.ndarray) -> np.ndarray:
    """Cut every panel in two."""
    return np.sort(np.concatenate([edges, (edges[:-1] + edges[1:]) / 2]))


def _refined(log_term: Callable[[np.ndarray], np.ndarray], edges: np.ndarray, rounds: int = 30) -> np.ndarray:
    """Halve the panels whose integral is not yet settled."""
    for _ in range(rounds):
        whole, halves = _log_terms(log_term, edges)[1], _log_terms(log_term, _halved(edges))[1]
        peak = halves.max()
        settled = np.exp(halves - peak).sum(1).reshape(-1, 2).sum(1)
        change = _CHANGE + 16 * np.finfo(float).eps * abs(peak)  # less would be the rounding of the log density
        wrong = np.abs(settled - np.exp(whole - peak).sum(1)) > change * settled.sum()
        if not wrong.any():
            break
        edges = np.sort(np.concatenate([edges, ((edges[:-1] + edges[1:]) / 2)[wrong]]))
    return edges


def line(
    log_density: Callable[[np.ndarray], np.ndarray],
    *,
    support: tuple[float, float] = (0.0, np.inf),
    breaks: Sequence[float] = (),
    halve: bool = False,
) -> Line:
    """Normalise a density on the positive axis.

    Parameters
    ----------
    log_density : callable
        Unnormalised log density; takes tau of shape (K,) and returns (K,).
    support : tuple of float
        Where it is positive, at least 0 on the left.
    breaks : sequence of float
        Values of tau at which the density jumps.
    halve : bool
        Whether every panel is halved at the end, to see what that changes.

    Returns
    -------
    Line

    Raises
    ------
    ValueError
        If the density is nowhere finite, or has mass beyond e^60 or below e^-60.
    """
    with np.errstate(divide="ignore"):
        left, right = max(np.log(support[0]), -_FARTHEST), min(np.log(support[1]), _FARTHEST)
    log_term = lambda u: log_density(np.exp(u)) + u  # noqa: E731
    edges = panels(*_range(log_term, left, right), np.log(breaks) if len(breaks) else ())
    _refuse_cut(log_term, edges, support)
    edges = _refined(log_term, edges)
    u, log_terms = _log_terms(log_term, _halved(edges) if halve else edges)
    # SciPy's logsumexp asks whether the array is one of JAX's, which loads JAX where it is installed
    peak = log_terms.max()
    total = float(peak + np.log(np.exp(log_terms - peak).sum()))
    weight = np.exp(log_terms.ravel() - total)
    return Line(np.exp(u.ravel()), weight, total, _halved(edges) if halve else edges, log_density)
