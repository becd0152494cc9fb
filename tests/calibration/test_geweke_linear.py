"""The Gibbs sampler of linear regression keeps the joint distribution of parameters and rows.

Only bugs that this test sees at its size by far are planted here; all conditionals are held without Monte Carlo error in
``unit/test_linear_gibbs``.
"""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.diagnostics.geweke import uniform_tests
from hbm_lib.models import linear
from hbm_lib.models.linear import generative, gibbs, quantities
from hbm_lib.priors import InverseGamma

DATA = linear.Data(np.column_stack([np.ones(6), np.linspace(-1, 2, 6)]), np.zeros(6), ["intercept", "x"])
MODEL = linear.conjugate(linear.Prior([0.5, -1.0], [[2.0, 0.6], [0.6, 1.0]], InverseGamma(3, 2)))


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_joint_distribution_is_kept(form, seed):
    found = run(MODEL, DATA, form, np.random.default_rng(seed))
    assert found.ok, found.verdict


def test_the_prior_itself_gives_uniforms(seed):
    rng = np.random.default_rng(seed)
    draws = generative.draw_prior(rng, DATA, MODEL.prior, 4000)
    y = generative.predict(rng, draws, DATA, MODEL.prior)
    table = uniform_tests(quantities.uniforms(draws, y, DATA, MODEL.prior))
    assert table["p_value"].min() * len(table) > 1e-3, table.iloc[0]


# what is wrong: (form, sound source, broken source)
BUGS = {
    "the prior of beta is forgotten in the shape": (
        "blocked", "(data.n_rows + data.n_columns) / 2", "data.n_rows / 2"),
    "the prior of beta is forgotten in the squares": (
        "blocked", "data.sums.squares(state.beta) + (((state.beta - mean) @ root.T) ** 2).sum(-1)",
        "data.sums.squares(state.beta)"),
    "seven tenths of the noise": (
        "blocked", "np.sqrt(state.sigma2)[:, None] * step", "0.7 * np.sqrt(state.sigma2)[:, None] * step"),
    "a coefficient drawn as if alone": ("separate", "- gap @ row / row[j]", "+ 0 * gap @ row / row[j]"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    form, old, new = BUGS[bug]
    found = run(MODEL, DATA, form, np.random.default_rng(seed), step=planted(gibbs, old, new).step)
    assert not found.ok, f"{bug}: {found.verdict}"
