"""Draws of every engine against the closed form of linear regression, by the rules of ``diagnostics.agreement``."""

import numpy as np
import pytest

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement
from hbm_lib.models import linear
from hbm_lib.models.linear import simulate
from hbm_lib.priors import InverseGamma

from .models import labels

DATA, _ = simulate.columns(1981, rows=25, beta=(1.0, 0.5, -0.5), correlation=0.7)
MODEL = linear.conjugate(linear.Prior([1, 0, 0], [[0.5, 0, 0], [0, 1, 0.3], [0, 0.3, 2]], InverseGamma(3, 2)))
GIBBS = {"blocked": 600, "separate": 1500}
# one false alarm in a thousand runs of all comparisons of these tests
LEVEL = agreement.level_for(20 * (1 + len(GIBBS)))


@pytest.fixture(scope="module")
def wanted():
    return agreement.targets(fit_exact(MODEL, DATA), labels(MODEL, DATA))


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


def test_exact_draws(seed, wanted):
    tree = fit(MODEL, DATA, engine="exact", seed=seed, chains=24, draws=1000)
    judge(agreement.compare_all(tree["posterior"], wanted, rule="chains", cap=0.02, level=LEVEL))
    assert np.all(tree["exact"]["beta_error"] == 0)


@pytest.mark.parametrize("form", GIBBS)
def test_gibbs(form, seed, wanted):
    tree = fit(MODEL, DATA, engine="gibbs", form=form, seed=seed, chains=24, draws=GIBBS[form], tune=100)
    judge(agreement.compare_all(tree["posterior"], wanted, rule="chains", cap=0.04, level=LEVEL))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
@pytest.mark.parametrize("form", ["centered", "noncentered"])
def test_nuts(engine, form, seed, wanted):
    tree = fit(MODEL, DATA, engine=engine, form=form, seed=seed, draws=1500, tune=500)
    assert not tree["sample_stats"]["diverging"].any()
    judge(agreement.compare_all(tree["posterior"], wanted, rule="mcse", cap=0.06))


def test_a_wrong_posterior_is_refused(seed, wanted):
    """The comparison has teeth: the prior of the noise is another one."""
    wrong = MODEL.with_prior(sigma2=InverseGamma(3, 12))
    tree = fit(wrong, DATA, engine="gibbs", seed=seed, chains=24, draws=600, tune=100)
    found = agreement.compare_all(tree["posterior"], wanted, rule="chains", cap=0.04, level=LEVEL)
    assert "differs" in {c.verdict for c in found if "sigma" in c.quantity}


def test_every_group_of_the_result_can_be_asked_for(seed):
    groups = ["prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior"]
    tree = fit(MODEL, DATA, engine="exact", seed=seed, draws=20, groups=groups)
    assert set(groups) < set(tree.children)
    assert tree["posterior_predictive"]["y"].shape == (4, 20, 25)
    assert tree["log_prior"]["beta"].dims == ("chain", "draw", "coefficient")
