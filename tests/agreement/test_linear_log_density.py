"""The PyMC and the NumPyro model of linear regression are the model that NumPy defines: density by density, no sampling."""

import numpy as np
import plain_rows
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from plain_rows import CASES, FORMS, points
from scipy import stats

from hbm_lib.models.linear import generative

PAIRS = [(name, form) for name in CASES for form in FORMS]


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=plain_rows) < LIMIT


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=plain_rows) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point and one row at a time."""
    model, data = CASES[name]
    prior, draws = model.prior, points(seed, data, model.prior)
    found = generative.log_joint(draws, data, prior)
    cov, mean = np.linalg.inv(plain_rows.generative_precision(data, prior)), np.broadcast_to(prior.mean, data.n_columns)
    for i in range(len(found)):
        beta, sigma2 = draws["beta"][i], draws["sigma2"][i]
        total = prior.sigma2.scipy().logpdf(sigma2) + stats.multivariate_normal(mean, sigma2 * cov).logpdf(beta)
        for y, x in zip(data.y, data.x, strict=True):
            total += stats.norm(sum(b * v for b, v in zip(beta, x, strict=True)), np.sqrt(sigma2)).logpdf(y)
        assert found[i] == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_each_row_has_one_term_and_priors_have_their_names(name, seed):
    model, data = CASES[name]
    draws = points(seed, data, model.prior, 6)
    terms = generative.log_likelihood(draws, data, model.prior)
    assert terms.shape == (6, data.n_rows)
    changed = generative.log_likelihood(draws, data.replicated((data.y + np.eye(data.n_rows)[1])[None]), model.prior)
    assert list(np.flatnonzero((changed != terms).any(0))) == [1]
    laws = generative.log_prior(draws, model.prior)
    assert {n: v.shape for n, v in laws.items()} == {n: draws[n].shape for n in ("sigma2", "beta")}


def test_draws_of_the_prior_follow_it(seed):
    """Mean and covariance of the standardized coefficients, and the law of sigma2, in standard errors."""
    model, data = CASES["matrix"]
    n = 20_000
    draws = generative.draw_prior(np.random.default_rng(seed), data, model.prior, (n // 4, 4))
    assert draws["beta"].shape == (n // 4, 4, 3)
    sigma2, beta = draws["sigma2"].ravel(), draws["beta"].reshape(-1, 3)
    assert stats.kstest(model.prior.sigma2.cdf(sigma2), "uniform").pvalue > 1e-4
    root = np.linalg.cholesky(plain_rows.PRECISION)
    z = (beta - plain_rows.MEAN) @ root / np.sqrt(sigma2)[:, None]
    assert np.abs(z.mean(0)).max() * np.sqrt(n) < 5
    products = z[:, :, None] * z[:, None, :]
    assert np.abs((products.mean(0) - np.eye(3)) / products.std(0)).max() * np.sqrt(n) < 5
