"""Eight schools' Gibbs samplers: every conditional is proportional to the joint along what it draws."""

import conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT
from eight import CASES, SCHOOLS, WITH_TAU
from scipy import stats

from hbm_lib.model import EngineError
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact, generative, gibbs, gibbs_student
from hbm_lib.priors import Exponential, Normal, StudentT, Uniform

NORMAL = [n for n in CASES if n != "student_t"]
# every conditional of the Student-t model is conditional on its mixing weights too: normal errors, any variances


@pytest.mark.parametrize("name", WITH_TAU)
def test_tau_given_theta(name, seed):
    model, data = CASES[name]
    assert checks.tau_given_theta_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", WITH_TAU)
def test_tau_given_eta(name, seed):
    model, data = CASES[name]
    assert checks.tau_given_eta_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_effects_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", NORMAL)
def test_the_block_and_the_exact_engine_agree(name, seed):
    """p(y | tau) p(b, theta | tau, y) p(tau) is the joint, constant and all: the first from the exact engine."""
    model, data = CASES[name]
    prior, p, rng = model.prior, data.design.shape[1], np.random.default_rng(seed)
    tau = 0.0 if prior.tau is None else 3.7
    mean, root = checks.block_law(tau, data, prior)
    wanted_mean, wanted_cov, log_y = exact.coefficients(np.array([tau]), data, prior)
    np.testing.assert_allclose(mean[:p], wanted_mean[0], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose((root @ root.T)[:p, :p], wanted_cov[0], rtol=1e-9, atol=1e-12)
    at = mean + root @ rng.normal(size=len(mean))
    theta = data.design @ at[:p] if prior.tau is None else at[p:]
    draws = {"mu": at[0], "tau": np.array(tau), "theta": theta} | ({"beta": at[1:p]} if p > 1 else {})
    total = log_y[0] + stats.multivariate_normal(mean, root @ root.T).logpdf(at)
    total += 0 if prior.tau is None else prior.tau.logpdf(tau)
    np.testing.assert_allclose(total, generative.log_joint(draws, data, prior), rtol=1e-9)


@pytest.mark.parametrize("tau", [1e-3, 1e-12, 1e-30])
def test_tiny_spreads_keep_their_digits(tau):
    """theta - mu would round to 0; the block carries it, so eta comes back as it was drawn."""
    model, data = CASES["skeptical"]
    z = np.linspace(-2, 2, 8)[None]
    start = gibbs.State(np.array([tau]), np.zeros((1, 1)), np.zeros((1, 8)), data.sigma[None] ** 2)
    after = gibbs.draw_block(checks.Scripted([np.ones((1, 1)), z]), start, data, model.prior)
    shift = tau / data.sigma**2 * (data.y - after.b)
    np.testing.assert_allclose(gibbs.gaps(after, data) / tau, z + shift, rtol=1e-5)


def test_no_chain_is_trapped_at_a_tiny_spread(seed):
    """From far above a half-normal prior the slice step may land at 1e-22; the next sweeps must leave."""
    model, data = CASES["skeptical"]
    rng = np.random.default_rng(seed)
    state = gibbs.draw_block(rng, gibbs.State(np.full(2000, 90.0), np.zeros((2000, 1)), np.zeros((2000, 8)),
                                              data.sigma[None] ** 2), data, model.prior)
    smallest, largest = np.full(2000, np.inf), np.zeros(2000)
    for sweep in range(40):
        state, _ = gibbs.step(rng, state, data, model.prior, "interwoven")
        smallest = np.minimum(smallest, state.tau)
        largest = np.maximum(largest, state.tau) if sweep >= 10 else largest
    assert smallest.min() < 1e-12, "the start no longer leads there; this test sees nothing"
    assert largest.min() > 0.1


def test_degrees_of_freedom(seed):
    model, data = CASES["student_t"]
    assert checks.nu_gap(seed, data, model.prior) < LIMIT


def test_mixing_weights(seed):
    model, data = CASES["student_t"]
    assert checks.weights_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("name", WITH_TAU)
def test_a_step_for_tau_leaves_alone_what_it_is_conditional_on(name, form, seed):
    model, data = CASES[name]
    assert checks.kept_gap(seed, data, model.prior, form) < 1e-9


@pytest.mark.parametrize("prior", [
    CASES["noncentered"][0].prior,
    CASES["noncentered"][0].with_prior(tau=Uniform(0, 30)).prior,
    CASES["noncentered"][0].with_prior(tau=Exponential(0.1)).prior,
])
def test_starts_lie_within_the_prior_and_apart(prior, seed):
    state = gibbs.init(np.random.default_rng(seed), SCHOOLS, prior, 500)
    assert np.all(np.isfinite(prior.tau.logpdf(state.tau)))
    assert state.tau.max() / state.tau.min() > 10
    assert state.theta.shape == (500, 8)
    assert len(np.unique(state.theta)) == 4000


def test_chains_do_not_share_their_randomness(seed):
    """From one common state, one sweep sends 4,000 chains 4,000 ways, independent between chains and groups."""
    model, data = CASES["student_t"]
    rng = np.random.default_rng(seed)
    start = gibbs_student.init(rng, data, model.prior, 4000)
    same = gibbs_student.State(
        gibbs.State(*(np.repeat(v[:1], 4000, 0) for v in start.normal)), np.repeat(start.nu[:1], 4000)
    )
    moved, _ = gibbs_student.draw_errors(rng, same, data, model.prior)
    variance = moved.normal.variance / data.sigma**2
    assert all(len(np.unique(column)) == 4000 for column in variance.T)
    # nu is common to the groups and links them a little; a shared gamma variate gives a rank correlation near 1
    order = stats.spearmanr(variance).statistic[np.triu_indices(8, 1)]
    assert np.abs(order).max() < 0.5


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; the conditionals of each see its own data only."""
    model, data = CASES["noncentered"]
    rng = np.random.default_rng(seed)
    y = data.y + rng.normal(0, 10, (5, 8))
    many = gibbs.init(np.random.default_rng([seed, 1]), data.replicated(y), model.prior, 5)
    z = [rng.standard_normal((5, 1)), rng.standard_normal((5, 8))]
    together = gibbs.draw_block(checks.Scripted(z), many, data.replicated(y), model.prior)
    for r in range(5):
        one = gibbs.State(many.tau[r : r + 1], many.b[r : r + 1], many.theta[r : r + 1], many.variance)
        own = es.Data(y[r], data.sigma, data.labels)
        alone = gibbs.draw_block(checks.Scripted([v[r : r + 1] for v in z]), one, own, model.prior)
        np.testing.assert_allclose(alone.theta[0], together.theta[r], rtol=1e-12)
        np.testing.assert_allclose(alone.b[0], together.b[r], rtol=1e-12)


@pytest.mark.parametrize("changes", [{"mu": StudentT(3, 0, 20)}, {"beta": StudentT(3, 0, 20)}])
def test_a_prior_without_its_conditional_is_refused(changes):
    """A Student-t has mu and sigma too: it must not be taken for a normal."""
    model, data = CASES["covariate_regression"]
    with pytest.raises(EngineError, match="Normal prior on"):
        gibbs.init(np.random.default_rng(1), data, model.with_prior(**changes).prior, 4)
    gibbs.init(np.random.default_rng(1), data, model.with_prior(mu=Normal(3, 4)).prior, 4)
