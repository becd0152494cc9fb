"""Drift in PyMC and NumPyro is the model that NumPy defines: density by density, no sampling."""

import drifting
import numpy as np
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from scipy import stats

from hbm_lib.models import drift
from hbm_lib.models.drift import generative


def test_the_definition_is_the_sum_written_by_hand():
    """Two periods, two creators of one genre: every factor by SciPy."""
    data, prior = drift.Data([0.5, 1.0], [0.3, 0.2], ["a", "a"], [1, 2]), drift.autoregressive().prior
    draws = {"mu_global": 0.2, "sigma_genre": 0.4, "sigma_drift": 0.1, "sigma_creator": 0.5, "phi": 0.7,
             "mu_genre": np.array([[0.6, 0.3]]), "tau": np.array([0.4, 0.8])}
    wanted = (stats.norm.logpdf(0.2) + stats.halfnorm.logpdf(0.4) + stats.halfnorm.logpdf(0.1, scale=0.3)
              + stats.halfnorm.logpdf(0.5) + stats.uniform.logpdf(0.7) + stats.norm.logpdf(0.6, 0.2, 0.4)
              + stats.norm.logpdf(0.3, 0.2 + 0.7 * 0.4, 0.1) + stats.norm.logpdf(0.4, 0.6, 0.5) + stats.norm.logpdf(0.8, 0.3, 0.5)
              + stats.norm.logpdf(0.5, 0.4, 0.3) + stats.norm.logpdf(1.0, 0.8, 0.2))
    found = generative.log_joint({k: np.asarray(v) for k, v in draws.items()}, data, prior)
    assert float(found) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("form", drifting.FORMS)
@pytest.mark.parametrize("name", ["random_walk", "autoregressive"])
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = drifting.CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=drifting) < LIMIT


@pytest.mark.parametrize("form", drifting.FORMS)
@pytest.mark.parametrize("name", drifting.CASES)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = drifting.CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=drifting) < LIMIT
