"""Eight schools as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu`` (...), ``tau``
(...), ``theta`` (..., J), and ``beta`` (..., P), ``nu`` (...) where a model has them.
"""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.eight_schools.spec import Data, Prior

Draws = Mapping[str, np.ndarray]


def mean_effect(draws: Draws, data: Data) -> np.ndarray:
    """Return mu + x_j' beta for every group, shape (..., J)."""
    out = np.asarray(draws["mu"])[..., None] + np.zeros(data.n_groups)
    if "beta" in draws:
        out = out + draws["beta"] @ data.design[:, 1:].T
    return out


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {"mu": prior.mu.sample(rng, size)}
    if prior.beta is not None:
        out["beta"] = prior.beta.sample(rng, (*size, len(data.covariates)))
    if prior.nu is not None:
        out["nu"] = prior.nu.sample(rng, size)
    centre = mean_effect(out, data)
    if prior.tau is None:
        return out | {"theta": centre}
    out["tau"] = prior.tau.sample(rng, size)
    spread = np.asarray(prior.scale(out["tau"]))
    out["theta"] = centre + spread[..., None] * rng.standard_normal((*size, data.n_groups))
    return out if prior.scale.kind == "identity" else out | {"theta_sd": spread}


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated data set per draw, shape (..., J)."""
    theta = np.asarray(draws["theta"])
    if prior.nu is None:
        noise = rng.standard_normal(theta.shape)
    else:
        noise = rng.standard_t(np.broadcast_to(np.asarray(draws["nu"])[..., None], theta.shape))
    return theta + data.sigma * noise


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_j | theta_j) for every draw and group, shape (..., J)."""
    if prior.nu is None:
        return stats.norm.logpdf(data.y, draws["theta"], data.sigma)
    return stats.t.logpdf(data.y, np.asarray(draws["nu"])[..., None], draws["theta"], data.sigma)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter: (...), and (..., P) for beta."""
    out = {"mu": prior.mu.logpdf(draws["mu"])}
    if prior.tau is not None:
        out["tau"] = prior.tau.logpdf(draws["tau"])
    if prior.beta is not None:
        out["beta"] = prior.beta.logpdf(draws["beta"])
    if prior.nu is not None:
        out["nu"] = prior.nu.logpdf(draws["nu"])
    return out


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, theta, hyperparameters), shape (...), with no constant left out."""
    parts = log_prior(draws, prior)
    if prior.beta is not None:
        parts["beta"] = parts["beta"].sum(-1)
    total = sum(parts.values()) + log_likelihood(draws, data, prior).sum(-1)
    if prior.tau is not None:
        spread = np.asarray(prior.scale(np.asarray(draws["tau"])))[..., None]
        total = total + stats.norm.logpdf(draws["theta"], mean_effect(draws, data), spread).sum(-1)
    return total
