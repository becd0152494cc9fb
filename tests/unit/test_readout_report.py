"""What the report says is what the table holds: ends, counts and orders, where there are many units and groups."""

import re

import numpy as np
import pytest
from readouts import users

from hbm_lib.readout import figures
from hbm_lib.readout.analyze import analyze
from hbm_lib.readout.checks import caveats
from hbm_lib.readout.report import ENDS, report
from hbm_lib.readout.settings import Settings

GROUPS = 120


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """240 units in 120 groups that differ, with 100 rows in an arm that is left out."""
    rows = users(np.random.default_rng(4), units=2 * GROUPS, n=12, groups=GROUPS)
    rows.loc[rows["group"] == "treatment", "revenue"] += 3 * (rows["creator_id"] % GROUPS) / GROUPS - 1.5
    rows.loc[rows.index[rows["group"] == "treatment"][:300:3], "group"] = "other"
    path = tmp_path_factory.mktemp("readout") / "in.parquet"
    rows.to_parquet(path)
    settings = Settings(group="genre", treatment="treatment", control="control", ignore=("other",), drop_unusable=True)
    return analyze(path, settings), int((rows["group"] == "other").sum())


@pytest.fixture(scope="module")
def tables(found):
    """The first cell of each row of each table of the page, by caption."""
    html = report(found[0])
    bare = lambda text: re.sub("<.*?>", "", text)  # noqa: E731
    return html, {bare(re.search("<caption>(.*?)</caption>", one, re.S)[1]): [
        bare(label) for label in re.findall('<th scope="row">(.*?)</th>', one)]
        for one in re.findall("<table>.*?</table>", html, flags=re.S)}


def test_the_tables_of_units_are_the_ends_and_the_farthest_moved(found, tables):
    table = found[0].table
    order = table.sort_values("pooled_effect")["unit"].astype(str).to_list()
    far = table.assign(far=(table["pooled_effect"] - table["raw_effect"]).abs()).sort_values("far")["unit"].astype(str).to_list()
    _, shown = tables
    assert shown[f"The {ENDS} highest pooled effects"] == order[::-1][:ENDS]
    assert shown[f"The {ENDS} lowest pooled effects, the lowest first"] == order[:ENDS]
    assert shown[f"The {ENDS} units that were moved farthest"] == far[::-1][:ENDS]


def test_the_table_of_groups_has_both_ends(found, tables):
    posterior = found[0].found
    order = [posterior.data.genres[i] for i in np.argsort(-np.asarray(posterior.mean("mu_genre")))]
    (shown,) = [rows for caption, rows in tables[1].items() if "lowest mean effect, of 120" in caption]
    assert shown == [*order[:ENDS], *order[-ENDS:]]


def test_the_figure_of_groups_has_both_ends(found, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "paired_intervals", lambda labels, *values, **more: drawn.append(labels))
    figures._groups(found[0])
    posterior = found[0].found
    order = [posterior.data.genres[i] for i in np.argsort(-np.asarray(posterior.mean("mu_genre")))]
    half = figures.MOST_ROWS // 2
    assert drawn == [[*order[:half], *order[-half:]]]


def test_the_findings_count_what_the_table_holds(found, tables):
    p = found[0].table["p_above"]
    above, below = int((p > 0.95).sum()), int((p < 0.05).sum())
    assert above > 1 < below, "the test shows nothing"
    said = re.search("<li>(.*? an effect above 0 .*?)</li>", tables[0])[1]
    counts = [int(n) for n in re.findall(r"\b(\d+) (?:units? )?(?:has|have|below|is|are)\b", said)]
    assert counts == [above, below, len(p) - above - below]


def test_rows_of_other_arms_are_counted(found, tables):
    readout, other = found
    assert other > 9
    assert readout.units.ignored == other
    assert f"{other} rows in arms that you asked to ignore were not used" in tables[0]


def test_an_arm_is_tiny_where_one_of_both_is(found):
    """The smaller arm decides, whichever it is."""
    readout = found[0]
    for few, many in (("control", "treatment"), ("treatment", "control")):
        table = readout.table.assign(**{f"n_{few}": 100, f"n_{many}": 200})
        table.loc[3, f"n_{few}"] = 11
        told = {one.title: one.finding for one in caveats(readout.units, table, readout.found, [readout.found], grouped=True)}
        assert told["Tiny arms"].startswith("1 unit of")
        assert "the smallest arm has 11" in told["Tiny arms"]
