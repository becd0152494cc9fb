"""The PyMC and the NumPyro model are the model that NumPy defines: density by density, no sampling."""

import numpy as np
import pytest
from eight import CASES, FORMS, WITH_TAU, points
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from scipy import stats

from hbm_lib.models.eight_schools import generative

PAIRS = [(name, form) for name in CASES for form in FORMS if name in WITH_TAU or form == "noncentered"]


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form) < LIMIT


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point at a time."""
    model, data = CASES[name]
    prior, draws = model.prior, points(seed, data, model.prior)
    found = generative.log_joint(draws, data, prior)
    for i in range(len(found)):
        p = {k: v[i] for k, v in draws.items()}
        x = np.array(list(data.covariates.values())).T
        centre = p["mu"] + (x @ p["beta"] if "beta" in p else np.zeros(data.n_groups))
        total = prior.mu.scipy().logpdf(p["mu"])
        for name_, law in (("tau", prior.tau), ("nu", prior.nu), ("beta", prior.beta)):
            if law is not None:
                total += np.sum(law.scipy().logpdf(p[name_]))
        if prior.tau is not None:
            spread = {
                "identity": lambda t: t,
                "hard": lambda t: t if t > 3 else 4 * t / 3,
                "sigmoid": lambda t: t / (1 + np.exp(-2 * (t - 3))) + (1 - 1 / (1 + np.exp(-2 * (t - 3)))) * 4 * t / 3,
            }[prior.scale.kind](p["tau"])
            total += stats.norm(centre, spread).logpdf(p["theta"]).sum()
        for j in range(data.n_groups):
            law = stats.norm if prior.nu is None else stats.t(p["nu"])
            z = (data.y[j] - p["theta"][j]) / data.sigma[j]
            total += law.logpdf(z) - np.log(data.sigma[j])
        assert found[i] == pytest.approx(total, rel=1e-10)
