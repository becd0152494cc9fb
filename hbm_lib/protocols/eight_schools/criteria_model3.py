"""Model 3, adaptive: its five criteria, in the plan's order, for either form of the switch.

The plan's formula switches abruptly (``hard``); its code switches smoothly
(``sigmoid``). Both are held against every criterion.
"""

import numpy as np

from hbm_lib.diagnostics.falsification import Verdict, combine, judge, state
from hbm_lib.protocols.eight_schools.criteria_model1 import sampler_clauses
from hbm_lib.protocols.eight_schools.evidence import Evidence
from hbm_lib.protocols.eight_schools.runs import Gain, gain
from hbm_lib.protocols.eight_schools.summary import Summary

NAMES = {"sigmoid": "Model 3", "hard": "Model 3 (hard switch)"}
KEYS = {"sigmoid": "model3", "hard": "model3_hard"}
THRESHOLD = 3.0
NEEDED = 10.0
SHARP = 5.0
SIMILAR = 0.9
WIDEST = 0.4


def _gains(evidence: Evidence, form: str, figure: str, *, saved: bool) -> Gain:
    """Return the gain over model 1, of the engine where it is largest; ``saved`` for costs."""
    pairs = list(zip(evidence.runs[KEYS[form]], evidence.runs["model1"], strict=True))
    if not pairs:
        raise ValueError("3.1: needs draws; gather the evidence with engines=('pymc',)")
    found = []
    for new, old in pairs:
        a, b = getattr(new, figure), getattr(old, figure)
        found.append(gain(b, a) if saved else gain(a, b))
    best = max(found, key=lambda g: g.low)
    if best.high - best.low > 2 * WIDEST * best.ratio:
        raise ValueError(f"3.1: the interval for {figure} is too wide to conclude; ask for more runs")
    return best


def no_advantage(evidence: Evidence, form: str = "sigmoid") -> Verdict:
    """3.1: effective draws of tau and time both improved by less than 10 %.

    Time is counted in gradient evaluations per draw, which no other program on
    the machine disturbs; a gradient of model 3 costs at least as much.
    """
    name, label = NAMES[form], "no computational advantage"
    figures = (
        ("3.1a", "effective draws of tau", "ess_tau", False),
        ("3.1b", "the number of draws per gradient evaluation", "leapfrog", True),
    )
    clauses = []
    for number, what, figure, saved in figures:
        found = _gains(evidence, form, figure, saved=saved)
        low = 100 * (found.low - 1)
        not_shown = low < NEEDED
        how = "is not shown to be" if not_shown else "is"
        said = f"the gain in {what} over model 1 {how} {NEEDED:g} % or more, by its 95 % interval"
        clauses.append(state(name, number, label, said, not_shown, value=low, threshold=NEEDED, drawn=True))
    return combine(name, "3.1", label, clauses, need="all")


def discontinuity(evidence: Evidence, form: str = "sigmoid") -> Verdict:
    """3.2: a second mode of tau at the threshold, or effects that change sharply there."""
    fit, name, label = evidence.fits[KEYS[form]], NAMES[form], "discontinuity artifacts"
    near = [m for m in fit.modes if abs(m - THRESHOLD) < 0.5]
    said = (
        f"the exact density of tau has {len(near)} mode(s) at the threshold beside the one at 0, "
        f"and changes by a factor of {fit.jump:.3f} across it"
    )
    return combine(
        name,
        "3.2",
        label,
        [
            state(name, "3.2a", label, said, bool(near), value=len(near), threshold=0),
            judge(
                name,
                "3.2b",
                label,
                "the change of E[theta | tau] across the threshold, relative to model 1's,",
                fit.bend,
                fires_when="above",
                limit=SHARP,
                detail="The plan gives no limit for 'sharp'; five times model 1's change is taken.",
            ),
        ],
    )


def largest_change(one: Summary, two: Summary, names: tuple[str, ...]) -> tuple[float, str]:
    """Return the largest relative change of posterior means, in percent, and whose it is."""
    found = []
    for name in names:
        a, b = np.ravel(getattr(one, name)), np.ravel(getattr(two, name))
        found.append((float(100 * np.max(np.abs(b - a) / np.minimum(np.abs(a), np.abs(b)))), name))
    return max(found)


def threshold_sensitivity(evidence: Evidence, form: str = "sigmoid") -> Verdict:
    """3.3: a result that differs by more than 10 % between thresholds 2 and 4."""
    name, label = NAMES[form], "sensitive to the threshold"
    low, high = evidence.thresholds[form, 2.0], evidence.thresholds[form, 4.0]
    clauses = []
    for number, what, names in (
        ("3.3a", "means of mu, tau and the effects", ("mu", "tau", "theta")),
        ("3.3b", "mean and median of the effects' spread", ("spread", "spread_median")),
    ):
        change, _ = largest_change(low, high, names)
        clauses.append(
            judge(
                name,
                number,
                label,
                f"the largest change between thresholds 2 and 4 ({what})",
                change,
                fires_when="above",
                limit=10,
                unit=" %",
                digits=1,
            )
        )
    return combine(
        name,
        "3.3",
        label,
        clauses,
        detail="At threshold 4 = sigma_pooled the rescaling is the identity: model 3 is model 1 there.",
    )


def same_failures(evidence: Evidence, form: str = "sigmoid") -> Verdict:
    """3.4: the sampler fails as 1.1 describes."""
    name, label = NAMES[form], "the failures of model 1"
    clauses = sampler_clauses(name, "3.4", label, evidence.runs[KEYS[form]])
    return combine(name, "3.4", label, clauses)


def misleading_posterior(evidence: Evidence, form: str = "sigmoid") -> Verdict:
    """3.5: a posterior of tau, or of the spread that plays its part, narrower than model 1's."""
    one, three = evidence.fits["model1"], evidence.fits[KEYS[form]]
    name, label = NAMES[form], "artificially tight"
    figures = (("3.5a", "tau", three.tau_sd), ("3.5b", "the effects' spread", three.spread_sd))
    return combine(
        name,
        "3.5",
        label,
        [
            judge(
                name,
                number,
                label,
                f"the posterior sd of {what} over that of model 1's tau",
                sd / one.tau_sd,
                fires_when="below",
                limit=SIMILAR,
                digits=3,
            )
            for number, what, sd in figures
        ],
        detail="'Similar' is taken as within 10 %, the tolerance the plan gives in 3.3.",
    )


CRITERIA = (
    no_advantage,
    discontinuity,
    threshold_sensitivity,
    same_failures,
    misleading_posterior,
)


def verdicts(evidence: Evidence, form: str = "sigmoid") -> list[Verdict]:
    """Return the five verdicts on model 3 with one form of the switch."""
    return [criterion(evidence, form) for criterion in CRITERIA]
