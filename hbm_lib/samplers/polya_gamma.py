"""Pólya-Gamma variates, for Gibbs sampling of logistic regression (Polson, Scott & Windle 2013, JASA 108).

PG(b, c) is the law of sum_k g_k / (2 pi² ((k - 1/2)² + c² / (4 pi²))) over k = 1, 2, …, with g_k ~ Gamma(b, 1)
independent: their equation (1). The first terms are drawn one by one. What is left is a sum of many small
gammas; it is drawn as one gamma variate with the same mean and variance.

The mean and variance are therefore exact for every b and c. What is approximate is the third cumulant
of the rest: at 64 terms it is within 2e-6 of the whole's for tilts up to 100.
"""

import numpy as np

TERMS = 64


def mean(b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return E[PG(b, c)] = b tanh(c / 2) / (2 c), which is b / 4 at c = 0."""
    c = np.abs(np.asarray(c, float))
    small = c < 1e-3
    safe = np.where(small, 1.0, c)
    return b * np.where(small, 0.25 - c**2 / 48, np.tanh(safe / 2) / (2 * safe))


def variance(b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return Var[PG(b, c)] = b (sinh c - c) / (4 c³ cosh²(c / 2)), which is b / 24 at c = 0."""
    c = np.abs(np.asarray(c, float))
    small = c < 0.02
    safe = np.where(small, 1.0, np.minimum(c, 1e100))
    e = np.exp(-safe)  # sinh c / cosh²(c/2) and c / cosh²(c/2) without overflow
    full = (2 * (1 - e**2) - 4 * safe * e) / (4 * safe**3 * (1 + e) ** 2)
    return b * np.where(small, 1 / 24 - c**2 / 120, full)


def draw(rng: np.random.Generator, b: np.ndarray, c: np.ndarray, terms: int = TERMS) -> np.ndarray:
    """Draw from PG(b, c).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    b : array
        Shapes, above 0: in a binomial row the number of trials. The cost does not grow with b.
    c : array
        Tilts, of a shape that goes with that of b.
    terms : int
        How many terms of the sum are drawn one by one.

    Returns
    -------
    numpy.ndarray
        The shape of b and c together.
    """
    b, c = np.broadcast_arrays(np.asarray(b, float), np.asarray(c, float))
    scale = 1 / (2 * np.pi**2 * ((np.arange(terms) + 0.5) ** 2 + (c[..., None] / (2 * np.pi)) ** 2))
    out = (rng.standard_gamma(np.broadcast_to(b[..., None], scale.shape)) * scale).sum(-1)
    rest_mean = mean(b, c) - b * scale.sum(-1)
    rest_variance = variance(b, c) - b * (scale**2).sum(-1)
    # for c in the thousands the terms drawn are nearly all; rounding must not make the rest negative
    tiny = np.finfo(float).tiny
    rest_mean, rest_variance = np.maximum(rest_mean, tiny), np.maximum(rest_variance, tiny)
    ratio = rest_variance / rest_mean
    return out + rng.standard_gamma(rest_mean / ratio) * ratio
