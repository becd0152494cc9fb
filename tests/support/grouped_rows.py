"""Regressions with groups with data that fits them, and random points at which to look.

The same names as in ``eight`` and ``pupils``, so that one check serves all studies.
"""

import numpy as np

from hbm_lib.models import regression
from hbm_lib.models.regression import generative
from hbm_lib.priors import Exponential, Gamma, HalfCauchy, HalfNormal, HalfStudentT, InverseGamma, LogNormal, Uniform

__all__ = ["CASES", "generative", "points"]

# five groups of one to five rows, mixed, the first row not of the first group by name; two groups of one size
GROUP = list("dbaaccbcaceacd")
Y = np.array([1.2, -0.4, 0.9, 2.2, -1.7, 0.3, -2.1, 0.8, 1.9, 0.4, -0.9, 1.1, -0.2, 3.0])
AGE = np.array([0.3, -1.2, 0.8, -0.4, 0.1, 1.6, -1.7, 1.1, 0.9, -0.6, 0.2, 0.5, -0.1, 0.7])
# the third column is the group's: constant within groups
DATA = regression.Data(
    np.column_stack([np.ones(14), AGE, [1.0 if g in "ad" else 0.0 for g in GROUP]]), Y, GROUP, ["intercept", "age", "kind"])
FAR = regression.Data(np.column_stack([np.ones(14), 1000 + AGE]), 50 + Y, GROUP)
EVEN = regression.Data(np.column_stack([np.ones(14), AGE]), Y, list("abcdefg") * 2)

MEAN, PRECISION = [0.5, -1.0, 0.2], [[2.0, 0.6, 0.1], [0.6, 1.0, -0.2], [0.1, -0.2, 1.5]]
LAWS = {
    "inverse_gamma": {"sigma2": InverseGamma(3, 2), "tau2": InverseGamma(2, 1.5)},
    "half_t": {"sigma2": InverseGamma(4, 3), "tau": HalfStudentT(4, 0.7)},
    "half_cauchy": {"sigma2": Gamma(3, 2), "tau": HalfCauchy(0.5)},
    "half_normal": {"sigma2": LogNormal(0, 1), "tau": HalfNormal(1.5)},
    "exponential": {"sigma2": Exponential(0.7), "tau2": Exponential(1)},
    "bounded": {"sigma2": Uniform(0.1, 30), "tau": Uniform(0, 6)},
}
CASES = {name: (regression.hierarchical(regression.Prior(MEAN, PRECISION, **laws)), DATA) for name, laws in LAWS.items()}
CASES["far_from_0"] = regression.hierarchical(regression.Prior(3, [1.0, 2.0], **LAWS["inverse_gamma"])), FAR
CASES["groups_of_one_size"] = regression.hierarchical(regression.Prior(0, 0.5, **LAWS["half_t"])), EVEN


def _scale2(rng, law, n, power=1):
    """Variances from a thousandth to four hundred, inside the support of a law of the variance (2) or of its root (1)."""
    low, high = (end**power for end in law.support)
    return np.exp(rng.uniform(np.log(max(1.02 * low, 1e-3)), np.log(min(0.98 * high, 400)), n))


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the variances evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    sigma2 = _scale2(rng, prior.sigma2, n)
    tau2 = _scale2(rng, prior.of_tau, n, power=1 if prior.tau is None else 2)
    p = data.x.shape[1]
    root = np.linalg.cholesky(prior.precision_of(p))
    beta = prior.mean_of(p) + np.sqrt(sigma2)[:, None] * np.linalg.solve(root.T, rng.standard_normal((p, n))).T
    gamma = np.sqrt(tau2)[:, None] * rng.standard_normal((n, data.n_groups))
    return generative.with_roots({"beta": beta, "gamma": gamma, "sigma2": sigma2, "tau2": tau2})
