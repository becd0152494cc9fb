"""Models of schools with data that fits them, and random points at which to look.

The same names as in ``eight``, so that one check serves both studies.
"""

import numpy as np

from hbm_lib.models import schools
from hbm_lib.models.schools import generative, numpyro_model, pymc_model
from hbm_lib.priors import Exponential, Gamma, HalfCauchy, HalfNormal, HalfStudentT, InverseGamma, LogNormal, Normal, Uniform

__all__ = ["CASES", "FORMS", "WITH_TAU", "eta", "generative", "log_spread", "numpyro_model", "points", "positive",
           "pymc_model", "sampled"]

# schools of 1 to 6 pupils, their rows mixed, the first row not of the first school by name
SCHOOL = list("cabacbaddcaeceabaca")
SCORES = [71.0, 62, 80, 69, 75, 88, 58, 93, 84, 66, 73, 77, 79, 81, 64, 90, 70, 74, 61]
ENTRY = [0.3, -1.2, 0.8, -0.4, 0.1, 1.6, -1.7, 1.1, 0.9, -0.6, 0.2, 0.5, -0.1, 0.7, -0.9, 1.9, 0.0, -0.2, -1.4]
PLAIN = schools.Data(SCORES, SCHOOL)
_STANDARD = (np.array(SCORES) - 75) / 10
WITH_ONE = schools.Data(_STANDARD, SCHOOL, {"entry": ENTRY})
# the second covariate is the school's: constant within schools, so W is singular
WITH_TWO = schools.Data(_STANDARD, SCHOOL, {"entry": ENTRY, "church": [1.0 if s in "ad" else 0.0 for s in SCHOOL]})

_PARTIAL, _REGRESSION = schools.partial_pooling(), schools.random_intercept()
CASES = {
    "partial_pooling": (_PARTIAL, PLAIN),
    "complete_pooling": (schools.complete_pooling(), PLAIN),
    "no_pooling": (schools.no_pooling(), PLAIN),
    "one_covariate": (_REGRESSION, WITH_ONE),
    "two_covariates": (_REGRESSION, WITH_TWO),
    "covariates_complete_pooling": (schools.random_intercept("complete"), WITH_TWO),
    "covariates_no_pooling": (schools.random_intercept("no"), WITH_ONE),
    "half_normal_half_cauchy": (_PARTIAL.with_prior(mu=Normal(60, 30), tau=HalfNormal(8), sigma=HalfCauchy(5)), PLAIN),
    "gamma_uniform": (_PARTIAL.with_prior(tau=Gamma(2, 0.3), sigma=Uniform(2, 40)), PLAIN),
    "uniform_inverse_gamma": (_PARTIAL.with_prior(tau=Uniform(0, 25), sigma=InverseGamma(3, 20)), PLAIN),
    "log_normal_half_t": (
        _REGRESSION.with_prior(beta=Normal(0.5, 2), tau=LogNormal(-1, 0.5), sigma=HalfStudentT(4, 1)), WITH_ONE),
    "steep_exponential": (_REGRESSION.with_prior(tau=Exponential(4), sigma=Exponential(0.5)), WITH_TWO),
}
WITH_TAU = [n for n, (m, _) in CASES.items() if m.prior.tau is not None]
FORMS = ("noncentered", "centered")


def scales(rng, law, data, n):
    """Scales from a fiftieth to twenty times the spread of the scores, inside the prior's support."""
    low, high = law.support
    unit = np.std(data.y)
    return np.exp(rng.uniform(np.log(max(1.01 * low, unit / 50)), np.log(min(0.99 * high, 20 * unit)), n))


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    draws["sigma"] = scales(rng, prior.sigma, data, n)
    if prior.tau is not None:
        draws["tau"] = scales(rng, prior.tau, data, n)
        draws["theta"] = draws["mu"][:, None] + draws["tau"][:, None] * rng.standard_normal((n, data.n_groups))
    return draws


def _tau(draws, prior):
    return np.asarray(draws["tau"] if prior.tau is not None else prior.fixed_tau, float)


def has_effects(prior):
    """Whether theta has a density of its own: not where tau is fixed at 0."""
    return prior.tau is not None or prior.fixed_tau > 0


def log_spread(draws, data, prior):
    """Log of tau^J, the factor between the density of theta and that of eta."""
    return data.n_groups * np.log(_tau(draws, prior))


def eta(draws, data, prior):
    """The standardized effects (theta - mu) / tau."""
    return (draws["theta"] - draws["mu"][:, None]) / _tau(draws, prior)[..., None]


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out = {k: v for k, v in draws.items() if k != "theta"}
    if not has_effects(prior):
        return out, 0.0
    if form == "centered":
        return out | {"theta": draws["theta"]}, 0.0
    return out | {"eta": eta(draws, data, prior)}, log_spread(draws, data, prior)


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: law.support for n in ("tau", "sigma") if (law := getattr(prior, n)) is not None}
