import numpy as np
import pytest

from hbm_lib.diagnostics import pooling

SIGMA = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def test_factor_is_the_formula_and_its_ends():
    assert pooling.factor(SIGMA, 3.0) == pytest.approx(1 - 9 / (9 + SIGMA**2))
    assert pooling.factor(SIGMA, 0.0) == pytest.approx(np.ones(8))
    assert pooling.factor(SIGMA, np.array([1.0, 1e9])).shape == (2, 8)


def test_mean_factor_weights_the_nodes():
    nodes, weight = np.array([1.0, 5.0]), np.array([0.25, 0.75])
    by_hand = 0.25 * pooling.factor(SIGMA, 1.0) + 0.75 * pooling.factor(SIGMA, 5.0)
    assert pooling.mean_factor(SIGMA, nodes, weight) == pytest.approx(by_hand)
    assert pooling.mean_factor(SIGMA, nodes) == pytest.approx(pooling.factor(SIGMA, nodes).mean(0))


def test_realized_marks_what_divides_by_almost_nothing():
    found = pooling.realized(np.array([28.0, 8.0, 7.0]), np.array([10.0, 7.5, 7.0]), 7.0, np.array([15.0, 10.0, 9.0]))
    assert found.share[0] == pytest.approx(18 / 21)
    assert np.isnan(found.share[2])
    assert found.stable.tolist() == [True, False, False]
    assert found.points.tolist() == [18.0, 0.5, 0.0]


def test_shrinkage_falls_with_precision():
    precision = SIGMA**-2.0
    assert pooling.order(precision, pooling.factor(SIGMA, 4.0)).direction == "decreasing"
    assert pooling.order(precision, -pooling.factor(SIGMA, 4.0)).direction == "increasing"
    assert pooling.order(precision, np.ones(8)).direction == "constant"
    mixed = pooling.order(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]))
    assert mixed.direction == "neither"
    assert mixed.falling == [(1, 2)]


def test_precise_against_coarse():
    most, least = pooling.less_for_precise(SIGMA, pooling.factor(SIGMA, 4.0), 10, 15)
    assert most < least
    with pytest.raises(ValueError, match="coarse"):
        pooling.less_for_precise(SIGMA, SIGMA, 10, 50)


def test_the_two_limits_belong_to_precise_and_to_coarse():
    """Groups at 10 and at 15 count: 100 / 116 and 225 / 241 at tau = 4."""
    found = pooling.less_for_precise(SIGMA, pooling.factor(SIGMA, 4.0), 10, 15)
    assert found == pytest.approx((100 / 116, 225 / 241))
