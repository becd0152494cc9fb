"""When the plan changes course: six red flags, four phases and the stopping rule."""

import numpy as np

from hbm_lib.diagnostics import pooling
from hbm_lib.protocols.eight_schools import criteria_model1 as one
from hbm_lib.protocols.eight_schools.decisions import SIMILAR_LOO, Rule, loo_lead, sampling, tau_ratio
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence


def red_flags(evidence: Evidence) -> list[Rule]:
    """Return the six red flags with the pivot each asks for."""
    fits = [evidence.fits[k] for k in THREE]
    coverage = [f.coverage for f in fits]
    orders = [pooling.less_for_precise(evidence.data.sigma, f.shrinkage, one.PRECISE, one.COARSE) for f in fits]
    wrong = [most > least for most, least in orders]
    medians = [f.tau_median for f in fits]
    failed = [any(c.fires for c in one.sampler_clauses(k, "flag", "", evidence.runs[k])) for k in THREE]
    labels = list(evidence.data.labels)
    ends = [labels.index(name) for name in ("A", "C")]
    tails = np.array([min(f.loo_tail[j], 1 - f.loo_tail[j]) for f in fits for j in ends])
    between = float(np.var([f.tau for f in fits], ddof=1) / np.mean([f.tau_sd**2 for f in fits]))
    return [
        Rule(
            "Flag 1",
            "all three models fail to predict the data",
            "robust errors, mixtures, or a look at data quality",
            f"the lowest coverage is {100 * min(coverage):.1f} %",
            all(c < 0.9 for c in coverage),
            min(coverage),
        ),
        Rule(
            "Flag 2",
            "precise schools shrink more than coarse ones in all models",
            "no pooling, or structure by school",
            f"{sum(wrong)} of 3 models have it so",
            all(wrong),
            sum(wrong),
        ),
        Rule(
            "Flag 3",
            "tau is firmly below 0.1 in all models",
            "complete pooling",
            f"its medians are {', '.join(f'{m:.2f}' for m in medians)}",
            all(m < 0.1 for m in medians),
            min(medians),
        ),
        Rule(
            "Flag 4",
            "sampling fails in all three models",
            "maximum likelihood, empirical Bayes, classical meta-analysis",
            f"it fails in {sum(failed)} of 3",
            all(failed),
            sum(failed),
            True,
        ),
        Rule(
            "Flag 5",
            "school A or C is an outlier that its hierarchy does not capture",
            "outlier-robust models, or refit without it",
            f"predicted from the others, the more surprising one has a tail of {100 * tails.min():.0f} %",
            bool((tails < 0.025).any()),
            float(tails.min()),
        ),
        Rule(
            "Flag 6",
            "tau varies more between models than within them",
            "another approach, or accept the uncertainty",
            f"the variance between is {between:.3f} of that within",
            between > 1,
            between,
        ),
    ]


def phase1(evidence: Evidence) -> Rule:
    """Phase 1: drop models with severe computational trouble."""
    dropped = []
    for key in THREE:
        rate = max(r.divergence_rate for r in evidence.runs[key])
        if rate > 0.02 or sampling(evidence, key)[1] < 100:
            dropped.append(key)
    said = f"drop {', '.join(dropped)}" if dropped else "none is dropped"
    return Rule(
        "Phase 1",
        "divergences above 2 % or ESS below 100",
        "drop that model",
        said,
        bool(dropped),
        len(dropped),
        True,
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
        "Phase 2",
        "medians of tau within 50 %, or beyond 2x",
        action,
        f"the factor is {ratio:.2f}: {branch}",
        True,
        ratio,
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
        "Phase 3",
        "all cover more than 90 %, or all less than 80 %",
        action,
        f"coverage from {100 * min(shares):.1f} to {100 * max(shares):.1f} %: {branch}",
        True,
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
        "Phase 4",
        "leave-one-out scores differ by more than 5",
        action,
        f"model 2 leads by {lead:.2f}: {branch}",
        True,
        lead,
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
        "Stopping rule",
        "no hierarchical model performs adequately",
        "switch to complete pooling",
        said,
        standing == 0,
        gap,
    )
