"""Rows and a fitted line: what is drawn is what was given."""

import numpy as np
import pytest
from pictures import a_fitted

from hbm_lib.plots.fitted import fitted

GRID = np.linspace(0, 1, 5)
BAND = (GRID - 1, GRID, GRID + 1)


def test_each_fit_has_a_panel_with_all_rows_and_its_line():
    picture = a_fitted()
    assert [ax.get_title(loc="left") for ax in picture.fig.axes] == ["least squares", "with the prior"]
    for ax in picture.fig.axes:
        middle, truth, rows = ax.lines
        assert len(rows.get_xdata()) == 4
        np.testing.assert_allclose(middle.get_ydata(), truth.get_ydata())
        assert len(ax.collections) == 1, "the interval"
    assert "with the prior: the line goes from 6.0 to 8.0, its interval at the right end from 7.0 to 9.0" in picture.description
    assert "The true line, dotted, goes from 6.0 to 8.0." in picture.description


def test_without_a_truth_none_is_drawn_or_said():
    picture = a_fitted(truth=False)
    assert len(picture.fig.axes[0].lines) == 2
    assert "true line" not in picture.description


@pytest.mark.parametrize(("change", "words"), [
    ({"panels": {}}, "one to 3 fits"),
    ({"panels": dict.fromkeys("abcd", BAND)}, "one to 3 fits"),
    ({"panels": {"a": (GRID, GRID[:2], GRID)}}, "line of a"),
    ({"y": np.array([1.0, np.nan])}, "y"),
    ({"truth": GRID[:3]}, "truth"),
])
def test_bad_input_is_named(change, words):
    given = {"x": np.array([0.1, 0.9]), "y": np.array([1.0, 2.0]), "grid": GRID, "panels": {"a": BAND}} | change
    with pytest.raises(ValueError, match=words):
        fitted(**given, xlabel="x", ylabel="y", name="a")
