"""The four alternatives the plan names, fitted to see whether any does better."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib import fit
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact
from hbm_lib.protocols.eight_schools.evidence import SEED, Evidence


@dataclass(frozen=True)
class Alternative:
    """One alternative's answer.

    Attributes
    ----------
    letter, title : str
        As in the plan.
    finding : str
        What it says of this data, with the figure.
    value : float
        The figure.
    elpd : float
        Exact leave-one-out score; nan where there is none.
    needed : bool
        Whether the data ask for it.
    """

    letter: str
    title: str
    finding: str
    value: float
    elpd: float
    needed: bool


def complete_pooling(evidence: Evidence) -> Alternative:
    """Fit alternative A: one effect for all schools."""
    score = float(evidence.pooled_elpd.sum())
    factor = np.exp(evidence.pooled_log_evidence - evidence.fits["model1"].log_evidence)
    said = (
        f"scores {score:.2f} against model 1's {evidence.fits['model1'].elpd.sum():.2f}; "
        f"the evidence favors it by a factor of {factor:.2f}, which is weak"
    )
    zero = evidence.fits["model1"].tau_near_zero >= 0.95
    return Alternative("A", "complete pooling", said, float(factor), score, zero)


def student_errors(evidence: Evidence, *, seed: int = SEED, draws: int = 1000) -> Alternative:
    """Fit alternative B: Student-t errors, by Gibbs."""
    model = es.student_t()
    tree = fit(model, evidence.data, engine="gibbs", seed=seed, draws=draws, chains=8, tune=500, form="interwoven")
    nu = tree["posterior"]["nu"].values
    before = float(1 - model.prior.nu.cdf(10))
    after = float((nu > 10).mean())
    theta = tree["posterior"]["theta"].values.mean((0, 1))
    moved = float(np.abs(theta - evidence.fits["model1"].theta).max())
    near = abs(after - before) < 0.1
    said = (
        f"P(nu > 10) is {100 * before:.0f} % before the data and "
        f"{'within' if near else 'more than'} 10 points of that after; "
        f"{'no' if moved < 1 else 'an'} effect moves by more than a point"
    )
    return Alternative("B", "Student-t errors", said, after, np.nan, before - after > 0.25)


def precision_slope(evidence: Evidence) -> Alternative:
    """Fit alternative C: the effects on a line in precision."""
    data, model = evidence.data.with_precision(), es.precision_regression()
    law = exact.posterior(model, data).law("beta", 0)
    score = float(exact.leave_one_out(model, data).sum())
    low, high = (float(law.quantile(q)) for q in (0.025, 0.975))
    said = f"slope {law.mean:.2f} points per sd of precision, 95 % interval {low:.1f} to {high:.1f}; scores {score:.2f}"
    return Alternative("C", "regression on precision", said, law.mean, score, low > 0 or high < 0)


def covariates(evidence: Evidence) -> Alternative:
    """Fit alternative D: schools that are not exchangeable; precision is the only covariate there is."""
    data, model = evidence.data.with_precision(), es.covariate_regression()
    post = exact.posterior(model, data)
    law, score = post.law("beta", 0), float(exact.leave_one_out(model, data).sum())
    low, high = (float(law.quantile(q)) for q in (0.025, 0.975))
    said = (
        "the data name no covariate; with precision as one, the slope is "
        f"{law.mean:.2f} ({low:.1f} to {high:.1f}) and the score {score:.2f}"
    )
    return Alternative("D", "covariates", said, law.mean, score, low > 0 or high < 0)


def all_alternatives(evidence: Evidence) -> list[Alternative]:
    """Return the four alternatives."""
    return [
        complete_pooling(evidence),
        student_errors(evidence),
        precision_slope(evidence),
        covariates(evidence),
    ]


def table(found: list[Alternative]) -> pd.DataFrame:
    """Return the alternatives as a table of words."""
    return pd.DataFrame(
        {
            "alternative": [a.title for a in found],
            "found": [a.finding for a in found],
            "asked for by the data": ["yes" if a.needed else "no" for a in found],
        },
        index=pd.Index([a.letter for a in found], name="option"),
    )


def stances(found: list[Alternative]) -> dict[str, bool]:
    """Return the three reasons the plan accepts for giving up hierarchy, and whether each holds."""
    by = {a.letter: a.needed for a in found}
    return {
        "tau is zero: pool completely": by["A"],
        "strong outliers: robust errors": by["B"],
        "systematic structure: regression": by["C"] or by["D"],
    }
