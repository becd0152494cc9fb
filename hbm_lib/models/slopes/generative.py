"""Groups with their own lines as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu``, ``beta``, ``tau_intercept``,
``tau_slope``, ``rho``, ``sigma`` (...), ``a`` and ``b`` (..., G).
"""

from collections.abc import Mapping

import numpy as np
from scipy import stats
from scipy.special import betaln

from hbm_lib.models.slopes.spec import Data, Prior

Draws = Mapping[str, np.ndarray]
SCALARS = ("mu", "beta", "tau_intercept", "tau_slope", "sigma")


def line(draws: Draws, data: Data) -> np.ndarray:
    """Return a + b x of every row, shape (..., n)."""
    return np.asarray(draws["a"])[..., data.index] + np.asarray(draws["b"])[..., data.index] * data.x


def rho_logpdf(rho: np.ndarray, eta: float) -> np.ndarray:
    """Return the log density of the correlation: (rho + 1) / 2 is Beta(eta, eta)."""
    return (eta - 1) * np.log((1 - rho**2) / 4) - betaln(eta, eta) - np.log(2)


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size = (n,) if isinstance(n, int) else tuple(n)
    out = {name: getattr(prior, name).sample(rng, size) for name in SCALARS}
    out["rho"] = 2 * rng.beta(prior.eta, prior.eta, size) - 1
    z = rng.standard_normal((2, *size, data.n_groups))
    rho = out["rho"][..., None]
    out["a"] = out["mu"][..., None] + out["tau_intercept"][..., None] * z[0]
    out["b"] = out["beta"][..., None] + out["tau_slope"][..., None] * (rho * z[0] + np.sqrt(1 - rho**2) * z[1])
    return out


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated outcome of every row per draw, shape (..., n)."""
    mean = line(draws, data)
    return mean + np.asarray(draws["sigma"])[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_i | a, b, sigma) for every draw and row, shape (..., n)."""
    return stats.norm.logpdf(data.y, line(draws, data), np.asarray(draws["sigma"])[..., None])


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of each hyperparameter, (...)."""
    out = {name: getattr(prior, name).logpdf(draws[name]) for name in SCALARS}
    return out | {"rho": rho_logpdf(np.asarray(draws["rho"]), prior.eta)}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, a, b, hyperparameters), shape (...), with no constant left out."""
    mu, beta, t0, t1, rho = (np.asarray(draws[n])[..., None] for n in ("mu", "beta", "tau_intercept", "tau_slope", "rho"))
    total = sum(log_prior(draws, prior).values()) + log_likelihood(draws, data, prior).sum(-1)
    total = total + stats.norm.logpdf(draws["a"], mu, t0).sum(-1)
    given_a = beta + rho * t1 / t0 * (draws["a"] - mu)
    return total + stats.norm.logpdf(draws["b"], given_a, t1 * np.sqrt(1 - rho**2)).sum(-1)
