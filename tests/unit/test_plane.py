"""Quadrature over two scales, on densities whose every answer is known."""

import numpy as np
import pytest
from scipy import integrate, stats

from hbm_lib.samplers.plane import _inverse_linear, plane


def log_normals(mean, sd, corr):
    """The log density of two correlated log-normal scales, times e^3."""
    cov = np.array([[sd[0] ** 2, corr * sd[0] * sd[1]], [corr * sd[0] * sd[1], sd[1] ** 2]])
    law = stats.multivariate_normal(mean, cov)
    return lambda a, b: 3 + law.logpdf(np.column_stack([np.log(a), np.log(b)])) - np.log(a) - np.log(b)


# mean and sd of the logarithms, and their correlation
SHAPES = {
    "independent": ((1.0, -0.5), (0.4, 0.9), 0.0),
    "correlated": ((1.0, -0.5), (0.4, 0.9), -0.7),
    "a ridge": ((0.3, 0.2), (1.0, 1.0), 0.99),
    "a thin ridge the other way": ((0.0, 0.0), (0.3, 0.6), -0.995),
    "far from one, very narrow": ((np.log(1e6), np.log(1e-6)), (0.003, 0.01), 0.5),
    "wide": ((-3.0, 2.0), (3.0, 1.5), 0.3),
}
FOUND = {name: plane(log_normals(*shape)) for name, shape in SHAPES.items()}
Q = np.array([1e-4, 0.025, 0.5, 0.9, 0.9999])


def expected(name):
    """The exact laws of the first, the second and their ratio."""
    (m1, m2), (s1, s2), r = SHAPES[name]
    gap = np.sqrt(s1**2 + s2**2 - 2 * r * s1 * s2)
    return {"first": stats.lognorm(s1, scale=np.exp(m1)), "second": stats.lognorm(s2, scale=np.exp(m2)),
            "ratio": stats.lognorm(gap, scale=np.exp(m1 - m2))}


@pytest.mark.parametrize("name", SHAPES)
def test_marginals_ratio_and_evidence(name):
    found = FOUND[name]
    assert found.log_evidence == pytest.approx(3, abs=1e-9)
    for which, law in expected(name).items():
        line = getattr(found, which)
        assert line.weight @ line.tau == pytest.approx(law.mean(), rel=1e-8), which
        np.testing.assert_allclose(line.quantile(Q), law.ppf(Q), rtol=1e-7, err_msg=which)
        np.testing.assert_allclose(line.cdf(law.ppf(Q)), Q, atol=1e-9, err_msg=which)
        np.testing.assert_allclose(line.pdf(law.ppf(Q)), law.pdf(law.ppf(Q)), rtol=1e-6, err_msg=which)


@pytest.mark.parametrize("name", SHAPES)
def test_nodes_carry_every_joint_expectation(name):
    a, b, weight = FOUND[name].nodes
    (m1, m2), (s1, s2), r = SHAPES[name]
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    z1, z2 = (np.log(a) - m1) / s1, (np.log(b) - m2) / s2
    np.testing.assert_allclose([weight @ z1, weight @ z2, weight @ z1**2, weight @ z2**2, weight @ (z1 * z2)],
                               [0, 0, 1, 1, r], atol=1e-8)
    np.testing.assert_allclose(weight @ (z1**2 * z2**2), 1 + 2 * r**2, rtol=1e-7)


@pytest.mark.parametrize("name", SHAPES)
def test_draws_have_the_joint_law(name, seed):
    """The standardized logarithms of the draws, rotated, are independent standard normals."""
    (m1, m2), (s1, s2), r = SHAPES[name]
    a, b = FOUND[name].sample(np.random.default_rng(seed), 20_000)
    z1, z2 = (np.log(a) - m1) / s1, (np.log(b) - m2) / s2
    left = (z2 - r * z1) / np.sqrt(1 - r**2)
    for values in (z1, z2, left, (z1 - r * z2) / np.sqrt(1 - r**2)):
        assert stats.kstest(values, "norm").pvalue > 1e-6
    for x, y in ((z1, left), (z1**2, left), (z1**2, left**2)):
        assert abs(stats.pearsonr(x, y).statistic) < 5.5 / np.sqrt(20_000)


@pytest.mark.parametrize("name", SHAPES)
def test_refining_changes_nothing_that_matters(name):
    finer = plane(log_normals(*SHAPES[name]), halve=True)
    for which in ("first", "second", "ratio"):
        before, after = getattr(FOUND[name], which), getattr(finer, which)
        assert before.weight @ before.tau == pytest.approx(after.weight @ after.tau, rel=1e-8)
        assert len(after.tau) > len(before.tau)


def hard(a, b):
    """Uniform on a rectangle, tilted by both scales."""
    return -0.2 * a - 0.1 * a * b


EDGES = ((0.0, 3.0), (1.0, 5.0))


def test_hard_edges():
    """Bounded on all sides, with mass at every edge: against SciPy's adaptive quadrature."""
    found = plane(hard, support=EDGES)
    weigh = lambda b, a: np.exp(hard(a, b))  # noqa: E731
    integral = lambda f, top=3.0: integrate.dblquad(lambda b, a: weigh(b, a) * f(a, b), 0, top, 1, 5, epsabs=1e-12)[0]  # noqa: E731
    total = integral(lambda a, b: 1.0)
    assert found.log_evidence == pytest.approx(np.log(total), abs=1e-10)
    assert found.first.weight @ found.first.tau == pytest.approx(integral(lambda a, b: a) / total, rel=1e-10)
    assert found.second.weight @ found.second.tau == pytest.approx(integral(lambda a, b: b) / total, rel=1e-10)
    assert found.first.cdf(1.3) == pytest.approx(integral(lambda a, b: 1.0, top=1.3) / total, abs=1e-10)
    assert found.first.cdf(3.0) == pytest.approx(1, abs=1e-12)
    below = integrate.dblquad(lambda a, b: weigh(b, a), 1, 5, 0, lambda b: min(3.0, 0.4 * b), epsabs=1e-12)[0]
    assert found.ratio.cdf(0.4) == pytest.approx(below / total, abs=1e-5)
    a, b = found.sample(np.random.default_rng(1), 5000)
    assert a.min() > 0
    assert a.max() < 3 + 1e-9
    assert b.min() > 1 - 1e-9
    assert b.max() < 5 + 1e-9


def test_one_hard_edge_does_not_blunt_the_ratio():
    """The ratio of a uniform scale and a log-normal one, by one integral of SciPy."""
    law = stats.lognorm(0.2, scale=4.0)
    found = plane(lambda a, b: law.logpdf(b) + 0 * a, support=((0.0, 3.0), (0.0, np.inf)))
    for r in (0.05, 0.5, 0.8, 1.1):
        below = integrate.quad(lambda b, r=r: law.pdf(b) * min(1.0, r * b / 3), 0, 40, points=[3 / r, 4], epsabs=1e-13)[0]
        assert found.ratio.cdf(r) == pytest.approx(below, abs=1e-9)


def test_a_first_scale_that_piles_up_at_zero():
    """Half the mass of an exponential scale lies below its median, however small: the tail toward 0 is not lost."""
    found = plane(lambda a, b: -a - (b - 2) ** 2 / 0.02)
    np.testing.assert_allclose(found.first.quantile(np.array([1e-6, 0.5, 0.999])), stats.expon.ppf([1e-6, 0.5, 0.999]), rtol=1e-6)


def test_the_order_of_the_scales_is_the_callers():
    one, other = FOUND["correlated"], plane(lambda a, b: log_normals(*SHAPES["correlated"])(b, a))
    assert other.second.quantile(0.3) == pytest.approx(float(one.first.quantile(0.3)), rel=1e-9)
    assert other.ratio.quantile(0.3) == pytest.approx(1 / float(one.ratio.quantile(0.7)), rel=1e-9)


@pytest.mark.parametrize("nothing", [lambda a, b: np.full(a.shape, -np.inf), lambda a, b: np.full(a.shape, np.nan)])
def test_a_density_that_is_nowhere_positive_is_refused(nothing):
    with pytest.raises(ValueError, match="nowhere finite and positive"):
        plane(nothing)


def test_a_heavy_tail_is_followed_as_far_as_the_squares_need():
    """Half of Student's t with 3 degrees of freedom has the mean square 3, of which two millionths lie beyond 10^6."""
    heavy, light = stats.t(3), stats.lognorm(0.3)
    found = plane(lambda a, b: heavy.logpdf(a) + light.logpdf(b))
    other = plane(lambda a, b: light.logpdf(a) + heavy.logpdf(b))
    for line in (found.first, other.second):
        assert line.weight @ line.tau**2 == pytest.approx(3, rel=1e-8)


def test_draws_between_two_points_have_a_linear_density():
    """Densities 2x and 2 - 2x on (0, 1) turn a uniform u into sqrt(u) and 1 - sqrt(1 - u)."""
    u = np.random.default_rng(4).uniform(size=50)
    for ends, wanted in (((0.0, 1.0), np.sqrt(u)), ((1.0, 0.0), 1 - np.sqrt(1 - u)), ((1.0, 1.0), u)):
        found = _inverse_linear(np.random.default_rng(4), np.array([0.0, 1.0]), np.tile(ends, (50, 1)))
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_the_grid_of_draws_is_fine_where_the_second_scale_is_narrow(seed):
    """Log b is normal with a spread that grows from 0.05 to 1 with log a: where it is small the draws keep it."""
    spread = lambda u: 0.05 + 0.95 / (1 + np.exp(-4 * u))  # noqa: E731
    found = plane(lambda a, b: stats.lognorm(1.0).logpdf(a) + stats.norm.logpdf(np.log(b), 0, spread(np.log(a))) - np.log(b))
    a, b = found.sample(np.random.default_rng(seed), 20_000)
    narrow = np.log(a) < -1
    z = (np.log(b) / spread(np.log(a)))[narrow]
    assert z.std() == pytest.approx(1, rel=5 / np.sqrt(2 * len(z)))
