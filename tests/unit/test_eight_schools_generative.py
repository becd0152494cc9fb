"""The generative process: priors, predictions and densities fit together."""

import numpy as np
import pytest
from eight import CASES, points
from scipy import stats

from hbm_lib.models.eight_schools import generative

DRAWS = 6000


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [5, (2, 3)])
def test_shapes(name, size):
    model, data = CASES[name]
    draws = generative.draw_prior(np.random.default_rng(1), data, model.prior, size)
    lead = (5,) if size == 5 else size
    shape = {"theta": (*lead, 8), "beta": (*lead, len(data.covariates))}
    assert set(draws) == set(model.dims)
    assert all(v.shape == shape.get(n, lead) for n, v in draws.items())
    assert generative.predict(np.random.default_rng(2), draws, data, model.prior).shape == (*lead, 8)
    assert generative.log_likelihood(draws, data, model.prior).shape == (*lead, 8)
    assert generative.log_joint(draws, data, model.prior).shape == lead
    assert {n: v.shape for n, v in generative.log_prior(draws, model.prior).items()} == {
        n: draws[n].shape for n in ("mu", "tau", "beta", "nu") if n in draws}


@pytest.mark.parametrize("name", CASES)
def test_prior_draws_and_predictions_follow_their_laws(name, seed):
    """Each random quantity through its own distribution function is uniform; about 110 tests at 1e-6."""
    model, data = CASES[name]
    prior, rng = model.prior, np.random.default_rng(seed)
    draws = generative.draw_prior(rng, data, prior, DRAWS)
    y = generative.predict(rng, draws, data, prior)
    z = (y - draws["theta"]) / data.sigma
    law = stats.norm if prior.nu is None else stats.t(draws["nu"][:, None])
    uniforms = {"mu": prior.mu.cdf(draws["mu"])} | {f"error {j}": law.cdf(z)[:, j] for j in range(8)}
    if prior.tau is not None:
        uniforms["tau"] = prior.tau.cdf(draws["tau"])
        spread = np.asarray(prior.scale(draws["tau"]))[:, None]
        eta = (draws["theta"] - generative.mean_effect(draws, data)) / spread
        uniforms |= {f"eta {j}": stats.norm.cdf(eta[:, j]) for j in range(8)}
    if prior.nu is not None:
        uniforms["nu"] = prior.nu.cdf(draws["nu"])
    for name_, u in uniforms.items():
        assert stats.kstest(u, "uniform").pvalue > 1e-6, name_
    # errors of different groups are independent of each other, and of mu
    columns = np.column_stack(list(uniforms.values()))
    found = np.abs(np.corrcoef(columns.T)[np.triu_indices(columns.shape[1], 1)])
    assert found.max() < stats.norm.isf(5e-7 / len(found)) / np.sqrt(DRAWS)


@pytest.mark.parametrize("name", CASES)
def test_theta_sd_is_the_map_of_tau(name):
    model, data = CASES[name]
    draws = generative.draw_prior(np.random.default_rng(3), data, model.prior, 50)
    if model.prior.scale.kind == "identity":
        assert "theta_sd" not in draws
    else:
        np.testing.assert_array_equal(draws["theta_sd"], model.prior.scale(draws["tau"]))


@pytest.mark.parametrize("name", CASES)
def test_log_joint_is_prior_plus_effects_plus_likelihood(name, seed):
    """A change of y moves log_joint by exactly what it moves the likelihood."""
    model, data = CASES[name]
    draws = points(seed, data, model.prior)
    moved = type(data)(data.y + 3, data.sigma, data.labels, data.covariates)
    change = generative.log_joint(draws, moved, model.prior) - generative.log_joint(draws, data, model.prior)
    likelihood = [generative.log_likelihood(draws, d, model.prior).sum(-1) for d in (moved, data)]
    np.testing.assert_allclose(change, likelihood[0] - likelihood[1], rtol=1e-9, atol=1e-9)
