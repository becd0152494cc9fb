"""The plan's three decision stages, each rule carried out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.protocols.eight_schools import criteria_model1 as one
from hbm_lib.protocols.eight_schools import criteria_model3 as three
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence

SIMILAR_LOO = 5.0


@dataclass(frozen=True)
class Rule:
    """One "if … then …" of the plan and what became of it.

    Attributes
    ----------
    number : str
        ``"Stage 1, rule 2"``.
    condition, action : str
        The rule.
    finding : str
        The figure it was held against.
    applies : bool
        Whether the condition is met.
    value : float
        The figure.
    drawn : bool
        Whether the figure differs between machines (it is not in ``finding`` then).
    """

    number: str
    condition: str
    action: str
    finding: str
    applies: bool
    value: float = np.nan
    drawn: bool = False

    def __repr__(self) -> str:
        """Return the rule and its outcome in one line."""
        outcome = f"applies: {self.action}" if self.applies else "does not apply"
        return f"{self.number}: if {self.condition}: {self.finding}; {outcome}"


def table(rules: list[Rule]) -> pd.DataFrame:
    """Return rules as a table of words."""
    return pd.DataFrame(
        {
            "if": [r.condition for r in rules],
            "found": [r.finding for r in rules],
            "applies": ["yes" if r.applies else "no" for r in rules],
            "then": [r.action for r in rules],
        },
        index=pd.Index([r.number for r in rules], name="rule"),
    )


def tau_ratio(evidence: Evidence) -> float:
    """Return the larger of models 1 and 2's posterior medians of tau over the smaller."""
    a, b = (evidence.fits[k].tau_median for k in ("model1", "model2"))
    return max(a, b) / min(a, b)


def loo_lead(evidence: Evidence) -> float:
    """Return model 2's exact leave-one-out score minus model 1's."""
    return float(evidence.fits["model2"].elpd.sum() - evidence.fits["model1"].elpd.sum())


def sampling(evidence: Evidence, key: str) -> tuple[int, float]:
    """Return divergences over all runs, and the mean ESS of tau of the worst engine."""
    runs = evidence.runs[key]
    if not runs:
        raise ValueError("the rules on sampling need draws; gather with engines=('pymc',)")
    divergences = sum(int(r.divergences.sum()) for r in runs)
    return divergences, min(float(np.mean(r.ess_tau)) for r in runs)


def stage1(evidence: Evidence) -> list[Rule]:
    """Stage 1, computational feasibility."""
    rate = max(r.divergence_rate for r in evidence.runs["model1"])
    _, ess = sampling(evidence, "model1")
    trouble = rate > 0.001 or ess < 100
    idle = three.no_advantage(evidence).fires
    kl = evidence.fits["model2"].mu_kl
    return [
        Rule(
            "Stage 1, rule 1",
            "model 1 has divergences or ESS of tau below 100",
            "try model 3",
            "divergences are rarer than 1 in 1000 draws and the ESS is above 100"
            if not trouble
            else "divergences in 1 of 1000 draws or more, or an ESS below 100",
            trouble,
            ess,
            True,
        ),
        Rule(
            "Stage 1, rule 2",
            "model 3 has no advantage over model 1",
            "drop model 3, keep model 1",
            "no gain of 10 % is shown" if idle else "a gain of 10 % is shown",
            idle,
            drawn=True,
        ),
        Rule(
            "Stage 1, rule 3",
            "KL(posterior || prior) of mu in model 2 is below 0.1",
            "drop model 2",
            f"it is {kl:.3f} nats",
            kl < 0.1,
            kl,
        ),
    ]


def stage2(evidence: Evidence) -> list[Rule]:
    """Stage 2, plausibility of the posteriors."""
    theta = np.concatenate([evidence.fits[k].theta for k in THREE])
    low, high = one.PLAUSIBLE
    median = max(evidence.fits[k].tau_median for k in THREE)
    ratio = tau_ratio(evidence)
    return [
        Rule(
            "Stage 2, rule 1",
            "a posterior mean of an effect is outside [-10, 20]",
            "reject that model",
            f"they run from {theta.min():.2f} to {theta.max():.2f}",
            bool(theta.min() < low or theta.max() > high),
            float(theta.max()),
        ),
        Rule(
            "Stage 2, rule 2",
            "the posterior median of tau is above 10 in any model",
            "question the hierarchical structure",
            f"the largest is {median:.2f}",
            median > 10,
            median,
        ),
        Rule(
            "Stage 2, rule 3",
            "models 1 and 2 disagree on tau by more than a factor of 2",
            "prior sensitivity is critical",
            f"their medians differ by a factor of {ratio:.2f}",
            ratio > 2,
            ratio,
        ),
    ]


def stage3(evidence: Evidence) -> list[Rule]:
    """Stage 3, predictive performance."""
    coverage = min(evidence.fits[k].coverage for k in THREE)
    lead = loo_lead(evidence)
    said = f"model 2 leads by {lead:.2f}; a lead of {SIMILAR_LOO:g} is needed"
    return [
        Rule(
            "Stage 3, rule 1",
            "a model covers less than 90 % of the schools",
            "reject that model",
            f"the lowest coverage is {100 * coverage:.1f} %",
            coverage < 0.9,
            coverage,
        ),
        Rule(
            "Stage 3, rule 2",
            "model 2's leave-one-out score is far above model 1's",
            "the skeptical prior is appropriate",
            said,
            lead > SIMILAR_LOO,
            lead,
        ),
        Rule(
            "Stage 3, rule 3",
            "model 1's leave-one-out score is far above model 2's",
            "the skeptical prior is too strong",
            said,
            lead < -SIMILAR_LOO,
            lead,
        ),
    ]


def stages(evidence: Evidence) -> list[list[Rule]]:
    """Return the three stages, three rules each."""
    return [stage1(evidence), stage2(evidence), stage3(evidence)]
