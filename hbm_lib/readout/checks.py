"""What a reader should be warned of: what was found, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib.models.creators.exact import ExactPosterior
from hbm_lib.readout import tails
from hbm_lib.readout.units import Units

FEW_UNITS, FEW_GROUPS, TINY_ARM, HEAVY, BENT = 10, 4, 30, 10.0, 0.5
MATTERS = 0.25
TIED = 4.0
SHOWN = 5


@dataclass(frozen=True)
class Caveat:
    """One warning.

    Attributes
    ----------
    title : str
        A few words.
    finding : str
        What was found, with its numbers.
    remedy : str
        What to do about it.
    """

    title: str
    finding: str
    remedy: str


def some(labels: Sequence[object], most: int = SHOWN) -> str:
    """Return the first labels, and how many more there are."""
    text = ", ".join(f"‘{label}’" for label in list(labels)[:most])
    return text + (f" and {len(labels) - most:,} more" if len(labels) > most else "")


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def caveats(
    units: Units, table: pd.DataFrame, found: ExactPosterior, others: Sequence[ExactPosterior], *, grouped: bool,
) -> list[Caveat]:
    """Return the warnings whose condition holds, the gravest first.

    Parameters
    ----------
    units : Units
        What was fitted.
    table : pandas.DataFrame
        Of ``readouts``.
    found : ExactPosterior
        The fit.
    others : sequence of ExactPosterior
        Fits with the priors' scale halved and doubled.
    grouped : bool
        Whether the reader named a column of groups.
    """
    all_of_them = (_left_out(units), _heavy(units.table, table), _tied(table), _tiny(table), _few(table),
                   _prior(table, found, others), _alone(table, grouped), _few_groups(table, grouped), _misfits(table, found),
                   _ignored(units))
    return [one for one in all_of_them if one is not None]


def _left_out(units: Units) -> Caveat | None:
    if not units.left_out:
        return None
    return Caveat(
        "Units left out",
        f"{plural(len(units.left_out), 'unit')} could not be estimated and {'is' if len(units.left_out) == 1 else 'are'} not "
        f"in the "
        "table. Each is listed with its reason at the end of this page.",
        "Do not read the averages here as averages over all units: those left out are often small, or have an arm in which "
        "nobody did anything. Wait for more rows, or count such units by hand.")


def _heavy(sums: pd.DataFrame, table: pd.DataFrame) -> Caveat | None:
    kurtosis = tails.kurtosis(sums)
    if not kurtosis > HEAVY:
        return None
    bent = int((tails.of_estimates(sums, kurtosis) > BENT).sum())
    alone = tails.one_row(sums) > 0.5
    single = (f" In {plural(int(alone.sum()), 'unit')} a single row makes up more than half of an arm's spread "
              f"({some(table['unit'][alone])})." if alone.any() else "")
    return Caveat(
        "Heavy tails",
        f"Within an arm the outcome's kurtosis is {kurtosis:,.0f}; a normal outcome has 3, an exponential one 9. A few large "
        f"rows "
        f"decide the means. For {bent:,} of {len(table):,} units the raw effect itself is far from normal, and the standard "
        f"error "
        f"is a guess.{single}",
        "Do not trust the intervals and probabilities of those units: an arm that caught a large row gets too wide an "
        "interval, one "
        "that caught none too narrow a one, and where arms are of unequal size the averages are pulled to one side. Look at the "
        "largest rows first. Then cap the outcome at a limit chosen before looking at the arms, or split it into two readouts: "
        "whether a user paid at all, and how much those paid who did.")


def _tied(table: pd.DataFrame) -> Caveat | None:
    """Warn where effects go with their standard errors, which the model takes for unrelated."""
    if len(table) < FEW_UNITS:
        return None
    pairs = 1 / (1 / table["n_control"] + 1 / table["n_treatment"])
    rank = float(stats.spearmanr(table["raw_effect"], table["se"] * np.sqrt(pairs)).statistic)
    if not abs(rank) * np.sqrt(len(table) - 1) > TIED:
        return None
    plain, pooled = (float(np.average(table[f"{kind}_effect"], weights=pairs)) for kind in ("raw", "pooled"))
    return Caveat(
        "Effects go with their standard errors",
        f"Units with larger raw effects have {'larger' if rank > 0 else 'smaller'} standard errors than their rows explain (rank "
        f"correlation {rank:.2f}). The model trusts small standard errors, so it favors one side: weighted by rows alone the raw "
        f"effects average {plain:.3g}, the pooled ones {pooled:.3g}.",
        "If these two averages tell different stories, use neither the pooled effects nor their intervals. Heavy tails with "
        "arms of "
        "unequal size do this; cap the outcome at a limit chosen before looking. If large spenders truly react more, look at "
        "effects in percent.")


def _tiny(table: pd.DataFrame) -> Caveat | None:
    tiny = (table[["n_control", "n_treatment"]].min(axis=1) < TINY_ARM).to_numpy()
    if not tiny.any():
        return None
    least = int(table[["n_control", "n_treatment"]].min(axis=1).min())
    off = 100 / np.sqrt(2 * (least - 1))
    return Caveat(
        "Tiny arms",
        f"{plural(int(tiny.sum()), 'unit')} of {len(table):,} {'has' if tiny.sum() == 1 else 'have'} an arm of fewer than "
        f"{TINY_ARM} "
        f"rows ({some(table['unit'][tiny])}); the smallest arm has {least}. The model takes standard errors as known. In that "
        f"arm the "
        f"standard deviation is known to within about {off:.0f} percent, if the outcome is normal.",
        "Read the intervals of those units as somewhat too narrow. Do not single one of them out; collect more rows first.")


def _few(table: pd.DataFrame) -> Caveat | None:
    if len(table) >= FEW_UNITS:
        return None
    return Caveat(
        "Few units",
        f"There {'is' if len(table) == 1 else 'are'} only {plural(len(table), 'unit')}. How much units differ is hardly "
        f"known, and it is "
        "what decides how far each is pooled.",
        "Give more weight to the raw effects and their intervals. Pool a few units only if you would also have said "
        "beforehand how "
        "much such units differ, and state that with --prior-scale.")


def _alone(table: pd.DataFrame, grouped: bool) -> Caveat | None:
    sizes = table.groupby("group", sort=False).size()
    alone = sizes.index[sizes == 1]
    if not grouped or not len(alone):
        return None
    return Caveat(
        "A group of one",
        f"{plural(len(alone), 'group')} of {len(sizes):,} {'has' if len(alone) == 1 else 'have'} a single unit "
        f"({some(alone)}). There "
        "group and unit cannot be told apart: the unit borrows from all other groups.",
        "Join such groups with a kindred one, or read the unit's raw effect beside its readout.")


def _few_groups(table: pd.DataFrame, grouped: bool) -> Caveat | None:
    n = table["group"].nunique()
    if not grouped or n >= FEW_GROUPS:
        return None
    return Caveat(
        "Few groups",
        f"There {'is' if n == 1 else 'are'} only {plural(n, 'group')}. How much groups differ is hardly known.",
        "Read the groups' means with their intervals, and do not speak of a group that is not in the table.")


def _prior(table: pd.DataFrame, found: ExactPosterior, others: Sequence[ExactPosterior]) -> Caveat | None:
    moved = np.max([np.abs(one.mean("tau") - found.mean("tau")) / found.sd("tau") for one in others], axis=0)
    if not moved.max() > MATTERS:
        return None
    much = moved > MATTERS
    return Caveat(
        "The priors matter",
        f"With the priors' scale halved or doubled, {plural(int(much.sum()), 'readout')} would move by more than {MATTERS} of "
        f"{'its' if much.sum() == 1 else 'their'} standard deviation, the most by {moved.max():.2f} "
        f"({some(table['unit'][much])}).",
        "Say with --prior-scale how large effects can be in your field, in the unit of the outcome, before you look; and report "
        "the readout together with that number.")


def _misfits(table: pd.DataFrame, found: ExactPosterior) -> Caveat | None:
    """Warn of units too far from their group for a normal spread of units."""
    unit = float(np.median(table["se"] / found.data.se))
    center = unit * np.asarray(found.mean("mu_genre"))[found.data.index]
    z = (table["raw_effect"] - center) / np.hypot(table["se"], unit * float(found.mean("sigma_creator")))
    far = (np.abs(z) > stats.norm.isf(0.005 / len(table))).to_numpy()
    if not far.any() or len(table) < FEW_UNITS:
        return None
    return Caveat(
        "Units that do not fit",
        f"{plural(int(far.sum()), 'unit')} {'lies' if far.sum() == 1 else 'lie'} farther from the group's mean than a normal "
        f"spread of "
        f"units explains ({some(table['unit'][far])}).",
        "Look at the rows of those units for errors first. If they are right, their readouts are pulled too far toward the "
        "group: "
        "use their raw effects.")


def _ignored(units: Units) -> Caveat | None:
    if not units.ignored:
        return None
    return Caveat(
        "Rows in other arms",
        f"{plural(units.ignored, 'row')} in arms that you asked to ignore {'was' if units.ignored == 1 else 'were'} not used.",
        "Nothing, if that is what the experiment planned; compare those arms in a readout of their own.")
