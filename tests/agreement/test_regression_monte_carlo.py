"""Draws of every engine against the exact posterior of regression with groups, by the rules of ``diagnostics.agreement``."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement
from hbm_lib.models import regression
from hbm_lib.models.regression import gibbs
from hbm_lib.priors import HalfCauchy, HalfNormal, InverseGamma

from .models import labels

_COUNTS = (2, 3, 4, 6, 9, 12)
_RNG = np.random.default_rng(1981)
_GROUP = np.repeat(np.arange(6), _COUNTS)
_X = np.column_stack([np.ones(36), _RNG.normal(size=36), _GROUP % 2])
_Y = _X @ [1.0, 0.5, -0.3] + 0.8 * _RNG.normal(size=6)[_GROUP] + _RNG.normal(size=36)
DATA = regression.Data(_X, _Y, [f"g{j}" for j in _GROUP], ["intercept", "age", "kind"])
_LAWS = {
    "inverse_gamma": {"sigma2": InverseGamma(3, 2), "tau2": InverseGamma(3, 2)},
    "half_cauchy": {"sigma2": InverseGamma(3, 2), "tau": HalfCauchy(1)},
    "half_normal": {"sigma2": HalfNormal(2), "tau": HalfNormal(1)},
}
MODELS = {name: regression.hierarchical(regression.Prior([1, 0, 0], 0.5, **laws)) for name, laws in _LAWS.items()}
# tau near 0 under the half-Cauchy: the forms that move tau given gamma run longer
DRAWS = {"interwoven": 1500, "blocked": 4000, "separate": 6000}
GIBBS = [("inverse_gamma", form) for form in gibbs.FORMS] + [("half_cauchy", "interwoven"), ("half_normal", "interwoven"),
                                                             ("half_normal", "blocked")]
NUTS = {"inverse_gamma": "centered", "half_cauchy": "noncentered", "half_normal": "noncentered"}
# one false alarm in a thousand runs of all comparisons of these tests
LEVEL = agreement.level_for(52 * (len(GIBBS) + len(MODELS)))


@pytest.fixture(scope="module")
def wanted():
    found = {}
    for name, model in MODELS.items():
        posterior = fit_exact(model, DATA)
        once = SimpleNamespace(**{what: cache(getattr(posterior, what)) for what in ("mean", "sd", "quantile")})
        # of heavy tails a mean of squares has a standard error that draws cannot tell: of the variances only
        # the probabilities are compared, and the means of their roots
        found[name] = [t for t in agreement.targets(once, labels(model, DATA)) if t.quantity not in ("E[tau2]", "E[sigma2]")]
    return found


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


@pytest.mark.parametrize("name", MODELS)
def test_exact_draws(name, seed, wanted):
    tree = fit(MODELS[name], DATA, engine="exact", seed=seed, chains=24, draws=1000)
    judge(agreement.compare_all(tree["posterior"], wanted[name], rule="chains", cap=0.02, level=LEVEL, model=name))


@pytest.mark.parametrize(("name", "form"), GIBBS)
def test_gibbs(name, form, seed, wanted):
    tree = fit(MODELS[name], DATA, engine="gibbs", form=form, seed=seed, chains=24, draws=DRAWS[form], tune=300)
    judge(agreement.compare_all(tree["posterior"], wanted[name], rule="chains", cap=0.04, level=LEVEL, model=name, engine=form))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
@pytest.mark.parametrize("name", NUTS)
def test_nuts(name, engine, seed, wanted):
    tree = fit(MODELS[name], DATA, engine=engine, form=NUTS[name], seed=seed, draws=1500, tune=700, target_accept=0.97)
    judge(agreement.compare_all(tree["posterior"], wanted[name], rule="mcse", cap=0.06, model=name, engine=engine))


def test_a_wrong_posterior_is_refused(seed, wanted):
    """The comparison has teeth: another prior of tau2."""
    wrong = MODELS["inverse_gamma"].with_prior(tau2=InverseGamma(3, 8))
    tree = fit(wrong, DATA, engine="gibbs", seed=seed, chains=24, draws=600, tune=300)
    found = agreement.compare_all(tree["posterior"], wanted["inverse_gamma"], rule="chains", cap=0.04, level=LEVEL)
    assert {c.verdict for c in found if "tau" in c.quantity} >= {"differs"}


def test_imprecision_cannot_pass(seed, wanted):
    tree = fit(MODELS["half_normal"], DATA, engine="gibbs", seed=seed, chains=24, draws=20, tune=300)
    found = agreement.compare_all(tree["posterior"], wanted["half_normal"], rule="chains", cap=0.04, level=LEVEL)
    assert "not precise enough" in {c.verdict for c in found}
    assert not all(c.ok for c in found)


def test_every_group_of_the_result_can_be_asked_for(seed):
    groups = ["prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior"]
    tree = fit(MODELS["inverse_gamma"], DATA, engine="exact", seed=seed, draws=20, groups=groups)
    assert set(groups) < set(tree.children)
    assert tree["exact"]["gamma_error"].max() < 1e-9
    np.testing.assert_allclose(tree["posterior"]["tau"] ** 2, tree["posterior"]["tau2"])
