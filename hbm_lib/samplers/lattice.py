"""Quadrature over two to four parameters at once: the trapezoidal rule after a change of variables, with an error estimate.

A scale is seen in t with scale = unit exp(t - exp(-t)), a parameter between two bounds by the tanh-sinh
rule, so the integrand falls off on every side and the trapezoidal rule converges geometrically (Takahasi & Mori 1974,
"Double exponential formulas for numerical integration"). Every second node is a rule as well: what the other
nodes change is the error estimate of that coarser rule, and bounds that of the finer one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import ndimage
from scipy.interpolate import CubicSpline

_DROP = 26.0
_SCAN = 11
_NODES = 13
_MOST = 3_000_000
_CHUNK = 1024
Log = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Positive:
    """A parameter above ``low``, of the order of ``unit`` where the density starts to change, of no interest above ``high``."""

    unit: float
    high: float
    low: float = 0.0

    @property
    def span(self) -> tuple[float, float]:
        """The ends in t."""
        return -3.0, max(1.0, float(np.log((self.high - self.low) / self.unit)) + 1.0)

    def value(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the parameter and log |d parameter / dt|."""
        fall = np.exp(-t)
        log = np.log(self.unit) + t - fall
        return self.low + np.exp(log), log + np.log1p(fall)


@dataclass(frozen=True)
class Between:
    """A parameter between two bounds."""

    low: float
    high: float

    @property
    def span(self) -> tuple[float, float]:
        """The ends in t."""
        return -2.9, 2.9

    def value(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the parameter and log |d parameter / dt|."""
        turn = np.pi * np.sinh(t)
        share = 1 / (1 + np.exp(-turn))
        log = np.log(np.pi * np.cosh(t)) - np.logaddexp(0, turn) - np.logaddexp(0, -turn)
        return self.low + (self.high - self.low) * share, np.log(self.high - self.low) + log


Axis = Positive | Between


@dataclass(frozen=True)
class Lattice:
    """A normalized joint density on a lattice.

    Attributes
    ----------
    log_density : callable
        The unnormalized log density, (K, D) to (K,).
    axes : tuple of Axis
        One a parameter.
    box : array of shape (D, 2)
        The first and the last node of every axis in t.
    nodes : tuple of int
        How many nodes every axis has, each odd.
    log_terms : array of shape (nodes)
        Log of density times Jacobian at every node.
    floor : float
        Nodes with a smaller probability are left out of ``points`` and ``weight``.
    """

    log_density: Log
    axes: tuple[Axis, ...]
    box: np.ndarray
    nodes: tuple[int, ...]
    log_terms: np.ndarray
    floor: float = field(default=1e-14)

    @cached_property
    def step(self) -> np.ndarray:
        """The step of every axis in t, shape (D,)."""
        return (self.box[:, 1] - self.box[:, 0]) / (np.array(self.nodes) - 1)

    @cached_property
    def log_evidence(self) -> float:
        """Log of the integral of the unnormalized density."""
        return _log_sum(self.log_terms) + float(np.log(self.step).sum())

    @cached_property
    def change(self) -> float:
        """The change of the log evidence from the rule of every second node: an upper estimate of the error."""
        return abs(self.coarser().log_evidence - self.log_evidence)

    def changes(self) -> np.ndarray:
        """Return the change when every second node of one axis alone is left out, for each axis, shape (D,)."""
        out = []
        for k in range(len(self.nodes)):
            every = tuple(slice(None, None, 2 if j == k else None) for j in range(len(self.nodes)))
            out.append(abs(_log_sum(self.log_terms[every]) - _log_sum(self.log_terms) + np.log(2)))
        return np.array(out)

    @cached_property
    def _heavy(self) -> tuple[np.ndarray, np.ndarray]:
        """Places (K, D) and probabilities (K,) of the nodes that hold something."""
        weight = np.exp(self.log_terms - self.log_terms.max())
        weight /= weight.sum()
        at = np.nonzero(weight > self.floor)
        kept = weight[at]
        return np.stack(at, 1), kept / kept.sum()

    @cached_property
    def points(self) -> np.ndarray:
        """The nodes' parameters, shape (K, D)."""
        return _values(self.axes, self.box[:, 0] + self._heavy[0] * self.step)[0]

    @property
    def weight(self) -> np.ndarray:
        """The nodes' probabilities, shape (K,)."""
        return self._heavy[1]

    def coarser(self) -> "Lattice":
        """Return the rule of every second node."""
        return Lattice(self.log_density, self.axes, self.box, tuple((n + 1) // 2 for n in self.nodes),
                       self.log_terms[tuple(slice(None, None, 2) for _ in self.nodes)], self.floor)

    def quantile(self, axis: int, q: np.ndarray) -> np.ndarray:
        """Return quantiles of one parameter: its marginal's logarithm between nodes by a cubic spline, summed finely."""
        others = tuple(k for k in range(len(self.axes)) if k != axis)
        peak = self.log_terms.max()
        with np.errstate(divide="ignore"):
            log_f = np.log(np.exp(self.log_terms - peak).sum(others))
        t = np.linspace(*self.box[axis], self.nodes[axis])
        fine = np.linspace(*self.box[axis], 4001)
        log_f = np.maximum(log_f, log_f.max() - 60)
        f = np.exp(CubicSpline(t, log_f)(fine))
        upto = np.concatenate([[0.0], ((f[1:] + f[:-1]) / 2).cumsum()])
        return self.axes[axis].value(np.interp(np.asarray(q, float) * upto[-1], upto, fine))[0]

    def sample(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Draw ``n`` independent sets of parameters, shape (n, D).

        A node is drawn by its weight and moved by a triangular variate on every axis, which is a draw from the density
        interpolated linearly in t; it is kept with a probability in proportion to the density over that interpolation.
        """
        places, weight = self._heavy
        grid, out, bound = np.exp(self.log_terms - self.log_terms.max()), [], 1.6
        while sum(map(len, out)) < n:
            node = places[rng.choice(len(weight), size=2 * n, p=weight)]
            at = node + rng.uniform(size=node.shape) - rng.uniform(size=node.shape)
            log_f = _log_terms(self.log_density, self.axes, self.box[:, 0] + at * self.step) - self.log_terms.max()
            ratio = np.exp(log_f) / _linear(grid, at)
            if ratio.max() > bound:  # start anew with a bound that holds
                out, bound = [], 1.2 * float(ratio.max())
                continue
            out.append(self._at(at[rng.uniform(size=2 * n) * bound < ratio]))
        return np.concatenate(out)[:n]

    def _at(self, place: np.ndarray) -> np.ndarray:
        """Return the parameters at places between nodes."""
        return _values(self.axes, self.box[:, 0] + place * self.step)[0]


def _linear(grid: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Interpolate linearly on every axis; beyond the edge the grid is 0, at is (K, D)."""
    padded = np.pad(grid, 1)
    low = np.floor(at).astype(int)
    share, out = at - low, np.zeros(len(at))
    for corner in np.ndindex(*(2,) * grid.ndim):
        c = np.array(corner)
        out += padded[tuple((low + c + 1).T)] * np.where(c, share, 1 - share).prod(1)
    return out


def _log_sum(values: np.ndarray) -> float:
    """Return the log of the sum of exponentials."""
    peak = values.max()
    return float(peak + np.log(np.exp(values - peak).sum()))


def _values(axes: Sequence[Axis], t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters (K, D) and the log Jacobian (K,) at t (K, D)."""
    found = [axis.value(t[:, k]) for k, axis in enumerate(axes)]
    return np.stack([v for v, _ in found], 1), sum(j for _, j in found)


def _log_terms(log_density: Log, axes: Sequence[Axis], t: np.ndarray) -> np.ndarray:
    """Return log density times Jacobian at t (K, D), a few thousand at a time."""
    out = np.empty(len(t))
    for start in range(0, len(t), _CHUNK):
        rows = slice(start, start + _CHUNK)
        value, jacobian = _values(axes, t[rows])
        with np.errstate(all="ignore"):
            found = log_density(value) + jacobian
        out[rows] = np.where(np.isnan(found), -np.inf, found)
    return out


def _on(
    log_density: Log, axes: Sequence[Axis], box: np.ndarray, nodes: Sequence[int], rough: np.ndarray | None = None,
) -> np.ndarray:
    """Return log density times Jacobian on the whole lattice; where a rougher one says that nothing lies near, minus infinity."""
    t = np.meshgrid(*(np.linspace(*ends, n) for ends, n in zip(box, nodes, strict=True)), indexing="ij")
    flat = np.stack([x.ravel() for x in t], 1)
    if rough is None:
        return _log_terms(log_density, axes, flat).reshape(nodes)
    near = np.where(np.isfinite(rough), rough, -1e300)
    near = ndimage.maximum_filter(near, size=3, mode="nearest") > rough.max() - _DROP
    at = np.ix_(*(np.rint(np.linspace(0, m - 1, n)).astype(int) for m, n in zip(rough.shape, nodes, strict=True)))
    keep = near[at].ravel()
    out = np.full(len(flat), -np.inf)
    out[keep] = _log_terms(log_density, axes, flat[keep])
    return out.reshape(nodes)


def _narrow(log_density: Log, axes: Sequence[Axis]) -> np.ndarray:
    """Return the box in t outside of which the integrand is ``_DROP`` below its peak."""
    box = np.array([axis.span for axis in axes])
    for _ in range(40):
        values = _on(log_density, axes, box, (_SCAN,) * len(axes))
        peak = values.max()
        if not np.isfinite(peak):
            raise ValueError("the density is nowhere finite and positive; check priors and data")
        keep, new = values > peak - _DROP, np.empty_like(box)
        for k in range(len(axes)):
            at = np.flatnonzero(keep.any(tuple(j for j in range(len(axes)) if j != k)))
            t = np.linspace(*box[k], _SCAN)
            new[k] = t[max(at[0] - 1, 0)], t[min(at[-1] + 1, _SCAN - 1)]
        share = (new[:, 1] - new[:, 0]) / (box[:, 1] - box[:, 0])
        box = new
        if share.min() > 0.6:
            return box
    return box


def lattice(log_density: Log, axes: Sequence[Axis], tolerance: float = 1e-4) -> Lattice:
    """Normalize a density of a few parameters.

    Parameters
    ----------
    log_density : callable
        Unnormalized log density, (K, D) to (K,), smooth inside its support.
    axes : sequence of Axis
        One ``Positive`` or ``Between`` a parameter.
    tolerance : float
        An axis gets half as many nodes more until every second one of them gives a log evidence this close to that of
        all. The error left is about the square: halving a step squares the trapezoidal rule's error.

    Returns
    -------
    Lattice

    Raises
    ------
    ValueError
        If the density is nowhere finite, or the rule does not settle within 3 million nodes.
    """
    axes = tuple(axes)
    box = _narrow(log_density, axes)
    nodes = (_NODES,) * len(axes)
    found = Lattice(log_density, axes, box, nodes, _on(log_density, axes, box, nodes))
    while True:
        rough = found.changes() > tolerance
        if not rough.any():
            return found
        nodes = tuple(int(n // 4 * 6 + 1) if r else n for n, r in zip(found.nodes, rough, strict=True))
        if np.prod(nodes) > _MOST:
            raise ValueError(f"the integral over {len(axes)} parameters does not settle: {found.change:.1e} is left; "
                             "the density may have a jump")
        found = Lattice(log_density, axes, box, nodes, _on(log_density, axes, box, nodes, found.log_terms))
