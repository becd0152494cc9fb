"""Models of successes among trials with data that fits them, and random points at which to look.

The same names as in ``eight`` and ``pupils``, so that one check serves every study.
"""

import numpy as np

from hbm_lib.models import logistic
from hbm_lib.models.logistic import generative, numpyro_model, pymc_model
from hbm_lib.priors import Exponential, Gamma, HalfCauchy, HalfStudentT, InverseGamma, LogNormal, Normal, Uniform

__all__ = ["CASES", "FORMS", "WITH_TAU", "eta", "generative", "log_spread", "numpyro_model", "points", "positive",
           "pymc_model", "sampled"]

# one group has no success, one nothing else; sizes from 1 to 40
PLAIN = logistic.Data([3, 0, 9, 1, 22, 4], [5, 4, 9, 1, 40, 11], ["Fir", "Ash", "Elm", "Oak", "Yew", "Box"])
# 0 or 1 for each row, and a school's own covariate beside it; rows of one group apart, two rows alike
GROUP = list("babcacbba")
WITH_ONE = logistic.Data([2, 1, 0, 4, 3, 5, 1, 2, 6], [4, 2, 3, 5, 7, 5, 1, 3, 9], GROUP, {"girl": [0, 1, 1, 0, 0, 1, 0, 1, 0]})
WITH_TWO = logistic.Data([2, 1, 0, 4, 3, 5, 1, 2, 6], [4, 2, 3, 5, 7, 5, 1, 3, 9], GROUP, {
    "girl": [0, 1, 1, 0, 0, 1, 0, 1, 0], "church": [1.5 if g == "a" else -0.5 for g in GROUP]})

_PARTIAL, _REGRESSION = logistic.partial_pooling(), logistic.random_intercept()
CASES = {
    "partial_pooling": (_PARTIAL, PLAIN),
    "complete_pooling": (logistic.complete_pooling(), PLAIN),
    "one_covariate": (_REGRESSION, WITH_ONE),
    "two_covariates": (_REGRESSION, WITH_TWO),
    "covariates_complete_pooling": (logistic.random_intercept("complete"), WITH_ONE),
    "half_cauchy": (_PARTIAL.with_prior(mu=Normal(-1, 3), tau=HalfCauchy(0.5)), PLAIN),
    "uniform": (_PARTIAL.with_prior(tau=Uniform(0.2, 2.5)), PLAIN),
    "gamma": (_REGRESSION.with_prior(beta=Normal(0.5, 2), tau=Gamma(2, 3)), WITH_TWO),
    "log_normal": (_PARTIAL.with_prior(tau=LogNormal(-1, 0.5)), PLAIN),
    "inverse_gamma": (_PARTIAL.with_prior(tau=InverseGamma(3, 1)), PLAIN),
    "half_t": (_REGRESSION.with_prior(tau=HalfStudentT(4, 1)), WITH_ONE),
    "exponential": (_PARTIAL.with_prior(tau=Exponential(2)), PLAIN),
}
WITH_TAU = [n for n, (m, _) in CASES.items() if m.prior.tau is not None]
FORMS = ("noncentered", "centered")


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, tau evenly in its logarithm from 0.02 to 8."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    if prior.tau is not None:
        low, high = prior.tau.support
        draws["tau"] = np.exp(rng.uniform(np.log(max(1.01 * low, 0.02)), np.log(min(0.99 * high, 8)), n))
        draws["alpha"] = draws["mu"][:, None] + draws["tau"][:, None] * rng.standard_normal((n, data.n_groups))
    return draws | {"p": 1 / (1 + np.exp(-draws["alpha"]))}


def log_spread(draws, data, prior):
    """Log of tau^J, the factor between the density of alpha and that of eta."""
    return data.n_groups * np.log(draws["tau"])


def eta(draws, data, prior):
    """The standardized effects (alpha - mu) / tau."""
    return (draws["alpha"] - draws["mu"][:, None]) / draws["tau"][..., None]


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out = {k: v for k, v in draws.items() if k not in ("alpha", "p")}
    if prior.tau is None:
        return out, 0.0
    if form == "centered":
        return out | {"alpha": draws["alpha"]}, 0.0
    return out | {"eta": eta(draws, data, prior)}, log_spread(draws, data, prior)


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {"tau": prior.tau.support} if prior.tau is not None else {}
