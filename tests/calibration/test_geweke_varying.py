"""The Gibbs sampler for groups with their own coefficients keeps the joint distribution of parameters and data."""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.diagnostics.geweke import uniform_tests
from hbm_lib.models import varying
from hbm_lib.models.varying import InverseWishart, Prior, generative, gibbs, quantities
from hbm_lib.priors import HalfNormal, InverseGamma, Normal

# group c has one row, x is the same in all of group b, and no group but d has more rows than three coefficients
X = np.array([-1, 0.5, 2, 0.3, 0.3, 0.3, -0.7, 1.1, 0.2, -0.4, 0.9])
GROUP = np.repeat(list("abcd"), [3, 3, 1, 4])
LINE = varying.Data(np.column_stack([np.ones(11), X]), np.zeros(11), GROUP)
PLANE = varying.Data(np.column_stack([np.ones(11), X, X[::-1]]), np.zeros(11), GROUP)
TWO = varying.random_slopes(Prior(
    InverseWishart(5, [[1, 0.3], [0.3, 0.6]]), mean=[0.5, -1], precision=[[1, 0.4], [0.4, 2]], sigma2=InverseGamma(3, 2)))
THREE = varying.random_slopes(Prior(InverseWishart(6, [1, 0.7, 0.5]), [Normal(0, 1)] * 3, sigma=HalfNormal(1)))
CASES = {"line": (TWO, LINE), "plane": (THREE, PLANE)}


@pytest.mark.parametrize("form", gibbs.FORMS)
@pytest.mark.parametrize("name", CASES)
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


@pytest.mark.parametrize("name", CASES)
def test_the_prior_itself_gives_uniforms(name, seed):
    (model, data), rng = CASES[name], np.random.default_rng(seed)
    draws = generative.draw_prior(rng, data, model.prior, 4000)
    y = generative.predict(rng, draws, data, model.prior)
    table = uniform_tests(quantities.uniforms(draws, y, data, model.prior))
    assert table["p_value"].min() * len(table) > 1e-3, table.iloc[0]


# what is wrong: (form, sound source, broken source)
BUGS = {
    "nu off by one": ("blocked", "(law.degrees() + groups)", "(law.degrees() + groups - 1)"),
    "the scale is left out": ("blocked", "triangle(gap, law.root.T)", "triangle(gap, 0.3 * law.root.T)"),
    "the prior's mean is left out": ("separate", "(beta.mean(1) - prior.center)", "beta.mean(1)"),
    "a degree of freedom lost to the noise": ("interwoven", "law.shape + n / 2", "law.shape + (n - 1) / 2"),
    "no Jacobian for tau": ("interwoven", "-nu * v - 0.5 * own", "-(nu + 2) * v - 0.5 * own"),
    "sigma2 about the mean coefficients": (
        "blocked", "total = data.sums.rss + (residual(state, data)",
        "total = data.sums.rss + (residual(state._replace(eta=0 * state.eta), data)"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    form, old, new = BUGS[bug]
    found = run(*CASES["line"], form, np.random.default_rng(seed), step=planted(gibbs, old, new).step)
    assert not found.ok, f"{bug}: {found.verdict}"
