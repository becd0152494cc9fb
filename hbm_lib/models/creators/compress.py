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
_MOST = 24
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
    """Return the Gauss rule of ``size`` nodes for a discrete measure: nodes and weights, each (size,).

    By Lanczos' recursion with full reorthogonalization on diag(x), started at sqrt(weight).
    """
    size = min(size, int((weight > 0).sum()))
    shift, scale = weight @ x, max(float(np.sqrt(weight @ (x - weight @ x) ** 2)), np.finfo(float).tiny)
    z, q = (x - shift) / scale, [np.sqrt(weight / weight.sum())]
    alpha, beta = [], []
    for _ in range(size):
        v = z * q[-1]
        alpha.append(float(q[-1] @ v))
        basis = np.array(q)
        for _ in range(2):
            v = v - basis.T @ (basis @ v)
        norm = float(np.sqrt(v @ v))
        if norm < 1e-13:
            break
        beta.append(norm)
        q.append(v / norm)
    n = len(alpha)
    values, vectors = np.linalg.eigh(np.diag(alpha) + np.diag(beta[: n - 1], 1) + np.diag(beta[: n - 1], -1))
    return shift + scale * values, vectors[0] ** 2


def _rule(scales: Grid, given: Callable, size: int) -> Rule:
    """Return the tensor rule of up to ``size`` nodes for sigma_creator and as many for sigma_genre at each."""
    first, second = scales.axes
    t, over = gauss(second.t, scales.weight.sum(0), size)
    sigma = second.unit * np.sinh(t)
    log_f = scales.log_density(first.scale, sigma) + np.log(first.weight)[:, None]
    share = np.exp(log_f - log_f.max(0))
    share /= share.sum(0)
    parts = []
    for k in range(len(sigma)):
        u, w = gauss(first.t, share[:, k], size)
        law = given(first.unit * np.sinh(u), sigma[k : k + 1])
        parts.append((np.full(len(w), sigma[k]), over[k] * w, law.genre[:, 0], law.genre_variance[:, 0]))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


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
    for size in range(1, _MOST + 1):
        now = _rule(scales, given, size)
        seen = _seen(now, se, middle, sigma_creator)
        if last is not None and np.max(np.abs(seen - last)) < _SETTLED:
            return now
        last = seen
    return now
