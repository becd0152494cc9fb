"""Every eight-schools model with data that fits it, and random points at which to look."""

import numpy as np

from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import generative, numpyro_model, pymc_model

__all__ = ["CASES", "FORMS", "SCHOOLS", "TWO_COVARIATES", "WITH_EXACT", "WITH_PRECISION", "WITH_TAU", "eta", "generative",
           "log_spread", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

SCHOOLS = es.eight_schools()
WITH_PRECISION = SCHOOLS.with_precision()
TWO_COVARIATES = es.Data(
    SCHOOLS.y, SCHOOLS.sigma, SCHOOLS.labels,
    {"hours": [-1.2, 0.3, 0.8, -0.5, 1.1, -0.9, 0.2, 0.6], "private": [0, 1, 1, 0, 1, 0, 0, 1]},
)

CASES = {
    "noncentered": (es.noncentered(), SCHOOLS),
    "centered": (es.centered(), SCHOOLS),
    "skeptical": (es.skeptical(), SCHOOLS),
    "adaptive_sigmoid": (es.adaptive("sigmoid"), SCHOOLS),
    "adaptive_hard": (es.adaptive("hard"), SCHOOLS),
    "complete_pooling": (es.complete_pooling(), SCHOOLS),
    "student_t": (es.student_t(), SCHOOLS),
    "precision_regression": (es.precision_regression(), WITH_PRECISION),
    "covariate_regression": (es.covariate_regression(), TWO_COVARIATES),
    "posteriordb": (es.posteriordb(), SCHOOLS),
}
WITH_TAU = [n for n, (m, _) in CASES.items() if m.prior.tau is not None]
WITH_EXACT = [n for n, (m, _) in CASES.items() if "exact" in m.engines]
FORMS = ("noncentered", "centered")


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, tau and nu kept within a factor of 1000."""
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    rng = np.random.default_rng([seed, 1])
    if prior.tau is not None:
        draws["tau"] = np.exp(rng.uniform(np.log(0.05), np.log(50), n))
        spread = np.asarray(prior.scale(draws["tau"]))[:, None]
        draws["theta"] = generative.mean_effect(draws, data) + spread * rng.standard_normal((n, data.n_groups))
    if prior.nu is not None:
        draws["nu"] = np.exp(rng.uniform(np.log(0.5), np.log(60), n))
    return draws


def log_spread(draws, data, prior):
    """Log of s(tau)^J, the factor between the density of theta and that of eta."""
    return data.n_groups * np.log(np.asarray(prior.scale(draws["tau"])))


def eta(draws, data, prior):
    """The standardised effects (theta - x'b) / s(tau)."""
    return (draws["theta"] - generative.mean_effect(draws, data)) / np.asarray(prior.scale(draws["tau"]))[:, None]


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out = {k: v for k, v in draws.items() if k in ("mu", "tau", "beta", "nu")}
    if prior.tau is None:
        return out, 0.0
    if form == "centered":
        return out | {"theta": draws["theta"]}, 0.0
    return out | {"eta": eta(draws, data, prior)}, log_spread(draws, data, prior)


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: law.support for n in ("tau", "nu") if (law := getattr(prior, n)) is not None}
