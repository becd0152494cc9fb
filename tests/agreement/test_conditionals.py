"""Each Gibbs conditional is proportional to the joint density along its own coordinate.

Grosse & Duvenaud (2014), "Testing MCMC code", arXiv:1412.5218: with everything
else held still, log conditional and log joint may differ by a constant only.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from hbm_lib.models.eight_schools import exact, generative, gibbs, gibbs_student

from .models import MODELS

LINE = np.linspace(-4, 6, 40)
WITH_TAU = [name for name, (model, _) in MODELS.items() if model.prior.tau is not None]


class Noise:
    """Stands in for a generator: hands out the numbers it was given, in order."""

    def __init__(self, *arrays):
        self.arrays = list(arrays)

    def standard_normal(self, shape):
        array = self.arrays.pop(0)
        assert array.shape == tuple(shape)
        return array


def constant(found, wanted):
    """Assert that two log densities differ by one constant."""
    gap = found - wanted
    np.testing.assert_allclose(gap - gap[0], 0, atol=1e-8 * np.abs(wanted).max())


def one_point(name, rng):
    """Return a state with one chain for each point of the line, all at the same place."""
    model, data = MODELS[name]
    draws = generative.draw_prior(rng, data, replace(model.prior, nu=None), 1)
    draws["tau"] = np.array([5.0])
    variance = data.sigma[None] ** 2 * np.exp(rng.normal(size=(1, data.n_groups)))
    b = np.column_stack([draws["mu"], draws["beta"]] if "beta" in draws else [draws["mu"]])
    repeat = lambda v: np.repeat(v, len(LINE), 0)  # noqa: E731
    state = gibbs.State(repeat(draws["tau"]), repeat(b), repeat(draws["theta"]), repeat(variance))
    # given the mixing weights, a Student-t model is a normal one with these variances
    return state, replace(data, sigma=np.sqrt(variance[0])), replace(model.prior, nu=None)


def as_draws(state, tau, theta):
    out = {"mu": state.b[:, 0], "tau": tau, "theta": theta}
    return out | ({"beta": state.b[:, 1:]} if state.b.shape[1] > 1 else {})


@pytest.mark.parametrize("name", WITH_TAU)
def test_tau_given_theta(name, seed):
    state, data, prior = one_point(name, np.random.default_rng(seed))
    joint = generative.log_joint(as_draws(state, np.exp(LINE), state.theta), data, prior)
    constant(gibbs.tau_given_theta(LINE, state, data, prior), joint + LINE)


@pytest.mark.parametrize("name", WITH_TAU)
def test_tau_given_eta(name, seed):
    rng = np.random.default_rng(seed)
    state, data, prior = one_point(name, rng)
    eta = np.repeat(rng.standard_normal((1, data.n_groups)), len(LINE), 0)
    spread = np.asarray(prior.scale(np.exp(LINE)))[:, None]
    theta = state.b @ data.design.T + spread * eta
    joint = generative.log_joint(as_draws(state, np.exp(LINE), theta), data, prior)
    # to the coordinates (mu, tau, eta): the Jacobian of theta is s(tau) for each group
    wanted = joint + data.n_groups * np.log(spread[:, 0]) + LINE
    constant(gibbs.tau_given_eta(LINE, eta, state, data, prior), wanted)


def block_law(tau, state, data, prior):
    """Recover mean (D,) and map (D, D) of (b, theta), which is affine in the normal noise."""
    p, j = state.b.shape[1], data.n_groups
    width = p if prior.tau is None else p + j
    noise = np.vstack([np.zeros(width), np.eye(width)])
    n = len(noise)
    start = gibbs.State(np.full(n, tau), np.zeros((n, p)), np.zeros((n, j)), np.repeat(state.variance[:1], n, 0))
    parts = (noise[:, :p],) if prior.tau is None else (noise[:, :p], noise[:, p:])
    after = gibbs.draw_block(Noise(*parts), start, data, prior)
    out = after.b if prior.tau is None else np.column_stack([after.b, after.theta])
    return out[0], (out[1:] - out[0]).T


@pytest.mark.parametrize("tau", [0.05, 2.0, 40.0])
@pytest.mark.parametrize("name", MODELS)
def test_block_of_coefficients_and_effects(name, tau, seed):
    rng = np.random.default_rng(seed)
    state, data, prior = one_point(name, rng)
    tau = 0.0 if prior.tau is None else tau
    mean, root = block_law(tau, state, data, prior)
    law = stats.multivariate_normal(mean, root @ root.T, allow_singular=False)
    at = mean + rng.normal(size=(30, len(mean))) * 2 @ root.T
    p = data.design.shape[1]
    theta = at[:, :p] @ data.design.T if prior.tau is None else at[:, p:]
    draws = {"mu": at[:, 0], "tau": np.full(30, tau), "theta": theta}
    draws |= {"beta": at[:, 1:p]} if p > 1 else {}
    constant(law.logpdf(at), generative.log_joint(draws, data, prior))


@pytest.mark.parametrize("name", [n for n in MODELS if n != "student_t"])
def test_block_and_exact_engine_agree(name, seed):
    """The sampler's law of b given tau is the exact engine's; log p(y | tau) closes the circle."""
    model, data = MODELS[name]
    rng = np.random.default_rng(seed)
    tau = 0.0 if model.prior.tau is None else 3.7
    state = gibbs.State(np.array([tau]), np.zeros((1, data.design.shape[1])), np.zeros((1, 8)), data.sigma[None] ** 2)
    mean, root = block_law(tau, state, data, model.prior)
    p = data.design.shape[1]
    wanted_mean, wanted_cov, log_y = exact.coefficients(np.array([tau]), data, model.prior)
    np.testing.assert_allclose(mean[:p], wanted_mean[0], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose((root @ root.T)[:p, :p], wanted_cov[0], rtol=1e-9, atol=1e-12)
    # p(y | tau) p(b, theta | tau, y) p(tau) = joint, at any point
    at = mean + root @ rng.normal(size=len(mean))
    theta = data.design @ at[:p] if model.prior.tau is None else at[p:]
    draws = {"mu": at[0], "tau": np.array(tau), "theta": theta} | ({"beta": at[1:p]} if p > 1 else {})
    total = log_y[0] + stats.multivariate_normal(mean, root @ root.T).logpdf(at)
    total += 0 if model.prior.tau is None else model.prior.tau.logpdf(tau)
    np.testing.assert_allclose(total, generative.log_joint(draws, data, model.prior), rtol=1e-9)


@pytest.mark.parametrize("tau", [1e-3, 1e-12, 1e-30])
def test_tiny_spreads_keep_their_digits(tau):
    """theta - mu would round to 0; the block carries it, so eta comes back as it was drawn."""
    model, data = MODELS["skeptical"]
    z = np.linspace(-2, 2, 8)[None]
    start = gibbs.State(np.array([tau]), np.zeros((1, 1)), np.zeros((1, 8)), data.sigma[None] ** 2)
    after = gibbs.draw_block(Noise(np.ones((1, 1)), z), start, data, model.prior)
    shift = tau / data.sigma**2 * (data.y - after.b)
    np.testing.assert_allclose(gibbs.gaps(after, data) / tau, z + shift, rtol=1e-5)


def test_no_chain_is_trapped_at_a_tiny_spread(seed):
    """From far above a half-normal prior the slice step may land at 1e-22; the next sweeps must leave."""
    model, data = MODELS["skeptical"]
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


def student_point(rng):
    model, data = MODELS["student_t"]
    draws = generative.draw_prior(rng, data, model.prior, 1)
    theta = np.repeat(data.y + 2 * data.sigma * rng.standard_normal((1, 8)), len(LINE), 0)
    draws = {n: np.repeat(v, len(LINE), 0) for n, v in draws.items()} | {"theta": theta}
    return draws, data, model.prior


def test_log_nu(seed):
    draws, data, prior = student_point(np.random.default_rng(seed))
    line = np.linspace(-2, 6, len(LINE))
    joint = generative.log_joint(draws | {"nu": np.exp(line)}, data, prior)
    constant(gibbs_student.log_nu_density(line, data.y, draws["theta"], data.sigma, prior), joint + line)


class Gammas:
    """Stands in for a generator: hands out given gamma variates and keeps the shape asked for."""

    def __init__(self, rng, values):
        self.rng, self.values, self.asked = rng, values, None

    def gamma(self, shape, size=None):
        self.asked = np.broadcast_to(shape, self.values.shape)
        assert tuple(size) == self.values.shape, "each group needs a gamma of its own"
        return self.values

    def __getattr__(self, name):
        return getattr(self.rng, name)


def test_mixing_weights(seed):
    """Error variances sigma²/lambda: lambda's law is that of normal errors times its gamma prior."""
    rng = np.random.default_rng(seed)
    draws, data, prior = student_point(rng)
    values = np.exp(np.linspace(-2, 2, len(LINE)))[:, None] * np.exp(rng.normal(size=8))
    stand_in = Gammas(rng, values)
    inner = gibbs.State(draws["tau"], draws["mu"][:, None], draws["theta"], np.ones((len(LINE), 8)))
    state, _ = gibbs_student.draw_errors(stand_in, gibbs_student.State(inner, draws["nu"]), data, prior)
    weight, theta = data.sigma**2 / state.normal.variance, draws["theta"]
    for c in range(0, len(LINE), 7):
        nu, shape, rate = state.nu[c], stand_in.asked[c], values[c] / weight[c]
        for j in range(8):
            at = np.exp(np.linspace(-3, 3, 20))
            wanted = stats.norm.logpdf(data.y[j], theta[c, j], data.sigma[j] / np.sqrt(at)) + stats.gamma.logpdf(
                at, nu / 2, scale=2 / nu)
            constant(stats.gamma.logpdf(at, shape[j], scale=1 / rate[j]), wanted)
