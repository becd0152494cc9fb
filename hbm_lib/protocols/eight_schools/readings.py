"""What each criterion is worth: sound, never firing, or firing on good models.

The mechanical decision takes the plan at its word. The honest reading asks of
each criterion how often it fires when its model is true (``operating.rates``)
and whether it measures what it names.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.protocols.eight_schools.evidence import Evidence
from hbm_lib.protocols.eight_schools.operating import shift_needed

SOUND, BLIND, TRIGGER = "sound", "never fires", "fires on a true model"
DULL = "cannot tell the worlds apart"
ELSEWHERE = "measures something else"
OFTEN = 0.2


@dataclass(frozen=True)
class Reading:
    """One criterion, judged as a test.

    Attributes
    ----------
    number : str
        The criterion.
    quality : str
        ``sound``, ``never fires``, ``fires on a true model`` (on a fifth of the
        data sets or more), ``cannot tell the worlds apart`` or ``measures
        something else``.
    because : str
        The figure behind the judgment.
    """

    number: str
    quality: str
    because: str


def quality(true: float, wide: float) -> str:
    """Judge a criterion by its rates under its own model and under a plainly different truth."""
    if true >= OFTEN:
        return TRIGGER
    if true == 0 and wide == 0:
        return BLIND
    return SOUND if wide > true else DULL


def by_simulation(rates: pd.DataFrame) -> list[Reading]:
    """Judge every simulated criterion by its two rates."""
    out = []
    for number, row in rates.iterrows():
        true, wide = row["model true"], row["tau = 30"]
        said = f"fires on {100 * true:.0f} % of data sets when its model is true, {100 * wide:.0f} % when tau is 30"
        out.append(Reading(str(number), quality(true, wide), said))
    return out


def pooled_sd(evidence: Evidence) -> float:
    """Return the sd of an effect under complete pooling and model 2's prior on mu."""
    _, width = evidence.fits["model2"].mu_prior
    return float((np.sum(evidence.data.sigma**-2.0) + width**-2) ** -0.5)


def by_argument(evidence: Evidence) -> list[Reading]:
    """Judge the criteria whose fault can be seen without simulation."""
    fit, switched = evidence.fits["model2"], evidence.thresholds["sigmoid", 4.0]
    one = evidence.fits["model1"]
    shift, alone = shift_needed(evidence.data), pooled_sd(evidence)
    spread = evidence.thresholds["sigmoid", 2.0].spread / switched.spread - 1
    return [
        Reading(
            "2.1",
            TRIGGER,
            f"the prior mean is the data's own estimate: all effects would have to rise by {shift:.1f} points "
            f"to silence it; its own test, KL = {fit.mu_kl:.3f}, does not fire",
        ),
        Reading(
            "2.5",
            ELSEWHERE,
            f"it calls an sd below 4 impossible, yet pooling with this prior on mu gives {alone:.2f} rightly",
        ),
        Reading(
            "3.3",
            ELSEWHERE,
            "its upper threshold, 4, equals sigma_pooled: there model 3 is model 1 "
            f"(log p(y) differs by {abs(switched.log_evidence - one.log_evidence):.3f}); "
            f"from 2 to 4 the spread differs by {100 * spread:.0f} %",
        ),
        Reading(
            "3.5",
            ELSEWHERE,
            "tau of model 3 is not the spread of the effects: compared like with like the sd is "
            f"{evidence.fits['model3'].spread_sd / one.tau_sd:.2f} of model 1's, and the mean moved from "
            f"{one.spread:.2f} to {evidence.fits['model3'].spread:.2f}",
        ),
    ]
