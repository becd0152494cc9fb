"""The plan's decision stages, red flags and phases, each rule carried out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.diagnostics import pooling
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


def _sampling(evidence: Evidence, key: str) -> tuple[int, float]:
    """Return divergences over all runs, and the mean ESS of tau of the worst engine."""
    runs = evidence.runs[key]
    if not runs:
        raise ValueError("the rules on sampling need draws; gather with engines=('pymc',)")
    divergences = sum(int(r.divergences.sum()) for r in runs)
    return divergences, min(float(np.mean(r.ess_tau)) for r in runs)


def stage1(evidence: Evidence) -> list[Rule]:
    """Stage 1, computational feasibility."""
    rate = max(r.divergence_rate for r in evidence.runs["model1"])
    _, ess = _sampling(evidence, "model1")
    trouble = rate > 0.001 or ess < 100
    idle = three.no_advantage(evidence).fires
    kl = evidence.fits["model2"].mu_kl
    return [
        Rule(
            "Stage 1, rule 1", "model 1 has divergences or ESS of tau below 100", "try model 3",
            "divergences are rarer than 1 in 1000 draws and the ESS is above 100"
            if not trouble else "divergences in 1 of 1000 draws or more, or an ESS below 100",
            trouble, ess, True,
        ),
        Rule(
            "Stage 1, rule 2", "model 3 has no advantage over model 1", "drop model 3, keep model 1",
            "no gain of 10 % is shown" if idle else "a gain of 10 % is shown", idle, drawn=True,
        ),
        Rule(
            "Stage 1, rule 3", "KL(posterior || prior) of mu in model 2 is below 0.1",
            "drop model 2", f"it is {kl:.3f} nats", kl < 0.1, kl,
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
            "Stage 2, rule 1", "a posterior mean of an effect is outside [-10, 20]",
            "reject that model", f"they run from {theta.min():.2f} to {theta.max():.2f}",
            bool(theta.min() < low or theta.max() > high), float(theta.max()),
        ),
        Rule(
            "Stage 2, rule 2", "the posterior median of tau is above 10 in any model",
            "question the hierarchical structure", f"the largest is {median:.2f}", median > 10, median,
        ),
        Rule(
            "Stage 2, rule 3", "models 1 and 2 disagree on tau by more than a factor of 2",
            "prior sensitivity is critical", f"their medians differ by a factor of {ratio:.2f}",
            ratio > 2, ratio,
        ),
    ]


def stage3(evidence: Evidence) -> list[Rule]:
    """Stage 3, predictive performance."""
    coverage = min(evidence.fits[k].coverage for k in THREE)
    lead = loo_lead(evidence)
    said = f"model 2 leads by {lead:.2f}; a lead of {SIMILAR_LOO:g} is needed"
    return [
        Rule(
            "Stage 3, rule 1", "a model covers less than 90 % of the schools", "reject that model",
            f"the lowest coverage is {100 * coverage:.1f} %", coverage < 0.9, coverage,
        ),
        Rule(
            "Stage 3, rule 2", "model 2's leave-one-out score is far above model 1's",
            "the skeptical prior is appropriate", said, lead > SIMILAR_LOO, lead,
        ),
        Rule(
            "Stage 3, rule 3", "model 1's leave-one-out score is far above model 2's",
            "the skeptical prior is too strong", said, lead < -SIMILAR_LOO, lead,
        ),
    ]


def stages(evidence: Evidence) -> list[list[Rule]]:
    """Return the three stages, three rules each."""
    return [stage1(evidence), stage2(evidence), stage3(evidence)]


def red_flags(evidence: Evidence) -> list[Rule]:
    """Return the six red flags with the pivot each asks for."""
    fits = [evidence.fits[k] for k in THREE]
    coverage = [f.coverage for f in fits]
    orders = [
        pooling.less_for_precise(evidence.data.sigma, f.shrinkage, one.PRECISE, one.COARSE)
        for f in fits
    ]
    wrong = [most > least for most, least in orders]
    medians = [f.tau_median for f in fits]
    failed = [
        any(c.fires for c in one.sampler_clauses(k, "flag", "", evidence.runs[k])) for k in THREE
    ]
    labels = list(evidence.data.labels)
    ends = [labels.index(name) for name in ("A", "C")]
    tails = np.array([min(f.loo_tail[j], 1 - f.loo_tail[j]) for f in fits for j in ends])
    between = float(np.var([f.tau for f in fits], ddof=1) / np.mean([f.tau_sd**2 for f in fits]))
    return [
        Rule(
            "Flag 1", "all three models fail to predict the data",
            "robust errors, mixtures, or a look at data quality",
            f"the lowest coverage is {100 * min(coverage):.1f} %", all(c < 0.9 for c in coverage),
            min(coverage),
        ),
        Rule(
            "Flag 2", "precise schools shrink more than coarse ones in all models",
            "no pooling, or structure by school",
            f"{sum(wrong)} of 3 models have it so", all(wrong), sum(wrong),
        ),
        Rule(
            "Flag 3", "tau is firmly below 0.1 in all models", "complete pooling",
            f"its medians are {', '.join(f'{m:.2f}' for m in medians)}",
            all(m < 0.1 for m in medians), min(medians),
        ),
        Rule(
            "Flag 4", "sampling fails in all three models",
            "maximum likelihood, empirical Bayes, classical meta-analysis",
            f"it fails in {sum(failed)} of 3", all(failed), sum(failed), True,
        ),
        Rule(
            "Flag 5", "school A or C is an outlier that its hierarchy does not capture",
            "outlier-robust models, or refit without it",
            f"predicted from the others, the more surprising one has a tail of {100 * tails.min():.0f} %",
            bool((tails < 0.025).any()), float(tails.min()),
        ),
        Rule(
            "Flag 6", "tau varies more between models than within them",
            "another approach, or accept the uncertainty",
            f"the variance between is {between:.3f} of that within", between > 1, between,
        ),
    ]


def phase1(evidence: Evidence) -> Rule:
    """Phase 1: drop models with severe computational trouble."""
    dropped = []
    for key in THREE:
        rate = max(r.divergence_rate for r in evidence.runs[key])
        if rate > 0.02 or _sampling(evidence, key)[1] < 100:
            dropped.append(key)
    said = f"drop {', '.join(dropped)}" if dropped else "none is dropped"
    return Rule(
        "Phase 1", "divergences above 2 % or ESS below 100", "drop that model", said, bool(dropped),
        len(dropped), True,
    )


def phase2(evidence: Evidence) -> Rule:
    """Phase 2: do models 1 and 2 agree on tau; the plan leaves 1.5 to 2 without a branch."""
    ratio = tau_ratio(evidence)
    if ratio <= 1.5:
        branch, action = "within 50 %", "the prior is not critical: proceed with both"
    elif ratio > 2:
        branch, action = "beyond 2x", "the prior is critical: report both"
    else:
        branch, action = "between the branches", "the plan is silent from 1.5 to 2: report both"
    return Rule(
        "Phase 2", "medians of tau within 50 %, or beyond 2x", action,
        f"the factor is {ratio:.2f}: {branch}", True, ratio,
    )


def phase3(evidence: Evidence) -> Rule:
    """Phase 3: predictive coverage; the plan leaves 80 to 90 % without a branch."""
    shares = [evidence.fits[k].coverage for k in THREE]
    if min(shares) > 0.9:
        branch, action = "all pass", "proceed to comparison"
    elif max(shares) < 0.8:
        branch, action = "all fail", "pivot to the alternatives"
    else:
        branch, action = "between the branches", "the plan is silent: report each coverage"
    return Rule(
        "Phase 3", "all cover more than 90 %, or all less than 80 %", action,
        f"coverage from {100 * min(shares):.1f} to {100 * max(shares):.1f} %: {branch}", True,
        min(shares),
    )


def phase4(evidence: Evidence) -> Rule:
    """Phase 4: recommend by leave-one-out score."""
    lead = loo_lead(evidence)
    if abs(lead) <= SIMILAR_LOO:
        branch, action = "similar", "recommend both, as a sensitivity analysis"
    elif lead > 0:
        branch, action = "model 2 better", "recommend the skeptical prior"
    else:
        branch, action = "model 1 better", "recommend the standard prior"
    return Rule(
        "Phase 4", "leave-one-out scores differ by more than 5", action,
        f"model 2 leads by {lead:.2f}: {branch}", True, lead,
    )


def phases(evidence: Evidence) -> list[Rule]:
    """Return the four phases."""
    return [phase1(evidence), phase2(evidence), phase3(evidence), phase4(evidence)]


def stopping_rule(evidence: Evidence, standing: int) -> Rule:
    """Return the stopping rule: if no hierarchical model stands, pool completely.

    Parameters
    ----------
    evidence : Evidence
        For complete pooling's own score.
    standing : int
        How many of the three models were not abandoned.
    """
    gap = float(evidence.pooled_elpd.sum() - evidence.fits["model1"].elpd.sum())
    said = f"{standing} of 3 stand; complete pooling's score is {gap:+.2f} against model 1's"
    return Rule(
        "Stopping rule", "no hierarchical model performs adequately", "switch to complete pooling",
        said, standing == 0, gap,
    )
