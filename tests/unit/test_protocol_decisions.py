"""Stages, flags, phases, predictions and the decision that follows from them."""

from dataclasses import replace

import numpy as np
import pytest
from runs_of_nuts import run

from hbm_lib.models import eight_schools as es
from hbm_lib.protocols.eight_schools import (
    alternatives,
    decide,
    decisions,
    gather,
    operating,
    pivots,
    predictions,
    readings,
    validation,
    weaknesses,
)
from hbm_lib.protocols.eight_schools.prediction import Prediction, graded, within
from hbm_lib.protocols.eight_schools.runs import measure

THREE = ("model1", "model2", "model3")


SICK = {"divergences": np.full(8, 200), "ess_tau": np.linspace(40, 90, 8), "bfmi": np.full(8, 0.2)}


@pytest.fixture(scope="module")
def evidence():
    runs = {k: (run(),) for k in (*THREE, "model3_hard")} | {"centered": (run(**SICK),)}
    return replace(gather(engines=()), runs=runs)


def every(evidence, **changes):
    """Change the same thing in all three models."""
    fits = evidence.fits | {k: replace(evidence.fits[k], **changes) for k in THREE}
    return replace(evidence, fits=fits)


def one(evidence, key, **changes):
    return replace(evidence, fits=evidence.fits | {key: replace(evidence.fits[key], **changes)})


def sick(evidence, *keys):
    return replace(evidence, runs=evidence.runs | {k: (run(**SICK),) for k in keys})


def test_the_decision_on_the_real_evidence(evidence):
    found = decide(evidence)
    assert [o.decision for o in found.outcomes.values()] == ["keep", "abandon", "abandon", "abandon"]
    assert [v.number for v in found.outcomes["model2"].fired] == ["2.1"]
    assert found.disagreement == "criterion 2.1 says drop model 2, stage 1 says keep it"
    assert found.standing == "report model 1; keep model 2 beside it as a sensitivity analysis; drop model 3"
    assert list(found.table()["decision"]) == ["keep", "abandon", "abandon", "abandon"]
    assert [len(s) for s in found.stages] == [3, 3, 3]
    assert (len(found.flags), len(found.phases)) == (6, 4)
    assert not found.stopping.applies


def test_a_kept_model2_removes_the_disagreement(evidence):
    quiet = decide(one(evidence, "model2", mu=13.1))
    assert quiet.disagreement is None
    assert quiet.standing == "report models 1 and 2 side by side"


def test_nothing_left_means_complete_pooling(evidence):
    found = decide(every(evidence, coverage=0.5, tau_interval=(0.0, 11.0)))
    assert found.stopping.applies
    assert found.standing == "no hierarchical model stands: complete pooling"


STAGES = [
    ((0, 0), lambda e: sick(e, "model1")),
    ((0, 2), lambda e: one(e, "model2", mu_kl=0.05)),
    ((1, 0), lambda e: one(e, "model3", theta=np.full(8, 21.0))),
    ((1, 1), lambda e: one(e, "model2", tau_median=10.5)),
    ((1, 2), lambda e: one(e, "model2", tau_median=1.8)),
    ((2, 0), lambda e: one(e, "model1", coverage=0.875)),
    ((2, 1), lambda e: one(e, "model2", elpd=e.fits["model1"].elpd + 1)),
    ((2, 2), lambda e: one(e, "model2", elpd=e.fits["model1"].elpd - 1)),
]


@pytest.mark.parametrize(("where", "plant"), STAGES)
def test_each_rule_of_the_stages_can_apply(evidence, where, plant):
    stage, rule = where
    assert not decisions.stages(evidence)[stage][rule].applies
    assert decisions.stages(plant(evidence))[stage][rule].applies


def test_model3_is_dropped_unless_it_gains(evidence):
    assert decisions.stage1(evidence)[1].applies
    better = replace(evidence, runs=evidence.runs | {"model3": (run(ess_tau=2 * run().ess_tau),)})
    assert not decisions.stage1(better)[1].applies


FLAGS = [
    lambda e: every(e, coverage=0.75),
    lambda e: every(e, shrinkage=np.array([0.5, 0.9, 0.5, 0.7, 0.9, 0.7, 0.9, 0.5])),
    lambda e: every(e, tau_median=0.05),
    lambda e: sick(e, *THREE),
    lambda e: one(e, "model1", loo_tail=np.array([0.99, *(0.5 * np.ones(7))])),
    lambda e: one(e, "model2", tau=15.0),
]


@pytest.mark.parametrize("number", range(6))
def test_each_red_flag_can_be_raised(evidence, number):
    assert not any(f.applies for f in pivots.red_flags(evidence))
    raised = [f.applies for f in pivots.red_flags(FLAGS[number](evidence))]
    assert raised[number]


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_one_model_is_not_all_models(evidence, number):
    almost = [
        one(evidence, "model1", coverage=0.75),
        one(evidence, "model1", shrinkage=np.array([0.5, 0.9, 0.5, 0.7, 0.9, 0.7, 0.9, 0.5])),
        one(evidence, "model1", tau_median=0.05),
        sick(evidence, "model1"),
    ][number]
    assert not pivots.red_flags(almost)[number].applies


@pytest.mark.parametrize(("median", "branch"), [(2.7, "within 50 %"), (2.2, "between the branches"), (1.8, "beyond 2x")])
def test_phase2_and_the_gap_the_plan_leaves(evidence, median, branch):
    assert branch in pivots.phase2(one(evidence, "model2", tau_median=median)).finding


@pytest.mark.parametrize(("share", "branch"), [(1.0, "all pass"), (0.875, "between the branches"), (0.75, "all fail")])
def test_phase3_and_the_gap_the_plan_leaves(evidence, share, branch):
    assert branch in pivots.phase3(every(evidence, coverage=share)).finding


@pytest.mark.parametrize(("lead", "branch"), [(0.0, "similar"), (1.0, "model 2 better"), (-1.0, "model 1 better")])
def test_phase4(evidence, lead, branch):
    changed = one(evidence, "model2", elpd=evidence.fits["model1"].elpd + lead)
    assert branch in pivots.phase4(changed).finding


def test_phase1_drops_what_does_not_sample(evidence):
    assert not pivots.phase1(evidence).applies
    assert "model3" in pivots.phase1(sick(evidence, "model3")).finding


def test_predictions_line_by_line(evidence):
    found = predictions.all_predictions(evidence)
    by = {(p.topic, p.what): p for p in found}
    assert by["priors", "P(tau < 5), half-Cauchy(10)"].verdict == "wrong"
    assert by["priors", "P(tau < 5), half-Cauchy(10)"].value == pytest.approx(0.2952, abs=1e-4)
    assert by["priors", "P(tau < 5), half-normal(5)"].verdict == "right"
    assert by["priors", "P(tau < 5), half-normal(5)"].value == pytest.approx(0.6827, abs=1e-4)
    assert by["Model 1", "school A (y = 28) shrinks to"].verdict == "wrong"
    assert by["Model 1", "school E (y = -1) shrinks to"].verdict == "right"
    assert by["Model 1", "shrinkage against precision"].verdict == "wrong"
    assert by["all models", "differences of the leave-one-out score"].verdict == "right"
    assert len(by) == len(found) == len(predictions.table(found))
    assert sum(predictions.tally(found).values()) == len(found)


def test_a_prediction_changes_with_the_evidence(evidence):
    better = replace(evidence, runs=evidence.runs | {"model3": (run(ess_tau=3 * run().ess_tau),)})
    doubled = [p for p in predictions.model3(better) if p.what == "effective draws of tau"]
    assert [p.verdict for p in doubled] == ["right"]
    slow = replace(evidence, runs=evidence.runs | {"model1": (run(seconds=40.0),)})
    timed = [p.verdict for p in predictions.overall(slow) if "sampling time" in p.what]
    assert timed == ["right", "right"]


def test_grading():
    assert [graded(True, True), graded(True, False), graded(False)] == ["right", "partly", "wrong"]
    assert within("t", "w", 1, 2, [0.5, 1.5]).verdict == "partly"
    assert within("t", "w", 1, 2, 2.04).verdict == "right"
    assert within("t", "w", 1, 2, 2.06).verdict == "wrong"
    with pytest.raises(ValueError, match="verdict"):
        Prediction("t", "w", "p", "f", "maybe")


def test_seven_validation_steps(evidence):
    found = validation.steps(evidence, "model1")
    assert [v.number for v in found] == [f"V{i}" for i in range(1, 8)]
    assert [v.number for v in found if v.fires] == ["V1", "V7"]
    failing = validation.steps(sick(evidence, "model1"), "model1")
    assert [v.fires for v in failing[1:3]] == [True, True]
    assert validation.table(evidence).shape == (7, 3)


def test_thirteen_weaknesses_and_four_alternatives(evidence):
    found = weaknesses.all_weaknesses(evidence)
    assert [sum(w.model == m for w in found) for m in ("Model 1", "Model 2", "Model 3")] == [4, 4, 5]
    assert len(weaknesses.table(found)) == 13
    options = alternatives.all_alternatives(evidence)
    assert [a.letter for a in options] == ["A", "B", "C", "D"]
    assert not any(a.needed for a in options)
    assert not any(alternatives.stances(options).values())
    assert len(alternatives.table(options)) == 4
    zero = alternatives.complete_pooling(one(evidence, "model1", tau_near_zero=0.99))
    assert zero.needed


def test_criteria_as_tests(evidence):
    rates = operating.rates(evidence.data, seed=11, sets=60)
    assert rates.loc["2.1 headline", "model true"] > 0.6
    assert (rates.loc[["1.3", "2.5"]] == 0).all().all()
    by = {r.number: r.quality for r in readings.by_simulation(rates)}
    assert by["2.1 headline"] == readings.TRIGGER
    assert by["1.3"] == readings.BLIND
    assert readings.quality(0.05, 0.5) == readings.SOUND
    argued = readings.by_argument(evidence)
    assert [r.number for r in argued] == ["2.1", "2.5", "3.3", "3.5"]
    assert readings.pooled_sd(evidence) == pytest.approx(3.157, abs=0.001)
    assert operating.shift_needed(evidence.data) == pytest.approx(8.98, abs=0.01)


@pytest.mark.slow
def test_a_small_real_run_has_all_figures():
    run_, tree = measure(es.noncentered(), es.eight_schools(), engine="pymc", seed=3, runs=2, draws=200, tune=300)
    assert run_.divergences.shape == run_.rhat.shape == run_.leapfrog.shape == (2,)
    assert run_.draws == 800
    assert (run_.ess_tau > 20).all()
    assert (run_.bfmi > 0.2).all()
    assert tree["posterior"].sizes["chain"] == 4
