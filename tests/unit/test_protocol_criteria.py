"""Each criterion of the plan fires on evidence planted for it, and is silent on the real one."""

from dataclasses import replace

import numpy as np
import pytest
from runs_of_nuts import run

from hbm_lib.protocols.eight_schools import (
    criteria_model1,
    criteria_model2,
    criteria_model3,
    gather,
    stress_tests,
)
from hbm_lib.protocols.eight_schools.runs import gain


@pytest.fixture(scope="module")
def evidence():
    found = gather(engines=())
    sick = run(divergences=np.full(8, 60), ess_tau=np.linspace(40, 140, 8), bfmi=np.full(8, 0.2))
    return replace(
        found, runs={"model1": (run(),), "model2": (run(),), "model3": (run(),), "model3_hard": (run(),), "centered": (sick,)}
    )


def fit(evidence, key, **changes):
    return replace(evidence, fits=evidence.fits | {key: replace(evidence.fits[key], **changes)})


def ran(evidence, key, **changes):
    return replace(evidence, runs=evidence.runs | {key: (run(**changes),)})


def threshold(evidence, **changes):
    key = ("sigmoid", 4.0)
    changed = {key: replace(evidence.thresholds[key], **changes)}
    return replace(evidence, thresholds=evidence.thresholds | changed)


SHAPE = np.ones(8)
PRECISE_MORE = np.array([0.5, 0.9, 0.5, 0.7, 0.9, 0.7, 0.9, 0.5])

PLANTED = [
    ("1.1a", lambda e: ran(e, "model1", divergences=np.full(8, 50))),
    ("1.1b", lambda e: ran(e, "model1", rhat=np.full(8, 1.02))),
    ("1.1c", lambda e: ran(e, "model1", ess_tau=np.full(8, 90.0))),
    ("1.2a", lambda e: fit(e, "model1", tau_median=15.1)),
    ("1.2b", lambda e: fit(e, "model1", tau_near_zero=0.96)),
    ("1.3a", lambda e: fit(e, "model1", shrinkage=PRECISE_MORE)),
    ("1.3b", lambda e: fit(e, "model1", realized=PRECISE_MORE)),
    ("1.4", lambda e: fit(e, "model1", coverage=7 / 8)),
    ("1.5", lambda e: fit(e, "model1", theta=np.array([20.1, *np.zeros(7)]))),
    ("1.5", lambda e: fit(e, "model1", theta=np.array([-10.1, *np.zeros(7)]))),
    ("2.1b", lambda e: fit(e, "model2", mu_kl=0.09)),
    ("2.2", lambda e: fit(e, "model2", tau_interval=(0.1, 10.1))),
    ("2.3a", lambda e: fit(e, "model2", tail=np.array([0.98, *(0.5 * np.ones(7))]))),
    ("2.3b", lambda e: fit(e, "model2", tail=np.array([0.5, 0.5, 0.02, *(0.5 * np.ones(5))]))),
    ("2.4a", lambda e: fit(e, "model2", elpd=e.fits["model1"].elpd - 0.7)),
    ("2.4b", lambda e: fit(e, "model2", waic=e.fits["model1"].waic - 5.1)),
    ("2.5", lambda e: fit(e, "model2", theta_sd=np.array([3.9, *(5 * np.ones(7))]))),
    ("3.2a", lambda e: fit(e, "model3", modes=(2.9,))),
    ("3.2b", lambda e: fit(e, "model3", bend=5.1)),
    ("3.3a", lambda e: threshold(e, tau=5.3)),
    ("3.3a", lambda e: threshold(e, theta=2 * SHAPE)),
    ("3.3b", lambda e: threshold(e, spread_median=3.0)),
    ("3.4a", lambda e: ran(e, "model3", divergences=np.full(8, 50))),
    ("3.4b", lambda e: ran(e, "model3", rhat=np.full(8, 1.02))),
    ("3.4c", lambda e: ran(e, "model3", ess_tau=np.full(8, 90.0))),
    ("3.5a", lambda e: fit(e, "model3", tau_sd=3.5)),
    ("3.5b", lambda e: fit(e, "model3", spread_sd=3.5)),
]


def clauses(evidence):
    """Every clause of the fifteen criteria by number."""
    found = {}
    for module in (criteria_model1, criteria_model2, criteria_model3):
        for verdict in module.verdicts(evidence):
            for clause in verdict.clauses or (verdict,):
                found[clause.number] = clause.fires
            found[verdict.number] = verdict.fires
    return found


@pytest.mark.parametrize(("number", "plant"), PLANTED, ids=[f"{n}-{i}" for i, (n, _) in enumerate(PLANTED)])
def test_a_planted_fault_fires_and_the_real_evidence_does_not(evidence, number, plant):
    assert not clauses(evidence)[number]
    after = clauses(plant(evidence))
    assert after[number]
    assert after[number[:3]]


def test_the_prior_that_dominates_fires_and_can_be_silenced(evidence):
    assert clauses(evidence)["2.1a"]
    quiet = clauses(fit(evidence, "model2", mu=13.1))
    assert not quiet["2.1a"]
    assert not quiet["2.1"]


def test_no_advantage_needs_both_clauses_and_can_be_silenced(evidence):
    assert clauses(evidence)["3.1"]
    better = run().ess_tau * 1.5
    found = clauses(ran(evidence, "model3", ess_tau=better))
    assert (found["3.1a"], found["3.1b"], found["3.1"]) == (False, True, False)
    found = clauses(ran(evidence, "model3", leapfrog=run().leapfrog / 2))
    assert (found["3.1a"], found["3.1b"], found["3.1"]) == (True, False, False)


def test_runs_too_few_or_too_uneven_conclude_nothing(evidence):
    wild = np.array([100.0, 4000, 100, 4000, 100, 4000, 100, 4000])
    with pytest.raises(ValueError, match="more runs"):
        clauses(ran(evidence, "model3", ess_tau=wild))
    with pytest.raises(ValueError, match="two runs"):
        gain(np.ones(1), np.ones(1))
    with pytest.raises(ValueError, match="needs draws"):
        clauses(replace(evidence, runs=dict.fromkeys(evidence.runs, ())))


def test_the_worst_engine_counts(evidence):
    sick = run(engine="numpyro", divergences=np.full(8, 50))
    both = replace(evidence, runs=evidence.runs | {"model1": (run(), sick)})
    assert criteria_model1.computational_failure(both).fires


def test_gain_covers_the_true_ratio():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        found = gain(rng.normal(1200, 120, 8), rng.normal(1000, 100, 8))
        hits += found.low < 1.2 < found.high
    assert 0.90 < hits / 400 < 0.99


@pytest.mark.parametrize("module", [criteria_model1, criteria_model2, criteria_model3])
def test_five_criteria_in_order_each_with_its_figure(evidence, module):
    found = module.verdicts(evidence)
    digit = module.__name__[-1]
    assert [v.number for v in found] == [f"{digit}.{i}" for i in range(1, 6)]
    for verdict in found:
        for clause in verdict.clauses or (verdict,):
            assert clause.statement.endswith(f": {clause.word}")
            assert np.isfinite(clause.value)


def test_both_forms_of_the_switch_are_judged(evidence):
    hard = {v.number: v.fires for v in criteria_model3.verdicts(evidence, "hard")}
    assert hard == {"3.1": True, "3.2": True, "3.3": False, "3.4": False, "3.5": False}


def test_three_stress_tests(evidence):
    found = stress_tests.verdicts(evidence)
    assert [v.number for v in found] == ["S1", "S2", "S3"]
    assert [v.fires for v in found] == [False, True, True]
    broken = fit(evidence, "model1", realized=PRECISE_MORE)
    assert stress_tests.break_the_shrinkage(broken).fires
    calm = replace(evidence, skepticism=dict.fromkeys((2.0, 5.0, 10.0), evidence.skepticism[5.0]))
    assert not stress_tests.prior_sensitivity(calm).fires
    still = dict.fromkeys(evidence.thresholds, evidence.thresholds["sigmoid", 3.0])
    assert not stress_tests.threshold_grid(replace(evidence, thresholds=still)).fires


def test_shrinkage_falls_with_precision(evidence):
    assert stress_tests.shrinkage_direction(evidence)["factor"].direction == "decreasing"
    assert stress_tests.overlay(evidence)[3.0] == (0.0, 0.0)


def test_exact_figures(evidence):
    one, two = evidence.fits["model1"], evidence.fits["model2"]
    assert (one.mu, one.mu_sd) == pytest.approx((7.4467, 4.5283), abs=1e-4)
    assert (one.tau, one.tau_median) == pytest.approx((4.7073, 3.7847), abs=1e-4)
    assert (two.mu, two.mu_sd, two.tau) == pytest.approx((7.8720, 3.2719, 3.2286), abs=1e-4)
    assert two.mu_kl == pytest.approx(0.1385, abs=1e-4)
    assert one.elpd.sum() == pytest.approx(-30.9280, abs=1e-4)
    assert one.waic_penalty.max() < 0.4
