from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from hbm_lib import engines, fit
from hbm_lib.model import EngineError
from hbm_lib.models import eight_schools as es
from hbm_lib.priors import Gamma, HalfNormal, Normal


def test_an_engine_is_served_by_a_module_of_the_folder():
    assert es.noncentered().module("gibbs") == "hbm_lib.models.eight_schools.gibbs"
    assert es.student_t().module("gibbs") == "hbm_lib.models.eight_schools.gibbs_student"


@pytest.mark.parametrize("name", ["stan", "", None, 3, "Exact"])
def test_an_unknown_engine_names_those_that_can(name):
    with pytest.raises(EngineError, match=r"is not known; eight_schools.student_t can be fitted with gibbs, pymc, numpyro"):
        es.student_t().module(name)


def test_an_engine_that_cannot_says_why_and_who_can():
    with pytest.raises(EngineError, match=r"theta does not integrate out by algebra\. Use one of gibbs, pymc, numpyro"):
        es.student_t().module("exact")
    assert issubclass(EngineError, ValueError)


def test_engines_are_listed():
    assert engines(es.noncentered()) == ("exact", "gibbs", "pymc", "numpyro")
    assert engines(es.student_t()) == ("gibbs", "pymc", "numpyro")


def test_replacing_a_prior_leaves_the_old_model_as_it_was():
    model = es.noncentered()
    other = model.with_prior(tau=HalfNormal(5), mu=Normal(8, 5))
    assert other.prior == es.skeptical().prior
    assert model.prior == es.noncentered().prior
    assert other.dims == model.dims
    with pytest.raises(FrozenInstanceError):
        model.prior = other.prior


@pytest.mark.parametrize(("model", "change", "does"), [
    (es.noncentered(), {"nu": Gamma(2, 0.1)}, "nu: this adds"),
    (es.noncentered(), {"beta": Normal(0, 1)}, "beta: this adds"),
    (es.noncentered(), {"tau": None}, "tau: this removes"),
    (es.complete_pooling(), {"tau": HalfNormal(1)}, "tau: this adds"),
    (es.student_t(), {"nu": None}, "nu: this removes"),
])
def test_a_prior_that_would_add_or_remove_a_variable_is_refused(model, change, does):
    """The dimensions and engines would be another model's: the exact engine would ignore nu silently."""
    with pytest.raises(ValueError, match=does):
        model.with_prior(**change)


@pytest.mark.parametrize("engine", ["exact", "gibbs"])
@pytest.mark.parametrize(("model", "like"), [
    (es.noncentered().with_prior(scale=es.Scale("hard")), es.adaptive("hard")),
    (es.adaptive("sigmoid").with_prior(scale=es.Scale()), es.noncentered()),
    (es.adaptive("sigmoid").with_prior(mu=Normal(0, 20)), es.adaptive("sigmoid")),
    (es.adaptive("sigmoid").with_prior(scale=es.Scale("hard")), es.adaptive("hard")),
])
def test_another_map_of_tau_brings_its_variable_along(model, like, engine):
    """theta_sd stands in the result if, and only if, s(tau) is not tau."""
    assert model.prior == like.prior
    assert model.dims == like.dims
    settings = {"engine": engine, "seed": 1, "draws": 5, "tune": 5, "chains": 2, "groups": ("prior",)}
    found, wanted = (fit(m, es.eight_schools(), **settings) for m in (model, like))
    for group in ("posterior", "prior"):
        assert set(found[group].data_vars) == set(wanted[group].data_vars)
        for name in wanted[group].data_vars:
            np.testing.assert_array_equal(found[group][name], wanted[group][name])


def test_complete_pooling_has_no_spread_to_map():
    assert es.complete_pooling().with_prior(scale=es.Scale("hard")).dims == es.complete_pooling().dims


def test_a_prior_that_the_model_does_not_know_is_refused():
    with pytest.raises(TypeError, match=r"sigma: eight_schools\.noncentered has no such prior; it has mu, tau, beta, scale, nu"):
        es.noncentered().with_prior(sigma=HalfNormal(1))


def test_every_model_names_its_variables_by_its_priors():
    for model in (es.noncentered(), es.adaptive("hard"), es.complete_pooling(), es.student_t(), es.covariate_regression()):
        assert ("tau" in model.dims) == (model.prior.tau is not None)
        assert ("nu" in model.dims) == (model.prior.nu is not None)
        assert ("beta" in model.dims) == (model.prior.beta is not None)
        assert ("theta_sd" in model.dims) == (model.prior.tau is not None and model.prior.scale.kind != "identity")


@pytest.mark.parametrize("switch", ["soft", "", None, "Hard"])
def test_an_unknown_switch_is_refused(switch):
    with pytest.raises(ValueError, match="switch: 'sigmoid' or 'hard' is needed"):
        es.adaptive(switch)
