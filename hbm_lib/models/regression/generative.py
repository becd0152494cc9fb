"""Regression with groups as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``beta`` (..., p), ``gamma`` (..., J), and ``sigma2``,
``tau2``, ``sigma``, ``tau`` (...). The density is that of (beta, gamma, sigma2, tau2); sigma and tau are roots.
"""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.regression.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def with_roots(draws: Draws) -> dict[str, np.ndarray]:
    """Return the draws with ``sigma`` and ``tau`` made anew from ``sigma2`` and ``tau2``."""
    return dict(draws) | {"sigma": np.sqrt(draws["sigma2"]), "tau": np.sqrt(draws["tau2"])}


def row_mean(draws: Draws, data: Data) -> np.ndarray:
    """Return x_i' beta + gamma_g(i) of every row, shape (..., n)."""
    return np.asarray(draws["beta"]) @ data.x.T + np.asarray(draws["gamma"])[..., data.index]


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size, p = (n,) if isinstance(n, int | np.integer) else tuple(n), data.x.shape[1]
    sigma2 = np.asarray(prior.sigma2.sample(rng, size))
    spread = np.asarray(prior.of_tau.sample(rng, size))
    tau2 = spread if prior.tau is None else spread**2
    root = np.linalg.cholesky(prior.precision_of(p))
    # precision = root root', so z root^-1 has covariance precision^-1
    noise = np.linalg.solve(root.T, rng.standard_normal((*size, p))[..., None])[..., 0]
    beta = prior.mean_of(p) + np.sqrt(sigma2)[..., None] * noise
    gamma = np.sqrt(tau2)[..., None] * rng.standard_normal((*size, data.n_groups))
    return with_roots({"beta": beta, "gamma": gamma, "sigma2": sigma2, "tau2": tau2})


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated outcome of every row per draw, shape (..., n)."""
    mean = row_mean(draws, data)
    return mean + np.sqrt(draws["sigma2"])[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_i | beta, gamma, sigma2) for every draw and row, shape (..., n)."""
    sigma2 = np.asarray(draws["sigma2"])[..., None]
    return -0.5 * (LOG_2PI + np.log(sigma2) + (data.y - row_mean(draws, data)) ** 2 / sigma2)


def standardized(draws: Draws, prior: Prior) -> np.ndarray:
    """Return L' (beta - mean) / sigma with L L' = precision: standard normal under the prior, shape (..., p)."""
    beta = np.asarray(draws["beta"])
    root = np.linalg.cholesky(prior.precision_of(beta.shape[-1]))
    return (beta - prior.mean_of(beta.shape[-1])) @ root / np.sqrt(draws["sigma2"])[..., None]


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter.

    Returns
    -------
    dict of str to array
        ``beta`` (..., p): entry k is log p(beta_k | the coefficients after it, sigma2), and their sum that of
        all; ``sigma2`` and ``tau2`` (...), densities of the variances, whatever the prior of tau is written on.
    """
    z = standardized(draws, prior)
    diagonal = np.log(np.diag(np.linalg.cholesky(prior.precision_of(z.shape[-1]))))
    beta = diagonal - 0.5 * (LOG_2PI + np.log(draws["sigma2"])[..., None] + z**2)
    return {"beta": beta, "sigma2": prior.sigma2.logpdf(draws["sigma2"]), "tau2": prior.tau2_logpdf(np.asarray(draws["tau2"]))}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, beta, gamma, sigma2, tau2), shape (...), with no constant left out."""
    parts = log_prior(draws, prior)
    tau2 = np.asarray(draws["tau2"])[..., None]
    gamma = -0.5 * (LOG_2PI + np.log(tau2) + np.asarray(draws["gamma"]) ** 2 / tau2).sum(-1)
    return parts["beta"].sum(-1) + parts["sigma2"] + parts["tau2"] + gamma + log_likelihood(draws, data, prior).sum(-1)
