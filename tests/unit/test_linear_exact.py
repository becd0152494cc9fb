"""Linear regression in closed form: against numerical integration, row by row, and where digits could be lost."""

from fractions import Fraction

import numpy as np
import plain_rows
import pytest
from plain_rows import CASES, CONJUGATE, DATA, LINE, MEAN, PRECISION, exact_gaps
from scipy import integrate, stats

from hbm_lib import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import linear
from hbm_lib.models.linear import baselines, exact, simulate
from hbm_lib.priors import HalfNormal, InverseGamma

LIMIT = 1e-8


@pytest.mark.parametrize("name", CONJUGATE)
def test_moments_quantiles_and_evidence_by_numerical_integration(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


def part(data, rows):
    return linear.Data(data.x[rows], data.y[rows], data.names)


@pytest.mark.parametrize("name", ["matrix", "line", "wide"])
@pytest.mark.parametrize("first", [1, 2])
def test_the_posterior_of_some_rows_is_the_prior_of_the_rest(name, first):
    model, data = CASES[name]
    rows = np.arange(data.n_rows)
    before = fit_exact(model, part(data, rows < first))
    after = fit_exact(linear.conjugate(before.as_prior()), part(data, rows >= first))
    whole = fit_exact(model, data)
    np.testing.assert_allclose(after.joint.mean, whole.joint.mean, rtol=1e-9, atol=1e-10)
    precisions = [found.joint.root.T @ found.joint.root for found in (after, whole)]
    np.testing.assert_allclose(*precisions, rtol=1e-9, atol=1e-10)
    assert after.joint.shape == pytest.approx(whole.joint.shape, rel=1e-12)
    assert after.joint.scale == pytest.approx(whole.joint.scale, rel=1e-10)
    assert before.log_evidence + after.log_evidence == pytest.approx(whole.log_evidence, rel=1e-10)


@pytest.mark.parametrize("name", ["matrix", "line", "far_from_0"])
def test_the_evidence_is_the_product_of_one_step_predictions(name):
    """p(y) = prod_i p(y_i | y_1 ... y_i-1), each factor the Student-t density of the row that comes next."""
    model, data = CASES[name]
    rows, total = np.arange(data.n_rows), 0.0
    for i in rows:
        if i == 0:  # nothing seen: the prior predictive, by integration over sigma2
            prior, x = model.prior, data.x[0]
            mean, cov = prior.coefficients(data.n_columns)[0], np.linalg.inv(plain_rows.generative_precision(data, prior))
            scale2 = prior.sigma2.scale / prior.sigma2.shape * (1 + x @ cov @ x)
            total += stats.t(2 * prior.sigma2.shape, x @ mean, np.sqrt(scale2)).logpdf(data.y[0])
        else:
            total += fit_exact(model, part(data, rows < i)).predictive(data.x[i]).logpdf(data.y[i])
    assert total == pytest.approx(fit_exact(model, data).log_evidence, rel=1e-10)


def test_new_rows_together_are_the_evidence_of_all_less_that_of_the_first():
    model, data = CASES["matrix"]
    rows = np.arange(12)
    before = fit_exact(model, part(data, rows < 7))
    found = before.predictive_together(data.x[7:]).logpdf(data.y[7:])
    assert found == pytest.approx(fit_exact(model, data).log_evidence - before.log_evidence, rel=1e-10)


def test_the_predictive_by_integration_over_sigma2():
    """A new row's law as a mixture of normals over the posterior of sigma2, at four places of its tail."""
    model, data = CASES["line"]
    found, x = fit_exact(model, data), np.array([1.0, 3.0])
    centre, cov, _, _ = plain_rows.given_sigma2(data, model.prior)
    law, at = found.law("sigma2"), np.array([-9.0, 0.0, 1.5, 12.0])
    spread = np.sqrt(1 + x @ cov @ x)
    wanted = [integrate.quad(lambda v, y=y: stats.norm.pdf(y, x @ centre, spread * np.sqrt(v)) * law.pdf(v), 0, np.inf,
                             epsabs=1e-14, epsrel=1e-10, limit=400)[0] for y in at]
    np.testing.assert_allclose(found.predictive(x).pdf(at), wanted, rtol=1e-7)


def test_a_combination_of_coefficients():
    """The height of the line at x, and a difference: against draws' exact first two moments."""
    found = fit_exact(*CASES["matrix"])
    v = found.joint.covariance * found.mean("sigma2")
    for weights in (np.array([1.0, 2.0, 0.0]), np.array([0.0, 1.0, -1.0])):
        law = found.combination(weights)
        assert law.mean() == pytest.approx(weights @ found.mean("beta"), rel=1e-12)
        assert law.std() == pytest.approx(np.sqrt(weights @ v @ weights), rel=1e-10)
    both = found.combination(np.eye(3))
    np.testing.assert_allclose(both.std(), found.sd("beta"))


def test_draws_follow_the_law(seed):
    model, data = CASES["matrix"]
    found, n = fit_exact(model, data), 20_000
    draws = found.sample(np.random.default_rng(seed), n)
    for name in ("sigma2", "sigma"):
        assert stats.kstest(found.law(name).cdf(draws[name]), "uniform").pvalue > 1e-4
    z = (draws["beta"] - found.joint.mean) @ found.joint.root.T / draws["sigma"][:, None]
    products = z[:, :, None] * z[:, None, :]
    assert np.abs(z.mean(0)).max() * np.sqrt(n) < 5
    assert np.abs((products.mean(0) - np.eye(3)) / products.std(0)).max() * np.sqrt(n) < 5
    away = (draws["sigma2"] - draws["sigma2"].mean())[:, None] * (z**2 - 1)
    assert np.abs(away.mean(0) / away.std(0)).max() * np.sqrt(n) < 5


def test_an_almost_flat_prior_is_least_squares():
    """The mean of beta tends to the estimate; its spread to the standard error, but with n where that has n - p."""
    flat = linear.conjugate(linear.Prior(0, 1e-12, InverseGamma(1e-9, 1e-9)))
    found, table = fit_exact(flat, DATA), baselines.ols(DATA)
    np.testing.assert_allclose(found.mean("beta"), table["estimate"], rtol=1e-9)
    law = found.law("beta")
    # with sigma2 in the prior of beta, the prior's p squares count however small they are
    np.testing.assert_allclose(law.args[2] * np.sqrt(12 / 9), table["se"], rtol=1e-6)


def test_an_outcome_far_from_0_keeps_its_digits():
    """The same rows moved by 2^33 (every number exact): the slope and the noise do not move."""
    model = linear.conjugate(linear.Prior(0, [1e-24, 0.5], InverseGamma(2, 1)))
    y = np.round(plain_rows.Y * 8) / 8
    near = fit_exact(model, linear.Data(LINE.x, y))
    far = fit_exact(model, linear.Data(LINE.x, y + 2.0**33))
    assert far.mean("beta")[1] == pytest.approx(near.mean("beta")[1], rel=1e-5)
    assert far.mean("sigma2") == pytest.approx(near.mean("sigma2"), rel=1e-3)


def test_the_arithmetic_in_fractions():
    """Two columns and three rows of whole numbers: m, V^-1 and b_n in exact rational arithmetic."""
    x, y = [[1, 2], [1, 5], [1, 11]], [3, 4, 13]
    model = linear.conjugate(linear.Prior([1, 2], [2, 3], InverseGamma(2, 5)))
    found = fit_exact(model, linear.Data(np.array(x, float), np.array(y, float)))
    f = Fraction
    a, b, d = f(2 + 3), f(18), f(3 + 150)
    h = [f(2 * 1 + 20), f(3 * 2 + 6 + 20 + 143)]
    det = a * d - b * b
    m = [(d * h[0] - b * h[1]) / det, (a * h[1] - b * h[0]) / det]
    squares = sum((yi - m[0] - m[1] * xi[1]) ** 2 for xi, yi in zip(x, y, strict=True))
    squares += 2 * (m[0] - 1) ** 2 + 3 * (m[1] - 2) ** 2
    np.testing.assert_allclose(found.joint.mean, [float(v) for v in m], rtol=1e-13)
    np.testing.assert_allclose(found.joint.root.T @ found.joint.root, [[float(a), float(b)], [float(b), float(d)]], rtol=1e-13)
    assert found.joint.scale == pytest.approx(float(5 + squares / 2), rel=1e-13)
    assert found.joint.shape == 3.5


@pytest.mark.parametrize("shape", [1.3, 10.0, 49.0, 51.0, 300.0, 5e5])
def test_mean_and_sd_of_sigma(shape):
    """The gamma functions and their series against integration; both sides of where one takes over."""
    law = stats.invgamma(shape, scale=3.0)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    low, high = (np.log(law.ppf(1e-16)), np.log(law.isf(1e-16))) if shape > 40 else (-8.0, 80.0)
    u = (low + (high - low) * (np.arange(400)[:, None] + (nodes + 1) / 2) / 400).ravel()
    w = np.tile(weights, 400) * law.pdf(np.exp(u)) * np.exp(u)
    w /= w.sum()
    mean = w @ np.exp(u / 2)
    sd = np.sqrt(w @ (np.exp(u / 2) - mean) ** 2)
    assert exact.root_moments(shape, 3.0) == pytest.approx((mean, sd), rel=1e-7)


def test_moments_that_do_not_exist_are_infinite():
    found = fit_exact(linear.conjugate(linear.Prior(0, 1, InverseGamma(0.2, 1))), linear.Data([[1.0]], [2.0]))
    assert found.mean("sigma2") == np.inf
    assert found.sd("sigma") == np.inf
    assert np.isfinite(found.mean("sigma"))
    assert np.isfinite(found.quantile("sigma2", 0.9))


def test_a_prior_that_is_not_conjugate_is_refused_with_what_can():
    model = linear.conjugate(linear.Prior(0, 1, HalfNormal(1)))
    with pytest.raises(EngineError, match=r"'exact' needs an InverseGamma prior on sigma2, got HalfNormal\(sigma=1\); use pymc"):
        fit_exact(model, DATA)


def test_a_million_rows_and_the_truth():
    data, truth = simulate.columns(1, rows=1_000_000)
    found = fit_exact(linear.conjugate(linear.Prior(0, 0.01, InverseGamma(2, 2))), data)
    assert np.abs((found.mean("beta") - truth.beta) / found.sd("beta")).max() < 5
    assert abs(found.mean("sigma") - truth.sigma) / found.sd("sigma") < 5
    assert found.sd("sigma") == pytest.approx(truth.sigma / np.sqrt(2e6), rel=0.01)


def test_the_summary_has_a_row_a_number_and_no_quadrature_error():
    table = fit_exact(*CASES["matrix"]).summary()
    assert list(table.index) == ["beta[intercept]", "beta[age]", "beta[kind]", "sigma2", "sigma"]
    assert (table["error"] == 0).all()
    assert np.all(table["2.5%"] < table["median"])


def test_many_data_sets_at_once_are_each_their_own(seed):
    model = linear.conjugate(linear.Prior(MEAN, PRECISION, InverseGamma(3, 2)))
    y = np.random.default_rng(seed).normal(size=(4, 12))
    many, evidence = exact.update(DATA.replicated(y), model.prior), exact.log_evidence(DATA.replicated(y), model.prior)
    for r in range(4):
        one = fit_exact(model, linear.Data(DATA.x, y[r]))
        np.testing.assert_allclose(many.mean[r], one.joint.mean, rtol=1e-10)
        assert many.scale[r] == pytest.approx(one.joint.scale, rel=1e-10)
        assert evidence[r] == pytest.approx(one.log_evidence, rel=1e-10)
