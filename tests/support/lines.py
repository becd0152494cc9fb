"""Models of groups with their own lines, with data that fits them, and random points at which to look.

The same names as in ``eight`` and ``pupils``, so that one check serves all studies.
"""

import numpy as np
from pupils import scales

from hbm_lib.models import slopes
from hbm_lib.models.slopes import generative, numpyro_model, pymc_model
from hbm_lib.priors import Exponential, Gamma, HalfCauchy, LogNormal, Normal, Uniform

__all__ = ["CASES", "ENDINGS", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# five groups of one to six rows, rows mixed; group d has one row, and x is the same in all of group b
GROUP = [*list("cabacbaeccaecaeabec"), "d"]
X = [0.3, -1.2, 0.8, -0.4, 0.1, 0.8, -1.7, 1.1, 0.9, -0.6, 0.2, 0.5, -0.1, 0.7, -0.9, 1.9, 0.8, -0.2, -1.4, 0.6]
Y = [0.1, -0.9, 0.7, -0.2, 0.4, 1.3, -1.5, 0.9, 0.3, -1.1, 0.5, 0.2, -0.4, 1.2, -0.6, 2.1, 0.4, -0.3, -1.0, 0.8]
DATA = slopes.Data(Y, X, GROUP)
YEARS = slopes.Data(np.array(Y) - 0.4, np.tile([2019.0, 2020, 2021, 2022], 5), np.repeat(list("abcde"), 4))

_MODEL = slopes.slopes()
CASES = {
    "slopes": (_MODEL, DATA),
    "growth": (slopes.growth(), DATA),
    "uniform_rho": (_MODEL.with_prior(eta=1.0, tau_intercept=HalfCauchy(0.5), tau_slope=Gamma(2, 3), sigma=Exponential(2)), DATA),
    "half_eta": (_MODEL.with_prior(eta=0.5, mu=Normal(1, 2), beta=Normal(-0.5, 0.7)), DATA),
    "bounded": (_MODEL.with_prior(
        eta=7.0, tau_intercept=Uniform(0, 4), tau_slope=LogNormal(-1, 0.7), sigma=Uniform(0.1, 5)), DATA),
    "far_from_zero": (_MODEL.with_prior(beta=Normal(0, 0.001), tau_slope=Uniform(0, 0.5)), YEARS),
}
FORMS = ("noncentered", "centered")
SCALES = ("tau_intercept", "tau_slope", "sigma")
ENDINGS = {"rho_share": "logodds"}  # of PyMC's name for a Beta variable on the real line


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    draws["rho"] = np.tanh(rng.uniform(-3, 3, n))
    draws |= {name: scales(rng, getattr(prior, name), data, n) for name in SCALES}
    z = rng.standard_normal((2, n, data.n_groups))
    rho = draws["rho"][:, None]
    draws["a"] = draws["mu"][:, None] + draws["tau_intercept"][:, None] * z[0]
    draws["b"] = draws["beta"][:, None] + draws["tau_slope"][:, None] * (rho * z[0] + np.sqrt(1 - rho**2) * z[1])
    return draws


def eta(draws):
    """The standardized gaps of the lines: of the intercepts, and of the slopes given the intercepts."""
    mu, beta, t0, t1, rho = (draws[n][:, None] for n in ("mu", "beta", "tau_intercept", "tau_slope", "rho"))
    first = (draws["a"] - mu) / t0
    return first, ((draws["b"] - beta) / t1 - rho * first) / np.sqrt(1 - rho**2)


def log_spread(draws, data):
    """Log of the determinant of the Cholesky factor of Sigma, once a group: between the density of the lines and of eta."""
    t0, t1, rho = (draws[n] for n in ("tau_intercept", "tau_slope", "rho"))
    return data.n_groups * (np.log(t0) + np.log(t1) + 0.5 * np.log1p(-(rho**2)))


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out = {k: v for k, v in draws.items() if k not in ("a", "b", "rho")} | {"rho_share": (draws["rho"] + 1) / 2}
    if form == "centered":
        return out | {"a": draws["a"], "b": draws["b"]}, np.log(2)
    first, second = eta(draws)
    return out | {"eta_a": first, "eta_b": second}, np.log(2) + log_spread(draws, data)


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: getattr(prior, n).support for n in SCALES} | {"rho_share": (0.0, 1.0)}
