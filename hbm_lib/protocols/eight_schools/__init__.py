"""The eight-schools study as its plan was written: criteria, stages, flags, phases, predictions.

``gather`` computes the evidence once; everything else reads it.
"""

from hbm_lib.protocols.eight_schools import (
    alternatives,
    another_prior,
    criteria_model1,
    criteria_model2,
    criteria_model3,
    decisions,
    operating,
    pivots,
    predictions,
    prior_sensitivity,
    readings,
    stress_tests,
    validation,
    weaknesses,
)
from hbm_lib.protocols.eight_schools.decide import Decision, Outcome, decide
from hbm_lib.protocols.eight_schools.evidence import Evidence, gather, models

__all__ = [
    "Decision",
    "Evidence",
    "Outcome",
    "alternatives",
    "another_prior",
    "criteria_model1",
    "criteria_model2",
    "criteria_model3",
    "decide",
    "decisions",
    "gather",
    "models",
    "operating",
    "pivots",
    "predictions",
    "prior_sensitivity",
    "readings",
    "stress_tests",
    "validation",
    "weaknesses",
]
