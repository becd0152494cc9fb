"""Bugs that only draws show, and broken judges: error estimate, claims, answers.

bug                                             the check that catches it
----------------------------------------------  ------------------------------------------
tau's prior, Jacobian or exponent in Gibbs      agreement of 24 chains with the exact values
chains that hardly move                         the same: their standard error is over the cap
panels too wide                                 the engine's own error estimate
the hard switch stepped over                    the same
a claim that ignores its condition, a value     the questions of tests/unit/test_claims.py
an exercise that accepts everything             the proof of the bank's wrong answers
"""

from pathlib import Path

import numpy as np
import pytest
from eight import CASES
from planting import planted

from hbm_lib import claims, fit_exact, seeds
from hbm_lib.diagnostics import agreement
from hbm_lib.exercises import proof
from hbm_lib.exercises.outcome import RIGHT, Outcome
from hbm_lib.models.eight_schools import exact, gibbs
from hbm_lib.samplers import quadrature
from hbm_lib.samplers.run_chains import run_chains

ROOT = Path(__file__).resolve().parents[2]
JACOBIAN = "+ log_tau - data.n_groups"
GIBBS = {
    "the prior of tau is dropped": ("centered", "prior.tau.logpdf(tau) + log_tau - data.n_groups", "log_tau - data.n_groups"),
    "no Jacobian for log tau": ("centered", JACOBIAN, "- data.n_groups"),
    "the exponent J of tau off by one": ("centered", "- data.n_groups * np.log", "- (data.n_groups + 1) * np.log"),
    "one half forgotten in the likelihood": ("noncentered", "+ log_tau - 0.5 * ((data.y", "+ log_tau - ((data.y"),
    "effects get each other's data": ("noncentered", "share * (data.y - centre)", "share * (np.roll(data.y, 1) - centre)"),
}


def disagreements(module, form, seed, step=None, draws=600):
    """What tests/agreement asks of Gibbs, of a module of the same names."""
    model, data = CASES["skeptical"]
    kept, _ = run_chains(
        lambda rng: module.init(rng, data, model.prior, 24),
        step or (lambda rng, state: module.step(rng, state, data, model.prior, form)),
        lambda state: module.record(state, data, model.prior), seeds.rng(seed, "planted"), draws=draws, tune=300)
    wanted = agreement.targets(fit_exact(model, data), {"mu": None, "tau": None, "theta": data.labels})
    found = agreement.compare_all(kept, wanted, rule="chains", cap=0.05, level=1e-3 / 400)
    return {c.verdict for c in found if not c.ok}


@pytest.mark.parametrize("form", ["noncentered", "centered"])
def test_the_sound_sampler_agrees(form, seed):
    assert disagreements(gibbs, form, seed, draws=600 if form == "noncentered" else 2500) == set()


@pytest.mark.parametrize("bug", GIBBS)
def test_agreement_refuses_a_broken_sampler(bug, seed):
    form, old, new = GIBBS[bug]
    assert "differs" in disagreements(planted(gibbs, old, new), form, seed)


def test_agreement_refuses_chains_that_hardly_move(seed):
    """One step in two hundred is taken: the standard error is over its cap, so nothing is said to agree."""
    model, data = CASES["skeptical"]

    def lazy(rng, state):
        return gibbs.step(rng, state, data, model.prior) if rng.uniform() < 1 / 200 else (state, gibbs.Info(0))

    assert disagreements(gibbs, "noncentered", seed, step=lazy) & {"not precise enough", "differs"}


def error_of_tau(module, model, data):
    """The estimated and the true error of E[tau]."""
    found = module.posterior(model, data)
    return found.error("tau"), abs(found.mean("tau") - fit_exact(model, data).mean("tau"))


def broken_quadrature(*changes):
    """The exact engine with quadrature changed: never refined, and as given."""
    source = planted(quadrature, "    edges = _refined(log_term, edges)\n", "")
    for name, value in changes:
        setattr(source, name, value)
    engine = planted(exact, "LOG_2PI = np.log(2 * np.pi)", "LOG_2PI = np.log(2 * np.pi)")
    engine.quadrature = source
    return engine


def test_the_sound_engine_puts_its_error_near_zero():
    for name in ("noncentered", "adaptive_hard"):
        estimated, _ = error_of_tau(exact, *CASES[name])
        assert estimated < 1e-10


def test_panels_that_are_too_wide_are_told_by_the_error_estimate():
    wide = lambda low, high, breaks, width=1.0: quadrature.panels(low, high, breaks, 12.0)  # noqa: E731
    estimated, true = error_of_tau(broken_quadrature(("panels", wide)), *CASES["noncentered"])
    assert true > 1e-7
    assert estimated > 1e-8
    assert estimated > true / 10


def test_a_hard_switch_that_is_stepped_over_is_told_by_the_error_estimate():
    blind = lambda low, high, breaks, width=1.0: quadrature.panels(low, high, (), width)  # noqa: E731
    estimated, true = error_of_tau(broken_quadrature(("panels", blind)), *CASES["adaptive_hard"])
    assert true > 1e-6
    assert estimated > 1e-6


def wrongly_accepted(module):
    """The falsehoods that a claim function lets pass."""
    falsehoods = {
        "a false condition": lambda: module.claim("A is {a}", False, a=1),
        "one false entry": lambda: module.claim("A is {a}", np.array([True, False]), a=1),
        "not a number": lambda: module.claim("A is {a:.1f}", a=np.nan),
        "an unused value": lambda: module.claim("A is small", a=1),
        "a condition of nothing": lambda: module.claim("All are small", np.array([], bool)),
    }
    out = set()
    for name, ask in falsehoods.items():
        try:
            ask()
        except (module.ClaimError, ValueError):
            continue
        out.add(name)
    return out


CLAIMS = {
    "the condition is ignored": ("if not condition.all():", "if False:", {"a false condition", "one false entry"}),
    "any true entry is enough": ("if not condition.all():", "if not condition.any():", {"one false entry"}),
    "values are not looked at": ("if broken:", "if False:", {"not a number"}),
    "what is not used is let go": ("if unused:", "if False:", {"an unused value"}),
    "nothing counts as everything": (" or condition.size == 0", "", {"a condition of nothing"}),
}


def test_the_sound_claim_lets_no_falsehood_pass():
    assert wrongly_accepted(claims) == set()


@pytest.mark.parametrize("bug", CLAIMS)
def test_a_broken_claim_is_told(bug):
    old, new, passes = CLAIMS[bug]
    assert wrongly_accepted(planted(claims, old, new)) == passes


EXERCISE = sorted((ROOT / "exercises" / "eight_schools").glob("0*"))[0]


def test_the_sound_checker_proves_its_exercise():
    assert proof.wrong_answers_named(EXERCISE) == []
    assert proof.stub_not_attempted(EXERCISE) == []


def test_a_checker_that_accepts_everything_is_told(monkeypatch):
    monkeypatch.setattr(proof, "diagnose", lambda checker, answers: Outcome(RIGHT, "Right."))
    monkeypatch.setattr(proof, "diagnose_one", lambda question, answer: Outcome(RIGHT, "Right."))
    assert proof.wrong_answers_named(EXERCISE)
    assert proof.stub_not_attempted(EXERCISE)
