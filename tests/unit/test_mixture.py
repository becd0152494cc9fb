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


SEVERAL = NormalMixture(LAW.weight, np.array([LAW.centre, 10 - 2 * LAW.centre]), np.array([LAW.spread, 2 * LAW.spread]))
TABLE = NormalMixture(LAW.weight, SEVERAL.centre + np.arange(3)[:, None, None], np.tile(SEVERAL.spread, (3, 1, 1)))


def test_several_quantities_are_each_as_if_alone():
    for law in (SEVERAL, TABLE):
        shape = law.centre.shape[:-1]
        x = np.linspace(-4, 9, int(np.prod(shape))).reshape(shape)
        for at in np.ndindex(shape):
            one = NormalMixture(law.weight, law.centre[at], law.spread[at])
            for name, args in (("pdf", (x,)), ("cdf", (x,)), ("quantile", (0.3,)), ("quantile", (1e-5,))):
                own = [v[at] if np.ndim(v) else v for v in args]
                assert getattr(law, name)(*args)[at] == pytest.approx(float(getattr(one, name)(*own)), rel=1e-9, abs=1e-12), name
            assert (law.mean[at], law.sd[at]) == pytest.approx((one.mean, one.sd), rel=1e-14)


def test_one_of_several_is_taken_by_its_place():
    assert SEVERAL[1].mean == SEVERAL.mean[1]
    assert SEVERAL[1].centre.ndim == 1
    assert TABLE[2].quantile(0.5).shape == (2,)


def test_one_scalar_gives_plain_numbers():
    assert isinstance(LAW.mean, float)
    assert isinstance(LAW.sd, float)
    assert isinstance(LAW.quantile(0.5), float)
    assert SEVERAL.mean.shape == (2,)


def test_a_spread_that_all_share_is_enough():
    shared = NormalMixture(LAW.weight, SEVERAL.centre, np.ones(3))
    assert shared.quantile(0.5)[0] == pytest.approx(NormalMixture(LAW.weight, LAW.centre, np.ones(3)).quantile(0.5))


def test_a_point_mass_among_several():
    found = NormalMixture(np.ones(1), np.array([[2.0], [5.0]]), np.array([[0.0], [1.0]]))
    assert found.quantile(0.5) == pytest.approx([2.0, 5.0], abs=1e-8)
    assert found.cdf(np.array([2.0, 5.0])) == pytest.approx([1.0, 0.5])


def test_of_several_one_probability_is_asked_at_a_time():
    with pytest.raises(ValueError, match="one probability at a time"):
        SEVERAL.quantile(np.array([0.1, 0.9]))
