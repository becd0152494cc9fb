"""Draws of every engine against the exact posterior of rates, by the rules of ``diagnostics.agreement``."""

import numpy as np
import pytest
import rates

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement

from .models import labels

CHEAP = [("partial_pooling", "exact", None), ("one_covariate", "exact", None),
         ("partial_pooling", "gibbs", "noncentered"), ("partial_pooling", "gibbs", "interwoven"),
         ("one_covariate", "gibbs", "interwoven"), ("covariates_complete_pooling", "gibbs", "noncentered")]
LEVEL = agreement.level_for(60 * len(CHEAP))


def wanted(name):
    model, data = rates.CASES[name]
    return agreement.targets(fit_exact(model, data), labels(model, data))


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


@pytest.mark.parametrize(("name", "engine", "form"), CHEAP)
def test_cheap_engines(name, engine, form, seed):
    settings = {"draws": 150} if engine == "exact" else {"draws": 800, "tune": 200, "form": form}
    tree = fit(*rates.CASES[name], engine=engine, seed=seed, chains=24, **settings)
    judge(agreement.compare_all(tree["posterior"], wanted(name), rule="chains", cap=0.06, level=LEVEL, model=name, engine=engine))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
@pytest.mark.parametrize("name", ["partial_pooling", "one_covariate"])
def test_nuts(name, engine, seed):
    tree = fit(*rates.CASES[name], engine=engine, seed=seed, target_accept=0.95)
    judge(agreement.compare_all(tree["posterior"], wanted(name), rule="mcse", cap=0.06, model=name, engine=engine))


def test_a_wrong_posterior_is_refused(seed):
    """The comparison has teeth: one more success in one group."""
    model, data = rates.CASES["partial_pooling"]
    wrong = data.replicated((data.y + np.array([0, 1, 0, 0, 0, 0]))[None])
    object.__setattr__(wrong, "y", wrong.y[0])
    tree = fit(model, wrong, engine="gibbs", form="interwoven", seed=seed, chains=24, draws=400, tune=100)
    found = agreement.compare_all(tree["posterior"], wanted("partial_pooling"), rule="chains", cap=0.1, level=LEVEL)
    assert any(c.verdict == "differs" for c in found)
