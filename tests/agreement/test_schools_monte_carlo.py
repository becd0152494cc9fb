"""Draws of every engine against the exact posterior of schools, by the rules of ``diagnostics.agreement``."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement
from hbm_lib.models import schools
from hbm_lib.models.schools import simulate
from hbm_lib.priors import HalfCauchy

from .models import labels

DISTRICT, _ = simulate.district(1981, schools=12, smallest=2, largest=60)
_X = np.random.default_rng(1981).normal(size=(DISTRICT.n_pupils, 1))
_WHERE = np.array(DISTRICT.labels)[DISTRICT.index]
# the second covariate is a school's own, the same for all of its pupils
_COVARIATES = {"entry": _X[:, 0], "church": 1.0 * (DISTRICT.index % 3 == 0)}
ENTRY = schools.Data((DISTRICT.y - 75) / 12 + 0.5 * _X[:, 0], _WHERE, _COVARIATES)
MODELS = {
    "partial_pooling": (schools.partial_pooling(), DISTRICT),
    "complete_pooling": (schools.complete_pooling(), DISTRICT),
    "no_pooling": (schools.no_pooling(), DISTRICT),
    "random_intercept": (schools.random_intercept(), ENTRY),
}
BOTH = ["partial_pooling", "random_intercept"]
# 24 chains; where tau is small the centered form is slow, so it runs longer, and NUTS is run in the other form
GIBBS = [(name, form) for name in BOTH for form in ("interwoven", "centered", "noncentered")] + [
    ("complete_pooling", "noncentered"), ("no_pooling", "noncentered")]
DRAWS = {"interwoven": 600, "centered": 3000, "noncentered": 1500}
# one false alarm in a thousand runs of all comparisons of these tests
QUANTITIES = 65
LEVEL = agreement.level_for(QUANTITIES * (len(GIBBS) + len(MODELS)))


@pytest.fixture(scope="module")
def wanted():
    found = {}
    for name, pair in MODELS.items():
        posterior = fit_exact(*pair)
        once = SimpleNamespace(**{what: cache(getattr(posterior, what)) for what in ("mean", "sd", "quantile")})
        found[name] = agreement.targets(once, labels(*pair))
    return found


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


@pytest.mark.parametrize("name", MODELS)
def test_exact_draws(name, seed, wanted):
    tree = fit(*MODELS[name], engine="exact", seed=seed, chains=24, draws=1000)
    about = {"rule": "chains", "cap": 0.02, "level": LEVEL, "model": name, "engine": "exact"}
    judge(agreement.compare_all(tree["posterior"], wanted[name], **about))


@pytest.mark.parametrize(("name", "form"), GIBBS)
def test_gibbs(name, form, seed, wanted):
    tree = fit(*MODELS[name], engine="gibbs", form=form, seed=seed, chains=24, draws=DRAWS[form], tune=200)
    about = {"rule": "chains", "cap": 0.04, "level": LEVEL, "model": name, "engine": f"gibbs, {form}"}
    judge(agreement.compare_all(tree["posterior"], wanted[name], **about))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_numpyro(name, seed, wanted):
    tree = fit(*MODELS[name], engine="numpyro", form="noncentered", seed=seed, draws=2000)
    judge(agreement.compare_all(tree["posterior"], wanted[name], rule="mcse", cap=0.06, model=name, engine="numpyro"))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_pymc(name, seed, wanted):
    tree = fit(*MODELS[name], engine="pymc", form="noncentered", seed=seed, draws=2000)
    judge(agreement.compare_all(tree["posterior"], wanted[name], rule="mcse", cap=0.06, model=name, engine="pymc"))


def test_a_wrong_posterior_is_refused(seed, wanted):
    """The comparison has teeth: a half-Cauchy(1) on tau instead of an exponential of mean 10."""
    wrong = schools.partial_pooling().with_prior(tau=HalfCauchy(1))
    tree = fit(wrong, DISTRICT, engine="gibbs", seed=seed, chains=24, draws=600, tune=200)
    found = agreement.compare_all(tree["posterior"], wanted["partial_pooling"], rule="chains", cap=0.04, level=LEVEL)
    assert {c.verdict for c in found if "tau" in c.quantity} >= {"differs"}


def test_imprecision_cannot_pass(seed, wanted):
    tree = fit(*MODELS["partial_pooling"], engine="gibbs", form="interwoven", seed=seed, chains=24, draws=30, tune=200)
    found = agreement.compare_all(tree["posterior"], wanted["partial_pooling"], rule="chains", cap=0.04, level=LEVEL)
    assert "not precise enough" in {c.verdict for c in found}
    assert not all(c.ok for c in found)
