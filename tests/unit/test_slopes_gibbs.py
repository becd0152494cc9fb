"""The Gibbs sampler for groups with their own lines: every conditional is proportional to the joint along what it draws."""

import lines_conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT, Scripted
from lines import CASES, DATA, GROUP, X, points

from hbm_lib.model import EngineError
from hbm_lib.models import slopes
from hbm_lib.models.slopes import gibbs
from hbm_lib.priors import StudentT


@pytest.mark.parametrize("name", CASES)
def test_means_and_lines_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_sigma(name, seed):
    model, data = CASES[name]
    assert checks.sigma_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("which", gibbs.SHAPE)
@pytest.mark.parametrize("name", CASES)
def test_scales_and_correlation(name, which, form, seed):
    model, data = CASES[name]
    assert checks.shape_gap(seed, data, model.prior, which, form) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
@pytest.mark.parametrize("which", gibbs.SHAPE)
def test_a_step_leaves_alone_what_it_is_conditional_on(which, form, seed):
    model, data = CASES["slopes"]
    assert checks.kept_gap(seed, data, model.prior, which, form) < 1e-9


@pytest.mark.parametrize("name", ["slopes", "far_from_zero"])
def test_what_is_taken_of_the_rows_is_what_the_rows_say(name, seed):
    """Cross products and least-squares lines, against the rows themselves; group d's one row and group b's one x too."""
    data = CASES[name][1]
    for g in range(data.n_groups):
        mine = data.index == g
        design = np.column_stack([np.ones(mine.sum()), data.x[mine]])
        np.testing.assert_allclose(data.root[g] @ data.root[g].T, design.T @ design, rtol=1e-12, atol=1e-12)
        left = data.y[mine] - design @ data.lines[g]
        assert np.max(np.abs(design.T @ left)) < 1e-8 * np.abs(design).max()
    line = np.random.default_rng(seed).normal(size=(1, data.n_groups, 2))
    gap = np.einsum("gqp,gq->gp", data.root, data.lines - line[0])
    wanted = ((data.y - line[0, data.index, 0] - line[0, data.index, 1] * data.x) ** 2).sum()
    assert data.rss + (gap**2).sum() == pytest.approx(wanted, rel=1e-9)


def test_years_and_years_since_the_first_give_the_same_lines(seed):
    """An x far from 0 costs no digits: the same groups on the calendar and counted from its start."""
    data = CASES["far_from_zero"][1]
    near = slopes.Data(data.y, data.x - 2019, np.array(data.labels)[data.index])
    np.testing.assert_allclose(data.lines[:, 1], near.lines[:, 1], rtol=1e-10)
    np.testing.assert_allclose(data.lines[:, 0] + 2019 * data.lines[:, 1], near.lines[:, 0], rtol=1e-8, atol=1e-9)
    assert data.rss == pytest.approx(near.rss, rel=1e-10)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_the_block_keeps_its_digits_at_tiny_and_huge_scales(scale, seed):
    """At a tiny spread all lines are the mean line; at a huge one they are each group's own."""
    model, _ = CASES["slopes"]
    data = slopes.Data(*np.random.default_rng(seed).normal(size=(2, 30)), np.repeat(list("abcde"), 6))
    n, z = 4, np.random.default_rng(seed)
    state = gibbs.State(np.full(n, scale), np.full(n, scale), np.full(n, 0.3), np.ones(n), np.zeros((n, 2)), np.zeros((n, 5, 2)))
    after = gibbs.draw_block(z, state, data, model.prior)
    assert np.all(np.isfinite(after.eta))
    found = gibbs.record(after, data, model.prior)
    if scale < 1:
        np.testing.assert_allclose(found["b"], found["beta"][:, None].repeat(5, 1), atol=10 * scale)
    else:
        assert np.all(np.abs(found["b"] - data.lines[:, 1]) < 7 / data.root[:, 1, 1])
        # mean lines are told by the prior alone, N(0, 1): the groups' are too far apart
        assert np.max(np.abs(after.mean)) < 6


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CASES["slopes"]
    rng = np.random.default_rng(seed)
    y = data.y + rng.normal(0, np.std(data.y), (4, data.n_rows))
    start = checks.state({k: v[:4] for k, v in points(seed, data, model.prior).items()}, data, model.prior)
    z = [rng.standard_normal((4, 2)), rng.standard_normal((4, data.n_groups, 2))]

    def sweep(many, first, variates):
        """One whole sweep, each slice step moving by 0.1, and what its densities say."""
        state, densities = gibbs.draw_block(Scripted(variates), first, many, model.prior), []
        for call in (
            lambda s: gibbs.draw_sigma(None, s, many, model.prior),
            *(lambda s, w=which: gibbs.draw_shape(None, s, many, model.prior, w, "interwoven") for which in gibbs.SHAPE),
        ):
            (state, _), more = checks.with_slices(gibbs, 0.1, lambda c=call, s=state: c(s))
            densities += more
        return [*state, *(density(np.full(len(first.rho), 0.3)) for density in densities)]

    together = sweep(data.replicated(y), start, z)
    assert len(together) == 6 + 7
    for r in range(4):
        rows = slice(r, r + 1)
        alone = sweep(slopes.Data(y[r], X, GROUP), gibbs.State(*(v[rows] for v in start)), [v[rows] for v in z])
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-8)


def test_no_chain_is_trapped_at_tiny_spreads(seed):
    """Chains put at 1e-22 must leave: in the non-centered coordinate a tiny tau tells nothing."""
    model, data = CASES["slopes"]
    rng, n = np.random.default_rng(seed), 300
    tiny = np.full(n, 1e-22)
    start = gibbs.State(tiny, tiny, np.zeros(n), np.ones(n), np.zeros((n, 2)), np.zeros((n, data.n_groups, 2)))
    state, largest = gibbs.draw_block(rng, start, data, model.prior), np.zeros((2, n))
    for _ in range(40):
        state, _ = gibbs.step(rng, state, data, model.prior, "interwoven")
        largest = np.maximum(largest, [state.tau_intercept, state.tau_slope])
    assert largest.min() > 0.02


@pytest.mark.parametrize("eta", [0.5, 1.0, 2.0, 50.0])
def test_no_correlation_leaves_the_open_interval(eta, seed):
    """Where the data say nothing of rho: at eta = 0.5 much of its prior lies close to -1 and 1."""
    model = CASES["slopes"][0].with_prior(eta=eta)
    rng = np.random.default_rng(seed)
    state = gibbs.init(rng, DATA, model.prior, 200)
    for _ in range(50):
        state, _ = gibbs.step(rng, state, DATA, model.prior, "interwoven")
        assert np.all(np.abs(state.rho) < 1)
        assert np.all(np.isfinite(state.eta))


@pytest.mark.parametrize("name", CASES)
def test_starts_lie_within_the_prior_and_apart(name, seed):
    model, data = CASES[name]
    state = gibbs.init(np.random.default_rng(seed), data, model.prior, 500)
    for scale in ("tau_intercept", "tau_slope", "sigma"):
        found = getattr(state, scale)
        assert np.all(np.isfinite(getattr(model.prior, scale).logpdf(found)))
        assert found.max() / found.min() > 10
    assert state.rho.min() < -0.5 < 0.5 < state.rho.max()
    assert abs(np.corrcoef(state.tau_intercept, state.tau_slope)[0, 1]) < 0.3  # the scales do not share their randomness
    assert len(np.unique(state.eta)) == state.eta.size


def test_what_is_recorded_is_what_the_model_has(seed):
    model, data = CASES["slopes"]
    draws = points(seed, data, model.prior)
    found = gibbs.record(checks.state(draws, data, model.prior), data, model.prior)
    assert set(found) == set(model.dims)
    for name, value in found.items():
        np.testing.assert_allclose(value, draws[name], rtol=1e-9)


@pytest.mark.parametrize("name", ["mu", "beta"])
def test_a_prior_without_its_conditional_is_refused(name):
    """A Student-t has mu and sigma too: it must not be taken for a normal."""
    model, data = CASES["slopes"]
    with pytest.raises(EngineError, match=f"Normal prior on {name}"):
        gibbs.init(np.random.default_rng(1), data, model.with_prior(**{name: StudentT(3, 0, 20)}).prior, 4)
