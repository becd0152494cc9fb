"""Model 1, non-centered: its five criteria, in the plan's order."""

import numpy as np

from hbm_lib.diagnostics import pooling
from hbm_lib.diagnostics.falsification import Verdict, combine, judge, state
from hbm_lib.protocols.eight_schools.evidence import Evidence
from hbm_lib.protocols.eight_schools.runs import Run

NAME = "Model 1"
PRECISE, COARSE = 10.0, 15.0
PLAUSIBLE = (-10.0, 20.0)
COVERED = 90


def sampler_clauses(name: str, number: str, label: str, runs: tuple[Run, ...], *, rate: float = 0.01) -> list[Verdict]:
    """Return the three clauses on a sampler: divergences, R-hat, ESS of tau; the worst engine counts.

    Raises
    ------
    ValueError
        If nothing was sampled.
    """
    if not runs:
        raise ValueError(f"{number}: needs draws; gather the evidence with engines=('pymc',)")
    divergent = max(r.divergence_rate for r in runs)
    rhat = max(float(np.mean(r.rhat)) for r in runs)
    ess = min(float(np.mean(r.ess_tau)) for r in runs)
    return [
        judge(
            name,
            f"{number}a",
            label,
            "the share of divergent transitions, in percent,",
            100 * divergent,
            fires_when="above",
            limit=100 * rate,
            drawn=True,
        ),
        judge(
            name,
            f"{number}b",
            label,
            "the excess of R-hat over 1, worst parameter, mean over runs,",
            rhat - 1,
            fires_when="above",
            limit=0.01,
            drawn=True,
        ),
        judge(
            name,
            f"{number}c",
            label,
            "the effective sample size of tau, mean over runs,",
            ess,
            fires_when="below",
            limit=100,
            drawn=True,
        ),
    ]


def coverage_clause(name: str, number: str, label: str, what: str, share: float, *, digits: int = 0, detail: str = "") -> Verdict:
    """Hold a share of covered schools against the plan's 90 %: fires below it."""
    return judge(
        name,
        number,
        label,
        what,
        100 * share,
        fires_when="below",
        limit=COVERED,
        unit=" %",
        digits=digits,
        detail=detail,
    )


def computational_failure(evidence: Evidence) -> Verdict:
    """1.1: divergences above 1 %, R-hat above 1.01 or fewer than 100 effective draws of tau."""
    label = "computational failure"
    clauses = sampler_clauses(NAME, "1.1", label, evidence.runs["model1"])
    return combine(NAME, "1.1", label, clauses)


def conflict_on_tau(evidence: Evidence) -> Verdict:
    """1.2: the posterior of tau far beyond the observed spread, or all of it at 0."""
    fit, label = evidence.fits["model1"], "prior and posterior of tau in conflict"
    return combine(
        NAME,
        "1.2",
        label,
        [
            judge(
                NAME,
                "1.2a",
                label,
                "the posterior median of tau",
                fit.tau_median,
                fires_when="above",
                limit=15,
                unit=" points",
            ),
            judge(
                NAME,
                "1.2b",
                label,
                "P(tau < 0.1 | y)",
                fit.tau_near_zero,
                fires_when="at least",
                limit=0.95,
                digits=3,
                detail="The plan says 'entirely at 0'; 95 % below 0.1 is taken for that.",
            ),
        ],
    )


def shrinkage_order(evidence: Evidence) -> Verdict:
    """1.3: precise schools shrink more than coarse ones."""
    fit, sigma, label = evidence.fits["model1"], evidence.data.sigma, "shrinkage in the wrong order"
    kinds = {
        "1.3a": ("the mean shrinkage factor", fit.shrinkage),
        "1.3b": ("the realized shrinkage", fit.realized),
    }
    clauses = []
    for number, (what, values) in kinds.items():
        most, least = pooling.less_for_precise(sigma, values, PRECISE, COARSE)
        said = f"{what} is at most {most:.3f} where sigma <= {PRECISE:g} and at least {least:.3f} where sigma >= {COARSE:g}"
        clauses.append(state(NAME, number, label, said, most > least, value=most - least, threshold=0))
    return combine(NAME, "1.3", label, clauses)


def predictive_failure(evidence: Evidence) -> Verdict:
    """1.4: fewer than 90 % of the schools inside their 95 % predictive intervals."""
    return coverage_clause(
        NAME,
        "1.4",
        "posterior predictive failure",
        "the share of schools inside their 95 % predictive interval",
        evidence.fits["model1"].coverage,
        digits=1,
        detail="With eight schools the share moves in steps of 12.5 %: one miss is already below 90 %.",
    )


def extreme_effects(evidence: Evidence) -> Verdict:
    """1.5: a posterior mean of an effect outside [-10, 20]."""
    theta, (low, high) = evidence.fits["model1"].theta, PLAUSIBLE
    beyond = float(max(low - theta.min(), theta.max() - high))
    said = (
        f"the posterior means of the effects run from {theta.min():.2f} to {theta.max():.2f} (fires outside [{low:g}, {high:g}])"
    )
    return state(NAME, "1.5", "extreme parameter values", said, beyond > 0, value=beyond, threshold=0)


CRITERIA = (
    computational_failure,
    conflict_on_tau,
    shrinkage_order,
    predictive_failure,
    extreme_effects,
)


def verdicts(evidence: Evidence) -> list[Verdict]:
    """Return the five verdicts on model 1."""
    return [criterion(evidence) for criterion in CRITERIA]
