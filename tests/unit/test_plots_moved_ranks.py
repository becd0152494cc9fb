"""Names beside a figure of ranks do not lie on each other."""

import numpy as np
import pytest

from hbm_lib.plots.moved_ranks import apart


@pytest.mark.parametrize("heights", [[26.0, 27, 1, 60], [5.0, 5, 5], [1.0, 10, 20], [3.0], []])
def test_names_are_apart_in_the_same_order(heights):
    heights = np.array(heights)
    found, order = apart(heights, 2.5), np.argsort(heights, kind="stable")
    assert np.all(np.diff(found[order]) > 2.5 - 1e-9)
    if len(heights):
        assert found.mean() == pytest.approx(heights.mean())


def test_names_that_are_apart_stay():
    heights = np.array([20.0, 1, 10])
    assert apart(heights, 2.5).tolist() == heights.tolist()
