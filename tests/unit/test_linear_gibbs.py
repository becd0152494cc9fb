"""Every conditional of the Gibbs sampler for linear regression is proportional to the joint density."""

import numpy as np
import plain_rows
import pytest
from conditional_checks import LIMIT, Scripted
from plain_rows import CASES, CONJUGATE, DATA

from hbm_lib import fit
from hbm_lib.model import EngineError
from hbm_lib.models import linear
from hbm_lib.models.linear import gibbs
from hbm_lib.priors import HalfNormal


@pytest.mark.parametrize("name", CONJUGATE)
@pytest.mark.parametrize("check", ["beta", "coefficient", "sigma2"])
def test_a_conditional(name, check, seed):
    model, data = CASES[name]
    assert getattr(plain_rows, f"{check}_gap")(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_a_sweep_is_these_steps_in_this_order(form, seed):
    model, data = CASES["matrix"]
    draws = plain_rows.points(seed, data, model.prior)
    start = gibbs.State(draws["beta"], draws["sigma2"])
    found, info = gibbs.step(np.random.default_rng(seed), start, data, model.prior, form)
    rng, state = np.random.default_rng(seed), start
    if form == "blocked":
        state = gibbs.draw_beta(rng, state, data, model.prior)
    else:
        for j in range(3):
            state = gibbs.draw_coefficient(rng, j, state, data, model.prior)
    state = gibbs.draw_sigma2(rng, state, data, model.prior)
    np.testing.assert_array_equal(found.beta, state.beta)
    np.testing.assert_array_equal(found.sigma2, state.sigma2)
    assert info.updates == (2 if form == "blocked" else 4)


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_many_data_sets_are_each_their_own(form, seed):
    """Chain k of a sweep over many data sets does what a single chain on data set k does with the same variates."""
    model, data = CASES["matrix"]
    rng = np.random.default_rng(seed)
    draws = {k: v[:4] for k, v in plain_rows.points(seed, data, model.prior).items()}
    y, z, g = rng.normal(size=(4, 12)), rng.normal(size=(4, 3)), rng.gamma(9, size=4)
    script = lambda rows: Scripted(([z[rows]] if form == "blocked" else list(z[rows].T)) + [g[rows]])  # noqa: E731
    start = gibbs.State(draws["beta"], draws["sigma2"])
    many, _ = gibbs.step(script(slice(None)), start, data.replicated(y), model.prior, form)
    for k in range(4):
        rows = slice(k, k + 1)
        alone = linear.Data(data.x, y[k], data.names)
        one, _ = gibbs.step(script(rows), gibbs.State(*(v[rows] for v in start)), alone, model.prior, form)
        np.testing.assert_allclose(one.beta[0], many.beta[k], rtol=1e-9)
        assert one.sigma2[0] == pytest.approx(many.sigma2[k], rel=1e-9)


def test_starts_lie_apart(seed):
    state = gibbs.init(np.random.default_rng(seed), DATA, CASES["matrix"][0].prior, 500)
    assert state.sigma2.max() / state.sigma2.min() > 10
    assert np.all(state.beta.std(0) > 0)
    assert len(np.unique(state.beta)) == state.beta.size


def test_a_prior_without_its_conditional_is_refused():
    with pytest.raises(EngineError, match="engine 'gibbs' needs an InverseGamma prior on sigma2"):
        fit(linear.conjugate(linear.Prior(0, 1, HalfNormal(1))), DATA, engine="gibbs", seed=1)


def test_forms_have_their_own_names_and_a_default():
    model = CASES["line"][0]
    tree = fit(model, CASES["line"][1], engine="gibbs", seed=1, draws=5, tune=0)
    assert tree.attrs["form"] == "blocked"
    assert fit(model, CASES["line"][1], engine="gibbs", form="separate", seed=1, draws=5, tune=0).attrs["form"] == "separate"
    with pytest.raises(ValueError, match="form: one of blocked, separate is needed, got 'centered'"):
        fit(model, CASES["line"][1], engine="gibbs", form="centered", seed=1, draws=5)
