"""One self-contained page in plain words: what was found, what to be careful of, the figures, the table."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from hbm_lib import __version__
from hbm_lib.readout.analyze import Readout
from hbm_lib.readout.checks import plural
from hbm_lib.readout.figures import MOST_GROUPS, figures
from hbm_lib.readout.say import decimals, number, percent, shown
from hbm_lib.readout.table import MEANING

ALL, ENDS = 100, 20
SURE = 0.95
HEADS = ("Unit", "Group", "Rows", "Raw effect", "Standard error", "Pooled effect", "Interval", "Own data", "P(above)")


def report(readout: Readout) -> str:
    """Return the page as text; every label and column name in it is escaped.

    Parameters
    ----------
    readout : Readout
        Of ``analyze``.
    """
    s, table = readout.settings, readout.table
    places, pooled = decimals(float(table["se"].median())), decimals(float(table["pooled_sd"].median()))
    page = Environment(autoescape=True, undefined=StrictUndefined, lstrip_blocks=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the text is text: the reader's browser has the glyph
        drawn = [{"heading": f.heading, "words": f.words, "html": Markup(f.picture._repr_html_())} for f in figures(readout)]
    left = list(readout.units.left_out.items())
    return page.from_string((Path(__file__).parent / "page.html.j2").read_text(encoding="utf-8")).render(
        outcome=shown(s.outcome), file=shown(readout.file), kind=s.kind, version=__version__, settings=s, meaning=MEANING,
        arms=[shown(a) for a in readout.units.arms], threshold=f"{s.threshold:,g}",
        level=f"{100 * s.level:g} %", findings=_findings(readout, pooled), caveats=readout.caveats, figures=drawn,
        tables=_tables(table, (places, pooled), s.group is not None), groups=_groups(readout),
        left=left[:1000], left_more=max(0, len(left) - 1000),
        scale=number(readout.prior_scale, decimals(readout.prior_scale)), stated=s.prior_scale is not None,
        columns=[("unit", s.unit), ("group", s.group), ("arm", s.arm), ("outcome", s.outcome)])


def _findings(readout: Readout, places: int | None) -> list[str]:
    """Return what was found, a sentence each."""
    table, found, s, unit = readout.table, readout.found, readout.settings, readout.scale
    tail = (1 - s.level) / 2

    def said(name: str) -> str:
        mid, sd, low, high = (unit * float(np.ravel(v)[0]) for v in (
            found.mean(name), found.sd(name), found.quantile(name, tail), found.quantile(name, 1 - tail)))
        digits = decimals(sd)
        return f"{number(mid, digits)} ({100 * s.level:g} % interval {number(low, digits)} to {number(high, digits)})"

    groups = table["group"].nunique()
    above, below = int((table["p_above"] > SURE).sum()), int((table["p_above"] < 1 - SURE).sum())
    open_ = len(table) - above - below
    limit = f"{s.threshold:,g}"
    out = [f"{plural(len(table), 'unit')}{' in ' + plural(groups, 'group') if s.group else ''}, "
           f"{int(table['n_total'].sum()):,} rows. The pooled effects run from {number(table['pooled_effect'].min(), places)} to "
           f"{number(table['pooled_effect'].max(), places)}; their average is {number(table['pooled_effect'].mean(), places)}."]
    if s.group is None or groups == 1:
        out.append(f"The mean effect of such units is {said('mu_genre')}.")
    else:
        out.append(f"The mean effect of groups like these is {said('mu_global')}; groups differ with a standard deviation of "
                   f"{said('sigma_genre')}.")
    out.append(f"Units{' of one group' if s.group else ''} differ with a standard deviation of {said('sigma_creator')}.")
    out.append(f"{plural(above, 'unit has', 'units have')} an effect above {limit} with probability over {percent(SURE)}, "
               f"{plural(below, 'has', 'have')} one below it with probability over {percent(SURE)}; "
               f"{plural(open_, 'is', 'are')} open.")
    own = table["confidence"]
    theirs = int((own < 0.5).sum())
    out.append(f"The median readout is {percent(float(own.median()))} the unit's own data; for {theirs or 'none'} of "
               f"{plural(len(table), 'unit')} it is less than half.")
    return out


def _tables(table: pd.DataFrame, places: tuple[int | None, int | None], grouped: bool) -> list[dict]:
    """Return all units where they are few, else the ends and those that were moved most."""
    if len(table) <= ALL:
        return [_rows("All units, in the order of their labels", table, places, grouped)]
    order = table.sort_values("pooled_effect", ascending=False, kind="stable")
    moved = table.iloc[np.argsort(-(table["pooled_effect"] - table["raw_effect"]).abs().to_numpy(), kind="stable")]
    return [_rows(f"The {ENDS} highest pooled effects", order.head(ENDS), places, grouped),
            _rows(f"The {ENDS} lowest pooled effects, the lowest first", order.tail(ENDS).iloc[::-1], places, grouped),
            _rows(f"The {ENDS} units that were moved farthest", moved.head(ENDS), places, grouped)]


def _rows(caption: str, rows: pd.DataFrame, places: tuple[int | None, int | None], grouped: bool) -> dict:
    """Return a table as text, raw columns with the first number of decimals, pooled ones with the second."""
    own, pooled = places
    keep = [h for h in HEADS if grouped or h != "Group"]
    out = []
    for r in rows.itertuples(index=False):
        cells = {"Unit": shown(r.unit), "Group": shown(r.group), "Rows": f"{r.n_total:,}",
                 "Raw effect": number(r.raw_effect, own),
                 "Standard error": number(r.se, own), "Pooled effect": number(r.pooled_effect, pooled),
                 "Interval": f"{number(r.pooled_low, pooled)} to {number(r.pooled_high, pooled)}",
                 "Own data": percent(r.confidence), "P(above)": percent(r.p_above)}
        out.append([cells[h] for h in keep])
    return {"caption": caption, "heads": keep, "rows": out}


def _groups(readout: Readout) -> dict | None:
    """Return the groups' means as a table."""
    found, groups = readout.found, readout.found.data.genres
    if readout.settings.group is None or not 1 < len(groups) <= MOST_GROUPS:
        return None
    tail = (1 - readout.settings.level) / 2
    mid, low, high = (readout.scale * np.asarray(v) for v in (
        found.mean("mu_genre"), found.quantile("mu_genre", tail), found.quantile("mu_genre", 1 - tail)))
    places = decimals(float(np.median(high - low)) / 4)
    order = np.argsort(-mid, kind="stable")
    caption, counts = "Mean effect of each group, the highest first", found.data.counts
    if len(order) > ALL:
        caption = f"The {ENDS} groups with the highest and the {ENDS} with the lowest mean effect, of {len(order):,}"
        order = np.concatenate([order[:ENDS], order[-ENDS:]])
    rows = [[shown(groups[i]), f"{counts[i]:,}", number(mid[i], places), f"{number(low[i], places)} to {number(high[i], places)}"]
            for i in order]
    return {"caption": caption, "heads": ["Group", "Units", "Mean effect", "Interval"], "rows": rows}
