"""Broken predictions, intervals and clinics where two covariates or two doctors could be mixed up: each is rejected."""

import numpy as np
import pandas as pd
import pytest
from planting import planted
from scipy import special, stats

from hbm_lib.models import logistic
from hbm_lib.models.logistic import Data, adjusted, clinic, predict, smooth_laws
from hbm_lib.models.logistic.many import ManyPosterior

DATA = Data([2, 1, 3, 4, 1, 2], [3, 2, 5, 9, 2, 6], list("aabbcc"), {"x": [0, 1, 2, 0, 1, 3], "z": [1, -1, 0.5, 2, 0, 1]})
DRAWS = {"mu": np.array([0.5, 1.0]), "tau": np.array([0.3, 0.9]), "alpha": np.array([[0.2, 1.5, 0], [0.8, -0.4, 1]]),
         "beta": np.array([[-0.7, 0.4], [-0.2, 0.9]])}


def by_name(module):
    """How far predictions are off when two covariates are named, or stand in a table, in another order than in the data."""
    x, z = 2.0, -1.5
    wanted = special.expit(DRAWS["alpha"][:, 1] + DRAWS["beta"] @ [x, z]).mean()
    one = module.known(DRAWS, DATA, "b", covariates={"z": z, "x": x}).mean
    rows = module.cases(DRAWS, DATA, pd.DataFrame({"z": [0.0, z], "who": ["a", "b"], "x": [1.0, x]}), group="who")
    first = special.expit(DRAWS["alpha"][:, 0] + DRAWS["beta"] @ [1.0, 0.0]).mean()
    return max(abs(one - wanted), abs(rows[1] - wanted), abs(rows[0] - first))


def information(design, coef):
    """Standard errors from X' W X at the coefficients."""
    p = special.expit(design @ coef)
    return np.sqrt(np.diag(np.linalg.inv((design.T * (DATA.trials * p * (1 - p))) @ design)))


def intervals(module):
    """How far intervals and standard errors are off, with an intercept a group and with one for all."""
    worst = 0.0
    for fit, ones in ((module.no_pooling, np.eye(3)[DATA.index]), (module.complete_pooling, np.ones((6, 1)))):
        found, design = fit(DATA), np.hstack([ones, DATA.x])
        q = ones.shape[1]
        coef = np.r_[found.alpha[:q], found.beta]
        # the score equation, and what follows from the information
        gaps = [design.T @ (DATA.y - DATA.trials * special.expit(design @ coef))]
        se = information(design, coef)
        table, at = found.table(0.9), np.arange(3) % q
        for name, sign in (("lower", -1), ("upper", 1)):
            gaps.append(table[name] - special.expit(coef[at] + sign * stats.norm.ppf(0.95) * se[at]))
        gaps += [found.beta_se - se[q:], table["se"] - se[at]]
        worst = max(worst, max(np.abs(g).max() for g in gaps))
    return worst


def likeness(module):
    """Of how many pairs of a clinic's doctors the logits or the mean severities are one number."""
    _, truth = module.clinic(5)
    return sum(len(v) - len(np.unique(v)) for v in (truth.alpha, truth.severity))


def below(module):
    """How far the law of an intercept given two points of the hyperparameters is from a plain sum."""
    data = logistic.Data([3, 1], [5, 2], ["here", "other"])
    a, at, shares = np.linspace(-12, 14, 20_001), np.array([-0.5, 0.4, 1.6]), np.array([0.3, 0.7])
    mu, tau = np.array([1.0, -0.5]), np.array([1.0, 0.4])
    wanted = np.zeros(3)
    for m, t, share in zip(mu, tau, shares, strict=True):
        f = special.expit(a) ** 3 * special.expit(-a) ** 2 * stats.norm.pdf(a, m, t)
        wanted += share * np.array([f[a <= v].sum() for v in at]) / f.sum()
    found = module.intercepts_below(at[:, None] + np.zeros(2), mu[:, None], tau, shares, data)
    return np.abs(found[:, 0] - wanted).max()


# what is wrong: (check, module, how small when sound, how large when broken, sound source, broken source)
BUGS = {
    "covariates in the caller's order": (by_name, predict, 1e-12, 0.01, "np.array([float(given[n]) for n in names])",
                                         "np.array([float(v) for v in given.values()])"),
    "a table's covariates in reverse": (by_name, predict, 1e-12, 0.01, "dict(zip(data.covariates, values, strict=True)), labels",
                                        "dict(zip(data.covariates, values[::-1], strict=True)), labels"),
    "one tail for two": (intervals, adjusted, 1e-6, 0.01, "isf((1 - level) / 2) * np.where", "isf(1 - level) * np.where"),
    "the intercept's standard error for the slope's": (
        intervals, adjusted, 1e-6, 0.01, "np.sqrt(np.diag(self.fit.cov))[1 if self.pooled else",
        "np.sqrt(np.diag(self.fit.cov))[0 if self.pooled else"),
    "variance for standard error": (intervals, adjusted, 1e-6, 0.01, "np.sqrt(np.diag(self.fit.cov))[self._intercepts]",
                                    "np.diag(self.fit.cov)[self._intercepts]"),
    "one slope too few": (intervals, adjusted, 1e-6, 0.01, "return self.fit.coef[1 if self.pooled",
                          "return self.fit.coef[2 if self.pooled"),
    "all doctors from one stream": (likeness, clinic, 0.5, 5, 'seeds.rng(seed, "doctor", j)', 'seeds.rng(seed, "doctor")'),
    "densities for distribution functions": (
        below, smooth_laws, 1e-3, 0.1, "(np.take_along_axis(upto, c, 0) for c in (cell, cell + 1))",
        "(np.take_along_axis(f, c, 0) for c in (cell, cell + 1))"),
    "points unweighted": (below, smooth_laws, 1e-3, 0.05, 'np.einsum("n,xnj->xj", weight[i : i + size],',
                          'np.einsum("n,xnj->xj", 0 * weight[i : i + size] + 1 / len(b),'),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug):
    check, module, small, large, old, new = BUGS[bug]
    assert check(module) < small
    broken = planted(module, old, new)
    try:
        found = check(broken)
    except (ValueError, IndexError, TypeError):
        return  # an error is noticed as well
    assert found > large


def test_an_exact_posterior_of_several_covariates_is_asked_for_draws():
    posterior = object.__new__(ManyPosterior)
    for ask in (lambda: predict.known(posterior, DATA, "a", covariates={"x": 0, "z": 0}),
                lambda: predict.new(posterior, DATA, covariates={"x": 0, "z": 0})):
        with pytest.raises(ValueError, match=r"source: of an exact posterior with several covariates give draws"):
            ask()
