"""Bugs planted in the Gibbs sampler for regression with groups, in its sums and in its definition are caught."""

import grouped_rows
import numpy as np
import pytest
import regression_conditional_checks as checks
from conditional_checks import LIMIT
from planting import planted
from scipy import stats

from hbm_lib.models.regression import generative, gibbs, gibbs_scales, sums, turned
from hbm_lib.priors import InverseGamma

REJECTED = 1000 * LIMIT

# what is wrong: (case, check, module, sound source, broken source)
BUGS = {
    "sigma2 of the prior of beta: its p terms are missing": (
        "inverse_gamma", ("variance", "sigma2"), gibbs_scales, "(data.n_rows + state.beta.shape[1]) / 2", "data.n_rows / 2"),
    "sigma2 of the prior of beta: its squares are missing": (
        "inverse_gamma", ("variance", "sigma2"), gibbs_scales, "state.gamma) + own) / 2", "state.gamma)) / 2"),
    "rate for scale": (
        "inverse_gamma", ("variance", "tau2"), gibbs_scales, "return scale / rng.standard_gamma(shape, np.shape(scale))",
        "return 1 / (scale * rng.standard_gamma(shape, np.shape(scale)))"),
    "gamma for inverse gamma": (
        "inverse_gamma", ("variance", "sigma2"), gibbs_scales, "return scale / rng.standard_gamma(shape, np.shape(scale))",
        "return rng.standard_gamma(shape, np.shape(scale)) / scale"),
    "shape of tau2 off by one half": (
        "inverse_gamma", ("variance", "tau2"), gibbs_scales, "shape, scale = data.n_groups / 2,",
        "shape, scale = (data.n_groups - 1) / 2,"),
    "shape of tau2 without the half": (
        "inverse_gamma", ("variance", "tau2"), gibbs_scales,
        "shape, scale = data.n_groups / 2,", "shape, scale = data.n_groups,"),
    "rows counted for groups": (
        "inverse_gamma", ("variance", "tau2"), gibbs_scales,
        "shape, scale = data.n_groups / 2,", "shape, scale = data.n_rows / 2,"),
    "the squares of sigma2 without the half": (
        "inverse_gamma", ("variance", "sigma2"), gibbs_scales, "state.gamma) + own) / 2", "state.gamma) + own)"),
    "the prior of tau2 is dropped": (
        "inverse_gamma", ("variance", "tau2"), gibbs_scales,
        "return inverse_gamma(rng, law.shape + shape, law.scale + scale), 0\n    if",
        "return inverse_gamma(rng, shape, scale), 0\n    if"),
    "the prior of sigma2 is dropped": (
        "inverse_gamma", ("variance", "sigma2"), gibbs_scales,
        "return inverse_gamma(rng, law.shape + shape, law.scale + scale), 0\n    width",
        "return inverse_gamma(rng, shape, scale), 0\n    width"),
    "variance for standard deviation in gamma": (
        "inverse_gamma", ("gamma",), gibbs, "np.sqrt(state.tau2 * weight)", "state.tau2 * weight"),
    "variance for standard deviation in beta": (
        "half_t", ("separate",), gibbs, "u = right.T + np.sqrt(state.sigma2)", "u = right.T + state.sigma2"),
    "gamma is not centered on what the line leaves": (
        "inverse_gamma", ("gamma",), gibbs, "gamma = data.sums.gaps(state.beta)", "gamma = data.sums.gaps(0 * state.beta)"),
    "gamma is pulled the wrong way": ("half_t", ("gamma",), gibbs, "gamma *= share[t.kind]", "gamma *= 1 - share[t.kind]"),
    "another group's size": ("inverse_gamma", ("gamma",), gibbs, "noise *= sd[t.kind]", "noise *= sd[t.kind[::-1]]"),
    "sums of the wrong group": (
        "inverse_gamma", ("blocked",), turned, "np.add.at(moving, t.kind, each)", "np.add.at(moving, t.kind[::-1], each)"),
    "a blocked draw that forgets the gamma it integrates out": (
        "half_t", ("blocked",), gibbs, "weight = 1 / (1 + t.sizes[:, None] * (state.tau2 / state.sigma2))\n    precision",
        "weight = 1 / (1 + t.sizes[:, None] * 0 * state.tau2)\n    precision"),
    "a blocked draw that integrates gamma out of the precision only": (
        "half_t", ("blocked",), gibbs, "(weight.T @ s.moving if", "(np.ones_like(weight.T) @ s.moving if"),
    "beta given gamma ignores gamma": (
        "half_t", ("separate",), gibbs, "(s.gap - np.sqrt(data.counts) * state.gamma)", "(s.gap - 0 * state.gamma)"),
    "every group counts as one row": (
        "half_t", ("separate",), gibbs, "(s.gap - np.sqrt(data.counts) * state.gamma)", "(s.gap - state.gamma)"),
    "the prior mean of beta is forgotten": (
        "half_t", ("blocked",), turned, "sums.seen - sums.root @ t.mean", "sums.seen - 0 * t.mean"),
    "the prior of beta is forgotten in P": (
        "half_t", ("blocked",), turned, "fixed = within.T @ within + own.T @ own", "fixed = within.T @ within"),
    "no Jacobian in the non-centered move": ("inverse_gamma", ("factor",), gibbs_scales, "+ 2 * d +", "+"),
    "half a Jacobian in the non-centered move": ("inverse_gamma", ("factor",), gibbs_scales, "+ 2 * d +", "+ d +"),
    "the cross term of the non-centered move": ("half_t", ("factor",), gibbs_scales, "cross * k -", "2 * cross * k -"),
    "the groups' sizes in the non-centered move": (
        "half_t", ("factor",), gibbs_scales, "weighted = sums.counts[:, None] * state.gamma.T", "weighted = state.gamma.T"),
    "the mixture's scale is never updated": (
        "half_t", ("variance", "tau2"), gibbs_scales,
        "a = mixing_scale(rng, state.tau2, nu, law.scale)", "a = np.ones_like(state.tau2)"),
    "the mixture's scale by the scale and not its square": (
        "half_t", ("variance", "tau2"), gibbs_scales, "nu / tau2 + 1 / scale**2", "nu / tau2 + 1 / scale"),
    "the mixture's shape": ("half_cauchy", ("variance", "tau2"), gibbs_scales, "(nu + 1) / 2, nu / tau2", "nu / 2, nu / tau2"),
    "no Jacobian for log tau2": (
        "half_normal", ("variance", "tau2"), gibbs_scales,
        "prior.tau2_logpdf(np.exp(v)) + (1 - shape) * v", "prior.tau2_logpdf(np.exp(v)) - shape * v"),
    "no Jacobian for log sigma2": (
        "half_normal", ("variance", "sigma2"), gibbs_scales,
        "prior.sigma2.logpdf(np.exp(v)) + (1 - shape) * v", "prior.sigma2.logpdf(np.exp(v)) - shape * v"),
    "the density of tau taken for that of tau2": (
        "half_normal", ("variance", "tau2"), gibbs_scales, "return prior.tau2_logpdf(np.exp(v)) +",
        "return prior.of_tau.logpdf(np.exp(v / 2)) +"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_conditional(bug, seed, monkeypatch):
    """The sound ones: ``unit/test_regression_conditionals``."""
    name, (check, *told), module, old, new = BUGS[bug]
    model, data = grouped_rows.CASES[name]
    fresh = grouped_rows.regression.Data(data.x, data.y, grouped_rows.GROUP)  # nothing kept of the sound sums
    compare = getattr(checks, f"{check}_gap")
    assert compare(seed, fresh, model.prior, *told) < LIMIT
    broken = planted(module, old, new)
    if module is turned:
        monkeypatch.setattr(gibbs, "turned", broken.turned)
        monkeypatch.setattr(gibbs, "seen", broken.seen)
        found = compare(seed, grouped_rows.regression.Data(data.x, data.y, grouped_rows.GROUP), model.prior, *told)
    else:
        found = compare(seed, fresh, model.prior, *told, module=broken)
    assert found > REJECTED


# what is wrong with the sums: (sound source, broken source)
SUMS = {
    "the groups' squares without their sizes": ("self.counts @ between", "between.sum(0)"),
    "the offsets have the wrong sign": ("between -= gamma.T", "between += gamma.T"),
    "what no coefficient explains is dropped": ("return self.rss + ((self.seen", "return 0 * self.rss + ((self.seen"),
    "the group's mean is not taken off": ("centered = moved - shift[..., groups.index]\n    seen", "centered = moved\n    seen"),
    "the neighbor's rows": ("np.add.reduceat(ordered, self._starts", "np.add.reduceat(np.roll(ordered, 1, -1), self._starts"),
}


@pytest.mark.parametrize("bug", SUMS)
def test_the_sums(bug, seed):
    """The sound ones: ``unit/test_regression_data``."""
    model, data = grouped_rows.CASES["inverse_gamma"]
    draws = grouped_rows.points(seed, data, model.prior)
    wanted = ((data.y - generative.row_mean(draws, data)) ** 2).sum(-1)
    assert np.allclose(data.sums.squares(draws["beta"], draws["gamma"]), wanted, rtol=1e-10)
    broken = planted(sums, *SUMS[bug])
    found = broken.summarize(broken.Groups(data.index, data.n_groups, data.x), data.y)
    assert not np.allclose(found.squares(draws["beta"], draws["gamma"]), wanted, rtol=1e-3)


# what is wrong with the definition: (sound source, broken source)
DEFINITIONS = {
    "sigma2 is missing in the prior of beta": ("np.sqrt(sigma2)[..., None] * noise", "noise"),
    "covariance for precision": ("np.linalg.solve(root.T, rng.standard_normal((*size, p))[..., None])[..., 0]",
                                 "rng.standard_normal((*size, p)) @ root.T"),
    "variance for standard deviation between groups": (
        "gamma = np.sqrt(tau2)[..., None] * rng", "gamma = tau2[..., None] * rng"),
    "tau for tau2": ("tau2 = spread if prior.tau is None else spread**2", "tau2 = spread"),
}


@pytest.mark.parametrize("bug", DEFINITIONS)
def test_draws_from_the_prior(bug, seed):
    """Standardized by its own law every draw must be standard normal, or uniform: 4000 draws, Kolmogorov-Smirnov."""
    model, data = grouped_rows.CASES["half_t"]
    prior = model.with_prior(sigma2=InverseGamma(4, 30)).prior  # a sigma far from 1, so that one left out is seen
    assert prior_p_value(generative, data, prior, seed) > 1e-5
    assert prior_p_value(planted(generative, *DEFINITIONS[bug]), data, prior, seed) < 1e-5


def prior_p_value(module, data, prior, seed):
    """The smallest p-value of the prior's draws against what they should be, and of the pairs of coefficients."""
    draws = module.draw_prior(np.random.default_rng(seed), data, prior, 4000)
    root = np.linalg.cholesky(prior.precision_of(3))
    z = (draws["beta"] - prior.mean_of(3)) @ root / np.sqrt(draws["sigma2"])[:, None]
    eta = draws["gamma"] / np.sqrt(draws["tau2"])[:, None]
    found = [stats.kstest(v, "norm").pvalue for v in (*z.T, *eta.T)]
    found += [stats.kstest(prior.tau.cdf(np.sqrt(draws["tau2"])), "uniform").pvalue]
    found += [stats.pearsonr(z[:, i], z[:, j]).pvalue for i, j in ((0, 1), (0, 2), (1, 2))]
    return min(found) * len(found)
