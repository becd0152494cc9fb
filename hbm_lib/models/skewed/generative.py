"""Skewed outcomes as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: for each coefficient c ``c_mu``, ``c_sigma_genre``,
``c_sigma_creator`` (...), ``c_genre`` (..., G), ``c`` (..., N), and ``shape`` (...).
"""

from collections.abc import Mapping

import numpy as np
from scipy import special

from hbm_lib.models.skewed.spec import Counts, Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def _normal(value: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the log density of a normal."""
    return -0.5 * (LOG_2PI + ((value - mean) / sd) ** 2) - np.log(sd)


def _hyper(prior: Prior) -> dict[str, object]:
    """Return the prior of every variable that has one of its own."""
    return {f"{c}_{part}": getattr(getattr(prior, c), part) for c in prior.coefficients
            for part in ("mu", "sigma_genre", "sigma_creator")} | {"shape": prior.shape}


def draw_prior(rng: np.random.Generator, data: Data | Counts, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: law.sample(rng, size) for name, law in _hyper(prior).items()}
    for c in prior.coefficients:
        between, within = (out[f"{c}_sigma_{level}"][..., None] for level in ("genre", "creator"))
        out[f"{c}_genre"] = out[f"{c}_mu"][..., None] + between * rng.standard_normal((*size, data.n_genres))
        out[c] = out[f"{c}_genre"][..., data.index] + within * rng.standard_normal((*size, data.n_creators))
    return out


def predictor(draws: Draws, part: str) -> np.ndarray:
    """Return the logit ("share") or log ("mean") of both arms, shape (..., 2, N)."""
    level, effect = (np.asarray(draws[f"{part}_{what}"]) for what in ("level", "effect"))
    return np.stack([level, level + effect], axis=-2)


def predict(rng: np.random.Generator, draws: Draws, data: Data | Counts, prior: Prior) -> np.ndarray:
    """Draw the total of as many new users in each arm, one for each draw, shape (..., 2, N)."""
    log_m = predictor(draws, "mean")
    shape = np.asarray(draws["shape"])[..., None, None]
    if not prior.hurdle:  # a Poisson whose rate is Gamma; sums of the same shape add up
        return rng.poisson(rng.gamma(np.broadcast_to(data.users * shape, log_m.shape), np.exp(log_m) / shape)).astype(float)
    payers = rng.binomial(data.users.astype(int), special.expit(predictor(draws, "share")))
    if prior.positive == "gamma":
        return rng.gamma(np.where(payers > 0, payers * shape, 1), np.exp(log_m) / shape) * (payers > 0)
    n, means, sds = payers.reshape(-1), log_m.reshape(-1), np.broadcast_to(shape, payers.shape).reshape(-1)
    totals = np.zeros(len(n))
    for start in range(0, len(n), 1 << 14):  # payers one by one: a sum of log-normals has no law of its own
        here = slice(start, start + (1 << 14))
        cell = np.repeat(np.arange(len(n[here])), n[here])
        x = np.exp((means[here] - sds[here] ** 2 / 2)[cell] + sds[here][cell] * rng.standard_normal(len(cell)))
        totals[here] = np.bincount(cell, weights=x, minlength=len(n[here]))
    return totals.reshape(payers.shape)


def log_likelihood(draws: Draws, data: Data | Counts, prior: Prior) -> np.ndarray:
    """Return the log density of all users' rows of each arm for every draw, shape (..., 2, N); no constant left out."""
    log_m, shape = predictor(draws, "mean"), np.asarray(draws["shape"], float)[..., None, None]
    if not prior.hurdle:
        return _negative_binomial(log_m, shape, data)
    eta, k = predictor(draws, "share"), data.payers
    total = k * eta - data.users * np.logaddexp(0, eta)
    if prior.positive == "lognormal":
        gap = data.mean_log - (log_m - shape**2 / 2)
        return total - k * (LOG_2PI / 2 + np.log(shape)) - (data.squares + k * gap**2) / (2 * shape**2) - data.sum_log
    total = total + k * (shape * np.log(shape) - special.gammaln(shape) - shape * log_m)
    return total + (shape - 1) * data.sum_log - shape * data.y * np.exp(-log_m)


def _negative_binomial(log_m: np.ndarray, shape: np.ndarray, data: Counts) -> np.ndarray:
    """Return the log probability of all counts of each arm."""
    log_sum = np.logaddexp(np.log(shape), log_m)
    total = data.users * shape * (np.log(shape) - log_sum) + data.y * (log_m - log_sum)
    r = shape[..., 0]
    each = data.times * (special.gammaln(data.value + r) - special.gammaln(r) - special.gammaln(data.value + 1.0))
    to_cell = np.zeros((len(data.value), 2 * data.n_creators))
    to_cell[np.arange(len(data.value)), data.arm * data.n_creators + data.place] = 1
    return total + (each @ to_cell).reshape(*each.shape[:-1], 2, data.n_creators)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter, each (...)."""
    return {name: law.logpdf(draws[name]) for name, law in _hyper(prior).items()}


def log_joint(draws: Draws, data: Data | Counts, prior: Prior) -> np.ndarray:
    """Return log p(rows, coefficients, hyperparameters), shape (...), with no constant left out."""
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum((-2, -1))
    for c in prior.coefficients:
        mu, between, within = (np.asarray(draws[f"{c}_{n}"])[..., None] for n in ("mu", "sigma_genre", "sigma_creator"))
        genre = np.asarray(draws[f"{c}_genre"])
        total = total + _normal(genre, mu, between).sum(-1) + _normal(draws[c], genre[..., data.index], within).sum(-1)
    return total
