"""Eight schools' data, priors and map from tau to the spread."""

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from eight import CASES, SCHOOLS, TWO_COVARIATES

from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools.spec import check
from hbm_lib.priors import HalfCauchy, Normal


def test_rubins_table():
    assert list(SCHOOLS.y) == [28, 8, -3, 7, -1, 1, 18, 12]
    assert list(SCHOOLS.sigma) == [15, 10, 16, 11, 9, 11, 10, 18]
    assert SCHOOLS.labels == tuple("ABCDEFGH")
    assert SCHOOLS.n_groups == 8


def test_a_data_frame_gives_the_same_data():
    frame = pd.DataFrame({"who": SCHOOLS.labels, "y": SCHOOLS.y, "se": SCHOOLS.sigma, "h": TWO_COVARIATES.covariates["hours"]})
    data = es.Data.from_frame(frame, y="y", sigma="se", label="who", covariates=["h"])
    np.testing.assert_array_equal(data.y, SCHOOLS.y)
    np.testing.assert_array_equal(data.sigma, SCHOOLS.sigma)
    np.testing.assert_array_equal(data.design[:, 1], frame["h"])
    assert data.labels == SCHOOLS.labels
    assert data.coords() == {"school": list("ABCDEFGH"), "covariate": ["h"]}


def test_data_is_frozen():
    with pytest.raises(FrozenInstanceError):
        SCHOOLS.y = np.zeros(8)
    for column in (SCHOOLS.y, SCHOOLS.sigma):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_precision_is_standardised():
    data = SCHOOLS.with_precision()
    x = data.covariates["precision"]
    assert [x.mean(), x.std()] == pytest.approx([0, 1], abs=1e-12)
    assert np.corrcoef(x, SCHOOLS.sigma**-2.0)[0, 1] == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(data.design[:, 0], np.ones(8))


def test_leaving_a_group_out_keeps_the_others_as_they_are():
    rest = TWO_COVARIATES.without(2)
    keep = [0, 1, 3, 4, 5, 6, 7]
    np.testing.assert_array_equal(rest.y, SCHOOLS.y[keep])
    np.testing.assert_array_equal(rest.design, TWO_COVARIATES.design[keep])
    assert list(rest.labels) == list("ABDEFGH")


def test_many_data_sets_at_once():
    y = np.arange(24.0).reshape(3, 8)
    many = TWO_COVARIATES.replicated(y)
    np.testing.assert_array_equal(many.y, y)
    np.testing.assert_array_equal(many.design, TWO_COVARIATES.design)
    assert many.n_groups == 8
    for wrong in (np.zeros(8), np.zeros((3, 7)), np.zeros((2, 3, 8))):
        with pytest.raises(ValueError, match="shape"):
            SCHOOLS.replicated(wrong)


@pytest.mark.parametrize(("kind", "tau", "spread"), [
    ("identity", 2.0, 2.0), ("hard", 2.0, 8 / 3), ("hard", 3.0, 4.0), ("hard", 3.0001, 3.0001), ("hard", 7.0, 7.0),
    ("sigmoid", 3.0, 3.5), ("sigmoid", 60.0, 60.0),
    ("sigmoid", 2.0, 2 / (1 + np.exp(2)) + (1 - 1 / (1 + np.exp(2))) * 8 / 3),
])
def test_the_spread_as_the_plan_writes_it(kind, tau, spread):
    scale = es.Scale(kind)
    assert scale(tau) == pytest.approx(spread, rel=1e-12)
    assert np.asarray(scale(np.array([tau, tau])))[1] == pytest.approx(spread, rel=1e-12)


def test_only_the_hard_switch_has_a_break():
    assert es.Scale("hard", threshold=2.5).breaks == (2.5,)
    assert es.Scale("sigmoid").breaks == es.Scale().breaks == ()


def test_extra_variables_follow_from_the_priors():
    variables = {name: list(model.dims) for name, (model, _) in CASES.items()}
    assert variables["noncentered"] == ["mu", "tau", "theta"]
    assert variables["complete_pooling"] == ["mu", "theta"]
    assert variables["student_t"] == ["mu", "tau", "nu", "theta"]
    assert variables["adaptive_hard"] == variables["adaptive_sigmoid"] == ["mu", "tau", "theta_sd", "theta"]
    assert variables["covariate_regression"] == ["mu", "beta", "tau", "theta"]


def test_the_priors_of_the_plan():
    assert es.noncentered().prior == es.Prior(Normal(0, 20), HalfCauchy(10)) == es.centered().prior
    assert repr(es.skeptical().prior) == "Prior(mu=Normal(mu=8, sigma=5), tau=HalfNormal(sigma=5))"
    assert repr(es.complete_pooling().prior) == "Prior(mu=Normal(mu=0, sigma=20), tau=0)"
    assert es.noncentered().with_prior(mu=Normal(1, 2)).prior.tau == HalfCauchy(10)


@pytest.mark.parametrize("name", CASES)
def test_every_model_takes_the_data_it_is_listed_with(name):
    model, data = CASES[name]
    check(model.prior, data)
