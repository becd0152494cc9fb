"""All genres' paths given the scales: a Kalman filter, a smoother and backward sampling, for many sets of scales at once.

Given sigma_creator the creators of genre g in period t say m[g, t] with precision S[g, t]; an empty cell has
precision 0 and says nothing. mu_global enters linearly, so every mean is carried as ``a + b mu_global`` and
mu_global itself is integrated out at the end (de Jong 1991, "The diffuse Kalman filter", Annals of Statistics).
Arrays have the axes (sets of scales, period, genre).
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.models.drift.spec import Data
from hbm_lib.priors import Dist

LOG_2PI = np.log(2 * np.pi)


class Cells(NamedTuple):
    """What the creators say given sigma_creator: log of what does not depend on the paths (K,), m and S (K, T, G)."""

    own: np.ndarray
    mean: np.ndarray
    precision: np.ndarray


class Paths(NamedTuple):
    """The law of the paths given scales and mu_global: means a + b mu_global and variances, (K, T, G)."""

    a: np.ndarray
    b: np.ndarray
    variance: np.ndarray


class Filtered(NamedTuple):
    """Paths given the data up to and with each period, and before it; the sums that mu_global needs, each (K,)."""

    now: Paths
    before: Paths
    log_det: np.ndarray
    q0: np.ndarray
    q1: np.ndarray
    q2: np.ndarray


def cells(sigma_creator: np.ndarray, data: Data) -> Cells:
    """Return what the creators say given sigma_creator (K,); the effects are (N,), or (K, N) one data set a chain."""
    w = 1 / (np.square(sigma_creator)[:, None] + np.square(data.se))
    effect, size = data.effect, data.n_genres * data.n_periods
    order = np.argsort(data.cell, kind="stable")
    cell = data.cell[order]
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])

    def total(values: np.ndarray) -> np.ndarray:
        out = np.zeros((len(values), size))
        out[:, cell[starts]] = np.add.reduceat(values[:, order], starts, axis=1)
        return out

    s, sd = total(w), total(w * effect)
    m = np.divide(sd, s, out=np.zeros_like(s), where=s > 0)
    left = effect - m[:, data.cell]
    own = 0.5 * (np.log(w) - LOG_2PI - w * left**2).sum(1)
    shape = (-1, data.n_periods, data.n_genres)
    return Cells(own, m.reshape(shape), s.reshape(shape))


def run(sigma_genre: np.ndarray, sigma_drift: np.ndarray, phi: np.ndarray, seen: Cells) -> Filtered:
    """Filter forward (Kalman 1960); scales and phi are (K,)."""
    k, periods, genres = seen.mean.shape
    phi, step = phi[:, None], np.square(sigma_drift)[:, None]
    a, b, p = np.zeros((k, genres)), np.ones((k, genres)), np.repeat(np.square(sigma_genre)[:, None], genres, axis=1)
    now, before = (Paths(*(np.empty((k, periods, genres)) for _ in range(3))) for _ in range(2))
    log_det, q0, q1, q2 = (np.zeros(k) for _ in range(4))
    for t in range(periods):
        for kept, value in zip(before, (a, b, p), strict=True):
            kept[:, t] = value
        m, s = seen.mean[:, t], seen.precision[:, t]
        grown = 1 + p * s
        weight, gap = s / grown, m - a
        log_det += np.log(grown).sum(1)
        q0 += (weight * gap**2).sum(1)
        q1 += (weight * gap * b).sum(1)
        q2 += (weight * b**2).sum(1)
        gain = p * weight
        a, b, p = a + gain * gap, (1 - gain) * b, p / grown
        for kept, value in zip(now, (a, b, p), strict=True):
            kept[:, t] = value
        a, b, p = phi * a, phi * b + (1 - phi), phi**2 * p + step
    return Filtered(now, before, log_det, q0, q1, q2)


def platform(found: Filtered, prior: Dist) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and variance of mu_global given the scales, and the log density of all m, each (K,)."""
    p0 = prior.sigma**-2.0
    precision = p0 + found.q2
    mean = (p0 * prior.mu + found.q1) / precision
    # squares about the mean: no difference of large numbers
    square = found.q0 - 2 * mean * found.q1 + mean**2 * found.q2 + p0 * (mean - prior.mu) ** 2
    return mean, 1 / precision, -0.5 * (found.log_det + square + np.log(precision / p0))


def smooth(found: Filtered, phi: np.ndarray) -> Paths:
    """Return the law of the paths given the data of all periods (Rauch, Tung & Striebel 1965)."""
    a, b, p = (np.array(v) for v in found.now)
    phi = phi[:, None]
    for t in range(a.shape[1] - 2, -1, -1):
        back = phi * found.now.variance[:, t] / found.before.variance[:, t + 1]
        a[:, t] += back * (a[:, t + 1] - found.before.a[:, t + 1])
        b[:, t] += back * (b[:, t + 1] - found.before.b[:, t + 1])
        p[:, t] += back**2 * (p[:, t + 1] - found.before.variance[:, t + 1])
    return Paths(a, b, p)


def draw(rng: np.random.Generator, found: Filtered, mu: np.ndarray, sigma_drift: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Draw paths (K, T, G) given scales and mu_global, the last period first (Frühwirth-Schnatter 1994; Carter & Kohn 1994)."""
    mean = found.now.a + found.now.b * mu[:, None, None]
    out, noise = np.empty_like(mean), rng.standard_normal(mean.shape)
    last = mean.shape[1] - 1
    out[:, last] = mean[:, last] + np.sqrt(found.now.variance[:, last]) * noise[:, last]
    step, keep = np.square(sigma_drift)[:, None], phi[:, None]
    for t in range(last - 1, -1, -1):
        ahead = found.before.variance[:, t + 1]
        back = keep * found.now.variance[:, t] / ahead
        wanted = found.before.a[:, t + 1] + found.before.b[:, t + 1] * mu[:, None]
        spread = np.sqrt(found.now.variance[:, t] * step / ahead)
        out[:, t] = mean[:, t] + back * (out[:, t + 1] - wanted) + spread * noise[:, t]
    return out
