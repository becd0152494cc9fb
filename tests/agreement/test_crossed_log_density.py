"""Crossed effects in PyMC and NumPyro are the model that NumPy defines: density by density, no sampling."""

import crossing
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap


@pytest.mark.parametrize("form", crossing.FORMS)
@pytest.mark.parametrize("name", crossing.CASES)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = crossing.CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=crossing) < LIMIT


@pytest.mark.parametrize("form", crossing.FORMS)
@pytest.mark.parametrize("name", crossing.CASES)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = crossing.CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=crossing) < LIMIT
