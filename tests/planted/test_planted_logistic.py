"""Broken samplers, models and rules for rates: each is rejected by a check that the sound one passes."""

import logistic_conditional_checks
import logistic_exact_checks
import numpy as np
import pytest
import rates
from conditional_checks import LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from planting import planted
from scipy import special

from hbm_lib.models import logistic
from hbm_lib.models.logistic import baselines, exact, gibbs, given_tau, integrals

REJECTED = 1000 * LIMIT  # far beyond rounding
# what is wrong: (check and what it is told, sound source, broken source)
GIBBS = {
    "the prior's mean is dropped": (("block",), "right = p0 * m0 + kappa @ x", "right = kappa @ x"),
    "half the trials forgotten": (("block",), "kappa, spread2 = data.y - data.trials / 2,", "kappa, spread2 = data.y,"),
    "standard deviation for variance": (("block",), "state.tau[:, None] ** 2\n", "state.tau[:, None]\n"),
    "mu gets no noise": (("block",), "b = mean + noise", "b = mean + 0 * noise"),
    "variance for standard deviation": (("block",), "np.sqrt(share) * rng", "share * rng"),
    "the transpose of the root": (("block",), "np.swapaxes(root, -1, -2)", "root"),
    "a group's covariate is forgotten in its mean": (
        ("block",), '(total - np.einsum("cjp,cp->cj", lean, b))', '(total - np.einsum("cjp,cp->cj", lean[..., :1], b[:, :1]))'),
    "the prior's precision is dropped": (("block",), "+ np.diag(p0)", "+ 0 * np.diag(p0)"),
    "no Jacobian for log tau, centered": (("tau", "centered"), "(1 - data.n_groups) * log_tau", "-data.n_groups * log_tau"),
    "no Jacobian for log tau, non-centered": (
        ("tau", "noncentered"), "logpdf(np.exp(log_tau)) + log_tau + log_y", "logpdf(np.exp(log_tau)) + log_y"),
    "the prior of tau is dropped": (("tau", "centered"), "return prior.tau.logpdf(np.exp(log_tau)) + (1", "return (1"),
    "one half forgotten in the likelihood": (("tau", "noncentered"), "gap - 0.5 * state.omega", "gap - state.omega"),
    "the rest of the logit forgotten": (("tau", "noncentered"), "(rest + gap) ** 2", "gap ** 2"),
    "intercepts left behind when tau moves": (("kept", "noncentered"), "gap=np.exp(u)[:, None] * eta)", "gap=state.gap)"),
    "eta by the old tau": (("kept", "noncentered"), "eta = state.gap / state.tau[:, None]", "eta = state.gap"),
    "one trial a row": (("tilt",), "draw(rng, data.trials,", "draw(rng, np.ones(data.n_rows),"),
    "omega without the mean": (("tilt",), "return state.b[:, :1] + state.gap", "return state.gap"),
    "intercepts of the wrong group": (("tilt",), "+ state.gap[:, data.index]", "+ state.gap[:, data.index - 1]"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    (check, *told), old, new = GIBBS[bug]
    model, data = rates.CASES["gamma"]  # prior means that are not 0, two covariates
    prior = model.with_prior(mu=rates.Normal(-1, 2)).prior
    gap = getattr(logistic_conditional_checks, f"{check}_gap")
    assert gap(seed, data, prior, *told) < LIMIT
    assert gap(seed, data, prior, *told, module=planted(gibbs, old, new)) > REJECTED


# what is wrong: (engine, form, sound source, broken source)
MODELS = {
    "variance for standard deviation": ("pymc", "centered", 'prior.tau.pymc("tau"), dims', 'prior.tau.pymc("tau") ** 2, dims'),
    "groups in another order": ("pymc", "noncentered", "alpha[data.index]", "alpha[data.index[::-1]]"),
    "one trial too many": ("pymc", "noncentered", "n=data.trials.astype(int)", "n=data.trials.astype(int) + 1"),
    "centered at 0": ("numpyro", "centered", "dist.Normal(mu, tau).expand", "dist.Normal(0, tau).expand"),
    "probit for logit": ("numpyro", "noncentered", "logits=logit", "probs=jax.scipy.stats.norm.cdf(logit)"),
    "the covariate's sign": ("numpyro", "noncentered", "logit + jnp.asarray(data.x)", "logit - jnp.asarray(data.x)"),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_logistic_log_density``."""
    engine, form, old, new = MODELS[bug]
    model, data = rates.CASES["one_covariate"]
    broken = planted(getattr(rates, f"{engine}_model"), old, new).build
    gap = {"pymc": pymc_gap, "numpyro": numpyro_gap}[engine]
    assert gap(seed, data, model.prior, form, study=rates, build=broken) > 1000 * DENSITY_LIMIT


RISE = "data.trials * softplus(logit)) - 0.5 * z**2 + log_width"
# what is wrong: (sound source, broken source)
EXACT = {
    "the nodes' widths are dropped": ("np.log(np.cosh(_STRETCH * v)) - 0.5", "0 * v - 0.5"),
    "failures counted as trials": (RISE, f"(data.trials - data.y) * {RISE.partition(' * ')[2]}"),
    "the effect's prior is too wide": (RISE, RISE.replace("0.5", "0.4")),
}


@pytest.mark.parametrize("bug", EXACT)
def test_exact(bug, monkeypatch):
    monkeypatch.setattr(given_tau, "groups", planted(integrals, *EXACT[bug]).groups)
    gaps = logistic_exact_checks.exact_gaps(*logistic_exact_checks.CASES["default"], posterior=exact.posterior)
    assert max(gaps.values()) > 1000 * logistic_exact_checks.LIMIT


def test_a_mode_search_by_newton_alone_is_caught(seed):
    """Far from the data Newton's steps go back and forth for ever: what is returned is no mode."""
    rng = np.random.default_rng(seed)
    data = logistic.Data([4, 1, 0, 900, 60_000], [4, 2, 30, 900, 100_000], list("abcde"))
    offset, tau = rng.normal(0, 8, (2000, 1)) + np.zeros((2000, 5)), 10 ** rng.uniform(-6, 2, 2000)

    def furthest(module):
        """Largest slope at what is said to be the mode, in units of the curvature's root."""
        z, scale = module.modes(offset, tau, data)
        slope = tau[:, None] * (data.y - data.trials * special.expit(offset + tau[:, None] * z)) - z
        return np.abs(slope * scale).max()

    assert furthest(integrals) < 1e-5
    old = "(trial >= low) & (trial <= high) & ((np.abs(step) < before / 2) | there)"
    assert furthest(planted(integrals, old, "np.full(low.shape, True)")) > 1


def test_an_infinite_logit_without_its_flag_is_caught():
    data = logistic.Data([4, 0, 3], [4, 5, 7], list("abc"))
    for module, same in ((baselines, True), (planted(baselines, "(y == 0) | (y == n)", "y == 0"), False)):
        table = module.no_pooling(data)
        assert (list(table["separated"]) == list(np.isinf(table["logit"]))) is same
