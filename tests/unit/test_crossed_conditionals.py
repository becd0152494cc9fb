"""The Gibbs sampler for crossed effects: every conditional is proportional to the joint along what it draws."""

import crossing_conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT, Scripted
from crossing import CASES, DATA, generative, points

from hbm_lib.model import EngineError
from hbm_lib.models import crossed
from hbm_lib.models.crossed import gibbs, quantities
from hbm_lib.models.crossed.spec import SCALES
from hbm_lib.priors import StudentT, Uniform


@pytest.mark.parametrize("name", CASES)
def test_locations_as_a_block_and_tau(name, seed):
    model, data = CASES[name]
    assert checks.location_gap(seed, data, model.prior) < LIMIT
    assert checks.tau_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", CASES)
def test_scales(name, scale, form, seed):
    model, data = CASES[name]
    assert checks.scale_gap(seed, data, model.prior, scale, form) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_a_step_for_a_scale_leaves_alone_what_it_is_conditional_on(form, seed):
    model, data = CASES["genre_by_segment"]
    assert checks.kept_gap(seed, data, model.prior, form) < 1e-12


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CASES["genre_by_segment"]
    rng = np.random.default_rng(seed)
    y = data.effect + rng.normal(0, 1, (5, data.n_creators))
    start = checks.state({k: v[:5] for k, v in points(seed, data, model.prior).items()}, data, model.prior)
    z = [rng.standard_normal((*start.location.shape, 1)), rng.standard_normal((5, data.n_creators))]

    def sweep(many, first, variates):
        """One whole sweep, each slice step moving by 0.1, and what its densities say."""
        def call():
            state, _ = gibbs.draw_scales(
                None, gibbs.draw_location(Scripted(variates[:1]), first, many, model.prior), many, model.prior, "interwoven")
            return gibbs.draw_tau(Scripted(variates[1:]), state, many)

        state, densities = checks.along_slices(gibbs, 0.3, 0.1, call)
        return [*state, *densities]

    together = sweep(data.replicated(y), start, z)
    assert len(together) == 3 + 7
    for r in range(5):
        one = crossed.Data(y[r], data.se, data.genre, data.segment)
        rows = slice(r, r + 1)
        alone = sweep(one, gibbs.State(*(v[rows] for v in start)), [v[rows] for v in z])
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-9)


def test_what_is_recorded_is_what_the_model_has(seed):
    model, data = CASES["genre_by_segment"]
    draws = points(seed, data, model.prior)
    found = gibbs.record(checks.state(draws, data, model.prior), data, model.prior)
    assert set(found) == set(model.dims)
    for name, value in found.items():
        np.testing.assert_allclose(value, draws[name], rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_starts_lie_within_the_prior_and_apart(name, seed):
    model, data = CASES[name]
    state = gibbs.init(np.random.default_rng(seed), data, model.prior, 500)
    for scale, found in zip(SCALES, state.scales.T, strict=True):
        assert np.all(np.isfinite(getattr(model.prior, scale).logpdf(found)))
        assert found.max() / found.min() > 10


def test_no_chain_is_trapped_at_tiny_scales(seed):
    model, data = CASES["genre_by_segment"]
    rng = np.random.default_rng(seed)
    state = gibbs.init(rng, data, model.prior, 200)
    state, largest = state._replace(scales=np.full_like(state.scales, 1e-6)), np.zeros((200, 4))
    for _ in range(60):
        state, _ = gibbs.step(rng, state, data, model.prior)
        largest = np.maximum(largest, state.scales)
    assert largest.min() > 0.05


def test_a_prior_without_its_conditional_is_refused():
    model, data = CASES["genre_by_segment"]
    with pytest.raises(EngineError, match="Normal prior on mu_global"):
        gibbs.init(np.random.default_rng(1), data, model.with_prior(mu_global=StudentT(3, 0, 20)).prior, 4)
    gibbs.init(np.random.default_rng(1), data, model.with_prior(sigma_cell=Uniform(3, 4)).prior, 4)


def test_the_cells_and_the_shares_add_up(seed):
    draws = points(seed, DATA, CASES["genre_by_segment"][0].prior)
    means = quantities.cell_means(draws)
    np.testing.assert_allclose(means[:, DATA.index, DATA.segment_index], generative.location(draws, DATA))
    shares = quantities.variance_shares(draws)
    assert list(shares) == ["genre", "segment", "cell", "creator"]
    np.testing.assert_allclose(sum(shares.values()), 1)


def test_the_predictive_density_has_tau_integrated_out(seed):
    draws = points(seed, DATA, CASES["genre_by_segment"][0].prior)
    tau, h = np.linspace(-40, 40, 80001, retstep=True)
    mean = generative.location(draws, DATA)
    found = np.exp(quantities.log_predictive(draws, DATA))
    for i in (0, 4):
        inner = np.exp(-0.5 * ((tau - mean[:, i : i + 1]) / draws["sigma_creator"][:, None]) ** 2
                       - 0.5 * ((DATA.effect[i] - tau) / DATA.se[i]) ** 2).sum(1) * h
        np.testing.assert_allclose(found[:, i], inner / (2 * np.pi * draws["sigma_creator"] * DATA.se[i]), rtol=1e-8)
