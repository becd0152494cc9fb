"""Crossed effects as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu_global`` and the scales (...), ``genre_effect`` (..., G),
``segment_effect`` (..., S), ``interaction`` (..., G, S), ``tau`` (..., N).
"""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.crossed.spec import SCALES, Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def _normal(value: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the log density of a normal."""
    return -0.5 * (LOG_2PI + ((value - mean) / sd) ** 2) - np.log(sd)


def location(draws: Draws, data: Data) -> np.ndarray:
    """Return the mean of each creator's cell, shape (..., N)."""
    genre, segment, cell = (np.asarray(draws[n]) for n in ("genre_effect", "segment_effect", "interaction"))
    mean = np.asarray(draws["mu_global"])[..., None] + genre[..., data.index] + segment[..., data.segment_index]
    return mean + cell[..., data.index, data.segment_index]


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: getattr(prior, name).sample(rng, size) for name in ("mu_global", *SCALES)}
    out["genre_effect"] = out["sigma_genre"][..., None] * rng.standard_normal((*size, data.n_genres))
    out["segment_effect"] = out["sigma_segment"][..., None] * rng.standard_normal((*size, data.n_segments))
    cells = rng.standard_normal((*size, data.n_genres, data.n_segments))
    out["interaction"] = out["sigma_cell"][..., None, None] * cells
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
    return {name: getattr(prior, name).logpdf(draws[name]) for name in ("mu_global", *SCALES)}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(d, tau, effects, hyperparameters), shape (...), with no constant left out."""
    scale = {name: np.asarray(draws[name])[..., None] for name in SCALES}
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum(-1)
    total = total + _normal(draws["genre_effect"], 0, scale["sigma_genre"]).sum(-1)
    total = total + _normal(draws["segment_effect"], 0, scale["sigma_segment"]).sum(-1)
    total = total + _normal(draws["interaction"], 0, scale["sigma_cell"][..., None]).sum((-1, -2))
    return total + _normal(draws["tau"], location(draws, data), scale["sigma_creator"]).sum(-1)
