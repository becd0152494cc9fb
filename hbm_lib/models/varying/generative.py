"""Groups with their own coefficients as a generative process, in NumPy: the one definition all engines share.

Draws are dictionaries of arrays with any leading axes: ``mu`` (..., q), ``beta`` (..., G, q), ``covariance`` (..., q, q),
``tau`` (..., q), ``rho`` (..., q(q-1)/2; missing at q = 1), ``sigma`` and ``sigma2`` (...).
"""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from hbm_lib.models.varying.covariance import parts
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data

Draws = Mapping[str, np.ndarray]


def named(mu: np.ndarray, beta: np.ndarray, covariance: np.ndarray, sigma2: np.ndarray) -> dict[str, np.ndarray]:
    """Return every variable of the model from those that determine the others."""
    tau, rho = parts(covariance)
    out = {"mu": mu, "beta": beta, "covariance": covariance, "tau": tau, "sigma2": sigma2, "sigma": np.sqrt(sigma2)}
    return out | ({"rho": rho} if rho.shape[-1] else {})


def expected(draws: Draws, data: Data) -> np.ndarray:
    """Return x' beta of every row, shape (..., n)."""
    beta, out = np.asarray(draws["beta"]), 0.0
    for k in range(data.n_columns):
        out = out + beta[..., data.index, k] * data.x[:, k]
    return out


def draw_prior(rng: np.random.Generator, data: Data, prior: Prior, n: int | tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draw ``n`` sets of parameters from the prior."""
    size, q = ((n,) if isinstance(n, int) else tuple(n)), prior.size
    mu = prior.center + rng.standard_normal((*size, q)) @ prior.spread.T
    root = prior.covariance.sample_root(rng, size)
    z = rng.standard_normal((*size, data.n_groups, q))
    beta = mu[..., None, :] + z @ np.swapaxes(root, -1, -2)
    noise = getattr(prior, prior.noise).sample(rng, size)
    return named(mu, beta, root @ np.swapaxes(root, -1, -2), noise if prior.noise == "sigma2" else noise**2)


def predict(rng: np.random.Generator, draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Draw one replicated outcome of every row per draw, shape (..., n)."""
    mean = expected(draws, data)
    return mean + np.asarray(draws["sigma"])[..., None] * rng.standard_normal(mean.shape)


def log_likelihood(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y_i | beta, sigma2) for every draw and row, shape (..., n)."""
    return stats.norm.logpdf(data.y, expected(draws, data), np.asarray(draws["sigma"])[..., None])


def log_normal(gap: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return the log density of Normal(0, root root') at (..., q), root lower triangular (..., q, q).

    One term an entry, (..., q): the density of each given those before it.
    """
    z = np.linalg.solve(root, gap[..., None])[..., 0]
    return -0.5 * z**2 - np.log(np.diagonal(root, axis1=-2, axis2=-1)) - 0.5 * np.log(2 * np.pi)


def log_prior(draws: Draws, prior: Prior) -> dict[str, np.ndarray]:
    """Return the log prior density of the hyperparameters: of ``mu``, and of ``tau`` under LKJ, one a coefficient (..., q).

    Of the covariance matrix as a whole it is called ``Sigma``, of the correlations as a whole ``correlation``, both (...).
    """
    mu, root = np.asarray(draws["mu"]), np.linalg.cholesky(prior.spread @ prior.spread.T)
    out = {"mu": log_normal(mu - prior.center, np.broadcast_to(root, (*mu.shape, prior.size)))}
    out |= prior.covariance.log_parts(np.asarray(draws["covariance"]))
    return out | {prior.noise: getattr(prior, prior.noise).logpdf(draws[prior.noise])}


def log_joint(draws: Draws, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y, beta, hyperparameters), shape (...), with no constant left out.

    The density is with respect to mu, beta, the one of sigma2 and sigma that has a prior, and the entries of the
    covariance matrix on and below its diagonal (InverseWishart) or tau and rho (LKJ).
    """
    found = log_prior(draws, prior)
    total = sum(v.sum(-1) if name in ("mu", "tau") else v for name, v in found.items())
    total = total + log_likelihood(draws, data, prior).sum(-1)
    root = np.linalg.cholesky(np.asarray(draws["covariance"]))[..., None, :, :]
    gap = np.asarray(draws["beta"]) - np.asarray(draws["mu"])[..., None, :]
    return total + log_normal(gap, np.broadcast_to(root, (*gap.shape, prior.size))).sum((-1, -2))
