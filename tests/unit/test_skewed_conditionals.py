"""The Gibbs sampler for the log-normal hurdle: every conditional is proportional to the joint along what it draws."""

import numpy as np
import payers
import payers_conditional_checks as checks
import pytest
from conditional_checks import LIMIT

from hbm_lib.models.skewed import gibbs

CASES = {name: case for name, case in payers.CASES.items() if name.startswith("lognormal")}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("coefficient", ["share_level", "share_effect", "mean_level", "mean_effect"])
def test_a_coefficient_is_a_creators_model(name, coefficient, seed):
    model, data = CASES[name]
    assert checks.coefficient_gap(seed, data, model.prior, coefficient) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_tilt_and_the_shape(name, seed):
    model, data = CASES[name]
    assert checks.tilt_gap(seed, data, model.prior) < LIMIT
    assert checks.shape_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_a_sweep_ends_where_its_steps_have_moved_to(name, seed):
    model, data = CASES[name]
    assert checks.kept_gap(seed, data, model.prior) < 1e-12


@pytest.mark.parametrize("name", CASES)
def test_starts_lie_within_the_prior_and_apart(name, seed):
    model, data = CASES[name]
    state = gibbs.init(np.random.default_rng(seed), data, model.prior, 500)
    assert np.all(np.isfinite(model.prior.shape.logpdf(state.shape)))
    assert state.shape.max() / state.shape.min() > 5
    for c, found in state.coefficients.items():
        for scale in ("sigma_genre", "sigma_creator"):
            value = getattr(found, scale)
            assert np.all(np.isfinite(getattr(getattr(model.prior, c), scale).logpdf(value)))
            assert value.max() / value.min() > 10
