"""Linear regression as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``beta`` (..., p), ``sigma2`` and its root ``sigma`` (...).
"""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.linear.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    mean, root = prior.coefficients(data.n_columns)
    sigma2 = prior.sigma2.sample(rng, size)
    sigma = np.sqrt(sigma2)
    z = rng.standard_normal((*size, data.n_columns))
    return {"beta": mean + sigma[..., None] * np.linalg.solve(root, z[..., None])[..., 0], "sigma2": sigma2, "sigma": sigma}


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated outcome of every row per draw, shape (..., n)."""
    mean = np.asarray(draws["beta"]) @ data.x.T
    return mean + np.sqrt(np.asarray(draws["sigma2"]))[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_i | beta, sigma2) for every draw and row, shape (..., n)."""
    variance = np.asarray(draws["sigma2"])[..., None]
    return -0.5 * (LOG_2PI + np.log(variance) + (data.y - np.asarray(draws["beta"]) @ data.x.T) ** 2 / variance)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of sigma2 (...) and of beta given sigma2 (..., p).

    The terms of beta are those of each coefficient given the ones after it; with a diagonal precision
    that is each by itself. Their sum is the density of all.
    """
    beta, variance = np.asarray(draws["beta"], float), np.asarray(draws["sigma2"], float)
    mean, root = prior.coefficients(beta.shape[-1])
    squares = ((beta - mean) @ root.T) ** 2 / variance[..., None]
    return {"sigma2": prior.sigma2.logpdf(variance),
            "beta": np.log(np.diag(root)) - 0.5 * (LOG_2PI + np.log(variance)[..., None] + squares)}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, beta, sigma2), shape (...), with no constant left out."""
    parts = log_prior(draws, prior)
    return parts["sigma2"] + parts["beta"].sum(-1) + log_likelihood(draws, data, prior).sum(-1)
