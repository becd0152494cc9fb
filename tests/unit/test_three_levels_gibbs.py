"""The Gibbs sampler for three levels: every conditional is proportional to the joint along what it draws."""

import numpy as np
import pytest
import teachers_conditional_checks as checks
from conditional_checks import LIMIT, Scripted
from teachers import CASES, DATA, SCHOOL, TEACHER, points

from hbm_lib.model import EngineError
from hbm_lib.models import three_levels
from hbm_lib.models.three_levels import gibbs
from hbm_lib.priors import StudentT, Uniform

LEVELS = ("school", "teacher")


@pytest.mark.parametrize("name", CASES)
def test_means_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_sigma(name, seed):
    model, data = CASES[name]
    assert checks.sigma_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("which", LEVELS)
@pytest.mark.parametrize("name", CASES)
def test_scales(name, which, form, seed):
    model, data = CASES[name]
    assert checks.scale_gap(seed, data, model.prior, which, form) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
@pytest.mark.parametrize("which", LEVELS)
def test_a_step_for_a_scale_leaves_alone_what_it_is_conditional_on(which, form, seed):
    model, data = CASES["three_levels"]
    assert checks.kept_gap(seed, data, model.prior, which, form) < 1e-12


def test_the_state_has_the_gaps_that_the_engines_sample(seed):
    model, data = CASES["three_levels"]
    assert checks.standardized_gap(seed, data, model.prior) < 1e-12


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CASES["three_levels"]
    rng = np.random.default_rng(seed)
    y = data.y + rng.normal(0, np.std(data.y), (5, data.n_pupils))
    start = checks.state({k: v[:5] for k, v in points(seed, data, model.prior).items()}, data, model.prior)
    z = [rng.standard_normal(5), rng.standard_normal((5, 3)), rng.standard_normal((5, 6))]

    def sweep(many, first, variates):
        """One whole sweep, each slice step moving by 0.1, and what its densities say."""
        state, densities = gibbs.draw_block(Scripted(variates), first, many, model.prior), []
        for call in (
            lambda s: gibbs.draw_sigma(None, s, many, model.prior),
            *(lambda s, w=which: gibbs.draw_scale(None, s, many, model.prior, w, "interwoven") for which in LEVELS),
        ):
            (state, _), more = checks.with_slices(gibbs, 0.1, lambda c=call, s=state: c(s))
            densities += more
        return [*state, *(density(np.full(len(first.mu), 0.3)) for density in densities)]

    together = sweep(data.replicated(y), start, z)
    assert len(together) == 6 + 5
    for r in range(5):
        rows = slice(r, r + 1)
        alone = sweep(three_levels.Data(y[r], TEACHER, SCHOOL), gibbs.State(*(v[rows] for v in start)), [v[rows] for v in z])
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-9)


def test_no_chain_is_trapped_at_tiny_spreads(seed):
    """Chains put at 1e-22 must leave: in the non-centered coordinate a tiny tau tells nothing."""
    model, data = CASES["three_levels"]
    rng = np.random.default_rng(seed)
    tiny = np.full(300, 1e-22)
    start = gibbs.State(tiny, tiny, np.full(300, 9.0), np.full(300, 70.0), np.zeros((300, 3)), np.zeros((300, 6)))
    state, largest = gibbs.draw_block(rng, start, data, model.prior), np.zeros((2, 300))
    for _ in range(40):
        state, _ = gibbs.step(rng, state, data, model.prior, "interwoven")
        largest = np.maximum(largest, [state.tau_school, state.tau_teacher])
    assert largest.min() > 0.1


@pytest.mark.parametrize("name", CASES)
def test_starts_lie_within_the_prior_and_apart(name, seed):
    model, data = CASES[name]
    state = gibbs.init(np.random.default_rng(seed), data, model.prior, 500)
    for scale in ("tau_school", "tau_teacher", "sigma"):
        found = getattr(state, scale)
        assert np.all(np.isfinite(getattr(model.prior, scale).logpdf(found)))
        assert found.max() / found.min() > 10
    assert abs(np.corrcoef(state.tau_school, state.tau_teacher)[0, 1]) < 0.3  # the scales do not share their randomness
    assert len(np.unique(state.teacher)) == 500 * 6


def test_starts_where_no_pupil_differs_from_another_of_the_same_teacher():
    """A spread of 0 within teachers is no reason to start at 0."""
    data = three_levels.Data([5.0, 5, 7, 7, 6, 6], list("aabbcc"), [1, 1, 1, 1, 2, 2])
    state = gibbs.init(np.random.default_rng(1), data, CASES["three_levels"][0].prior, 8)
    assert np.all(state.sigma > 0)
    assert np.all(np.isfinite(state.teacher))


def test_what_is_recorded_is_what_the_model_has(seed):
    model, data = CASES["three_levels"]
    draws = points(seed, data, model.prior)
    found = gibbs.record(checks.state(draws, data, model.prior), data, model.prior)
    assert set(found) == set(model.dims)
    for name, value in found.items():
        np.testing.assert_allclose(value, draws[name], rtol=1e-12)


def test_a_prior_without_its_conditional_is_refused():
    """A Student-t has mu and sigma too: it must not be taken for a normal."""
    model, data = CASES["three_levels"]
    with pytest.raises(EngineError, match="Normal prior on mu"):
        gibbs.init(np.random.default_rng(1), data, model.with_prior(mu=StudentT(3, 0, 20)).prior, 4)
    gibbs.init(np.random.default_rng(1), DATA, model.with_prior(sigma=Uniform(3, 4)).prior, 4)
