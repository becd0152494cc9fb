"""A few nodes that stand for the whole grid when a million creators are asked for.

The law of tau_i is a mixture over all nodes of the grid, about a thousand. Seen from a creator
the mixture is smooth in the scales, so a Gauss rule for the posterior of sigma_creator, and at
each of its nodes one for sigma_genre, does with a few (Golub & Welsch 1969,
"Calculation of Gauss quadrature rules", for a discrete measure).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from hbm_lib.samplers.grid import Grid

_SETTLED = 1e-9
_LEAST, _MOST = 5, 25
Rule = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Given:
    """The laws of mu_global and of each genre given the scales, on a grid of (A,) and (B,).

    Attributes
    ----------
    mean, variance : array of shape (A, B)
        Of mu_global.
    genre, genre_variance : array of shape (A, B, G)
        Of mu_genre.
    log_y : array of shape (A, B)
        Log p(d | scales).
    """

    mean: np.ndarray
    variance: np.ndarray
    genre: np.ndarray
    genre_variance: np.ndarray
    log_y: np.ndarray


def gauss(x: np.ndarray, weight: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the Gauss rules of ``size`` nodes for discrete measures on the same points.

    By Lanczos' recursion with full reorthogonalization on diag(x), started at sqrt(weight); all measures at once. A measure
    that has fewer points than ``size`` gets nodes of weight 0.

    Parameters
    ----------
    x : array of shape (N,)
        The points.
    weight : array of shape (N, M)
        Their weights, a column a measure.
    size : int
        The number of nodes.

    Returns
    -------
    tuple of array
        Nodes and weights, each (size, M).
    """
    weight = weight / weight.sum(0)
    shift = x @ weight
    scale = np.maximum(np.sqrt(((x[:, None] - shift) ** 2 * weight).sum(0)), np.finfo(float).tiny)
    z, q, t = (x[:, None] - shift) / scale, [np.sqrt(weight)], np.zeros((weight.shape[1], size, size))
    for i in range(size):
        v = z * q[-1]
        t[:, i, i] = (q[-1] * v).sum(0)
        basis = np.array(q)
        for _ in range(2):
            v = v - (basis * (basis * v).sum(1)[:, None]).sum(0)
        norm = np.sqrt((v * v).sum(0))
        more = norm >= 1e-13
        if i + 1 < size:
            t[:, i + 1, i] = np.where(more, norm, 0.0)
        q.append(np.where(more, v / np.where(more, norm, 1.0), 0.0))
    values, vectors = np.linalg.eigh(t)  # the lower triangle
    return shift + scale * values.T, np.square(vectors[:, 0]).T


def _rule(scales: Grid, given: Callable, size: int) -> Rule:
    """Return the tensor rule of ``size`` nodes for sigma_creator and as many for sigma_genre at each."""
    first, second = scales.axes
    t, over = (v[:, 0] for v in gauss(second.t, scales.weight.sum(0)[:, None], size))
    sigma = second.unit * np.sinh(t)
    log_f = scales.log_density(first.scale, sigma) + np.log(first.weight)[:, None]
    u, w = gauss(first.t, np.exp(log_f - log_f.max(0)), size)
    law = given((first.unit * np.sinh(u)).T.ravel(), sigma)  # of each value of sigma_genre only its own sigma_creator is kept
    own = np.arange(size * size), np.repeat(np.arange(size), size)
    return np.repeat(sigma, size), (over * w).T.ravel(), law.genre[own], law.genre_variance[own]


def _seen(rule: Rule, se: float, middle: np.ndarray, sigma_creator: float) -> np.ndarray:
    """Return distribution functions of creators in every genre, by whose change a rule is judged."""
    sigma, weight, mean, variance = rule
    out = []
    for one in (se, sigma_creator):
        pull = one**2 / (one**2 + sigma**2)
        spread = np.sqrt(pull * sigma**2 + pull**2 * variance.T)
        about = one**2 / (one**2 + sigma_creator**2)
        for far in np.array([-3.0, 0.0, 3.0]) * np.hypot(one, sigma_creator):
            centre = (1 - pull) * (middle[:, None] + far) + pull * mean.T
            points = middle + (1 - about) * far + np.array([-2.0, -0.5, 1.0])[:, None] * np.sqrt(about) * sigma_creator
            out.append(special.ndtr((points[:, :, None] - centre) / spread) @ weight)
    return np.array(out)


def compress(scales: Grid, given: Callable, se: float) -> Rule:
    """Return as few nodes as give every creator's distribution function.

    Parameters
    ----------
    scales : Grid
        The posterior of (sigma_genre, sigma_creator).
    given : callable
        From sigma_genre (A,) and sigma_creator (B,) to ``Given``.
    se : float
        The largest standard error: the creator for whom the genre matters most.

    Returns
    -------
    tuple
        sigma_creator (K,), weight (K,), and mean and variance (K, G) of mu_genre.
    """
    whole, last = _rule(scales, given, 1), None
    middle, sigma_creator = whole[2][0], float(whole[0][0])
    for size in range(_LEAST, _MOST + 1, 2):
        now = _rule(scales, given, size)
        seen = _seen(now, se, middle, sigma_creator)
        if last is not None and np.max(np.abs(seen - last)) < _SETTLED:
            return now
        last = seen
    return now
