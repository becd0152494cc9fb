"""The Gibbs sampler for drift keeps the joint distribution of parameters and data; a broken one does not."""

import drifting
import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.diagnostics.geweke import uniform_tests
from hbm_lib.models.drift import generative, gibbs, quantities

CASES = [("random_walk", form) for form in gibbs.FORMS] + [("autoregressive", "interwoven"), ("other_priors", "noncentered")]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*drifting.CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


def test_the_prior_itself_gives_uniforms(seed):
    rng = np.random.default_rng(seed)
    model, data = drifting.CASES["other_priors"]
    draws = generative.draw_prior(rng, data, model.prior, 4000)
    table = uniform_tests(quantities.uniforms(draws, generative.predict(rng, draws, data, model.prior), data, model.prior))
    assert table["p_value"].min() * len(table) > 1e-3, table.iloc[0]


# what is wrong: (form, sound source, broken source)
BUGS = {
    "no Jacobian for a scale, steps held": ("centered", "(1 - steps.shape[1])", "(-steps.shape[1])"),
    # without any Jacobian the conditional is improper and the scale may run off to 0 within a few sweeps
    "the Jacobian twice, standardized steps held": (
        "noncentered", "law.logpdf(scale) + log_scale + scale *", "law.logpdf(scale) + 2 * log_scale + scale *"),
    "standard error for variance": (
        "interwoven", "share = within / (within + data.se**2)", "share = within / (within + data.se)"),
    "the paths do not move with their scale": (
        "noncentered", "path = rest + scales[:, k, None, None] * unit", "path = path + 0 * unit"),
    "starts and steps swapped": ("interwoven", "drift, creator = state.scales.T", "creator, drift = state.scales.T"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    form, old, new = BUGS[bug]
    broken = planted(gibbs, old, new)
    found = run(*drifting.CASES["random_walk"], form, np.random.default_rng(seed), step=broken.step)
    assert not found.ok, f"{bug}: {found.verdict}"
