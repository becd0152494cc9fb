"""Every conditional of the Gibbs sampler for regression with groups is proportional to the joint density."""

import grouped_rows
import numpy as np
import pytest
import regression_conditional_checks as checks
from conditional_checks import LIMIT

from hbm_lib.models.regression import generative, gibbs


@pytest.mark.parametrize("name", grouped_rows.CASES)
@pytest.mark.parametrize("check", ["separate", "gamma", "blocked", "factor"])
def test_a_block(name, check, seed):
    model, data = grouped_rows.CASES[name]
    assert getattr(checks, f"{check}_gap")(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", grouped_rows.CASES)
@pytest.mark.parametrize("variance", ["sigma2", "tau2"])
def test_a_variance(name, variance, seed):
    model, data = grouped_rows.CASES[name]
    assert checks.variance_gap(seed, data, model.prior, variance) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_a_sweep_is_these_steps_in_this_order(form, seed):
    """The steps' laws are checked above one by one; a sweep must do them with what the one before left."""
    model, data = grouped_rows.CASES["half_normal"]
    start = checks.state(grouped_rows.points(seed, data, model.prior))
    found, info = gibbs.step(np.random.default_rng(seed), start, data, model.prior, form)
    rng, state = np.random.default_rng(seed), start
    first = gibbs.draw_beta_given_gamma if form == "separate" else gibbs.draw_beta
    state = gibbs.draw_gamma(rng, first(rng, state, data, model.prior), data, model.prior)
    state = state._replace(sigma2=gibbs.draw_sigma2(rng, state, data, model.prior)[0])
    state = state._replace(tau2=gibbs.draw_tau2(rng, state, data, model.prior)[0])
    if form == "interwoven":
        k, _ = gibbs.rescale(rng, state, data, model.prior)
        state = state._replace(tau2=state.tau2 * k**2, gamma=state.gamma * k[:, None])
    for name in state._fields:
        assert np.allclose(getattr(found, name), getattr(state, name), rtol=1e-12), name
    assert info.evaluations > 0


def test_many_data_sets_are_each_their_own(seed):
    """Chain k of a sweep over many data sets does what a single chain on data set k does with the same variates."""
    model, data = grouped_rows.CASES["inverse_gamma"]
    rng = np.random.default_rng(seed)
    draws = grouped_rows.points(seed, data, model.prior, n=4)
    y = generative.predict(rng, draws, data, model.prior)
    zb, zg, g1, g2 = rng.normal(size=(3, 4)), rng.normal(size=(5, 4)), rng.gamma(9, size=4), rng.gamma(3, size=4)
    start = checks.state(draws)
    many, _ = gibbs.step(checks.Gammas([zb, zg, g1, g2]), start, data.replicated(y), model.prior, "blocked")
    for k in range(4):
        one = gibbs.State(*(v[k : k + 1] for v in start))
        alone = grouped_rows.regression.Data(data.x, y[k], grouped_rows.GROUP)
        found, _ = gibbs.step(checks.Gammas([v[..., k : k + 1] for v in (zb, zg, g1, g2)]), one, alone, model.prior, "blocked")
        for name in found._fields:
            assert np.allclose(getattr(found, name)[0], getattr(many, name)[k], rtol=1e-9), name
