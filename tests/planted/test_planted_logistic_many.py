"""Broken engines of several covariates and a broken likelihood: each is rejected by a check that the sound one passes."""

import logistic_many_checks as checks
import numpy as np
import pytest
from planting import planted
from scipy import special, stats

from hbm_lib.model import EngineError
from hbm_lib.models import logistic
from hbm_lib.models.logistic import likelihood, many, proposal, smooth_laws

# what is wrong: (which module, sound source, broken source); the sound one: ``agreement/test_logistic_many``
CLOUD = {
    "no Jacobian for v": (proposal, " - np.log(self.unit * np.cosh(v))", ""),
    "the density of a normal for that of a t": (
        proposal, "(_DF + self.size) / 2 * np.log1p((e**2).sum(1) / _DF)", "0.5 * (e**2).sum(1)"),
    "the root's determinant is dropped": (proposal, ' - np.log(np.abs(np.einsum("nqq->nq", root))).sum(1)', ""),
    "the mixture's uniform part is forgotten in the density": (
        proposal, "np.interp(v, self.v, self.density)", "np.interp(v, self.v, self.density - 0.99 * self.density.min())"),
    "the stretch is not squared": (proposal, "np.sqrt(_DF / (2 * special.gammaincinv(_DF / 2, u[:, self.size])))",
                                   "_DF / (2 * special.gammaincinv(_DF / 2, u[:, self.size]))"),
    "the prior of tau is dropped": (many, "(prior.tau.logpdf(tau) if prior.tau is not None else 0)", "0"),
    "the prior of mu and beta is dropped": (many, "found.log_z.sum(1) + log_prior(b, prior)", "found.log_z.sum(1)"),
    "no variance within a point": (many, "inside.get(name, 0.0)", "0.0"),
    "weights of another scrambling": (many, "(log_p - log_q).reshape(shape)", "(log_p - log_q)[::-1].reshape(shape)"),
    "the variance of the mean for its root": (many, "np.sqrt((each**2).sum(0) * count / (count - 1))", "(each**2).sum(0)"),
}


def rejected(seed, posterior):
    """Whether one of the checks of the sound engine fails, or the engine itself refuses its weights."""
    try:
        means, sds, errors = checks.gaps(seed, posterior)
    except EngineError:
        return True
    return max(means.values()) > checks.LIMIT or max(sds.values()) > checks.SD_LIMIT or max(errors.values()) > checks.CAP


@pytest.mark.parametrize("bug", CLOUD)
def test_weighted_points(bug, seed, monkeypatch):
    assert not rejected(seed, many.posterior)
    module, old, new = CLOUD[bug]
    broken = planted(module, old, new)
    if module is proposal:
        monkeypatch.setattr(many, "proposal", broken)
    assert rejected(seed, (broken if module is many else many).posterior)


LAWS = {
    "the prior of the intercept is dropped": ("- 0.5 * placed.z**2 + placed.log_width", "+ placed.log_width"),
    "failures forgotten": ("data.trials * softplus(logit)) - 0.5", "data.y * softplus(logit)) - 0.5"),
    "the nodes' widths are dropped": (" + placed.log_width", ""),
}


@pytest.mark.parametrize("bug", LAWS)
def test_laws_of_intercepts(bug):
    """One group of 3 successes among 5, mu = 1 and tau = 1: the probability below 1 by a plain sum."""
    data = logistic.Data([3, 1], [5, 2], ["here", "other"])
    a = np.linspace(-9, 11, 40_001)
    f = special.expit(a) ** 3 * special.expit(-a) ** 2 * stats.norm.pdf(a, 1, 1)
    wanted = f[a <= 1].sum() / f.sum()
    told = (np.ones((1, 2)), np.ones((1, 1)), np.ones(1), np.ones(1), data)
    assert abs(smooth_laws.intercepts_below(*told)[0, 0] - wanted) < 1e-3
    assert abs(planted(smooth_laws, *LAWS[bug]).intercepts_below(*told)[0, 0] - wanted) > 1e-2


# what is wrong with the likelihood of twenty groups: (sound source, broken source)
LIKELIHOOD = {
    "no spacing by the curvature": ("np.log(total) + np.log(scale) - 0.5", "np.log(total) - 0.5"),
    "the rule's own weight is not taken out": (" + 0.5 * x[:, None, None] ** 2", ""),
    "variance for standard deviation": ("(tau[:, None] * z)[..., data.index]", "(tau[:, None] ** 2 * z)[..., data.index]"),
    "standard errors in the search's own units": (" * np.outer(scale[used], scale[used])", ""),
    "tau may not pass through 0": ("    tau = np.abs(tau)\n", "    tau = np.abs(tau) + 0.1\n"),
}


def estimates(module):
    found = module.maximum_likelihood(logistic.Data([2, 5, 9, 0, 4, 30], [6, 9, 11, 4, 4, 40], list("ABCDEF")), 40)
    return np.r_[found.b, found.tau, found.se, found.log_likelihood]


@pytest.mark.parametrize("bug", LIKELIHOOD)
def test_likelihood(bug):
    """The sound one against another rule: ``agreement/test_logistic_likelihood``."""
    sound = estimates(likelihood)
    try:
        broken = estimates(planted(likelihood, *LIKELIHOOD[bug]))
    except ValueError:
        return  # no maximum found: that is noticed as well
    assert np.abs(broken / sound - 1).max() > 0.02
