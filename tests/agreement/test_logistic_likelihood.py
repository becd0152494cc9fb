"""Maximum likelihood by adaptive quadrature: lme4's figures, closed forms, and SciPy's own quadrature."""

import re

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from hbm_lib.data import real
from hbm_lib.models import logistic
from hbm_lib.models.logistic import integrals, likelihood

from .test_logistic_many import contraception

CLINIC = logistic.Data([2, 5, 9, 0, 4, 30], [6, 9, 11, 4, 4, 40], list("ABCDEF"))
SLOPES = logistic.Data([7, 8, 1, 2, 5, 4, 9, 7, 0, 2, 4, 5], [8, 9, 8, 7, 9, 8, 9, 8, 7, 9, 8, 9], list("aabbccddeeff"),
                       {"x": [0, 1] * 6, "z": [0.3, -1, 1.2, 0, 1, -1.5, 0.2, 0.1, -0.8, 1, 0.4, -0.6]})


def medpar(*covariates):
    """Patients of 54 hospitals: whether they died."""
    table = real.load("medpar")
    return logistic.Data.from_frame(table, outcome="died", group="provnum", covariates=covariates)


def test_lme4s_fit_of_the_hospitals():
    """R's lme4 1.1-31 with 25 nodes: -.662 (.069), standard deviation .244."""
    found = likelihood.maximum_likelihood(medpar(), 25)
    assert found.mu == pytest.approx(-0.662, abs=0.0006)
    assert found.se[0] == pytest.approx(0.069, abs=0.0006)
    assert found.tau == pytest.approx(0.244, abs=0.0006)


def test_lme4s_fit_of_the_hospitals_with_covariates():
    """lme4's .651 (.130) of age80 beside a standard deviation of .183 is the fit with type of admission and two more columns."""
    found = likelihood.maximum_likelihood(medpar("age80", "white", "hmo", "type2", "type3"), 25)
    assert found.beta[0] == pytest.approx(0.651, abs=0.0006)
    assert found.se[1] == pytest.approx(0.130, abs=0.0006)
    assert found.tau == pytest.approx(0.183, abs=0.0006)
    alone = likelihood.maximum_likelihood(medpar("age80"), 25)
    assert alone.beta[0] < 0.645  # age80 alone is another fit
    assert alone.tau > 0.2


def test_lme4s_fit_of_contraception():
    """R's lme4 1.1-31 with 15 nodes: six coefficients and the districts' standard deviation."""
    found = likelihood.maximum_likelihood(contraception(), 15)
    np.testing.assert_allclose(found.b[[0, 3, 4, 5]], [-1.690, 1.109, 1.377, 1.346], atol=0.0006)
    np.testing.assert_allclose(found.b[1:3], [-0.0266, 0.7324], atol=0.00006)
    assert found.tau == pytest.approx(0.464, abs=0.0006)


@pytest.mark.parametrize(("mu", "tau"), [(0.3, 0.7), (-1.0, 0.2), (1.5, 1.5), (0.3, 0.0)])
def test_the_likelihood_by_adaptive_quadrature(mu, tau):
    def one(y, n):
        f = lambda z: stats.binom(n, special.expit(mu + tau * z)).pmf(y) * stats.norm.pdf(z)  # noqa: E731
        return np.log(integrate.quad(f, -9, 9, epsabs=0, epsrel=1e-10, points=[-2, 0, 2])[0])

    wanted = sum(one(int(y), int(n)) for y, n in zip(CLINIC.y, CLINIC.trials, strict=True))
    found = likelihood.log_likelihood(np.array([[mu], [mu]]), np.array([tau, -tau]), CLINIC, 40)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_one_node_is_laplace():
    data = logistic.Data([3, 1], [4, 2], ["a", "b"])
    total = 0.0
    for y, n in zip(data.y, data.trials, strict=True):
        down = lambda z, y=y, n=n: -(stats.binom(n, special.expit(0.2 + 0.8 * z)).logpmf(y) + stats.norm.logpdf(z))  # noqa: E731
        best = optimize.minimize_scalar(down, bracket=(-1, 1), tol=1e-12)
        p = special.expit(0.2 + 0.8 * best.x)
        total += -best.fun + 0.5 * np.log(2 * np.pi) - 0.5 * np.log(1 + 0.64 * n * p * (1 - p))
    assert likelihood.log_likelihood(np.array([[0.2]]), np.array([0.8]), data, 1)[0] == pytest.approx(total, abs=1e-7)


@pytest.mark.parametrize("data", [CLINIC, SLOPES], ids=["plain", "two covariates"])
def test_the_maximum_and_its_curvature_by_another_rule(data):
    """The exact engine's trapezoidal rule: its gradient is 0 at the estimates, and its Hessian gives their covariance."""
    found = likelihood.maximum_likelihood(data, 60)
    assert found.tau > 0.1  # inside
    place, size = np.append(found.b, found.tau), len(found.b) + 1
    step = 0.02 * found.se

    def other(moves):
        at = place + moves * step
        return integrals.groups(at[:, :-1], at[:, -1], data, 97).log_z.sum(1)

    eye = np.eye(size)
    slope = (other(eye) - other(-eye)) / (2 * 0.02)
    assert np.abs(slope).max() < 2e-3  # in standard errors, as the curvature is 1
    i, j = np.triu_indices(size)
    curve, e, f = np.empty((size, size)), eye[i], eye[j]
    curve[i, j] = curve[j, i] = -(other(e + f) - other(e - f) - other(f - e) + other(-e - f)) / 4
    covariance = np.linalg.inv(curve / np.outer(step, step))
    np.testing.assert_allclose(covariance, found.covariance, rtol=0.01, atol=1e-3 * found.se.max() ** 2)
    assert found.log_likelihood == pytest.approx(other(np.zeros((1, size)))[0], abs=1e-5)


def test_groups_that_do_not_differ_have_a_tau_of_0():
    """Closed form: the pooled logit and its standard error; and tau is told to be at the boundary."""
    found = likelihood.maximum_likelihood(logistic.Data([6, 9, 12], [10, 15, 20], list("abc")))
    assert found.tau == 0
    assert found.mu == pytest.approx(special.logit(0.6), abs=1e-6)
    assert found.se[0] == pytest.approx(1 / np.sqrt(45 * 0.24), rel=1e-4)
    assert np.isnan(found.se[-1])


def test_the_likelihood_of_many_equal_groups_by_brute_force():
    """Pairs of cases: the probabilities of 0, 1 and 2 by plain sums, the best mu and tau by Nelder and Mead's search."""
    counts = {0: 30, 1: 20, 2: 50}
    data = logistic.Data(np.repeat([0, 1, 2], [30, 20, 50]), np.full(100, 2), [f"g{i}" for i in range(100)])
    z = np.linspace(-9, 9, 721)
    law = stats.norm.pdf(z) * (z[1] - z[0])

    def down(place):
        p = special.expit(place[0] + place[1] * z)
        return -sum(n * np.log((stats.binom.pmf(k, 2, p) * law).sum()) for k, n in counts.items())

    best = optimize.minimize(down, [0.2, 2.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11})
    found = likelihood.maximum_likelihood(data, 60)
    np.testing.assert_allclose([found.mu, found.tau], best.x, rtol=2e-3)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-3)


def test_the_table_names_every_row():
    table = likelihood.maximum_likelihood(SLOPES).table()
    assert list(table.index) == ["mu", "beta[x]", "beta[z]", "tau"]
    assert list(table.columns) == ["estimate", "se"]
    assert re.match(r"Estimates\(mu .* nodes\)", repr(likelihood.maximum_likelihood(CLINIC, 7)))


@pytest.mark.parametrize(("data", "nodes", "said"), [
    (CLINIC, 0, "nodes: a whole number from 1 to 200 is needed, got 0"),
    (CLINIC, 2.5, "nodes: a whole number from 1 to 200 is needed, got 2.5"),
    (CLINIC, True, "nodes: a whole number from 1 to 200 is needed, got True"),
    ({"y": [1]}, 9, "data: a logistic.Data is needed, got dict"),
    (CLINIC.replicated(np.zeros((2, 6))), 9, "one data set is needed, got 2 at once"),
    (logistic.Data([4, 3], [4, 3], ["a", "b"]), 9, "every outcome is a success; the likelihood has no finite maximum"),
    (logistic.Data([0, 0], [4, 3], ["a", "b"]), 9, "every outcome is a failure; the likelihood has no finite maximum"),
    (logistic.Data([2, 0, 3, 0], [2, 4, 3, 5], list("abab"), {"x": [1, 0, 2, 0.5]}), 9, "the covariates x separate successes"),
    (logistic.Data([4, 0, 3], [4, 5, 3], list("abc")), 9, "the outcomes of every group are all alike, so that tau runs away"),
    (logistic.Data([3, 0, 4], [3, 4, 4], list("abc")), 9, "the outcomes of every group are all alike, so that tau runs away"),
    (logistic.Data([1, 0, 1, 1], [1] * 4, list("abcd")), 9, "the outcomes of every group are all alike, so that tau runs away"),
    (logistic.Data([30, 500_000], [100, 10**6], list("ab")), 9, "group 'b' has 1,000,000 cases; above 200,000 the differences"),
])
def test_what_it_refuses(data, nodes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        likelihood.maximum_likelihood(data, nodes)
