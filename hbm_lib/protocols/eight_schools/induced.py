"""What a prior on tau says about the spread s(tau) of the effects, when s is not the identity.

The density of s is a change of variables with as many terms as tau has values
with that spread: f_s(x) = sum of f_tau(t_i) / abs(s'(t_i)) over all t_i with
s(t_i) = x. Where s jumps down two pieces overlap; where it jumps up there is a
gap without density.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import optimize
from scipy.special import expit

from hbm_lib.models.eight_schools import Scale


class Base(Protocol):
    """A law of tau with density and distribution function."""

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density."""

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(tau <= x)."""


@dataclass(frozen=True)
class Piece:
    """An interval of tau on which s is monotone, with its one-sided values at the ends."""

    low: float
    high: float
    at_low: float
    at_high: float


def slope(scale: Scale, tau: np.ndarray) -> np.ndarray:
    """Return s'(tau), away from a jump."""
    tau = np.asarray(tau, float)
    ratio = scale.pooled / scale.threshold
    if scale.kind == "identity":
        return np.ones_like(tau)
    if scale.kind == "hard":
        return np.where(tau > scale.threshold, 1.0, ratio)
    weight = expit(scale.steepness * (tau - scale.threshold))
    return weight + (1 - weight) * ratio + scale.steepness * weight * (1 - weight) * tau * (1 - ratio)


def pieces(scale: Scale) -> tuple[Piece, ...]:
    """Cut the axis of tau where s jumps or turns."""
    if scale.kind == "identity":
        return (Piece(0.0, np.inf, 0.0, np.inf),)
    if scale.kind == "hard":
        t = scale.threshold
        return (Piece(0.0, t, 0.0, scale.pooled), Piece(t, np.inf, t, np.inf))
    grid = np.linspace(0.0, scale.threshold + 40 / scale.steepness, 4001)
    rising = slope(scale, grid) > 0
    turns = [
        optimize.brentq(lambda x: float(slope(scale, x)), grid[i], grid[i + 1], xtol=1e-13)
        for i in np.flatnonzero(rising[:-1] != rising[1:])
    ]
    ends = [0.0, *turns, np.inf]
    at = [0.0, *(float(scale(t)) for t in turns), np.inf]
    return tuple(Piece(a, b, u, v) for a, b, u, v in zip(ends[:-1], ends[1:], at[:-1], at[1:], strict=True))


def _inverse(scale: Scale, piece: Piece, x: np.ndarray) -> np.ndarray:
    """Return the tau of one piece with s(tau) = x, for x within the piece's values."""
    up = piece.at_high > piece.at_low
    if scale.kind != "sigmoid":
        return x * scale.threshold / scale.pooled if np.isfinite(piece.high) and up else x + 0.0
    beyond = scale.threshold + 40 / scale.steepness
    low = np.full(x.shape, piece.low)
    high = np.maximum(x + 1, beyond) if np.isinf(piece.high) else np.full(x.shape, piece.high)
    for _ in range(80):
        middle = (low + high) / 2
        right = (np.asarray(scale(middle)) < x) == up
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Induced:
    """The law of s(tau) when tau has the law ``base``.

    Attributes
    ----------
    scale : Scale
        The map s.
    base : Base
        The law of tau, prior or posterior.
    """

    scale: Scale
    base: Base

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The monotone pieces of s."""
        return pieces(self.scale)

    def preimages(self, x: float) -> list[float]:
        """Return every tau whose spread is x: none in a gap, several in an overlap."""
        found = []
        for p in self.pieces:
            if min(p.at_low, p.at_high) < x < max(p.at_low, p.at_high):
                found.append(float(_inverse(self.scale, p, np.array([x]))[0]))
        return found

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density of s at x, shape (G,)."""
        x = np.asarray(x, float)
        out = np.zeros(x.shape)
        for p in self.pieces:
            inside = (x > min(p.at_low, p.at_high)) & (x <= max(p.at_low, p.at_high))
            if inside.any():
                tau = _inverse(self.scale, p, x[inside])
                # just below a jump, so that the left piece keeps its own slope
                steep = slope(self.scale, np.minimum(tau, np.nextafter(p.high, 0)))
                out[inside] += self.base.pdf(tau) / np.abs(steep)
        return out

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(s <= x), shape (G,)."""
        x = np.atleast_1d(np.asarray(x, float))
        out = np.zeros(x.shape)
        for p in self.pieces:
            start, stop = float(self.base.cdf(p.low)), 1.0
            if np.isfinite(p.high):
                stop = float(self.base.cdf(p.high))
            low, high = min(p.at_low, p.at_high), max(p.at_low, p.at_high)
            out += np.where(x >= high, stop - start, 0.0)
            inside = (x > low) & (x < high)
            if inside.any():
                at = self.base.cdf(_inverse(self.scale, p, x[inside]))
                out[inside] += at - start if p.at_high > p.at_low else stop - at
        return out

    def quantile(self, q: float) -> float:
        """Return the quantile of s for a probability strictly between 0 and 1."""
        high = 1.0
        while float(self.cdf(high)[0]) < q:
            high *= 2
        return float(optimize.brentq(lambda x: float(self.cdf(x)[0]) - q, 0.0, high, xtol=1e-10))

    def gap(self) -> tuple[float, float] | None:
        """Return the interval of spreads that no tau gives, if s jumps up."""
        if self.scale.kind == "hard" and self.scale.threshold > self.scale.pooled:
            return (self.scale.pooled, self.scale.threshold)
        return None

    def overlap(self) -> tuple[float, float] | None:
        """Return the interval of spreads that several taus give, if s turns or jumps down."""
        if len(self.pieces) < 2:
            return None
        low = min(min(p.at_low, p.at_high) for p in self.pieces[1:])
        high = max(max(p.at_low, p.at_high) for p in self.pieces[:-1])
        return (low, high) if low < high else None
