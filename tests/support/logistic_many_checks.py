"""The posterior of a logistic regression with two covariates, held against one plain grid.

The grid is a product of the trapezoidal rule over mu, both coefficients, log tau and every group's standardized effect: no mode,
no adaptive node, no importance weight of the engine is used.
"""

from functools import cache

import numpy as np
from scipy import special, stats

from hbm_lib.models import logistic
from hbm_lib.models.logistic import many
from hbm_lib.priors import HalfNormal, Normal

MODEL = logistic.random_intercept()
# a factorial design, so that no direction of the coefficients is much narrower than the grid's step
DATA = logistic.Data([1, 1, 2, 3, 0, 1, 2, 0], [3, 2, 2, 3, 2, 3, 3, 2], list("AAAABBBB"),
                     {"x": [-1, -1, 1, 1] * 2, "z": [-1, 1, -1, 1] * 2})
PLAN = {"scramblings": 16, "first": 128, "most": 128, "aim": 0.05, "limit": 1.0}
LIMIT = stats.t.isf(1e-3 / (2 * 20), 15)  # standard errors; twenty comparisons at one in a thousand
CAP = 0.02
SD_LIMIT = 0.03


@cache
def reference():
    """Log evidence, and mean and sd of every variable, by the grid."""
    axes = [np.linspace(-4.8, 4.8, 17), np.linspace(-3.6, 3.6, 13), np.linspace(-3.6, 3.6, 13), np.linspace(-9, 1.6, 22)]
    steps = [a[1] - a[0] for a in axes]
    mu, b1, b2, tau = (v.ravel() for v in np.meshgrid(*axes[:3], np.exp(axes[3]), indexing="ij"))
    z = np.linspace(-7.5, 7.5, 31)
    assert MODEL.prior == logistic.Prior(Normal(0, 1.5), HalfNormal(1), Normal(0, 1))
    log_p = stats.norm.logpdf(mu, 0, 1.5) + stats.norm.logpdf(b1) + stats.norm.logpdf(b2)
    log_p += stats.halfnorm.logpdf(tau) + np.log(tau)
    inside = []
    for j in range(DATA.n_groups):
        log_z = np.tile(stats.norm.logpdf(z) + np.log(z[1] - z[0]), (len(mu), 1))
        alpha = mu[:, None] + tau[:, None] * z
        for r in np.flatnonzero(DATA.index == j):
            y, n = DATA.y[r], DATA.trials[r]
            logit = alpha + (b1 * DATA.x[r, 0] + b2 * DATA.x[r, 1])[:, None]
            log_z += np.log(special.comb(n, y)) + y * logit - n * np.logaddexp(0, logit)
        w = np.exp(log_z)
        total = w.sum(1)
        inside.append([(w * f).sum(1) / total for f in (alpha, alpha**2, special.expit(alpha), special.expit(alpha) ** 2)])
        log_p += np.log(total)
    weight = np.exp(log_p - log_p.max())
    log_evidence = np.log(weight.sum()) + log_p.max() + np.log(steps).sum()
    weight /= weight.sum()
    mean = lambda v: weight @ v  # noqa: E731
    out = {"mu": (mean(mu), mean(mu**2)), "tau": (mean(tau), mean(tau**2)),
           "beta": (np.array([mean(b1), mean(b2)]), np.array([mean(b1**2), mean(b2**2)]))}
    each = np.array([[mean(v) for v in values] for values in inside]).T
    out |= {"alpha": (each[0], each[1]), "p": (each[2], each[3])}
    return log_evidence, {name: (m, np.sqrt(s - m**2)) for name, (m, s) in out.items()}


def gaps(seed, posterior=many.posterior):
    """Distances of the engine from the grid: of the means in its own standard errors, of the sds relative; and its errors."""
    found = posterior(MODEL, DATA, many.Plan(**PLAN, seed=seed))
    log_evidence, wanted = reference()
    means = {"log evidence": abs(found.log_evidence - log_evidence) / found.log_evidence_error}
    sds, errors = {}, {}
    for name, (mean, sd) in wanted.items():
        for i, (m, s) in enumerate(zip(np.ravel(mean), np.ravel(sd), strict=True)):
            error = np.ravel(found.error(name))[i]
            means[f"E[{name}[{i}]]"] = abs(np.ravel(found.mean(name))[i] - m) / error
            sds[f"sd({name}[{i}])"] = abs(np.ravel(found.sd(name))[i] / s - 1)
            errors[f"error({name}[{i}])"] = error / s
    return means, sds, errors
