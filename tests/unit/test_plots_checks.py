"""The figures of model checks: what they say of the values, and what they refuse."""

import numpy as np
import pytest
from pictures import some_panels, some_residuals

from hbm_lib.plots.panels import panels
from hbm_lib.plots.residuals import residuals


def test_panels_say_the_share_of_each_statistic():
    made = np.arange(10.0)
    said = panels({"t": (made, 7.0), "moving": (made, made + 1)}, name="a").description
    assert "t: observed 7.00" in said
    assert "30.0% of them at or above" in said, "7, 8 and 9 are"
    assert "moving: observed 5.50" in said
    assert "0.0% of them at or above" in said, "draw by draw, not against the median"


def test_residuals_count_the_rows_at_the_cap():
    assert "rows at the cap of 50" in some_residuals().description
    assert "cap" not in some_residuals(cap=False).description
    at, y = np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 5, 5])
    said = residuals(at, y, xlabel="x", ylabel="y", name="a", cap=5.0, cap_label="cap", bins=2).description
    assert "run from -1.0 to 2.0" in said
    assert "2 rows at the cap of 5" in said


def test_a_band_is_drawn_only_where_the_observed_value_varies():
    axes = some_panels().fig.axes
    assert [len(ax.patches) for ax in axes[:3]] == [1, 2, 1], "bars; bars and a band; bars"
    assert not axes[3].get_visible()


@pytest.mark.parametrize(("call", "said"), [
    (lambda: panels({}, name="a"), "checks: there is nothing to draw"),
    (lambda: panels({"t": ([1.0, np.nan], 2.0)}, name="a"), r"checks\['t'\], replicated, row 1"),
    (lambda: panels({"t": ([1.0, 2.0], np.inf)}, name="a"), r"checks\['t'\], observed, row 0"),
    (lambda: residuals([1.0, 2], [1.0, np.nan], xlabel="x", ylabel="y", name="a"), "y, row 1"),
    (lambda: residuals([1.0, 2], [1.0, 2], xlabel="x", ylabel="y", name="a"), "bins: from 1 to 2"),
])
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call()
