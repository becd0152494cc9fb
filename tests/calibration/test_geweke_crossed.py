"""The Gibbs sampler for crossed effects keeps the joint distribution of parameters and data; a broken one does not."""

import crossing
import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.diagnostics.geweke import uniform_tests
from hbm_lib.models.crossed import generative, gibbs, quantities

CASES = [("genre_by_segment", form) for form in gibbs.FORMS] + [("other_priors", "interwoven")]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*crossing.CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


def test_the_prior_itself_gives_uniforms(seed):
    rng = np.random.default_rng(seed)
    model, data = crossing.CASES["other_priors"]
    draws = generative.draw_prior(rng, data, model.prior, 4000)
    table = uniform_tests(quantities.uniforms(draws, generative.predict(rng, draws, data, model.prior), data, model.prior))
    assert table["p_value"].min() * len(table) > 1e-3, table.iloc[0]


# what is wrong: (form, sound source, broken source)
BUGS = {
    "no Jacobian for a scale, effects held": ("centered", "(1 - effects.shape[1])", "(-effects.shape[1])"),
    # without any Jacobian the conditional is improper and the scale may run off to 0 within a few sweeps
    "the Jacobian twice, standardized effects held": (
        "noncentered", "law.logpdf(scale) + log_scale + scale *", "law.logpdf(scale) + 2 * log_scale + scale *"),
    "tau forgotten in the variance of an effect": (
        "noncentered", "variance = data.se**2 + scales[:, 3:] ** 2\n    for",
        "variance = data.se**2 + 0 * scales[:, 3:]\n    for"),
    "the interaction gets the segments' precision": (
        "interwoven", "scales[:, k : k + 1] ** -2.0", "scales[:, min(k, 1) : min(k, 1) + 1] ** -2.0"),
    "standard error for variance": (
        "interwoven", "share = within / (within + data.se**2)", "share = within / (within + data.se)"),
    "the effects do not move with their scale": (
        "interwoven", "location[:, block] = scales[:, k : k + 1] * eta", "location[:, block] = location[:, block] + 0 * eta"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    form, old, new = BUGS[bug]
    broken = planted(gibbs, old, new)
    found = run(*crossing.CASES["genre_by_segment"], form, np.random.default_rng(seed), step=broken.step)
    assert not found.ok, f"{bug}: {found.verdict}"
