"""The Gibbs sampler for rates: every conditional is proportional to the joint along what it draws."""

import logistic_conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT, Scripted
from rates import CASES, PLAIN, WITH_TAU, WITH_TWO, points

from hbm_lib.model import EngineError
from hbm_lib.models import logistic
from hbm_lib.models.logistic import gibbs
from hbm_lib.priors import StudentT, Uniform


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_intercepts_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


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
def test_omega_is_asked_for_with_the_rows_trials_and_logits(name, seed):
    model, data = CASES[name]
    assert checks.tilt_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("tau", [1e-3, 1e-12, 1e-30])
def test_tiny_spreads_keep_their_digits(tau):
    """alpha - mu would round to 0; the gap is carried, so eta comes back as it was drawn."""
    model, data = CASES["partial_pooling"]
    z, omega = np.linspace(-2, 2, data.n_groups)[None], data.trials[None] / 5
    start = gibbs.State(np.array([tau]), np.zeros((1, 1)), np.zeros((1, data.n_groups)), omega)
    after = gibbs.draw_block(Scripted([np.ones((1, 1)), z]), start, data, model.prior)
    shift = tau * (data.y - data.trials / 2 - omega * after.b)
    np.testing.assert_allclose(after.gap / tau, z + shift, rtol=1e-4)


def test_no_chain_is_trapped_at_a_tiny_spread(seed):
    """Chains put at 1e-22 must leave: in the non-centered coordinate a tiny tau tells nothing."""
    model, data = CASES["partial_pooling"]
    rng, n = np.random.default_rng(seed), 300
    state = gibbs.State(np.full(n, 1e-22), np.zeros((n, 1)), np.zeros((n, data.n_groups)), np.ones((n, data.n_rows)))
    state, largest = gibbs.draw_block(rng, state, data, model.prior), np.zeros(n)
    for _ in range(40):
        state, _ = gibbs.step(rng, state, data, model.prior, "interwoven")
        largest = np.maximum(largest, state.tau)
    assert largest.min() > 0.05


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CASES["two_covariates"]
    rng = np.random.default_rng(seed)
    y = rng.binomial(data.trials.astype(int), 0.6, (5, data.n_rows)).astype(float)
    omega = checks.weights(seed, data, 5)
    start = checks.state({k: v[:5] for k, v in points(seed, data, model.prior).items()}, data, model.prior, omega)
    z = [rng.standard_normal((5, 3)), rng.standard_normal((5, data.n_groups))]

    def sweep(many, first, variates):
        state = gibbs.draw_block(Scripted(variates), first, many, model.prior)
        found, densities = checks.with_slices(gibbs, 0.4, lambda: gibbs.draw_tau(None, state, many, model.prior, "interwoven"))
        return [*found[0], *(density(np.full(len(first.tau), 0.3)) for density in densities)]

    together = sweep(data.replicated(y), start, z)
    for r in range(5):
        rows = slice(r, r + 1)
        own = logistic.Data(y[r], data.trials, data.group, data.covariates)
        alone = sweep(own, gibbs.State(*(v[rows] for v in start)), [v[rows] for v in z])
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-9)


@pytest.mark.parametrize("prior", [
    CASES["partial_pooling"][0].prior,
    CASES["partial_pooling"][0].with_prior(tau=Uniform(0, 3)).prior,
    CASES["inverse_gamma"][0].prior,
], ids=repr)
def test_starts_lie_within_the_prior_and_apart(prior, seed):
    state = gibbs.init(np.random.default_rng(seed), PLAIN, prior, 500)
    assert np.all(np.isfinite(prior.tau.logpdf(state.tau)))
    assert state.tau.max() / state.tau.min() > 10
    assert np.ptp(state.b[:, 0]) > 3
    assert len(np.unique(state.gap)) == state.gap.size
    assert np.all(state.omega > 0)


@pytest.mark.parametrize("y", [[0, 0, 0], [4, 9, 1], [0, 9, 0]])
def test_separated_groups_and_huge_ones_stay_finite(y, seed):
    """All successes, none, and a hundred thousand trials beside four: no infinity, no step that does not end."""
    model, rng = logistic.partial_pooling(), np.random.default_rng(seed)
    for data in (logistic.Data(y, [4, 9, 1], list("abc")), logistic.Data([*y, 60_000], [4, 9, 1, 100_000], list("abcd"))):
        state = gibbs.init(rng, data, model.prior, 50)
        for _ in range(30):
            state, info = gibbs.step(rng, state, data, model.prior)
            assert all(np.all(np.isfinite(v)) for v in state)
            assert info.evaluations < 200


@pytest.mark.parametrize("name", CASES)
def test_what_is_recorded_is_what_the_model_has(name, seed):
    model, data = CASES[name]
    draws = points(seed, data, model.prior)
    if model.prior.tau is None:
        draws["alpha"] = np.repeat(draws["mu"][:, None], data.n_groups, 1)
        draws["p"] = 1 / (1 + np.exp(-draws["alpha"]))
    found = gibbs.record(checks.state(draws, data, model.prior, np.ones((24, data.n_rows))), data, model.prior)
    assert set(found) == set(model.dims)
    for name_, value in found.items():
        np.testing.assert_allclose(value, draws[name_], rtol=1e-9, atol=1e-12)
    if model.prior.tau is None:
        after, _ = gibbs.step(np.random.default_rng(seed), gibbs.init(np.random.default_rng(seed), data, model.prior, 3),
                              data, model.prior)
        assert np.all(after.tau == 0)
        assert np.all(after.gap == 0)


@pytest.mark.parametrize("changes", [{"mu": StudentT(3, 0, 20)}, {"beta": StudentT(3, 0, 20)}])
def test_a_prior_without_its_conditional_is_refused(changes):
    """A Student-t has mu and sigma too: it must not be taken for a normal."""
    model = CASES["two_covariates"][0]
    with pytest.raises(EngineError, match="Normal prior on"):
        gibbs.init(np.random.default_rng(1), WITH_TWO, model.with_prior(**changes).prior, 4)
