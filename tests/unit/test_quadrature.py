import numpy as np
import pytest
from scipy import integrate, stats

from hbm_lib.priors import Gamma
from hbm_lib.samplers import quadrature

LAWS = {
    "gamma": stats.gamma(3, scale=0.5),
    "wide": stats.lognorm(2.0, scale=5),
    "narrow": stats.lognorm(1e-4, scale=1.1),
    "heavy tail": stats.halfcauchy(0, 10),
    "far from one": stats.halfnorm(0, 1e-7),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_known_law_comes_back(name):
    law = LAWS[name]
    found = quadrature.line(lambda x: law.logpdf(x) + 5.0)
    assert found.log_evidence == pytest.approx(5.0, abs=1e-9)
    assert found.weight.sum() == pytest.approx(1.0, abs=1e-12)
    at = law.ppf([0.001, 0.1, 0.5, 0.9, 0.999])
    assert found.cdf(at) == pytest.approx(law.cdf(at), abs=1e-10)
    assert found.pdf(at) == pytest.approx(law.pdf(at), rel=1e-9)
    assert found.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx(law.ppf([0.1, 0.5, 0.9]), rel=1e-8)
    if name != "heavy tail":
        assert found.weight @ found.tau == pytest.approx(law.mean(), rel=1e-9)


def test_two_peaks_far_apart_are_both_seen():
    log_density = lambda x: np.logaddexp(  # noqa: E731
        stats.lognorm(0.02, scale=1e-3).logpdf(x), stats.lognorm(0.02, scale=1e3).logpdf(x) + np.log(3))
    found = quadrature.line(log_density)
    assert found.log_evidence == pytest.approx(np.log(4), abs=1e-9)
    assert found.cdf(np.array(1.0)) == pytest.approx(0.25, abs=1e-9)


def test_a_jump_is_a_panel_edge_and_costs_nothing():
    def log_density(x):
        return np.where(x > 3, stats.expon.logpdf(x), stats.expon.logpdf(x) + 1.0)

    found = quadrature.line(log_density, breaks=(3.0,))
    assert np.min(np.abs(found.edges - np.log(3))) == 0
    truth = np.e * stats.expon.cdf(3) + stats.expon.sf(3)
    assert found.log_evidence == pytest.approx(np.log(truth), abs=1e-12)
    assert found.cdf(np.array(3.0)) == pytest.approx(np.e * stats.expon.cdf(3) / truth, abs=1e-12)


def test_a_bounded_support_is_kept():
    found = quadrature.line(lambda x: np.zeros_like(x), support=(2.0, 7.0))
    assert np.exp(found.edges[[0, -1]]) == pytest.approx([2, 7])
    assert found.log_evidence == pytest.approx(np.log(5), abs=1e-12)
    assert found.cdf(np.array([1.0, 2.0, 4.5, 7.0, 9.0])) == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-12)


def test_a_bump_beside_a_long_flat_tail():
    """A narrow peak on a plateau forty units of log tau long: equal panels would step over it."""
    def log_density(x):
        u = np.log(x)
        return np.logaddexp(-u + stats.norm.logpdf(u, 1.3, 0.004), np.where(u < 2, -2.0, -np.inf))

    truth = 1 + np.exp(-2) * np.exp(2)
    assert quadrature.line(log_density, breaks=(np.exp(2),)).log_evidence == pytest.approx(np.log(truth), abs=1e-9)


def test_halving_every_panel_is_what_it_says():
    coarse, fine = (quadrature.line(LAWS["gamma"].logpdf, halve=h) for h in (False, True))
    assert len(fine.edges) == 2 * len(coarse.edges) - 1
    assert fine.edges[::2] == pytest.approx(coarse.edges)


def test_density_that_is_nowhere_finite_is_refused():
    with pytest.raises(ValueError, match="nowhere finite"):
        quadrature.line(lambda x: np.full_like(x, -np.inf))


@pytest.mark.parametrize("q", [0.0, 1.0, -0.1, 1.5, np.nan])
def test_quantiles_are_asked_for_inside_zero_and_one(q):
    found = quadrature.line(LAWS["gamma"].logpdf)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        found.quantile(q)


def test_panels_hold_the_breaks_and_are_no_wider_than_asked():
    edges = quadrature.panels(-1.0, 4.0, [2.3, 9.0, -5.0, 0.1], 0.7)
    assert edges[[0, -1]].tolist() == [-1, 4]
    assert {2.3, 0.1} <= set(edges)
    assert np.diff(edges).max() <= 0.7 + 1e-12
    assert np.diff(edges).min() > 0


def test_the_distribution_function_against_scipys_quadrature():
    log_density = lambda x: -np.abs(x - 2) - 0.3 * np.sin(3 * x)  # noqa: E731
    found = quadrature.line(log_density, breaks=(2.0,))
    plain = lambda x: np.exp(log_density(x))  # noqa: E731
    total = sum(integrate.quad(plain, a, b, epsabs=0, limit=200)[0] for a, b in ((0, 2), (2, 20), (20, 60)))
    assert found.log_evidence == pytest.approx(np.log(total), abs=1e-9)
    below = integrate.quad(plain, 0, 1.2, epsabs=0)[0] / total
    assert found.cdf(np.array(1.2)) == pytest.approx(below, abs=1e-9)


@pytest.mark.parametrize("name", ["gamma", "wide", "narrow", "heavy tail"])
def test_draws_follow_the_distribution_function(name, seed):
    law = LAWS[name]
    draws = quadrature.line(law.logpdf).sample(np.random.default_rng(seed), 20_000)
    assert stats.kstest(draws, law.cdf).pvalue > 1e-4


def test_draws_by_stratified_uniforms_have_the_exact_mean():
    """With an even grid for the uniforms there is no noise: what is left is the interpolation."""
    class Even:
        def uniform(self, low, high, n):
            return low + (high - low) * (np.arange(n) + 0.5) / n

    draws = quadrature.line(LAWS["gamma"].logpdf).sample(Even(), 200_000)
    assert draws.mean() == pytest.approx(LAWS["gamma"].mean(), rel=1e-4)
    assert draws.std() == pytest.approx(LAWS["gamma"].std(), rel=1e-3)


@pytest.mark.parametrize("power", [3.5, 5.0, 8.0])
def test_a_heavy_tail_is_not_cut_out_of_the_sd(power):
    """Pareto tails, as two groups give: density power * (1 + tau) ** -(power + 1)."""
    found = quadrature.line(lambda tau: -(power + 1) * np.log1p(tau))
    mean, second = found.weight @ found.tau, found.weight @ found.tau**2
    assert mean == pytest.approx(1 / (power - 1), rel=1e-9)
    assert second == pytest.approx(2 / (power - 1) / (power - 2), rel=1e-9)


def test_mass_where_no_panel_reaches_is_refused():
    with pytest.raises(ValueError, match="does not vanish"):
        quadrature.line(Gamma(0.01, 0.01).logpdf)
