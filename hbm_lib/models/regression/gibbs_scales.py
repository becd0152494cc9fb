"""The two variances in the Gibbs sampler: drawn directly where the law has a name, else by a slice step.

An inverse-gamma prior gives an inverse-gamma conditional. A half-t or half-Cauchy prior of tau is an inverse
gamma of tau2 with an inverse-gamma scale a of its own (Wand, Ormerod, Padoan & Fruhwirth 2011, "Mean field
variational Bayes for elaborate distributions", Bayesian Analysis 6, result 5; Makalic & Schmidt 2016):

    tau2 | a ~ InverseGamma(nu / 2, nu / a),  a ~ InverseGamma(1 / 2, 1 / scale²),

so both are drawn directly in turn. Any other law of sigma2, tau2 or tau has a slice step on the log.
"""

from typing import Any

import numpy as np

from hbm_lib.models.regression.spec import Data, Prior
from hbm_lib.models.regression.turned import turned
from hbm_lib.samplers.slices import slice_step


def inverse_gamma(rng: np.random.Generator, shape: float, scale: np.ndarray) -> np.ndarray:
    """Draw from InverseGamma(shape, scale): density proportional to v^(-shape-1) exp(-scale / v)."""
    return scale / rng.standard_gamma(shape, np.shape(scale))


def sigma2_shape_and_scale(state: Any, data: Data, prior: Prior) -> tuple[float, np.ndarray]:
    """Return (n + p) / 2 and half of all squares that sigma2 is the variance of: the rows' and those of beta's prior.

    beta | sigma2 ~ Normal(mean, sigma2 precision^-1): the p coefficients tell of sigma2 as n rows do.
    """
    t = turned(data.groups, prior)
    own = (((state.beta - t.mean) @ t.prior_root.T) ** 2).sum(-1)
    return (data.n_rows + state.beta.shape[1]) / 2, (data.sums.squares(state.beta, state.gamma) + own) / 2


def log_sigma2(v: np.ndarray, shape: float, scale: np.ndarray, prior: Prior) -> np.ndarray:
    """Return log p(log sigma2 = v | beta, gamma, y)."""
    return prior.sigma2.logpdf(np.exp(v)) + (1 - shape) * v - scale * np.exp(-v)


def draw_sigma2(rng: np.random.Generator, state: Any, data: Data, prior: Prior) -> tuple[np.ndarray, int]:
    """Draw sigma2 given beta, gamma and y; return it and the number of density evaluations."""
    shape, scale = sigma2_shape_and_scale(state, data, prior)
    law = prior.sigma2
    if law.family == "InverseGamma":
        return inverse_gamma(rng, law.shape + shape, law.scale + scale), 0
    width = 4 / np.sqrt(shape)  # about four posterior standard deviations of log sigma2
    v, calls = slice_step(rng, np.log(state.sigma2), lambda v: log_sigma2(v, shape, scale, prior), width=width)
    return np.exp(v), calls


def log_tau2(v: np.ndarray, shape: float, scale: np.ndarray, prior: Prior) -> np.ndarray:
    """Return log p(log tau2 = v | gamma): the centered coordinate."""
    return prior.tau2_logpdf(np.exp(v)) + (1 - shape) * v - scale * np.exp(-v)


def mixing_scale(rng: np.random.Generator, tau2: np.ndarray, nu: float, scale: float) -> np.ndarray:
    """Draw the scale a of the half-t's mixture given tau2."""
    return inverse_gamma(rng, (nu + 1) / 2, nu / tau2 + 1 / scale**2)


def draw_tau2(rng: np.random.Generator, state: Any, data: Data, prior: Prior) -> tuple[np.ndarray, int]:
    """Draw tau2 given gamma; return it and the number of density evaluations."""
    shape, scale = data.n_groups / 2, np.einsum("jc,jc->c", state.gamma.T, state.gamma.T) / 2
    law = prior.of_tau
    if prior.tau is None and law.family == "InverseGamma":
        return inverse_gamma(rng, law.shape + shape, law.scale + scale), 0
    if prior.tau is not None and law.family in ("HalfStudentT", "HalfCauchy"):
        nu = law.nu if law.family == "HalfStudentT" else 1.0
        a = mixing_scale(rng, state.tau2, nu, law.scale)
        return inverse_gamma(rng, nu / 2 + shape, nu / a + scale), 0
    v, calls = slice_step(rng, np.log(state.tau2), lambda v: log_tau2(v, shape, scale, prior))
    return np.exp(v), calls


def log_factor(d: np.ndarray, square: np.ndarray, cross: np.ndarray, state: Any, prior: Prior) -> np.ndarray:
    """Return log p(log tau + d | gamma / tau, beta, sigma2, y): the non-centered coordinate.

    tau and gamma are multiplied by e^d together; 2 d is the Jacobian of tau2 along d.
    """
    k = np.exp(d)
    return prior.tau2_logpdf(state.tau2 * k**2) + 2 * d + (cross * k - square * k**2 / 2) / state.sigma2


def rescale(rng: np.random.Generator, state: Any, data: Data, prior: Prior) -> tuple[np.ndarray, int]:
    """Draw the factor by which tau and all gamma grow together, gamma / tau held; return it and the evaluations."""
    sums = data.sums
    weighted = sums.counts[:, None] * state.gamma.T
    square = np.einsum("jc,jc->c", weighted, state.gamma.T)
    cross = np.einsum("jc,jc->c", weighted, sums.gaps(state.beta))
    d, calls = slice_step(rng, np.zeros(len(state.tau2)), lambda d: log_factor(d, square, cross, state, prior))
    return np.exp(d), calls
