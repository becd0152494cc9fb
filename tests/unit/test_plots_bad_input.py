"""A figure of values that are missing, too few or no numbers is refused with the argument's name."""

import re

import numpy as np
import pytest

from hbm_lib.plots.bars import bars
from hbm_lib.plots.by_size import by_size
from hbm_lib.plots.densities import densities
from hbm_lib.plots.energy import energy
from hbm_lib.plots.estimates import estimates
from hbm_lib.plots.funnel import funnel
from hbm_lib.plots.intervals import intervals
from hbm_lib.plots.moved_points import moved_points
from hbm_lib.plots.moved_ranks import moved_ranks
from hbm_lib.plots.picture import check_words
from hbm_lib.plots.predictive import predictive
from hbm_lib.plots.ranks import ranks
from hbm_lib.plots.ratio_slider import ratio_slider
from hbm_lib.plots.shrinkage_paths import shrinkage_paths
from hbm_lib.plots.size_funnel import size_funnel
from hbm_lib.plots.size_shrinkage import size_shrinkage
from hbm_lib.plots.stacked import stacked
from hbm_lib.plots.statistic import statistic
from hbm_lib.plots.tau_slider import tau_slider

NAN = float("nan")
TEXT = {"xlabel": "points", "name": "a"}
AB, ONE, HOLE = ["A", "B"], [1.0, 2.0], [1.0, NAN]
FUNNEL = TEXT | {"title": "t", "xlim": (0, 1), "verdict": "It is so."}
ERRORS = {"ylabel": "points", "name": "a"}
NO = "no pooling"
POINTS = TEXT | {"ylabel": "points", "centre": (1, 1), "limits": ((0, 5), (0, 5)), "named": []}
BY_SIZE = {"ylabel": "points", "name": "a", "centre": 1.0, "named": []}


@pytest.mark.parametrize(("make", "said"), [
    (lambda: bars({}, **TEXT), "values: there is nothing to draw"),
    (lambda: bars({"A": NAN}, **TEXT), "values, row 0: nan is not a finite number; drop the row or mend it"),
    (lambda: bars({"A": "x"}, **TEXT), "values: one number a row is needed"),
    (lambda: bars({"A": 1, "B": 0}, log=True, **TEXT), "values: a logarithmic axis needs lengths above 0, got 0 for B"),
    (lambda: intervals({}, what="w", **TEXT), "low: there is nothing to draw"),
    (lambda: intervals({"A": (1, 2)}, what="w", **TEXT), "rows: low, middle and high are needed, got (1, 2) for A"),
    (lambda: intervals({"A": (1, 2, 3), "B": (1, NAN, 3)}, what="w", **TEXT), "middle, row 1: nan is not a finite number"),
    (lambda: estimates(AB, ONE, ONE, [3.0], line=1, line_label="l", **TEXT), "high: one number a row is needed: 2 rows"),
    (lambda: estimates(AB, HOLE, ONE, ONE, line=1, line_label="l", **TEXT), "centre, row 1: nan is not a finite number"),
    (lambda: estimates(AB, ONE, ONE, ONE, line=NAN, line_label="l", **TEXT), "description: it holds a number that is not finite"),
    (lambda: predictive(AB, ONE, ONE, ONE, [1, 2, 3], **TEXT), "centre: one number a row is needed: 2 rows"),
    (lambda: predictive([], [], [], [], [], **TEXT), "y: there is nothing to draw"),
    (lambda: moved_ranks(AB, ONE, HOLE, strong=(), left="l", right="r", name="a"), "after, row 1: nan is not"),
    (lambda: moved_points(AB, (ONE, HOLE), (ONE, ONE), **POINTS), "own[1], row 1: nan is not a finite number"),
    (lambda: moved_points(AB, (ONE, ONE), (ONE, [3.0]), **POINTS), "pooled[1]: one number a row is needed: 2 rows"),
    (lambda: moved_points(AB, (ONE, ONE), (ONE, [1.0, 9.0]), **POINTS), "limits: the ordinate runs from 1 to 9, outside 0 to 5"),
    (lambda: moved_points(AB, (ONE, [2.0, 2.0]), (ONE, ONE), **POINTS), "own[1]: all values are equal"),
    (lambda: moved_points(AB, (ONE, ONE), (ONE, ONE), **POINTS | {"named": ["C"]}), "named: 'C' is not among the labels"),
    (lambda: densities([1, 2], {}, **TEXT), "curves: there is nothing to draw"),
    (lambda: densities([1, 2], {"p": [1, 2, 3]}, **TEXT), "curves['p']: densities at the 2 points of x are needed"),
    (lambda: densities([1, 2], {"p": [NAN, NAN]}, **TEXT), "curves['p']: densities at the 2 points of x are needed"),
    (lambda: densities([1, NAN], {"p": [1, 2]}, **TEXT), "x, row 1: nan is not a finite number"),
    (lambda: statistic(HOLE, 1.0, **TEXT), "replicated, row 1: nan is not a finite number"),
    (lambda: statistic([], 1.0, **TEXT), "replicated: there is nothing to draw"),
    (lambda: energy(np.ones(3), title="t", name="a", verdict="v"), "values: finite energies of shape (chains, draws) are needed"),
    (lambda: energy(np.array([[1, NAN]]), title="t", name="a", verdict="v"), "values: finite energies"),
    (lambda: ranks(np.array([[1, NAN]]), title="t", verdict="v", **TEXT), "values: finite draws of shape (chains, draws)"),
    (lambda: funnel(ONE, [1.0, 0.0], [False, True], {}, **FUNNEL), "tau: draws above 0"),
    (lambda: funnel(ONE, ONE, [False], {}, **FUNNEL), "tau: draws above 0, and one mark of divergence each"),
    (lambda: funnel(ONE, [1.0], [False, True], {}, **FUNNEL), "tau: one number a row is needed: 2 rows"),
    (lambda: shrinkage_paths(ONE, np.ones((2, 3)), AB, ONE, ylabel="y", **TEXT), "paths: finite numbers of shape (2, 2)"),
    (lambda: size_funnel(AB, ONE, HOLE, sigma=1.0, **BY_SIZE), "means, row 1: nan is not a finite number"),
    (lambda: size_shrinkage(AB, ONE, ONE, HOLE, **BY_SIZE), "pooled, row 1: nan is not a finite number"),
    (lambda: by_size([2, 9], {}, **ERRORS), "lines: there is nothing to draw"),
    (lambda: by_size([], {NO: []}, **ERRORS), "sizes: there is nothing to draw"),
    (lambda: by_size([2, 9], {NO: [1, 2, 3]}, **ERRORS), "lines['no pooling']: one number a row is needed: 2 rows, got"),
    (lambda: by_size([2, 9], {NO: ONE, "partial pooling": [1.0]}, **ERRORS), "lines['partial pooling']: one number a row"),
    (lambda: by_size([2, 9], {NO: HOLE}, **ERRORS), "lines['no pooling'], row 1: nan is not a finite number"),
    (lambda: by_size([2, 9], {NO: [1, 0]}, **ERRORS), "lines['no pooling']: a logarithmic axis needs values above 0, got 0"),
    (lambda: by_size([0, 9], {NO: ONE}, **ERRORS), "sizes: a logarithmic axis needs values above 0, got 0"),
    (lambda: by_size([9, 2], {NO: ONE}, **ERRORS), "sizes: they must increase; sort sizes and lines by size"),
    (lambda: by_size([[2, 9]], {NO: ONE}, **ERRORS), "sizes: one number a row is needed: 2 rows, got shape (1, 2)"),
    (lambda: stacked(AB, {}, **TEXT, ylabel="y"), "parts: there is nothing to draw"),
    (lambda: stacked([], {NO: ([], [])}, **TEXT, ylabel="y"), "squared bias of no pooling: there is nothing to draw"),
    (lambda: stacked(AB, {NO: (ONE,)}, **TEXT, ylabel="y"), "parts['no pooling']: squared bias and variance are needed"),
    (lambda: stacked(AB, {NO: 1.0}, **TEXT, ylabel="y"), "parts['no pooling']: squared bias and variance are needed, got 1.0"),
    (lambda: stacked(AB, {NO: (ONE, [1, 2, 3])}, **TEXT, ylabel="y"), "variance of no pooling: one number a row is needed: 2"),
    (lambda: stacked(AB, {NO: ([1.0], ONE)}, **TEXT, ylabel="y"), "squared bias of no pooling: one number a row is needed: 2"),
    (lambda: stacked(AB, {NO: (HOLE, ONE)}, **TEXT, ylabel="y"), "squared bias of no pooling, row 1: nan is not a finite"),
    (lambda: tau_slider(AB, ONE, HOLE, m0=0, s0=1, unit="points", name="a"), "sigma, row 1: nan is not a finite number"),
    (lambda: ratio_slider(AB, ONE, [1, 2, 3], unit="points", name="a"), "sizes: one number a row is needed: 2 rows"),
])
def test_values_that_cannot_be_drawn_are_refused(make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize("number", ["nan", "-inf", "inf"])
def test_no_description_holds_a_number_that_is_not_finite(number):
    check_words("The curve rises from 1.0 to 2.0 over the whole range.", "a")
    with pytest.raises(ValueError, match="not finite"):
        check_words(f"The curve rises from 1.0 to {number} over the whole range.", "a")


def test_lists_serve_as_well_as_arrays():
    assert "2 of 2 observed" in predictive(AB, [1, 2], [0, 0], [3, 3], [1, 1], **TEXT).description
