"""From verdicts to a decision: mechanically, and then read honestly."""

from dataclasses import dataclass

import pandas as pd

from hbm_lib.diagnostics.falsification import Verdict, fired
from hbm_lib.protocols.eight_schools import (
    criteria_model1,
    criteria_model2,
    criteria_model3,
    decisions,
    pivots,
)
from hbm_lib.protocols.eight_schools.decisions import Rule
from hbm_lib.protocols.eight_schools.evidence import Evidence


@dataclass(frozen=True)
class Outcome:
    """What the plan says of one model.

    Attributes
    ----------
    model : str
        Its name.
    verdicts : tuple of Verdict
        Its five criteria.
    """

    model: str
    verdicts: tuple[Verdict, ...]

    @property
    def fired(self) -> list[Verdict]:
        """The criteria that fire."""
        return fired(self.verdicts)

    @property
    def decision(self) -> str:
        """``abandon`` if any criterion fires, else ``keep``."""
        return "abandon" if self.fired else "keep"


@dataclass(frozen=True)
class Decision:
    """All the plan's outcomes together.

    Attributes
    ----------
    outcomes : dict of str to Outcome
        ``model1``, ``model2``, ``model3``, ``model3_hard``.
    stages : tuple of tuple of Rule
        Three stages of three rules.
    flags, phases : tuple of Rule
        Six red flags, four phases.
    stopping : Rule
        The stopping rule.
    """

    outcomes: dict[str, Outcome]
    stages: tuple[tuple[Rule, ...], ...]
    flags: tuple[Rule, ...]
    phases: tuple[Rule, ...]
    stopping: Rule

    def table(self) -> pd.DataFrame:
        """Return model, decision and what fired."""
        return pd.DataFrame(
            {
                "decision": [o.decision for o in self.outcomes.values()],
                "fires": [", ".join(v.number for v in o.fired) or "none" for o in self.outcomes.values()],
                "because": ["; ".join(v.criterion for v in o.fired) or "no criterion fires" for o in self.outcomes.values()],
            },
            index=pd.Index([o.model for o in self.outcomes.values()], name="model"),
        )

    @property
    def disagreement(self) -> str | None:
        """Where the plan contradicts itself: a criterion says abandon and the stage's rule does not."""
        by_criterion = any(v.number == "2.1" for v in self.outcomes["model2"].fired)
        by_stage = self.stages[0][2].applies
        if by_criterion == by_stage:
            return None
        says = {True: "drop", False: "keep"}
        return f"criterion 2.1 says {says[by_criterion]} model 2, stage 1 says {says[by_stage]} it"

    @property
    def standing(self) -> str:
        """The decision that stands when the plan's letter and its reasons are weighed."""
        kept = [k for k, o in self.outcomes.items() if o.decision == "keep"]
        if self.stopping.applies:
            return "no hierarchical model stands: complete pooling"
        if "model1" not in kept:
            return f"model 1 is abandoned; {', '.join(kept) or 'none'} left"
        only = {v.number for v in self.outcomes["model2"].fired} == {"2.1"}
        if only and not self.stages[0][2].applies:
            return "report model 1; keep model 2 beside it as a sensitivity analysis; drop model 3"
        if "model2" in kept:
            return "report models 1 and 2 side by side"
        return "report model 1"


def decide(evidence: Evidence) -> Decision:
    """Carry out the whole plan on the evidence.

    Parameters
    ----------
    evidence : Evidence
        From ``gather``, with at least one sampling engine.

    Returns
    -------
    Decision
    """
    outcomes = {
        "model1": Outcome("Model 1", tuple(criteria_model1.verdicts(evidence))),
        "model2": Outcome("Model 2", tuple(criteria_model2.verdicts(evidence))),
        "model3": Outcome("Model 3 (sigmoid)", tuple(criteria_model3.verdicts(evidence, "sigmoid"))),
        "model3_hard": Outcome("Model 3 (hard)", tuple(criteria_model3.verdicts(evidence, "hard"))),
    }
    standing = sum(outcomes[k].decision == "keep" for k in ("model1", "model2", "model3"))
    return Decision(
        outcomes=outcomes,
        stages=tuple(tuple(s) for s in decisions.stages(evidence)),
        flags=tuple(pivots.red_flags(evidence)),
        phases=tuple(pivots.phases(evidence)),
        stopping=pivots.stopping_rule(evidence, standing),
    )
