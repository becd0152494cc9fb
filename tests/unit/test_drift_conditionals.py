"""Each conditional of the Gibbs sampler for drift is proportional to the joint density along what it draws."""

import drifting
import drifting_conditional_checks as checks
import pytest
from conditional_checks import LIMIT

from hbm_lib.models.drift import gibbs


@pytest.mark.parametrize("name", drifting.CASES)
def test_blocks(name, seed):
    model, data = drifting.CASES[name]
    assert checks.paths_gap(seed, data, model.prior) < LIMIT
    assert checks.tau_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", drifting.CASES)
@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("scale", ["sigma_genre", "sigma_drift", "sigma_creator"])
def test_scales(name, form, scale, seed):
    model, data = drifting.CASES[name]
    assert checks.scale_gap(seed, data, model.prior, scale, form) < LIMIT


@pytest.mark.parametrize("name", ["autoregressive", "other_priors"])
def test_phi(name, seed):
    model, data = drifting.CASES[name]
    assert checks.phi_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_what_is_held_stays(form, seed):
    model, data = drifting.CASES["other_priors"]
    assert checks.kept_gap(seed, data, model.prior, form) < 1e-9
