"""Drift as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu_global``, the scales and ``phi`` (...), ``mu_genre`` (..., G, T)
and ``tau`` (..., N). Without ``phi`` the genres walk at random.
"""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.drift.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def _normal(value: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the log density of a normal."""
    return -0.5 * (LOG_2PI + ((value - mean) / sd) ** 2) - np.log(sd)


def keeps(draws: Draws) -> np.ndarray:
    """Return phi, 1 for a random walk, shape (...)."""
    return np.asarray(draws["phi"]) if "phi" in draws else np.ones(np.shape(draws["mu_global"]))


def location(draws: Draws, data: Data) -> np.ndarray:
    """Return the mean of each creator's genre in its period, shape (..., N)."""
    return np.asarray(draws["mu_genre"])[..., data.index, data.time]


def walk(mu: np.ndarray, start: np.ndarray, steps: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Return the paths of all genres, shape (..., G, T).

    Parameters
    ----------
    mu, phi : array of shape (...)
        The platform's mean and the coefficient.
    start : array of shape (..., G)
        How far from mu each genre begins.
    steps : array of shape (..., G, T - 1)
        What each period adds.
    """
    gaps = [start]
    for t in range(steps.shape[-1]):
        gaps.append(phi[..., None] * gaps[-1] + steps[..., t])
    return mu[..., None, None] + np.stack(gaps, -1)


def unwalk(draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Return the start (..., G) and the steps (..., G, T - 1) of paths: what ``walk`` takes."""
    gap = np.asarray(draws["mu_genre"]) - np.asarray(draws["mu_global"])[..., None, None]
    return gap[..., 0], gap[..., 1:] - keeps(draws)[..., None, None] * gap[..., :-1]


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: getattr(prior, name).sample(rng, size) for name in prior.names}
    start = out["sigma_genre"][..., None] * rng.standard_normal((*size, data.n_genres))
    steps = out["sigma_drift"][..., None, None] * rng.standard_normal((*size, data.n_genres, data.n_periods - 1))
    out["mu_genre"] = walk(out["mu_global"], start, steps, keeps(out))
    gap = out["sigma_creator"][..., None] * rng.standard_normal((*size, data.n_creators))
    return out | {"tau": location(out, data) + gap}


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated effect of every creator per draw, shape (..., N)."""
    mean = np.asarray(draws["tau"])
    return mean + data.se * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(d_i | tau_i) for every draw and creator, shape (..., N)."""
    return _normal(data.effect, np.asarray(draws["tau"]), data.se)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter, each (...)."""
    return {name: getattr(prior, name).logpdf(draws[name]) for name in prior.names}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(d, tau, paths, hyperparameters), shape (...), with no constant left out."""
    start, steps = unwalk(draws)
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum(-1)
    total = total + _normal(start, 0, np.asarray(draws["sigma_genre"])[..., None]).sum(-1)
    total = total + _normal(steps, 0, np.asarray(draws["sigma_drift"])[..., None, None]).sum((-1, -2))
    return total + _normal(draws["tau"], location(draws, data), np.asarray(draws["sigma_creator"])[..., None]).sum(-1)
