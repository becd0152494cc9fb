"""Quadrature on a lattice against integrals that are known in closed form, and its draws against its moments."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.samplers.lattice import Between, Positive, lattice


def gamma_and_beta(x):
    return stats.gamma.logpdf(x[:, 0], 3, scale=0.5) + stats.beta.logpdf(x[:, 1], 2, 3) + 7.0


@pytest.fixture(scope="module")
def found():
    return lattice(gamma_and_beta, [Positive(0.5, 30), Between(0, 1)])


def test_moments_and_evidence(found):
    assert found.log_evidence == pytest.approx(7.0, abs=1e-8)
    np.testing.assert_allclose(found.weight @ found.points, [1.5, 0.4], atol=1e-8)
    np.testing.assert_allclose(found.weight @ found.points**2, [0.75 + 2.25, 0.04 + 0.16], atol=1e-7)
    assert abs(found.log_evidence - 7) <= found.change < 1e-3


def test_quantiles(found):
    q = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    np.testing.assert_allclose(found.quantile(0, q), stats.gamma.ppf(q, 3, scale=0.5), rtol=1e-4)
    np.testing.assert_allclose(found.quantile(1, q), stats.beta.ppf(q, 2, 3), rtol=1e-4)


def test_draws(found, seed):
    draws = found.sample(np.random.default_rng(seed), 20_000)
    assert stats.kstest(draws[:, 0], stats.gamma(3, scale=0.5).cdf).pvalue > 1e-4
    assert stats.kstest(draws[:, 1], stats.beta(2, 3).cdf).pvalue > 1e-4
    assert stats.pearsonr(*draws.T).pvalue > 1e-4


def test_a_density_that_is_positive_at_its_bounds():
    half = lattice(lambda x: stats.halfnorm.logpdf(x).sum(1), [Positive(1.0, 12.0)] * 2)
    assert half.log_evidence == pytest.approx(0, abs=1e-7)
    flat = lattice(lambda x: np.zeros(len(x)), [Between(-1, 2), Between(0, 1)])
    assert flat.log_evidence == pytest.approx(np.log(3), abs=1e-7)


def test_three_scales_that_depend_on_each_other():
    cov = np.array([[1, 0.6, 0.2], [0.6, 1, -0.3], [0.2, -0.3, 0.5]])
    log_p = lambda x: stats.multivariate_normal.logpdf(np.log(x), np.zeros(3), cov) - np.log(x).sum(1)  # noqa: E731
    found = lattice(log_p, [Positive(0.5, 1e4)] * 3)
    assert found.log_evidence == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(found.weight @ found.points, np.exp(np.diag(cov) / 2), rtol=1e-4)


def test_a_density_that_is_nowhere_finite():
    with pytest.raises(ValueError, match="nowhere finite"):
        lattice(lambda x: np.full(len(x), -np.inf), [Between(0, 1)])
