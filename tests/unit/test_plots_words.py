"""No word of a figure is cut by its edge or lies over another, for short words and for long ones."""

import numpy as np
import pytest
from pictures import DATA, PICTURES, platform
from words import covered, cut

from hbm_lib.plots.bars import bars
from hbm_lib.plots.coverage_width import coverage_width
from hbm_lib.plots.interval_grid import interval_grid
from hbm_lib.plots.paired_intervals import paired_intervals
from hbm_lib.plots.statistic import statistic
from hbm_lib.plots.style import canvas, label
from hbm_lib.plots.wrapping import fitted, on_lines

LONG = "correlation of the size of the effect with the mean of the platform (absolute value)"
NAMES = ["Home page, returning users", "Nordic countries excluding Iceland", "x" * 36, "one", "a b",
         "$ 5 $ and more, in all shops", "an_identifier_without_any_space_in_it_0001",
         "an_identifier_without_any_space_in_it_0002"]
SPREAD = np.random.default_rng(1).normal(3.0, 0.4, 1000)


def three(rows):
    p = platform()
    return tuple(p["own"][:rows] + k * p["se"][:rows] for k in (-2, 0, 2))


def estimate_first(rows):
    low, middle, high = three(rows)
    return middle, low, high


HARD = {
    "a bar's axis label that is longer than the figure": lambda: bars(
        {"centered": 0.13, "non-centered": 0.88}, xlabel=LONG, name="a"),
    "the longest bar on a short logarithmic axis": lambda: bars(
        {"PyMC, centered": 0.11, "NumPyro": 0.69, "exact": 0.24}, xlabel="seconds", name="a", log=True),
    "an observed value far above": lambda: statistic(SPREAD, 11.3, xlabel="furthest creator (predicted sds)", name="a"),
    "an observed value far below": lambda: statistic(SPREAD, -9.0, xlabel="furthest creator (predicted sds)", name="a"),
    "an observed value in the middle": lambda: statistic(SPREAD, 3.0, xlabel=LONG, name="a"),
    "long names beside two intervals": lambda: paired_intervals(
        NAMES, estimate_first(8), estimate_first(8), xlabel=LONG, name="a"),
    "long names beside one interval": lambda: paired_intervals(NAMES, None, estimate_first(8), xlabel="dollars", name="a"),
    "long names over panels": lambda: interval_grid(
        NAMES, platform()["sizes"][:8], three(8), three(8), np.zeros(8), ylabel="effect (dollars a user)", name="a"),
    "a tick at the lower end of the panels": lambda: interval_grid(
        list("abcdefgh"), np.arange(8) + 30, *2 * [tuple(np.full(8, v) for v in (-1.8, 0.5, 2.5))], np.zeros(8), ylabel="effect",
        name="a"),
    "intervals up to the corner where the aim stood": lambda: coverage_width(
        {k: (np.zeros(9), np.geomspace(0.05, 9, 9)) for k in ("no pooling", "complete pooling", "partial pooling")},
        np.full(9, 5.0), xlabel="width of the 95% interval (dollars, log scale)", name="a"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_words_of_every_figure_are_whole_and_apart(kind):
    fig = PICTURES[kind](name="a").fig
    assert cut(fig) == []
    assert covered(fig) == []


@pytest.mark.parametrize("case", HARD)
def test_words_are_whole_and_apart_in_hard_cases(case):
    fig = HARD[case]().fig
    assert cut(fig) == []
    assert covered(fig) == []


def test_the_check_sees_a_cut_word_and_two_that_lie_over_one_another():
    with canvas() as (fig, ax):
        label(ax, 1.0, 0.5, "a word that runs over the edge", xycoords="axes fraction")
        fig.get_layout_engine().set(rect=(0, 0, 1, 1))
        ax.texts[0].set_in_layout(False)
        ax.text(0.5, 0.8, "first")
        ax.text(0.5, 0.81, "second")
    assert "a word that runs over the edge" in cut(fig)
    assert ("first", "second") in covered(fig)


@pytest.mark.parametrize("names", [NAMES, list(DATA.labels)])
def test_every_row_keeps_a_name_of_its_own(names):
    picture = paired_intervals(names, None, estimate_first(8), xlabel="dollars", name="a")
    shown = [t.get_text() for t in picture.fig.axes[0].get_yticklabels()]
    assert len(set(shown)) == len(names)
    for name, text in zip(names, shown, strict=True):
        if len(name) <= 34 and " " in name:
            assert text.replace("\n", " ") == name


@pytest.mark.parametrize("observed", [-9.0, 3.0, 11.3])
def test_words_of_a_statistic_stand_above_what_is_drawn(observed):
    fig = statistic(SPREAD, observed, xlabel="spread", name="a").fig
    fig.draw_without_rendering()
    ax = fig.axes[0]
    assert not ax.texts
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1 - 1


def test_fitted_and_on_lines():
    assert fitted("comedy", 18) == "comedy"
    assert fitted("Home page, returning users", 18) == "Home page,\nreturning users"
    assert fitted("x" * 36, 18) == "x" * 18 + "\n" + "x" * 18
    assert fitted("lifestyle/returning", 18) == "lifestyle/\nreturning"
    both = [fitted(f"an_identifier_without_any_space_in_it_000{k}", 18) for k in (1, 2)]
    assert both[0] != both[1]
    assert all(len(line) <= 18 for text in both for line in text.split("\n"))
    assert on_lines("standard error of the average", 2) == "standard error\nof the average"
    assert on_lines("one", 2) == "one"
    assert on_lines("a b c d", 3).count("\n") <= 2
