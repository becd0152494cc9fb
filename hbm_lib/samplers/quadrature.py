"""Quadrature over one positive hyperparameter, with an error estimate.

Gauss-Legendre panels in u = log(tau). Panels end where the integrand jumps and
stop where it has fallen 40 natural-log units below its peak. The error estimate
is the change when every panel is halved.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_DROP = 40.0


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
        """Draw ``n`` independent values by inverting the distribution function."""
        u = np.concatenate([np.linspace(a, b, 9)[:-1] for a, b in zip(self.edges[:-1], self.edges[1:], strict=True)])
        u = np.append(u, self.edges[-1])
        mass = np.append(0.0, self._mass(u[:-1], u[1:]).cumsum())
        keep = np.append(True, np.diff(mass) > 0)
        return np.exp(np.interp(rng.uniform(0, mass[-1], n), mass[keep], u[keep]))


def panels(low: float, high: float, breaks: Sequence[float], width: float) -> np.ndarray:
    """Return panel edges from low to high, none wider than ``width``, all breaks among them."""
    marks = [low, *sorted(b for b in breaks if low < b < high), high]
    pieces = [
        np.linspace(a, b, max(1, int(np.ceil((b - a) / width))) + 1)[:-1]
        for a, b in itertools.pairwise(marks)
    ]
    return np.append(np.concatenate(pieces), high)


def line(
    log_density: Callable[[np.ndarray], np.ndarray],
    *,
    support: tuple[float, float] = (0.0, np.inf),
    breaks: Sequence[float] = (),
    width: float = 1.0,
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
    width : float
        The widest panel, in units of log tau.

    Returns
    -------
    Line

    Raises
    ------
    ValueError
        If the density is nowhere finite.
    """
    with np.errstate(divide="ignore"):
        left, right = max(np.log(support[0]), -60.0), min(np.log(support[1]), 60.0)
    scan = np.linspace(left, right, 481)[1:-1]
    values = log_density(np.exp(scan)) + scan
    if not np.any(np.isfinite(values)):
        raise ValueError("the density is nowhere finite and positive; check priors and data")
    keep = np.flatnonzero(values > np.nanmax(values) - _DROP)
    step = scan[1] - scan[0]
    low, high = max(left, scan[keep[0]] - step), min(right, scan[keep[-1]] + step)
    edges = panels(low, high, np.log(breaks) if len(breaks) else (), width)
    half = np.diff(edges) / 2
    u = ((edges[:-1] + half)[:, None] + half[:, None] * _NODES).ravel()
    tau = np.exp(u)
    log_term = log_density(tau) + u + np.log((half[:, None] * _WEIGHTS).ravel())
    # SciPy's logsumexp asks whether the array is one of JAX's, which loads JAX where it is installed
    peak = log_term.max()
    total = float(peak + np.log(np.exp(log_term - peak).sum()))
    return Line(tau, np.exp(log_term - total), total, edges, log_density)
