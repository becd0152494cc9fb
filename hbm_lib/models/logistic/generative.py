"""Hierarchical logistic regression as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu``, ``tau`` (...), ``alpha`` (..., J),
``beta`` (..., P) where the model has covariates, and ``p`` = inv_logit(alpha) (..., J): the
probability of success at covariates 0. What is computed takes ``p`` from ``alpha``.
"""

from collections.abc import Mapping

import numpy as np
from scipy import special, stats

from hbm_lib.models.logistic.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def softplus(x: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(x)) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def row_logit(draws: Draws, data: Data) -> np.ndarray:
    """Return alpha_j + x' beta of every row, shape (..., rows)."""
    out = np.asarray(draws["alpha"])[..., data.index]
    return out + np.asarray(draws["beta"]) @ data.x.T if "beta" in draws else out


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {"mu": prior.mu.sample(rng, size)}
    if prior.beta is not None:
        out["beta"] = prior.beta.sample(rng, (*size, len(data.covariates)))
    if prior.tau is not None:
        out["tau"] = prior.tau.sample(rng, size)
    tau = np.asarray(out.get("tau", np.zeros(size)))
    out["alpha"] = out["mu"][..., None] + tau[..., None] * rng.standard_normal((*size, data.n_groups))
    return out | {"p": special.expit(out["alpha"])}


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated count of successes of every row per draw, shape (..., rows)."""
    return rng.binomial(data.trials.astype(int), special.expit(row_logit(draws, data))).astype(float)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y | alpha, beta) for every draw and row, shape (..., rows), binomial coefficient included."""
    logit = row_logit(draws, data)
    return log_coefficient(data) + data.y * logit - data.trials * softplus(logit)


def log_coefficient(data: Data) -> np.ndarray:
    """Return the log binomial coefficient of every row."""
    n, y = data.trials, data.y
    return special.gammaln(n + 1) - special.gammaln(y + 1) - special.gammaln(n - y + 1)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter: (...), and (..., P) for beta."""
    return {n: law.logpdf(draws[n]) for n in ("mu", "tau", "beta") if (law := getattr(prior, n)) is not None}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, alpha, hyperparameters), shape (...), with no constant left out.

    Where tau is fixed at 0, alpha is mu and has no density of its own.
    """
    parts = log_prior(draws, prior)
    if "beta" in parts:
        parts["beta"] = parts["beta"].sum(-1)
    total = sum(parts.values()) + log_likelihood(draws, data, prior).sum(-1)
    if prior.tau is None:
        return total
    return total + stats.norm.logpdf(draws["alpha"], draws["mu"][..., None], draws["tau"][..., None]).sum(-1)
