"""The three stress tests: break the shrinkage, move the prior, move the threshold."""

import numpy as np

from hbm_lib.diagnostics import pooling
from hbm_lib.diagnostics.falsification import Verdict, combine, judge, state
from hbm_lib.protocols.eight_schools.criteria_model3 import NAMES, largest_change
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence

STABLE = (2.0, 3.0, 4.0, 5.0)
GRID = (1.0, 2.0, 3.0, 5.0, 10.0)


def break_the_shrinkage(evidence: Evidence) -> Verdict:
    """Compare A (y = 28, sigma = 15) with E (y = -1, sigma = 9) in every model."""
    labels, label = list(evidence.data.labels), "break the shrinkage"
    a, e = labels.index("A"), labels.index("E")
    clauses = []
    for i, key in enumerate(THREE):
        fit = evidence.fits[key]
        moved = evidence.data.y - fit.theta
        said = (
            f"{fit.title}: A shrinks by {fit.shrinkage[a]:.3f} ({moved[a]:.1f} points), "
            f"E by {fit.shrinkage[e]:.3f} ({abs(moved[e]):.1f} points)"
        )
        fires = fit.shrinkage[e] > fit.shrinkage[a] or fit.realized[e] > fit.realized[a]
        difference = float(fit.shrinkage[e] - fit.shrinkage[a])
        clauses.append(state(fit.title, f"S1{chr(97 + i)}", label, said, fires, value=difference, threshold=0))
    return combine("all", "S1", label, clauses)


def shrinkage_direction(evidence: Evidence, key: str = "model1") -> dict[str, pooling.Order]:
    """Say whether shrinkage rises or falls with precision, by factor and as realized.

    The plan expects it to rise. The factor sigma²/(sigma² + tau²) falls.
    """
    fit, precision = evidence.fits[key], evidence.data.sigma**-2.0
    return {
        "factor": pooling.order(precision, fit.shrinkage, 1e-9),
        "realized": pooling.order(precision, fit.realized, 1e-9),
    }


def prior_sensitivity(evidence: Evidence) -> Verdict:
    """Refit model 2 with half-normal scales 2, 5 and 10."""
    label, fits = "prior sensitivity", evidence.skepticism
    medians = np.array([f.tau_median for f in fits.values()])
    theta = np.array([f.theta for f in fits.values()])
    moved = float((np.ptp(theta, axis=0) / fits[5.0].theta_sd).max())
    said = " to ".join(f"{m:.2f}" for m in (medians.min(), medians.max()))
    return combine(
        "Model 2",
        "S2",
        label,
        [
            judge(
                "Model 2",
                "S2a",
                label,
                f"the ratio of tau's medians ({said}) over the three priors",
                float(medians.max() / medians.min()),
                fires_when="above",
                limit=2,
                detail="The plan gives no limit for 'dramatically'; its own 2x of stage 2 is taken.",
            ),
            judge(
                "Model 2",
                "S2b",
                label,
                "the largest move of an effect's mean over the three priors, in posterior sds,",
                moved,
                fires_when="above",
                limit=1,
            ),
        ],
    )


def threshold_grid(evidence: Evidence) -> Verdict:
    """Refit model 3 with thresholds 1, 2, 3, 5, 10; it should be stable from 2 to 5."""
    label, clauses = "threshold grid", []
    for i, form in enumerate(NAMES):
        fits = [evidence.thresholds[form, t] for t in STABLE]
        pairs = [(one, two) for k, one in enumerate(fits) for two in fits[k + 1 :]]
        for j, (what, names) in enumerate(
            {
                "tau's mean": ("tau",),
                "an effect's mean": ("theta",),
                "the spread's mean": ("spread",),
            }.items()
        ):
            change = max(largest_change(one, two, names)[0] for one, two in pairs)
            clauses.append(
                judge(
                    NAMES[form],
                    f"S3{chr(97 + 3 * i + j)}",
                    label,
                    f"{form}: the largest change of {what} for thresholds 2 to 5",
                    change,
                    fires_when="above",
                    limit=10,
                    unit=" %",
                    digits=1,
                )
            )
    return combine("Model 3", "S3", label, clauses)


def overlay(evidence: Evidence, form: str = "sigmoid") -> dict[float, tuple[float, float]]:
    """Return for each threshold how far tau's and the spread's laws are from those at 3.

    Returns
    -------
    dict
        Threshold to the largest difference of the distribution functions, of
        tau and of the spread: what "should overlay closely" comes to.
    """
    base = evidence.thresholds[form, 3.0]
    return {
        t: (
            float(np.abs(evidence.thresholds[form, t].tau_cdf - base.tau_cdf).max()),
            float(np.abs(evidence.thresholds[form, t].spread_cdf - base.spread_cdf).max()),
        )
        for t in GRID
    }


TESTS = (break_the_shrinkage, prior_sensitivity, threshold_grid)


def verdicts(evidence: Evidence) -> list[Verdict]:
    """Return the three verdicts."""
    return [test(evidence) for test in TESTS]
