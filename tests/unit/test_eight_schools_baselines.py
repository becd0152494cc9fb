import numpy as np
import pytest
from scipy import stats

from hbm_lib.models import eight_schools as es


def test_rubins_data_as_published():
    data = es.eight_schools()
    assert data.y.tolist() == [28, 8, -3, 7, -1, 1, 18, 12]
    assert data.sigma.tolist() == [15, 10, 16, 11, 9, 11, 10, 18]
    assert list(data.labels) == list("ABCDEFGH")


def test_eight_schools_look_alike():
    found = es.heterogeneity(es.eight_schools())
    assert found.q == pytest.approx(4.7071, abs=5e-5)
    assert found.df == 7
    assert found.p_value == pytest.approx(0.6957, abs=5e-5)
    assert (found.i_squared, found.tau_squared) == (0, 0)
    assert found.pooled == pytest.approx(7.6856, abs=5e-5)
    assert found.pooled_se == pytest.approx(4.0719, abs=5e-5)


def test_four_groups_that_differ_worked_out_by_hand():
    """y = 0, 2, 4, 10 with sigma = 1, 1, 2, 2.

    Weights 1, 1, 1/4, 1/4 add to 5/2; their squares add to 17/8. The weighted sum of y is
    0 + 2 + 1 + 5/2 = 11/2, so the pooled mean is 11/5 with variance 2/5. Q = 121/25 + 1/25
    + (81/25)/4 + (1521/25)/4 = 2090/100 = 20.9. C = 5/2 - (17/8)/(5/2) = 33/20, and
    tau² = (20.9 - 3) / 1.65 = 358/33. I² = 17.9/20.9.
    """
    found = es.heterogeneity(es.Data([0, 2, 4, 10], [1, 1, 2, 2]))
    assert found.pooled == pytest.approx(11 / 5)
    assert found.pooled_se == pytest.approx(np.sqrt(2 / 5))
    assert found.q == pytest.approx(20.9)
    assert found.df == 3
    assert found.tau_squared == pytest.approx(358 / 33)
    assert found.i_squared == pytest.approx(17.9 / 20.9)
    assert found.variance_ratio == pytest.approx((56 / 3) / 2.5)
    # for three degrees of freedom the tail has a closed form
    q = 20.9
    assert found.p_value == pytest.approx(2 * stats.norm.sf(np.sqrt(q)) + np.sqrt(2 * q / np.pi) * np.exp(-q / 2))


def test_equal_values_have_no_heterogeneity():
    found = es.heterogeneity(es.Data([3, 3, 3], [1, 2, 3]))
    assert found.q == pytest.approx(0, abs=1e-20)
    assert (found.tau_squared, found.i_squared) == (0, 0)
    assert found.p_value == pytest.approx(1)


def test_a_shift_and_a_change_of_units():
    data = es.eight_schools()
    plain, moved = es.heterogeneity(data), es.heterogeneity(es.Data(10 * data.y + 7, 10 * data.sigma))
    assert moved.q == pytest.approx(plain.q)
    assert moved.pooled == pytest.approx(10 * plain.pooled + 7)
    assert moved.variance_ratio == pytest.approx(plain.variance_ratio)


def test_no_pooling_is_each_groups_own_estimate():
    found = es.no_pooling(es.eight_schools())
    assert found["estimate"].tolist() == es.eight_schools().y.tolist()
    assert found["upper"][0] == pytest.approx(28 + 1.959964 * 15, abs=1e-5)
    assert found["lower"][0] == pytest.approx(28 - 1.959964 * 15, abs=1e-5)
