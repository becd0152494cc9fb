"""From cells (unit, group, arm) to one row a unit; bad rows and unusable units are found here."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.data.checks import FARTHEST
from hbm_lib.readout.arms import arms
from hbm_lib.readout.read import Rows

ARMS = ("control", "treatment")
PRECISE = 1e-6


@dataclass(frozen=True)
class Units:
    """What the readout is made of.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a unit: unit, group, and n, mean, var, low, high and m4 of each arm, as ``n_control``.
    left_out : dict of str
        Why each unit that cannot be estimated was left out.
    arms : tuple of str
        The labels of treatment and control.
    ignored : int
        Rows in arms that were left out on purpose.
    """

    table: pd.DataFrame
    left_out: dict[str, str]
    arms: tuple[str, str]
    ignored: int


def units(found: pd.DataFrame, rows: Rows, *, treatment: str | None = None, control: str | None = None,
          ignore: Sequence[str] = (), drop: bool = False) -> Units:
    """Check the cells and put the two arms of each unit side by side.

    Parameters
    ----------
    found : pandas.DataFrame
        Of ``cells``.
    rows : Rows
        Where a bad row is looked up.
    treatment, control : str, optional
        Labels of the arms.
    ignore : sequence of str
        Labels whose rows are left out.
    drop : bool
        Whether units that cannot be estimated are left out instead of refused.

    Raises
    ------
    ValueError
        Naming column and row (counted from 1) or the unit, and what to do.
    """
    name = rows.names
    for role in ("unit", "group", "arm"):
        if (found[role] == "").any():
            raise ValueError(f"column {name[role]!r}, {_row(rows, nw.col(role) == '')}: the label is missing; name it or drop "
                             f"the row")
    labels = arms(found.groupby("arm")["n"].sum().to_dict(), str(name["arm"]), treatment, control, ignore)
    kept = found[found["arm"].isin(labels)]
    if kept["bad"].any():
        _tell_bad(rows, labels)
    several = kept.groupby("unit")["group"].nunique()
    if (several > 1).any():
        unit = several.index[several > 1][0]
        both = sorted(kept.loc[kept["unit"] == unit, "group"].unique())[:2]
        raise ValueError(f"column {name['group']!r}: unit {unit!r} stands in the groups {both[0]!r} and {both[1]!r}; give "
                         f"each unit "
                         "one group, or units of different groups different names")
    values = ["n", "mean", "var", "low", "high", "m4"]
    sides = {role: kept[kept["arm"] == label].set_index("unit")[values].add_suffix(f"_{role}")
             for role, label in zip(("treatment", "control"), labels, strict=True)}
    wide = kept.groupby("unit")[["group"]].first().join(sides["control"]).join(sides["treatment"]).reset_index()
    counts = [f"n_{a}" for a in ARMS]
    wide = wide.fillna(dict.fromkeys(counts, 0)).astype(dict.fromkeys(counts, int))
    wide = wide.iloc[_order(wide["unit"])].reset_index(drop=True)
    unusable = _unusable(wide, dict(zip(("treatment", "control"), labels, strict=True)))
    if unusable and not drop:
        unit, why = next(iter(unusable.items()))
        more = f" and {len(unusable) - 1:,} more cannot" if len(unusable) > 1 else " cannot"
        raise ValueError(f"column {name['unit']!r}: unit {unit!r}{more} be estimated: {why}; give more rows, or leave such units "
                         "out with --drop-unusable (the report then lists them)")
    usable = wide[~wide["unit"].isin(unusable)].reset_index(drop=True)
    if usable.empty:
        raise ValueError(f"column {name['unit']!r}: no unit is left that can be estimated; the first is "
                         f"{wide['unit'].iloc[0]!r}: "
                         f"{next(iter(unusable.values()))}; give more rows")
    return Units(usable, unusable, labels, int(found["n"].sum() - kept["n"].sum()))


def _row(rows: Rows, bad: nw.Expr) -> str:
    """Return the place of the first row for which an expression holds."""
    return f"row {int(rows.first(bad)['row']):,} (the first below the header is 1)"


def _tell_bad(rows: Rows, labels: tuple[str, str]) -> None:
    """Say which row's outcome is no usable number.

    Raises
    ------
    ValueError
        Always.
    """
    row = rows.first(nw.col("x").is_null() & nw.col("arm").is_in(labels))
    raw, where = row["raw"], f"column {rows.names['outcome']!r}, row {int(row['row']):,} (the first below the header is 1)"
    try:
        value = float("nan" if pd.isna(raw) else str(raw).replace("_", "no"))
        if np.isfinite(value) and abs(value) <= FARTHEST:
            raise ValueError
    except ValueError:
        if not str(raw).strip():
            raise ValueError(f"{where}: the value is missing; drop the row or mend it") from None
        comma = ("write decimals with a point, thousands without a comma" if "," in str(raw) else
                 "write a plain number (digits 0 to 9) or drop the row")
        raise ValueError(f"{where}: {str(raw)[:60]!r} is not a number; {comma}") from None
    if np.isnan(value):
        raise ValueError(f"{where}: the value is missing; drop the row or mend it")
    if np.isinf(value):
        raise ValueError(f"{where}: the value is infinite; drop the row or mend it")
    raise ValueError(f"{where}: {value:g} is above {FARTHEST:g}, too large to compute with; measure it in a larger unit")


def _unusable(wide: pd.DataFrame, labels: dict[str, str]) -> dict[str, str]:
    """Return why each unit that has no standard error has none."""
    why: dict[str, str] = {}
    for arm, label in labels.items():
        n = wide[f"n_{arm}"]
        for at in np.flatnonzero(n < 2):
            why.setdefault(wide["unit"][at], f"{n[at]} {'row' if n[at] == 1 else 'rows'} in arm {label!r}, and a standard "
                                             f"error needs 2")
        flat = (n >= 2) & (wide[f"low_{arm}"] == wide[f"high_{arm}"])
        for at in np.flatnonzero(flat):
            why.setdefault(wide["unit"][at], f"no spread in arm {label!r}: all {n[at]} rows are {wide[f'low_{arm}'][at]:g}")
    # equal but for rounding; and beside such a standard error the model's sums lose the digits of all others
    se = np.sqrt(sum((wide[f"var_{arm}"] / wide[f"n_{arm}"]).to_numpy(float) for arm in ARMS))
    se[wide["unit"].isin(why)] = np.nan
    for at in np.flatnonzero(se < PRECISE * np.nanmax(se, initial=0.0)):
        why[wide["unit"][at]] = (f"hardly any spread: its standard error is {se[at]:.2g}, less than a millionth of the largest, "
                                 f"{np.nanmax(se):.2g}")
    return why


def _order(labels: pd.Series) -> np.ndarray:
    """Return the places of labels in order: of numbers by size, of others by the alphabet."""
    numbers = pd.to_numeric(labels, errors="coerce")
    return np.argsort((labels.astype(str) if numbers.isna().any() else numbers).to_numpy(), kind="stable")
