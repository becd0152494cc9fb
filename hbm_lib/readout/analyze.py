"""From a file to the readout in memory: read, sum up, check, fit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hbm_lib.models.creators.exact import ExactPosterior
from hbm_lib.readout.cells import cells
from hbm_lib.readout.checks import Caveat, caveats
from hbm_lib.readout.read import read
from hbm_lib.readout.settings import Settings
from hbm_lib.readout.spreadsheet import caveat
from hbm_lib.readout.table import fitted, pooled_sd, readouts
from hbm_lib.readout.units import Units, units

RANGE = 1e6
SMALL = 1e-140


@dataclass(frozen=True)
class Readout:
    """Everything that the report tells.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a unit, the columns of ``table.MEANING``.
    caveats : list of Caveat
        The warnings whose condition holds.
    units : Units
        What was fitted, and what was left out.
    found : ExactPosterior
        The fit, in units of ``scale``.
    scale : float
        The outcome's standard deviation within arms, in its own unit.
    settings : Settings
        What was asked for.
    file : str
        The name of the file.
    """

    table: pd.DataFrame
    caveats: list[Caveat]
    units: Units
    found: ExactPosterior
    scale: float
    settings: Settings
    file: str

    @property
    def prior_scale(self) -> float:
        """The priors' scale in the unit of the outcome."""
        return self.scale if self.settings.prior_scale is None else self.settings.prior_scale


def analyze(
    path: Path | str, settings: Settings, *, engine: str | None = None,
    tell: Callable[[str, float], object] = lambda step, share: None,
) -> Readout:
    """Read a file and compute its readout; nothing is written.

    Parameters
    ----------
    path : Path or str
        CSV or Parquet, one row a user.
    settings : Settings
        Which column is what, and the options.
    engine : str, optional
        What reads the file: "duckdb" or "pandas".
    tell : callable
        Is told each step and the share of the whole that is done.

    Returns
    -------
    Readout

    Raises
    ------
    ValueError
        Naming the column and the row, the unit or the option, and what to do.
    """
    s = settings
    tell("reading", 0.0)
    rows = read(Path(path), unit=s.unit, group=s.group, arm=s.arm, outcome=s.outcome, engine=engine)
    found = cells(rows, lambda share: tell("reading", 0.6 * share))
    kept = units(found, rows, treatment=s.treatment, control=s.control, ignore=s.ignore, drop=s.drop_unusable)
    tell("fitting", 0.6)
    scale = pooled_sd(kept.table)
    _check_scale(scale, s)
    posterior = fitted(kept.table, scale, s.prior_scale)
    tell("intervals", 0.7)
    table = readouts(kept.table, posterior, scale=scale, threshold=s.threshold, level=s.level)
    tell("checking", 0.85)
    width = scale if s.prior_scale is None else s.prior_scale
    others = [fitted(kept.table, scale, width * factor) for factor in (0.5, 2.0)]
    warned = caveats(kept, table, posterior, others, grouped=s.group is not None)
    if s.kind == "csv" and (runs := caveat(table)) is not None:
        warned = [*warned, runs]
    return Readout(table, warned, kept, posterior, scale, s, Path(path).name)


def _check_scale(scale: float, settings: Settings) -> None:
    """Refuse an outcome whose squares vanish, and a prior's scale that is out of all proportion to the outcome.

    Raises
    ------
    ValueError
        Naming the column or the option.
    """
    if not scale > SMALL:
        raise ValueError(f"column {settings.outcome!r}: its standard deviation within arms is below {SMALL:g}, too small to "
                         f"compute with; measure it in a smaller unit")
    wanted = settings.prior_scale
    if wanted is not None and not scale / RANGE <= wanted <= scale * RANGE:
        raise ValueError(f"--prior-scale: {wanted:g} is out of proportion: within arms the outcome's standard deviation is "
                         f"{scale:.3g}; give how large effects can be in the outcome's unit, between {scale / RANGE:.1g} and "
                         f"{scale * RANGE:.1g}")
