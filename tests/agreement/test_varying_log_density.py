"""Groups with their own coefficients in PyMC and NumPyro are the models that NumPy defines: density by density, no sampling."""

import lines
import numpy as np
import pytensor
import pytest
import varied
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from numpyro.handlers import substitute, trace
from scipy import stats
from varied import CASES

from hbm_lib.models import varying
from hbm_lib.models.varying import LKJ, InverseWishart, generative

# every case in one form or the other, the line and the plane in both
PAIRS = [(name, form) for i, name in enumerate(n for n in CASES if n != "plane_sigma2")
         for form in (varied.FORMS if name in ("plane", "lkj_plane") else varied.FORMS[i % 2 :][:1])]


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=varied) < LIMIT


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=varied) < LIMIT


@pytest.mark.parametrize(("name", "form"), [("plane", "noncentered"), ("lkj_plane", "centered")])
def test_variables_of_the_result_are_what_they_are_called(name, form, seed):
    """Both engines hand back every variable of the model, and from the same sampled values the same as the definition."""
    model, data = CASES[name]
    draws = {k: v[:1] for k, v in varied.points(seed, data, model.prior).items()}
    values = {k: v[0] for k, v in varied.sampled(draws, data, model.prior, form)[0].items()}
    sites = trace(substitute(varied.numpyro_model.build(data, model.prior, form), values)).get_trace(data.y)
    built = varied.pymc_model.build(data, model.prior, form)
    run = pytensor.function(
        [built[n] for n in values], [built[n] for n in model.dims], mode="FAST_COMPILE", on_unused_input="ignore")
    for (name_, wanted), found in zip({n: draws[n][0] for n in model.dims}.items(), run(*values.values()), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(sites[name_]["value"], wanted, rtol=2e-3, atol=1e-3)  # JAX is in single precision here


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point, one group and one row at a time."""
    model, data = CASES[name]
    prior, law, draws = model.prior, model.prior.covariance, varied.points(seed, data, model.prior)
    found = generative.log_joint(draws, data, prior)
    for i in range(0, len(found), 4):
        p = {k: v[i] for k, v in draws.items()}
        if prior.mu is not None:
            total = sum(one.scipy().logpdf(v) for one, v in zip(prior.mu, p["mu"], strict=True))
        else:
            total = stats.multivariate_normal(prior.mean, np.linalg.inv(np.array(prior.precision))).logpdf(p["mu"])
        if isinstance(law, InverseWishart):
            total += stats.invwishart(law.nu, np.array(law.scale)).logpdf(p["covariance"])
        else:
            total += sum(one.scipy().logpdf(v) for one, v in zip(law.scales, p["tau"], strict=True))
            total += law.log_parts(p["covariance"])["correlation"]  # its own tests: test_varying_gibbs
        total += getattr(prior, prior.noise).scipy().logpdf(p[prior.noise])
        total += sum(stats.multivariate_normal(p["mu"], p["covariance"], allow_singular=False).logpdf(b) for b in p["beta"])
        for row, g in enumerate(data.index):
            total += stats.norm(data.x[row] @ p["beta"][g], p["sigma"]).logpdf(data.y[row])
        assert found[i] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("name", ["slopes", "uniform_rho", "half_eta"])
def test_lkj_with_one_slope_is_the_model_of_slopes(name, seed):
    """Two definitions, written apart, are one density; so the Gibbs sampler of ``slopes`` serves this posterior too."""
    other, theirs = lines.CASES[name]
    p, draws = other.prior, lines.points(seed, theirs, other.prior)
    prior = varying.Prior(LKJ(p.eta, [p.tau_intercept, p.tau_slope]), [p.mu, p.beta], sigma=p.sigma)
    data = varying.Data(np.column_stack([np.ones(theirs.n_rows), theirs.x]), theirs.y, np.array(theirs.labels)[theirs.index])
    t0, t1, rho = (draws[n] for n in ("tau_intercept", "tau_slope", "rho"))
    covariance = np.stack([np.stack([t0**2, rho * t0 * t1], -1), np.stack([rho * t0 * t1, t1**2], -1)], -2)
    mine = generative.named(np.stack([draws["mu"], draws["beta"]], -1), np.stack([draws["a"], draws["b"]], -1), covariance,
                            draws["sigma"] ** 2)
    np.testing.assert_allclose(generative.log_joint(mine, data, prior), lines.generative.log_joint(draws, theirs, p), rtol=1e-9)
