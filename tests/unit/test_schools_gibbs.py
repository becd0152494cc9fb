"""The schools' Gibbs sampler: every conditional is proportional to the joint along what it draws."""

import numpy as np
import pytest
import schools_conditional_checks as checks
from conditional_checks import LIMIT, Scripted
from pupils import CASES, PLAIN, WITH_TAU, WITH_TWO, generative, has_effects, points
from scipy import stats

from hbm_lib.model import EngineError
from hbm_lib.models import schools
from hbm_lib.models.schools import exact, gibbs
from hbm_lib.priors import Exponential, Normal, StudentT, Uniform


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_means_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_sigma(name, seed):
    model, data = CASES[name]
    assert checks.sigma_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("name", WITH_TAU)
def test_tau(name, form, seed):
    model, data = CASES[name]
    assert checks.tau_gap(seed, data, model.prior, form) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
@pytest.mark.parametrize("name", WITH_TAU)
def test_a_step_for_tau_leaves_alone_what_it_is_conditional_on(name, form, seed):
    model, data = CASES[name]
    assert checks.kept_gap(seed, data, model.prior, form) < 1e-12


@pytest.mark.parametrize("name", CASES)
def test_the_block_and_the_exact_engine_agree(name, seed):
    """p(y | scales) p(b, theta | scales, y) p(scales) is the joint, constant and all: the first from the exact engine."""
    model, data = CASES[name]
    prior, q, rng = model.prior, data.sums.design.shape[1], np.random.default_rng(seed)
    draws = {k: v[:1] for k, v in points(seed, data, prior).items()}
    one = checks.state(draws, data, prior)
    width = q + data.n_groups * has_effects(prior)
    noise = np.vstack([np.zeros(q + data.n_groups), np.eye(q + data.n_groups)])
    many = gibbs.State(*(np.repeat(v, len(noise), 0) for v in one))
    after = gibbs.draw_block(Scripted([noise[:, :q], noise[:, q:]]), many, data, prior)
    out = np.column_stack([after.b, after.b[:, :1] + after.gap])[:, :width]
    mean, root = out[0], (out[1:] - out[0])[:width].T
    wanted_mean, wanted_cov, log_y = exact.coefficients(one.tau, one.sigma, data, prior)
    np.testing.assert_allclose(mean[:q], wanted_mean[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose((root @ root.T)[:q, :q], wanted_cov[0], rtol=1e-8, atol=1e-12)
    at = mean + root @ rng.normal(size=width)
    theta = at[q:] if has_effects(prior) else np.full(data.n_groups, at[0])
    moved = draws | {"mu": at[:1], "theta": theta[None]} | ({"beta": at[None, 1:q]} if q > 1 else {})
    total = log_y[0] + stats.norm.logpdf(np.linalg.solve(root, at - mean)).sum() - np.linalg.slogdet(root)[1]
    total += sum(getattr(prior, n).logpdf(draws[n][0]) for n in ("tau", "sigma") if n in draws)
    np.testing.assert_allclose(total, generative.log_joint(moved, data, prior)[0], rtol=1e-8)


@pytest.mark.parametrize("tau", [1e-3, 1e-12, 1e-30])
def test_tiny_spreads_keep_their_digits(tau):
    """theta - mu would round to 0; the gap is carried, so eta comes back as it was drawn."""
    model, data = CASES["partial_pooling"]
    z, sigma = np.linspace(-2, 2, data.n_groups)[None], 9.0
    start = gibbs.State(np.array([tau]), np.array([sigma]), np.zeros((1, 1)), np.zeros((1, data.n_groups)))
    after = gibbs.draw_block(Scripted([np.ones((1, 1)), z]), start, data, model.prior)
    shift = tau * data.counts / sigma**2 * (data.sums.means - after.b)
    np.testing.assert_allclose(after.gap / tau, z + shift, rtol=1e-4)


def test_no_chain_is_trapped_at_a_tiny_spread(seed):
    """Chains put at 1e-22 must leave: in the non-centered coordinate a tiny tau tells nothing."""
    model, data = CASES["half_normal_half_cauchy"]
    rng = np.random.default_rng(seed)
    start = gibbs.State(np.full(500, 1e-22), np.full(500, 9.0), np.full((500, 1), 70.0), np.zeros((500, data.n_groups)))
    state, largest = gibbs.draw_block(rng, start, data, model.prior), np.zeros(500)
    for _ in range(40):
        state, _ = gibbs.step(rng, state, data, model.prior, "interwoven")
        largest = np.maximum(largest, state.tau)
    assert largest.min() > 0.1


@pytest.mark.parametrize("name", ["partial_pooling", "two_covariates"])
def test_a_data_set_for_each_chain_gives_what_each_alone_would(name, seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CASES[name]
    rng = np.random.default_rng(seed)
    y = data.y + rng.normal(0, np.std(data.y), (5, data.n_pupils))
    start = checks.state({k: v[:5] for k, v in points(seed, data, model.prior).items()}, data, model.prior)
    z = [rng.standard_normal((5, data.sums.design.shape[1])), rng.standard_normal((5, data.n_groups))]

    def sweep(many, first, variates):
        state = gibbs.draw_block(Scripted(variates), first, many, model.prior)
        found, densities = checks.with_slices(gibbs, 0.4, lambda: gibbs.draw_sigma(None, state, many, model.prior))
        found, more = checks.with_slices(gibbs, 0.4, lambda: gibbs.draw_tau(None, found[0], many, model.prior, "interwoven"))
        values = [density(np.full(len(first.tau), 0.3)) for density in densities + more]
        return [*found[0], *values]

    together = sweep(data.replicated(y), start, z)
    for r in range(5):
        rows = slice(r, r + 1)
        own = schools.Data(y[r], np.array(data.labels)[data.index], data.covariates)
        alone = sweep(own, gibbs.State(*(v[rows] for v in start)), [v[rows] for v in z])
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-9)


@pytest.mark.parametrize("prior", [
    CASES["partial_pooling"][0].prior,
    CASES["partial_pooling"][0].with_prior(tau=Uniform(0, 30), sigma=Uniform(1, 90)).prior,
    CASES["partial_pooling"][0].with_prior(tau=Exponential(5)).prior,
], ids=repr)
def test_starts_lie_within_the_prior_and_apart(prior, seed):
    state = gibbs.init(np.random.default_rng(seed), PLAIN, prior, 500)
    for scale, law in ((state.tau, prior.tau), (state.sigma, prior.sigma)):
        assert np.all(np.isfinite(law.logpdf(scale)))
        assert scale.max() / scale.min() > 10
    assert state.gap.shape == (500, PLAIN.n_groups)
    assert len(np.unique(state.gap)) == state.gap.size
    assert abs(np.corrcoef(state.tau, state.sigma)[0, 1]) < 0.3  # the two scales do not share their randomness


def test_starts_where_no_pupil_differs_from_another_of_the_same_school():
    """A spread of 0 within schools is no reason to start at 0."""
    state = gibbs.init(np.random.default_rng(1), schools.Data([5.0, 5, 7, 7], list("aabb")), CASES["partial_pooling"][0].prior, 8)
    assert np.all(state.sigma > 0)
    assert np.all(np.isfinite(state.gap))


@pytest.mark.parametrize("name", CASES)
def test_what_is_recorded_is_what_the_model_has(name, seed):
    model, data = CASES[name]
    state = gibbs.init(np.random.default_rng(seed), data, model.prior, 7)
    found = gibbs.record(state, data, model.prior)
    assert set(found) == set(model.dims)
    np.testing.assert_array_equal(found["theta"], state.b[:, :1] + state.gap)
    assert found["theta"].shape == (7, data.n_groups)
    if model.prior.tau is None:
        after, _ = gibbs.step(np.random.default_rng(seed), state, data, model.prior)
        assert np.all(after.tau == model.prior.fixed_tau)
    if model.name.endswith("complete_pooling"):
        assert np.all(found["theta"] == found["mu"][:, None])


@pytest.mark.parametrize("changes", [{"mu": StudentT(3, 0, 20)}, {"beta": StudentT(3, 0, 20)}])
def test_a_prior_without_its_conditional_is_refused(changes):
    """A Student-t has mu and sigma too: it must not be taken for a normal."""
    model = CASES["two_covariates"][0]
    with pytest.raises(EngineError, match="Normal prior on"):
        gibbs.init(np.random.default_rng(1), WITH_TWO, model.with_prior(**changes).prior, 4)
    gibbs.init(np.random.default_rng(1), WITH_TWO, model.with_prior(mu=Normal(3, 4)).prior, 4)
