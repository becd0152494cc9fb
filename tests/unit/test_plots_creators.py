"""Figures of many experiments: what they say and draw is what they were given, for any number of groups and units."""

import re

import numpy as np
import pytest
from pictures import a_coverage_width, a_grouped_bars, a_ridges, a_shrinkage_scatter, an_interval_grid, platform

from hbm_lib.plots.coverage_width import coverage_width
from hbm_lib.plots.group_marks import MOST, marks, short, spread
from hbm_lib.plots.grouped_bars import grouped_bars
from hbm_lib.plots.interval_grid import interval_grid
from hbm_lib.plots.ridges import ridges
from hbm_lib.plots.shrinkage import DRAWN, VECTORS, shrinkage
from hbm_lib.plots.style import COLOURS, GROUPS

P = platform()
AXES = {"xlabel": "own ($)", "ylabel": "pooled ($)", "name": "a"}


def points(picture):
    """Return every point drawn as rows of (x, y, color, diameter); lines and legend left out."""
    lines = [v for v in picture.fig.axes[0].lines if v.get_linestyle() == "None" and len(v.get_xdata())]
    return [(x, y, v.get_color(), v.get_markersize()) for v in lines for x, y in zip(v.get_xdata(), v.get_ydata(), strict=True)]


def test_every_unit_is_drawn_in_its_groups_color_larger_for_more_members():
    drawn = {(x, y): (tone, size) for x, y, tone, size in points(a_shrinkage_scatter())}
    assert len(drawn) == 40
    found = [drawn[pair] for pair in zip(P["own"], P["pooled"], strict=True)]
    assert [tone for tone, _ in found] == [GROUPS[g] for g in P["index"]]
    diameters = [size for _, size in found]
    assert diameters == sorted(diameters)
    assert diameters[0] < diameters[-1]


def test_shrinkage_says_how_far_the_smallest_and_the_largest_moved():
    words = a_shrinkage_scatter().description
    gap = [np.abs(P[k] - P["centres"][P["index"]]) for k in ("own", "pooled")]
    for rows, which in ((slice(0, 4), "fewest"), (slice(36, 40), "most")):
        share = gap[1][rows].sum() / gap[0][rows].sum()
        assert re.search(rf"With the {which} users \(\d+ to \d+\), pooled estimates lie {share:.2f} times as far", words)
    nearer = sum(abs(p - t) < abs(o - t) for o, p, t in zip(P["own"], P["pooled"], P["truth"], strict=True))
    assert f"{nearer} of the 40 pooled estimates are nearer" in words
    assert "comedy 0.20, music 0.80" in words
    assert "truth" not in a_shrinkage_scatter(truth=False).description


def test_shrinkage_draws_equality_and_the_groups_means():
    picture = a_shrinkage_scatter()
    ax = picture.fig.axes[0]
    level = [v.get_ydata()[0] for v in ax.lines if v.get_linestyle() == "-"]
    assert level == pytest.approx([0.2, 0.8])
    names = {t.get_text(): t.get_color() for t in ax.texts}
    assert names["comedy"] == GROUPS[0]
    assert names["music"] == GROUPS[1]
    assert "y = x" in names


def test_more_groups_than_colors_share_one_and_are_not_named():
    many = MOST + 1
    names, places = [f"g{i}" for i in range(many)], np.arange(40) % many
    picture = a_shrinkage_scatter(groups=names, index=places, centres=np.linspace(0, 1, many))
    assert {tone for _, _, tone, _ in points(picture)} == {COLOURS["partial pooling"]}
    assert len(points(picture)) == 40
    assert not [t for t in picture.fig.axes[0].texts if t.get_text().startswith("g0")]
    assert "groups' means, from 0.00 to 1.00" in picture.description


@pytest.mark.parametrize(("n", "images", "all_drawn"), [(VECTORS, 0, True), (VECTORS + 1, 1, True), (DRAWN + 5000, 1, False)])
def test_many_points_become_one_image_and_very_many_are_thinned(n, images, all_drawn):
    rng = np.random.default_rng(1)
    own = rng.standard_normal(n)
    own[7] = -40.0  # an extreme is kept
    picture = shrinkage(own, own / 2, rng.integers(10, 900, n), np.zeros(n, int), ["all"], [0.0], **AXES)
    page = picture._repr_html_()
    assert page.count("<image") == images
    assert len(page) < 600_000
    drawn = points(picture)
    assert min(x for x, *_ in drawn) == -40
    if all_drawn:
        assert len(drawn) == n
        assert "are drawn, evenly" not in picture.description
    else:
        assert len(drawn) <= DRAWN
        assert f"{len(drawn):,} of the {n:,} are drawn, evenly over the sizes" in picture.description


def test_units_of_one_size_and_a_single_unit_are_drawn():
    same = a_shrinkage_scatter(sizes=np.full(40, 9.0))
    assert len({size for *_, size in points(same)}) == 1
    assert same.fig.axes[0].get_legend() is None
    one = shrinkage([1.0], [1.0], [5], [0], ["only"], [1.0], **AXES)
    assert len(points(one)) == 1


def test_labels_with_dollar_signs_are_text():
    names = ["a $ b $ c", "x_$^{"]
    picture = shrinkage([1, 2], [1.2, 1.8], [5, 50], [0, 1], names, [1, 2], xlabel="$ a $ b", ylabel="$^$", name="a")
    assert "a $ b $ c" in picture._repr_html_()


def boxes(picture, texts):
    picture.fig.canvas.draw()
    return [t.get_window_extent() for t in texts]


@pytest.mark.parametrize("centres", [np.full(8, 0.3), np.linspace(0.2, 0.21, 8), np.linspace(-1, 1, 8)])
def test_names_of_groups_do_not_cover_one_another(centres):
    index = np.arange(40) % 8
    picture = a_shrinkage_scatter(groups=[f"group {i}" for i in range(8)], index=index, centres=centres)
    found = boxes(picture, [t for t in picture.fig.axes[0].texts if t.get_text().startswith("group")])
    assert len(found) == 8
    assert not any(a.overlaps(b) for i, a in enumerate(found) for b in found[:i])


def test_spread_keeps_order_and_moves_no_more_than_it_must():
    assert spread([0.0, 1.0], 0.1, -1, 2) == pytest.approx([0, 1])
    assert spread([0.5, 0.5, 0.5], 0.1, 0, 1) == pytest.approx([0.4, 0.5, 0.6])
    assert spread([0.9, 0.1, 0.12], 0.1, 0, 1) == pytest.approx([0.9, 0.06, 0.16])
    assert np.diff(spread([1.0, 1.0, 1.0], 0.2, 0, 1)) == pytest.approx([0.2, 0.2])


def test_marks_and_short_names():
    assert len(set(zip(*marks(8), strict=True))) == 8
    assert marks(9) == ([COLOURS["partial pooling"]], ["o"])
    assert short("lifestyle") == "lifestyle"
    assert len(short("a very long name of a genre")) == 14


def test_interval_grid_is_sorted_by_size_and_draws_both_intervals():
    rows = list(range(39, 0, -3))
    picture = an_interval_grid(rows=rows)
    seen = [ax for ax in picture.fig.axes if ax.get_visible()]
    assert [ax.get_title(loc="left").split("\n")[0] for ax in seen] == [f"no. {i}" for i in sorted(rows)]
    for ax, i in zip(seen, sorted(rows), strict=True):
        (own, pooled) = (c.get_segments()[0] for c in ax.collections)
        assert own[:, 1] == pytest.approx([P["own"][i] - 2 * P["se"][i], P["own"][i] + 2 * P["se"][i]])
        assert pooled[:, 1] == pytest.approx([P["pooled"][i] - 2 * P["sd"][i], P["pooled"][i] + 2 * P["sd"][i]])
        assert [v.get_ydata()[0] for v in ax.lines] == pytest.approx(
            [P["centres"][P["index"][i]], P["truth"][i], P["own"][i], P["pooled"][i]])


def test_interval_grid_counts_who_holds_the_truth():
    words = an_interval_grid(rows=range(40 - 24, 40)).description
    at = slice(16, 40)
    held = [int(np.sum(np.abs(P[m][at] - P["truth"][at]) <= 2 * P[s][at])) for m, s in (("own", "se"), ("pooled", "sd"))]
    assert f"{held[0]} of the own intervals and {held[1]} of the pooled ones hold the truth" in words
    assert "truth" not in an_interval_grid(truth=False).description


def test_coverage_width_puts_each_interval_at_its_width_and_on_the_right_side():
    picture = a_coverage_width()
    for ax, (m, s) in zip(picture.fig.axes, (("own", "se"), ("pooled", "sd")), strict=True):
        held, missed = (v for v in ax.lines if v.get_marker() == "|")
        inside = np.abs(P["truth"] - P[m]) <= 2 * P[s]
        assert sorted(held.get_xdata()) == pytest.approx(sorted(4 * P[s][inside]))
        assert sorted(missed.get_xdata()) == pytest.approx(sorted(4 * P[s][~inside]))
        assert set(held.get_ydata()) == {0.5}
        assert set(missed.get_ydata()) <= {-0.5}
        assert f"{inside.sum()} of 40 hold it ({inside.mean():.1%}".replace("%", " %") in picture.description
        assert f"mean width {4 * P[s].mean():.3f}" in picture.description


def test_grouped_bars_have_the_heights_given_and_say_them():
    picture = a_grouped_bars()
    assert [p.get_height() for p in picture.fig.axes[0].patches] == [0.265, 0.006, 0.178, 0.131, 0.109, 0.0062]
    assert "500+: no pooling 0.006, complete pooling 0.131, partial pooling 0.006" in picture.description
    assert {t.get_text() for t in picture.fig.axes[0].texts} >= {".265", ".178", ".109"}
    found = boxes(picture, picture.fig.axes[0].texts)
    assert not any(a.overlaps(b) for i, a in enumerate(found) for b in found[:i])


def test_ridges_scale_each_density_to_its_own_height_and_mark_its_row():
    picture = a_ridges()
    ax = picture.fig.axes[0]
    solid = [v for v in ax.lines if v.get_linestyle() == "-"]
    assert [v.get_ydata().max() for v in solid] == pytest.approx([1.8, 0.8])
    marks = [c.get_segments()[0] for c in ax.collections if hasattr(c, "get_segments")]
    assert [m[0, 0] for m in marks] == pytest.approx([0.25, 0.3, 0.7, 0.9])
    assert [m[0, 1] for m in marks] == pytest.approx([1, 1, 0, 0])
    assert "music peaks at 0.80, truth 0.70, complete pooling 0.90" in picture.description
    assert "truth" not in a_ridges(marks=None).description


NO = "no pooling"


def test_interval_grid_without_pooled_estimates_claims_none():
    p = {k: v[:3] for k, v in P.items() if k != "centres"}
    own = (p["own"] - 2 * p["se"], p["own"], p["own"] + 2 * p["se"])
    picture = interval_grid(list("abc"), p["sizes"], own, None, [0, 0, 0], ylabel="y", name="a", truth=p["truth"])
    assert "pooled" not in picture.description
    assert "partially" not in picture._repr_html_()
    held = np.sum(np.abs(p["own"] - p["truth"]) <= 2 * p["se"])
    assert f"{held} of the own intervals hold the truth" in picture.description


@pytest.mark.parametrize(("make", "said"), [
    (lambda: coverage_width({}, [1.0], xlabel="x", name="a"), "intervals: there is nothing to draw"),
    (lambda: coverage_width({NO: ([1.0], [1.0])}, [1.0], xlabel="x", name="a"), "upper ends of no pooling, row 0: an end above"),
    (lambda: coverage_width({NO: ([1.0], [np.inf])}, [1.0], xlabel="x", name="a"), "upper ends of no pooling, row 0: inf"),
    (lambda: grouped_bars(["a"], {}, xlabel="x", ylabel="y", name="a"), "values: there is nothing to draw"),
    (lambda: grouped_bars(["a"], {"magic": [1]}, xlabel="x", ylabel="y", name="a"), "values: 'magic' has no color"),
    (lambda: grouped_bars(["a"], {NO: [-1]}, xlabel="x", ylabel="y", name="a"), "heights of 0 or more are needed, got -1 for a"),
    (lambda: ridges([0, 1], {}, xlabel="x", name="a"), "curves: there is nothing to draw"),
    (lambda: ridges([0, 1], {"a": [0, 0]}, xlabel="x", name="a"), "curves['a']: its density is 0 at every point"),
    (lambda: a_ridges(marks={"truth": [1.0]}), "marks['truth']: one number a row is needed: 2 rows"),
    (lambda: shrinkage([1, 2], [1], [1, 2], [0, 0], ["a"], [1], **AXES), "pooled: one number a row is needed: 2 rows"),
    (lambda: shrinkage([1, 2], [1, 2], [1, 0], [0, 0], ["a"], [1], **AXES), "sizes, row 1: a size above 0 is needed, got 0"),
    (lambda: shrinkage([1, 2], [1, 2], [1, 2], [0, 1], ["a"], [1], **AXES), "index: places from 0 to 0 are needed, got 0 to 1"),
    (lambda: shrinkage([1, 2], [1, 2], [1, 2], [0, 0], ["a"], [1, 2], **AXES), "centres: one number a row is needed: 1 rows"),
    (lambda: shrinkage([], [], [], [], ["a"], [1], **AXES), "own: there is nothing to draw"),
    (lambda: shrinkage([1], [1], [1], [0], ["a"], [1], truth=[np.nan], **AXES), "truth, row 0: nan is not a finite number"),
    (lambda: an_interval_grid(rows=range(25)), "labels: 24 panels at most can be read, got 25"),
    (lambda: interval_grid(["a"], [1], ([1], [1], [2, 3]), ([1], [1], [2]), [0], ylabel="y", name="a"),
     "high end of no pooling: one number a row is needed"),
])
def test_values_that_cannot_be_drawn_are_refused(make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()
