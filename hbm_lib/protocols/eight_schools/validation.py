"""The plan's seven validation steps for each model, carried out in order."""

import numpy as np
import pandas as pd

from hbm_lib.diagnostics.falsification import Verdict, judge, state
from hbm_lib.protocols.eight_schools.criteria_model1 import coverage_clause
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence, models
from hbm_lib.protocols.eight_schools.prior_sensitivity import tau_factor

GOOD_ESS, GOOD_RHAT = 400.0, 1.01


def steps(evidence: Evidence, key: str) -> list[Verdict]:
    """Return the seven steps for one model; a step that fires is one the model fails.

    Parameters
    ----------
    evidence : Evidence
        With at least one sampling engine.
    key : str
        ``model1``, ``model2``, ``model3`` or ``model3_hard``.

    Returns
    -------
    list of Verdict
    """
    fit, drawn, runs = evidence.fits[key], evidence.drawn[key], evidence.runs[key]
    name = fit.title
    least = min(float(np.mean(r.ess_least)) for r in runs)
    rhat = max(float(np.mean(r.rhat)) for r in runs)
    energy = min(float(np.mean(r.bfmi)) for r in runs)
    moved = np.abs(evidence.data.y - fit.theta)
    said = (
        f"effects move by {moved.min():.1f} to {moved.max():.1f} points toward {fit.mu:.1f}, "
        f"{100 * fit.shrinkage.min():.0f} to {100 * fit.shrinkage.max():.0f} % of the way"
    )
    gap = abs(float(fit.elpd.sum() - evidence.fits["model1"].elpd.sum()))
    near = "comes near or above" if drawn.loo.pareto_k.max() > 0.5 else "is well below"
    error = float(np.abs(drawn.loo.pointwise - fit.elpd).max())
    factor = tau_factor(models()[key], evidence.data)
    return [
        judge(
            name,
            "V1",
            "prior predictive",
            "the share of prior predictive effects within [-50, 50]",
            100 * drawn.prior_in_range,
            fires_when="below",
            limit=95,
            unit=" %",
            digits=0,
            detail="The plan says 'plausible range' without a share; 95 % is taken.",
        ),
        judge(
            name,
            "V2",
            "fit",
            "the share of divergent draws, in percent,",
            100 * max(r.divergence_rate for r in runs),
            fires_when="above",
            limit=1,
            drawn=True,
        ),
        state(
            name,
            "V3",
            "convergence",
            "R-hat is below 1.01, ESS above 400 and the energy fraction above 0.3"
            if rhat < GOOD_RHAT and least > GOOD_ESS and energy > 0.3
            else "R-hat, ESS or the energy fraction is beyond its limit",
            not (rhat < GOOD_RHAT and least > GOOD_ESS and energy > 0.3),
            value=least,
            threshold=GOOD_ESS,
            drawn=True,
        ),
        state(name, "V4", "posterior summaries", said, False, value=float(moved.max())),
        coverage_clause(
            name, "V5", "posterior predictive", "the share of schools covered by 1,000 replicates", drawn.coverage
        ),
        state(
            name,
            "V6",
            "model comparison",
            f"the leave-one-out score is {gap:.2f} from model 1's; Pareto k {near} its limit of 0.7, and "
            f"importance sampling is within {np.ceil(5 * error) / 5:.1f} of the exact score of each school",
            gap > 5 or error > 0.5,
            value=gap,
            threshold=5,
        ),
        judge(
            name,
            "V7",
            "sensitivity",
            "the ratio of tau's medians over half-normal priors 2, 5 and 10",
            factor,
            fires_when="above",
            limit=2,
        ),
    ]


def table(evidence: Evidence, keys: tuple[str, ...] = THREE) -> pd.DataFrame:
    """Return the seven steps with a column a model: ``passed`` or ``failed``."""
    found = {k: steps(evidence, k) for k in keys}
    index = pd.Index([v.criterion for v in found[keys[0]]], name="step")
    return pd.DataFrame(
        {evidence.fits[k].title: ["failed" if v.fires else "passed" for v in found[k]] for k in keys},
        index=index,
    )
