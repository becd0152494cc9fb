"""Schools as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu``, ``tau``, ``sigma`` (...),
``theta`` (..., J), and ``beta`` (..., P) where the model has covariates.
"""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.schools.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
LOG_2PI = np.log(2 * np.pi)


def pupil_mean(draws: Draws, data: Data) -> np.ndarray:
    """Return theta_j + x_ij' beta of every pupil, shape (..., n)."""
    out = np.asarray(draws["theta"])[..., data.index]
    return out + np.asarray(draws["beta"]) @ data.x.T if "beta" in draws else out


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {"mu": prior.mu.sample(rng, size)}
    if prior.beta is not None:
        out["beta"] = prior.beta.sample(rng, (*size, len(data.covariates)))
    if prior.tau is not None:
        out["tau"] = prior.tau.sample(rng, size)
    out["sigma"] = prior.sigma.sample(rng, size)
    tau = np.asarray(out.get("tau", np.full(size, prior.fixed_tau)))
    out["theta"] = out["mu"][..., None] + tau[..., None] * rng.standard_normal((*size, data.n_groups))
    return out


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated score of every pupil per draw, shape (..., n)."""
    mean = pupil_mean(draws, data)
    return mean + np.asarray(draws["sigma"])[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_ij | theta_j, beta, sigma) for every draw and pupil, shape (..., n)."""
    sigma = np.asarray(draws["sigma"])[..., None]
    return -0.5 * (LOG_2PI + ((data.y - pupil_mean(draws, data)) / sigma) ** 2) - np.log(sigma)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter: (...), and (..., P) for beta."""
    return {n: law.logpdf(draws[n]) for n in ("mu", "tau", "sigma", "beta") if (law := getattr(prior, n)) is not None}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, theta, hyperparameters), shape (...), with no constant left out.

    Where tau is fixed at 0, theta is mu and has no density of its own.
    """
    parts = log_prior(draws, prior)
    if "beta" in parts:
        parts["beta"] = parts["beta"].sum(-1)
    total = sum(parts.values()) + log_likelihood(draws, data, prior).sum(-1)
    if prior.tau is None and prior.fixed_tau == 0:
        return total
    tau = np.asarray(draws["tau"]) if prior.tau is not None else np.asarray(prior.fixed_tau)
    return total + stats.norm.logpdf(draws["theta"], np.asarray(draws["mu"])[..., None], tau[..., None]).sum(-1)
