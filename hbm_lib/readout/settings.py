"""What a reader asks for."""

from dataclasses import dataclass

import numpy as np

KINDS = ("csv", "parquet")
LEAST = 1e-9


@dataclass(frozen=True)
class Settings:
    """The options of ``hbm readout``.

    Attributes
    ----------
    unit, arm, outcome : str
        Columns of units, arms and outcomes.
    group : str or None
        Column of the units' groups; None for one group.
    treatment, control : str or None
        Labels of the arms; None to find them where they are obvious.
    ignore : tuple of str
        Labels of arms whose rows are left out.
    threshold : float
        ``p_above`` is the probability of an effect above it; in the unit of the outcome.
    level : float
        Of the intervals, between 0 and 1.
    prior_scale : float or None
        How large effects may be, in the unit of the outcome; None for the outcome's standard deviation within arms.
    drop_unusable : bool
        Whether units that cannot be estimated are left out instead of refused.
    kind : str
        "csv" or "parquet": the table's format.
    report : bool
        Whether the page is written too.
    """

    unit: str = "creator_id"
    group: str | None = None
    arm: str = "group"
    outcome: str = "revenue"
    treatment: str | None = None
    control: str | None = None
    ignore: tuple[str, ...] = ()
    threshold: float = 0.0
    level: float = 0.95
    prior_scale: float | None = None
    drop_unusable: bool = False
    kind: str = "csv"
    report: bool = True

    def __post_init__(self) -> None:
        """Refuse options that mean nothing, before any work."""
        if self.kind not in KINDS:
            raise ValueError(f"--format: {self.kind!r} is not known; csv or parquet")
        if not 0 < self.level < 1:
            raise ValueError(f"--level: {self.level:g} is not between 0 and 1; for 95 percent say 0.95")
        if not LEAST <= self.level <= 1 - LEAST:
            raise ValueError(f"--level: {self.level!r} is too near to {round(self.level)}; at least {LEAST:g} must lie between")
        if not np.isfinite(self.threshold):
            raise ValueError(f"--threshold: a finite number is needed, got {self.threshold}")
        if self.prior_scale is not None and not (np.isfinite(self.prior_scale) and self.prior_scale > 0):
            raise ValueError(f"--prior-scale: a number above 0 is needed, got {self.prior_scale:g}")
