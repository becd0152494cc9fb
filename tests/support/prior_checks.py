"""A family of priors held against SciPy: what each library says of the same distribution."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from hbm_lib import priors

LIMIT = 1e-8  # PyMC takes the constant log(2) in single precision: 2e-9

# each written out once more, independently of the table under test: (distribution, SciPy's)
EXAMPLES = {
    "Normal": [(priors.Normal(3, 2.5), stats.norm(3, 2.5)), (priors.Normal(0, 20), stats.norm(0, 20))],
    "StudentT": [(priors.StudentT(4, 1, 2.5), stats.t(4, 1, 2.5))],
    "HalfNormal": [(priors.HalfNormal(5), stats.halfnorm(0, 5))],
    "HalfCauchy": [(priors.HalfCauchy(10), stats.halfcauchy(0, 10))],
    "HalfStudentT": [(priors.HalfStudentT(3, 4), stats.truncnorm), (priors.HalfStudentT(7, 0.3), stats.truncnorm)],
    "Exponential": [(priors.Exponential(0.25), stats.expon(0, 4))],
    "Gamma": [(priors.Gamma(2, 0.1), stats.gamma(2, 0, 10)), (priors.Gamma(1, 3), stats.gamma(1, 0, 1 / 3))],
    "InverseGamma": [(priors.InverseGamma(3, 7), stats.invgamma(3, 0, 7))],
    "LogNormal": [(priors.LogNormal(0.5, 0.8), stats.lognorm(0.8, 0, np.exp(0.5)))],
    "Beta": [(priors.Beta(2, 5), stats.beta(2, 5)), (priors.Beta(0.5, 0.5), stats.beta(0.5, 0.5))],
    "Uniform": [(priors.Uniform(-1, 4), stats.uniform(-1, 5)), (priors.Uniform(0, 50), stats.uniform(0, 50))],
}


class FoldedT:
    """The half Student-t by the definition of folding: twice the density of the t, on the right."""

    def __init__(self, nu, scale):
        self.law = stats.t(nu, 0, scale)

    def logpdf(self, x):
        return np.log(2) + self.law.logpdf(x)

    def cdf(self, x):
        return 2 * self.law.cdf(x) - 1

    def ppf(self, q):
        return self.law.ppf((1 + q) / 2)


def examples():
    """List (distribution, SciPy's law) over all families."""
    out = []
    for pairs in EXAMPLES.values():
        for dist, law in pairs:
            out.append((dist, FoldedT(dist.nu, dist.scale) if dist.family == "HalfStudentT" else law))
    return out


def places(law):
    """Where to look: both tails and the middle."""
    return np.asarray(law.ppf(np.array([0.001, 0.03, 0.2, 0.5, 0.77, 0.95, 0.999])))


def _log_density(dist, engine, x):
    if engine == "numpy":
        return dist.logpdf(x)
    if engine == "scipy":
        return dist.scipy().logpdf(x)
    if engine == "pymc":
        import pymc as pm

        return pm.logp(dist.pymc_dist(), x).eval()
    with jax.enable_x64(True):
        return np.asarray(dist.numpyro().log_prob(jnp.asarray(x)))


def density_gap(dist, law, engine):
    """Largest distance of the log density in one engine from SciPy's."""
    x = places(law)
    return float(np.max(np.abs(_log_density(dist, engine, x) - law.logpdf(x))))
