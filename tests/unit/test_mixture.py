import itertools

import numpy as np
import pytest
from scipy import integrate, stats

from hbm_lib.samplers.mixture import NormalMixture

LAW = NormalMixture(np.array([0.2, 0.5, 0.3]), np.array([-3.0, 1.0, 6.0]), np.array([0.5, 2.0, 0.1]))


def pieces(function):
    edges = [-20, -3.5, -2, 1, 5.5, 6, 6.5, 20]
    return sum(integrate.quad(function, a, b, epsabs=1e-13)[0] for a, b in itertools.pairwise(edges))


def test_moments_against_integrals_of_the_density():
    assert pieces(lambda x: LAW.pdf(x)) == pytest.approx(1)
    mean = pieces(lambda x: x * LAW.pdf(x))
    assert LAW.mean == pytest.approx(mean)
    assert LAW.sd == pytest.approx(np.sqrt(pieces(lambda x: (x - mean) ** 2 * LAW.pdf(x))))


def test_distribution_function_and_quantile_are_inverse():
    q = np.array([1e-6, 0.01, 0.2, 0.5, 0.699, 0.71, 0.999999])
    assert LAW.cdf(LAW.quantile(q)) == pytest.approx(q, abs=1e-12)
    parts = [w * stats.norm.cdf([-3.0, 2.0], c, s) for w, c, s in zip(LAW.weight, LAW.centre, LAW.spread, strict=True)]
    assert LAW.cdf(np.array([-3.0, 2.0])) == pytest.approx(sum(parts))


def test_shapes_follow_the_argument():
    assert LAW.pdf(np.zeros((2, 3))).shape == (2, 3)
    assert LAW.cdf(0.0).shape == ()
    assert LAW.quantile(np.full((2, 2), 0.5)).shape == (2, 2)


def test_a_point_mass_is_a_step():
    point = NormalMixture(np.ones(1), np.array([2.0]), np.zeros(1))
    assert point.cdf(np.array([1.999, 2.0, 2.001])).tolist() == [0, 1, 1]
    assert (point.mean, point.sd) == (2.0, 0.0)
    assert point.quantile(0.5) == pytest.approx(2.0, abs=1e-8)


@pytest.mark.parametrize("q", [0, 1, -1, 2, np.nan, [0.5, 1.0]])
def test_quantiles_are_asked_for_inside_zero_and_one(q):
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        LAW.quantile(q)


def test_scales_far_from_one():
    tiny = NormalMixture(np.ones(1), np.array([1e-3]), np.array([1e-6]))
    assert tiny.quantile(0.975) == pytest.approx(stats.norm.ppf(0.975, 1e-3, 1e-6), rel=1e-6)
    huge = NormalMixture(np.array([0.5, 0.5]), np.array([-1e7, 1e7]), np.array([1e4, 1.0]))
    assert huge.quantile(0.25) == pytest.approx(-1e7, rel=1e-9)
