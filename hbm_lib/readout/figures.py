"""The report's figures: computed values go to the library's plots."""

from dataclasses import dataclass, replace

import numpy as np

from hbm_lib.plots.paired_intervals import paired_intervals
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.share_by_size import share_by_size
from hbm_lib.plots.shrinkage import shrinkage
from hbm_lib.readout.analyze import Readout
from hbm_lib.readout.say import decimals, drawn, number

MOST_ROWS = 24
MOST_GROUPS = 2000


@dataclass(frozen=True)
class Figure:
    """A picture, its heading and what to see in it."""

    heading: str
    words: str
    picture: Picture


def figures(readout: Readout) -> list[Figure]:
    """Return the figures of a report."""
    found = [_moved(readout), _units(readout), _groups(readout), _size(readout)]
    return [figure for figure in found if figure is not None]


def _unit(readout: Readout) -> str:
    return f"effect on {drawn(readout.settings.outcome)}"


def _moved(readout: Readout) -> Figure:
    table, data = readout.table, readout.found.data
    centers = readout.scale * np.asarray(readout.found.mean("mu_genre"))
    places, fine = decimals(float(table["se"].median())), decimals(float(table["pooled_sd"].median()))
    raw, pooled = table["raw_effect"], table["pooled_effect"]
    picture = shrinkage(raw.to_numpy(), pooled.to_numpy(), table["n_total"].to_numpy(float), data.index,
                        [drawn(g) for g in data.genres] if readout.settings.group else ["mean"], centers,
                        xlabel="raw effect", ylabel="pooled effect", name="moved", member="rows", unit="units")
    said = (f"Raw effect across and pooled effect up, one mark for each of {len(table):,} units. Raw effects run from "
            f"{number(raw.min(), places)} to {number(raw.max(), places)}, pooled ones from {number(pooled.min(), fine)} to "
            f"{number(pooled.max(), fine)}: pooling draws them together.")
    return Figure(
        "Where every unit was moved",
        "Each mark is a unit; a larger mark has more rows. A mark on the dashed line was left where its own rows put it. A "
        "mark on a "
        "horizontal line was moved all the way to the mean of its group. The larger a unit's "
        "standard error, the nearer it is brought to that line.",
        replace(picture, description=said))


def _units(readout: Readout) -> Figure:
    table = readout.table
    order = np.argsort(table["n_total"].to_numpy(), kind="stable")
    picked = order if len(order) <= MOST_ROWS else order[np.linspace(0, len(order) - 1, MOST_ROWS).round().astype(int)]
    rows = table.iloc[picked]
    sample = f"a sample of {len(picked)} of the {len(table):,} units, evenly over their sizes"
    which = "Shown are all units" if len(picked) == len(table) else f"Shown is {sample}"
    narrower = int(((rows["pooled_high"] - rows["pooled_low"]) < (rows["raw_high"] - rows["raw_low"])).sum())
    own, pooled = ([rows[c].to_numpy(float) for c in names] for names in (
        ("raw_effect", "raw_low", "raw_high"), ("pooled_effect", "pooled_low", "pooled_high")))
    picture = paired_intervals([drawn(u) for u in rows["unit"]], tuple(own), tuple(pooled), xlabel=_unit(readout), name="units",
                               line=readout.settings.threshold, digits=decimals(float(table["se"].median())) or 2)
    return Figure(
        "Raw and pooled intervals",
        f"{which}, the one with the fewest rows at the top. The pooled interval is the narrower one in "
        f"{'all' if narrower == len(rows) else narrower} of the {len(rows)} shown. The dotted line is the threshold.", picture)


def _groups(readout: Readout) -> Figure | None:
    found, groups = readout.found, readout.found.data.genres
    if readout.settings.group is None or not 1 < len(groups) <= MOST_GROUPS:
        return None
    tail = (1 - readout.settings.level) / 2
    mid, low, high = (readout.scale * np.asarray(v) for v in (
        found.mean("mu_genre"), found.quantile("mu_genre", tail), found.quantile("mu_genre", 1 - tail)))
    order = np.argsort(-mid, kind="stable")
    half = MOST_ROWS // 2
    picked = order if len(order) <= MOST_ROWS else np.concatenate([order[:half], order[-half:]])
    ends = f"the {half} highest and the {half} lowest of {len(groups):,} groups"
    which = f"all {len(groups)} groups" if len(picked) == len(groups) else ends
    picture = paired_intervals([drawn(groups[i]) for i in picked], None, (mid[picked], low[picked], high[picked]),
                               xlabel=_unit(readout), name="groups", line=readout.settings.threshold, what="group",
                               digits=decimals(float(np.median(high - low))) or 2)
    return Figure(
        "The groups' means",
        f"Shown are {which}. This is the mean effect of units like those in the group, with its interval: what the group's "
        f"units are "
        "pulled toward.", picture)


def _size(readout: Readout) -> Figure:
    table = readout.table
    picture = share_by_size(table["n_total"].to_numpy(float), np.clip(table["confidence"].to_numpy(), 0, 1), name="size",
                            xlabel="rows of the unit (log scale)", ylabel="own data in the readout")
    return Figure(
        "How much is the unit's own",
        "The confidence score against size. Units below the dotted line are more their group than themselves.", picture)
