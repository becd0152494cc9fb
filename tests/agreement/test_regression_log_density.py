"""The PyMC and the NumPyro model of regression with groups are the model that NumPy defines: no sampling."""

import numpy as np
import pytest
import regression_engines
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from regression_engines import CASES, FORMS, points
from scipy import stats

from hbm_lib.models.regression import generative

PAIRS = [(name, form) for name in CASES for form in FORMS]


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=regression_engines) < LIMIT


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=regression_engines) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point and one row at a time."""
    model, data = CASES[name]
    prior, draws = model.prior, points(seed, data, model.prior, 6)
    found = generative.log_joint(draws, data, prior)
    p = data.x.shape[1]
    precision = np.asarray(prior.precision, float)
    precision = precision if precision.ndim == 2 else np.diag(np.broadcast_to(precision, p))
    for i in range(len(found)):
        beta, gamma, sigma2, tau2 = (draws[n][i] for n in ("beta", "gamma", "sigma2", "tau2"))
        total = prior.sigma2.scipy().logpdf(sigma2)
        total += stats.multivariate_normal(np.broadcast_to(prior.mean, p), sigma2 * np.linalg.inv(precision)).logpdf(beta)
        total += prior.tau2.scipy().logpdf(tau2) if prior.tau is None else (
            prior.tau.scipy().logpdf(np.sqrt(tau2)) - np.log(2 * np.sqrt(tau2)))
        total += stats.norm(0, np.sqrt(tau2)).logpdf(gamma).sum()
        for y, x, j in zip(data.y, data.x, data.index, strict=True):
            total += stats.norm(x @ beta + gamma[j], np.sqrt(sigma2)).logpdf(y)
        assert found[i] == pytest.approx(total, rel=1e-9)
