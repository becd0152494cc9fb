"""Integrals over intercepts that many values of mu share: the same as by the adaptive rule, on hard cases."""

import logistic_grid_checks as checks
import numpy as np
import pytest
import rates

from hbm_lib.models import logistic
from hbm_lib.models.logistic import exact, given_tau, many_mu


@pytest.mark.parametrize("case", checks.CASES)
def test_a_grid_is_the_adaptive_rule(case, monkeypatch):
    monkeypatch.setattr(many_mu, "groups", checks.refuse)
    gaps = checks.grid_gaps(case)
    assert max(gaps.values()) < checks.LIMIT, gaps


@pytest.mark.parametrize("order", [1, -1])
def test_a_grid_is_as_fine_as_the_most_telling_beta_needs(order, monkeypatch):
    """Where beta is 20 it explains every outcome and no intercept is told of; where it is 0 group a is 50 of 100.

    A group of one case keeps the grid wide at either, if it shares it.
    """
    data = logistic.Data([50, 0, 1], [50, 50, 1], list("aab"), {"x": [1, -1, 0]})
    beta, mu = np.array([0.0, 20.0])[::order], np.array([[-1.0, 0.0, 1.0]] * 2)
    monkeypatch.setattr(many_mu, "groups", checks.refuse)
    log_z, moments = many_mu.over_mu(1.0, beta, mu, data, 49)
    wanted, true = checks.adaptive(data, 1.0, beta, mu)
    np.testing.assert_allclose(log_z, wanted, rtol=0, atol=checks.LIMIT)
    np.testing.assert_allclose(moments, true, rtol=0, atol=checks.LIMIT)


def test_both_grids_meet():
    """At one tau each: the two kinds of grid give one result."""
    data, _, beta, mu = checks.given("few cases")
    tau = 0.15
    z_low, z_high, low, high, _ = many_mu._ends(tau, beta, mu, data)
    every = np.arange(data.n_groups)
    one = many_mu.grids.in_alpha(tau, beta, mu, data, every, (low.min(1), high.max(1)), 401)
    two = many_mu.grids.in_z(tau, beta, mu, data, np.linspace(z_low, z_high, 101), 1.0)
    np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-11)


def test_where_a_sum_is_lost_to_underflow_the_adaptive_rule_stays():
    data = logistic.Data([95_000, 0, 3], [100_000, 4, 7], list("abc"), {"x": [0.1, -0.4, 1.0]})
    beta, mu = np.array([0.0, 0.5]), np.array([[-4.0, 0.0, 4.0]] * 2)
    log_z, moments = many_mu.over_mu(0.1, beta, mu, data, 49)
    wanted, true = checks.adaptive(data, 0.1, beta, mu, nodes=49)
    assert log_z.min() < -700
    np.testing.assert_array_equal(log_z, wanted)
    np.testing.assert_array_equal(moments, true)


def test_a_finer_rule_has_finer_grids():
    """The error estimate takes half as many nodes again; a coarse rule is off, so that it has something to tell."""
    data, tau, beta, mu = checks.given("few cases")
    wanted = checks.adaptive(data, tau, beta, mu)[0]
    off = [np.abs(many_mu.over_mu(tau, beta, mu, data, nodes)[0] - wanted).max() for nodes in (15, 21, 31)]
    assert off[0] > 10 * off[1] > 100 * off[2]
    assert off[0] > 1e-6


def test_the_posterior_is_the_one_of_the_adaptive_rule(monkeypatch):
    model, data = rates.CASES["one_covariate"]
    found = exact.posterior(model, data)
    monkeypatch.setattr(given_tau, "over_mu", lambda tau, beta, mu, data, nodes: checks.adaptive(data, tau, beta, mu, nodes))
    wanted = exact.posterior(model, data)
    assert found.log_evidence == pytest.approx(wanted.log_evidence, abs=1e-8)
    for name in model.dims:
        sd = wanted.sd(name)
        assert np.all(np.abs(found.mean(name) - wanted.mean(name)) < 1e-7 * sd), name
        assert np.all(np.abs(found.sd(name) - sd) < 1e-7 * sd), name
        assert np.all(found.error(name) < 1e-6 * sd), name
