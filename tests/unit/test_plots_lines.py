"""Lines of many groups, and a curve with its interval: what is drawn and what the words say."""

import numpy as np
import pytest

from hbm_lib.plots.lines import curve, fans

LABELS = ["A", "B", "C"]
A, B = np.array([0.0, 1.0, -1.0]), np.array([0.5, -0.25, 2.0])
SETTINGS = {"span": (-2, 2), "limits": (-3, 3), "strong": ["C"], "xlabel": "x", "ylabel": "y", "name": "a"}


def test_fans_draw_every_line_between_the_ends_of_the_span():
    picture = fans(LABELS, {"no pooling": (A, B), "partial pooling": (A, B / 2)}, **SETTINGS)
    for ax, slope in zip(picture.fig.axes, (B, B / 2), strict=True):
        drawn = [line.get_ydata() for line in ax.lines]
        np.testing.assert_allclose(drawn[:3], np.column_stack([A - 2 * slope, A + 2 * slope]))
        np.testing.assert_allclose(drawn[3:], [[-1 - 2 * slope[2], -1 + 2 * slope[2]]])
    assert "no pooling: slopes run from -0.25 to 2.00" in str(picture.description).lower()
    assert "partial pooling: slopes run from -0.12 to 1.00" in picture.description


def test_fans_refuse_a_group_that_is_not_there():
    with pytest.raises(ValueError, match="strong: there is no group 'Z'"):
        fans(LABELS, {"no pooling": (A, B)}, **SETTINGS | {"strong": ["Z"]})


def test_fans_refuse_lines_that_do_not_fit_the_labels():
    with pytest.raises(ValueError, match="slopes of no pooling: one number a row"):
        fans(LABELS, {"no pooling": (A, B[:2])}, **SETTINGS)
    with pytest.raises(ValueError, match="intercepts of no pooling, row 1: nan"):
        fans(LABELS, {"no pooling": (np.array([0, np.nan, 1]), B)}, **SETTINGS)


def test_curve_says_where_it_is_least():
    x = np.linspace(-2, 2, 5)
    middle = 0.1 + 0.02 * (x + 1) ** 2
    picture = curve(x, middle / 2, middle, 2 * middle, xlabel="intake", ylabel="variance", name="a")
    np.testing.assert_allclose(picture.fig.axes[0].lines[0].get_ydata(), middle)
    assert "from 0.120 at -2 to 0.280 at 2 and is least, 0.100, at -1.0." in picture.description
    with pytest.raises(ValueError, match="high: one number a row"):
        curve(x, middle, middle, middle[:3], xlabel="intake", ylabel="variance", name="a")
