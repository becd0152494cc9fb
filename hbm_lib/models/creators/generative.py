"""Creators as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu_global``, ``sigma_genre``,
``sigma_creator`` (...), ``mu_genre`` (..., G) and ``tau`` (..., N).
"""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.creators.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def _normal(value: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the log density of a normal."""
    return -0.5 * (LOG_2PI + ((value - mean) / sd) ** 2) - np.log(sd)


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: getattr(prior, name).sample(rng, size) for name in ("mu_global", "sigma_genre", "sigma_creator")}
    out["mu_genre"] = out["mu_global"][..., None] + out["sigma_genre"][..., None] * rng.standard_normal((*size, data.n_genres))
    gap = out["sigma_creator"][..., None] * rng.standard_normal((*size, data.n_creators))
    return out | {"tau": out["mu_genre"][..., data.index] + gap}


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated effect of every creator per draw, shape (..., N)."""
    mean = np.asarray(draws["tau"])
    return mean + data.se * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(d_i | tau_i) for every draw and creator, shape (..., N)."""
    return _normal(data.effect, np.asarray(draws["tau"]), data.se)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter, each (...)."""
    return {name: getattr(prior, name).logpdf(draws[name]) for name in ("mu_global", "sigma_genre", "sigma_creator")}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(d, tau, mu_genre, hyperparameters), shape (...), with no constant left out."""
    mu, genre = np.asarray(draws["mu_global"])[..., None], np.asarray(draws["mu_genre"])
    between, within = (np.asarray(draws[n])[..., None] for n in ("sigma_genre", "sigma_creator"))
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum(-1)
    return total + _normal(genre, mu, between).sum(-1) + _normal(draws["tau"], genre[..., data.index], within).sum(-1)
