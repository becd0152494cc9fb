"""Draws of all four engines on the made-up clinic and on 54 hospitals, against the exact posterior.

With a covariate the reference is the exact engine by weighted points (``many``), whose means are known to half a hundredth of a
standard deviation, a sixth of what is asked of draws; it is quick. The quadrature over all nodes is held against it where slow
tests run.
"""

from functools import cache

import numpy as np
import pytest

from hbm_lib import fit, fit_exact
from hbm_lib.data import real
from hbm_lib.diagnostics import agreement
from hbm_lib.models import logistic
from hbm_lib.models.logistic import many
from hbm_lib.models.logistic.clinic import as_data, clinic

from .models import labels

CLINIC, _ = clinic(42)
# "the clinic": 10 doctors and severity; "hospitals": deaths only; "age80": with the patients' age
CASES = ("clinic", "hospitals", "age80")
FEW = (0.1, 0.5, 0.9)
# one false alarm in a thousand runs of all comparisons: hyperparameters at three quantiles and by their means, groups by means
LEVEL = agreement.level_for(2 * (3 * 4 * 3 + 2 * (10 + 54 + 54)))


def case(name):
    """The model and its data."""
    if name == "clinic":
        return logistic.random_intercept(), as_data(CLINIC)
    model = logistic.random_intercept() if name == "age80" else logistic.partial_pooling()
    return model, logistic.Data.from_frame(
        real.load("medpar"), outcome="died", group="provnum", covariates=["age80"] if name == "age80" else [])


@cache
def exact(name):
    """The exact posterior; each is computed once, and only if a test asks."""
    return (fit_exact if name == "hospitals" else many.posterior)(*case(name))


@pytest.fixture(scope="module")
def wanted():
    """From a case to the exact values."""
    @cache
    def find(name):
        posterior, named = exact(name), labels(*case(name))
        groups = {n: named.pop(n) for n in ("alpha", "p")}
        return agreement.targets(posterior, named, FEW) + agreement.targets(posterior, groups, ())

    return find


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


def gibbs(model, data, seed, **settings):
    return fit(model, data, engine="gibbs", seed=seed, chains=24, **({"draws": 600, "tune": 200} | settings))["posterior"]


@pytest.mark.parametrize("name", CASES)
def test_exact_draws(name, seed, wanted):
    """Independent draws, dealt into chains."""
    draws = {n: v.reshape(24, 40, *v.shape[1:]) for n, v in exact(name).sample(np.random.default_rng(seed), 960).items()}
    judge(agreement.compare_all(draws, wanted(name), rule="chains", cap=0.06, level=LEVEL, model=name, engine="exact"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["clinic", "age80"])
def test_quadrature_and_weighted_points_agree(name):
    points, nodes = exact(name), fit_exact(*case(name))
    for n in points.model.dims:
        assert np.all(np.abs(points.mean(n) - nodes.mean(n)) < 6 * points.error(n)), n
        np.testing.assert_allclose(points.sd(n), nodes.sd(n), rtol=0.02, err_msg=n)
    assert points.log_evidence == pytest.approx(nodes.log_evidence, abs=6 * points.log_evidence_error)


@pytest.mark.parametrize("name", CASES)
def test_gibbs(name, seed, wanted):
    draws = gibbs(*case(name), seed, form="interwoven")
    judge(agreement.compare_all(draws, wanted(name), rule="chains", cap=0.06, level=LEVEL, model=name, engine="gibbs"))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
@pytest.mark.parametrize("name", CASES)
def test_nuts(name, engine, seed, wanted):
    tree = fit(*case(name), engine=engine, seed=seed, target_accept=0.95)
    judge(agreement.compare_all(tree["posterior"], wanted(name), rule="mcse", cap=0.06, model=name, engine=engine))


def test_one_outcome_of_dr_b_turned_is_seen(seed, wanted):
    """The comparison has teeth: 3 successes of 4 instead of 4 of 4, everything else as it is."""
    frame = CLINIC.copy()
    frame.loc[frame.index[frame["doctor"] == "Dr. B"][0], "success"] = 0
    draws = gibbs(logistic.random_intercept(), as_data(frame), seed, draws=300)
    found = agreement.compare_all(draws, wanted("clinic"), rule="chains", cap=0.1, level=LEVEL)
    assert {c.quantity for c in found if c.verdict == "differs"} >= {"E[alpha[Dr. B]]", "E[p[Dr. B]]"}


def test_severity_left_out_is_seen(seed, wanted):
    """What the doctors' patients are like moves the doctors: without it somebody's logit is another one."""
    plain = as_data(CLINIC, severity=False)
    draws = gibbs(logistic.partial_pooling(), plain, seed, draws=300)
    doctors = [t for t in wanted("clinic") if t.name == "alpha"]
    assert "differs" in {c.verdict for c in agreement.compare_all(draws, doctors, rule="chains", cap=0.1, level=LEVEL)}


def test_imprecision_cannot_pass(seed, wanted):
    draws = gibbs(*case("clinic"), seed, draws=10, tune=50)
    found = agreement.compare_all(draws, wanted("clinic"), rule="chains", cap=0.06, level=LEVEL)
    assert not all(c.ok for c in found)
    assert "not precise enough" in {c.verdict for c in found}


def test_the_clinic_is_the_story():
    """What the comparisons stand on: Dr. B 4 of 4, Dr. D none of 3, covariates that vary within doctors, 54 hospitals."""
    _, data = case("clinic")
    counts = dict(zip(data.labels, zip(data.successes, data.cases, strict=True), strict=True))
    assert (counts["Dr. B"], counts["Dr. D"]) == ((4, 4), (0, 3))
    assert max(np.bincount(data.index)) > 1
    _, hospitals = case("age80")
    assert (hospitals.n_groups, int(hospitals.cases.sum()), int(hospitals.successes.sum())) == (54, 1495, 513)
