"""The exact engine of regression with groups against two other roads, and where it is hard."""

import time

import numpy as np
import pytest
import regression_engines as engines
from regression_engines import CASES, CONJUGATE, LIMITS, exact_gaps, given_rho
from scipy import stats

from hbm_lib import fit, fit_exact
from hbm_lib.models import regression
from hbm_lib.models.regression import exact
from hbm_lib.models.regression.given_scales import coefficients, log_likelihood, prepare
from hbm_lib.models.regression.squared import Squared
from hbm_lib.priors import Beta, Exponential, HalfCauchy, HalfNormal, InverseGamma, Uniform
from hbm_lib.samplers.quadrature import line


@pytest.mark.parametrize("name", CASES)
def test_over_a_grid_of_both_scales(name):
    gaps = exact_gaps(*CASES[name], engines.OverBoth)
    assert max(gaps.values()) < LIMITS["OverBoth"], gaps


@pytest.mark.parametrize("name", CONJUGATE)
def test_over_the_ratio_of_the_variances_alone(name):
    """Inverse-gamma priors: sigma2 and the coefficients in closed form given rho, one integral left."""
    gaps = exact_gaps(*CASES[name], engines.OverRho)
    assert max(gaps.values()) < LIMITS["OverRho"], gaps


def test_the_second_computation_itself():
    """Its density by SciPy's multivariate normal, its mean and variance of a coefficient by SciPy's covariance algebra."""
    model, data = CASES["inverse_gamma"]
    z, prior = np.eye(5)[data.index], model.prior
    v0 = np.linalg.inv(np.array(prior.precision))
    for rho, sigma2 in ((0.01, 2.0), (3.0, 0.5)):
        squares, log_det, mean, _ = given_rho(np.array([rho]), data, prior)
        cov = sigma2 * (data.x @ v0 @ data.x.T + rho * z @ z.T + np.eye(14))
        law = stats.multivariate_normal(data.x @ np.array(prior.mean), cov)
        found = -0.5 * (14 * np.log(2 * np.pi * sigma2) + log_det[0] + squares[0] / sigma2)
        assert found == pytest.approx(law.logpdf(data.y), rel=1e-10)
        wanted = np.array(prior.mean) + sigma2 * v0 @ data.x.T @ np.linalg.inv(cov) @ (data.y - data.x @ np.array(prior.mean))
        np.testing.assert_allclose(mean[0, :3], wanted, rtol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_law_given_the_scales(name):
    """At scales far apart, against conditioning the joint normal of coefficients and rows."""
    model, data = CASES[name]
    p, whole = data.x.shape[1], prepare(data, model.prior)
    tau, sigma = np.array([1e-6, 0.1, 1.0, 30.0]), np.array([0.5, 3.0, 0.05, 1.0])
    squares, log_det, centre, per_sigma2 = given_rho((tau / sigma) ** 2, data, model.prior)
    wanted = -0.5 * (data.n_rows * np.log(2 * np.pi * sigma**2) + log_det + squares / sigma**2)
    np.testing.assert_allclose(log_likelihood(tau, sigma, whole), wanted, rtol=1e-8)
    u, root = coefficients(tau, sigma, whole)
    beta = whole.mean + u @ whole.turn.T
    turned = whole.turn @ root
    np.testing.assert_allclose(beta, centre[:, :p], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose((turned**2).sum(2), per_sigma2[:, :p] * sigma[:, None] ** 2, rtol=1e-5, atol=1e-10)


@pytest.mark.parametrize("name", ["inverse_gamma", "half_cauchy", "bounded"])
def test_draws_follow_the_laws(name, seed):
    """Each scalar through its own distribution function; gamma's dependence on beta and the scales, standardized."""
    model, data = CASES[name]
    found, n = fit_exact(model, data), 20_000
    draws = found.sample(np.random.default_rng(seed), n)
    tests = [stats.kstest(found.law(s).cdf(draws[s]), "uniform").pvalue for s in ("tau", "sigma", "tau2", "sigma2")]
    some = slice(None, 400)
    for variable in ("beta", "gamma"):
        law = found.law(variable)
        tests += [stats.kstest([law[j].cdf(v) for v in draws[variable][some, j]], "uniform").pvalue
                  for j in range(draws[variable].shape[1])]
    assert min(tests) * len(tests) > 1e-3
    noise = 1 / (1 / draws["tau2"][:, None] + data.counts / draws["sigma2"][:, None])
    share = data.counts * noise / draws["sigma2"][:, None]
    z = (draws["gamma"] - share * (data.sums.means - draws["beta"] @ data.sums.x_means.T)) / np.sqrt(noise)
    assert np.abs(z.mean(0)).max() * np.sqrt(n) < 5
    products = np.column_stack([z[:, :1] * draws["beta"], z[:, 1:2] * np.log(draws["tau"])[:, None], z**2 - 1])
    assert np.abs(products.mean(0) / products.std(0)).max() * np.sqrt(n) < 5


def made_up(seed, counts, tau, sigma=1.0, beta=(1.0, 0.5), far=0.0):
    """Rows in groups, the truth known."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(counts)), counts)
    x = np.column_stack([np.ones(len(group)), rng.normal(size=len(group))])
    y = far + x @ np.array(beta) + tau * rng.normal(size=len(counts))[group] + sigma * rng.normal(size=len(group))
    return regression.Data(x, y, group)


HARD = {
    "groups alike, half-Cauchy": (made_up(1, [6] * 8, 0.0), {"sigma2": InverseGamma(2, 1), "tau": HalfCauchy(1)}),
    "groups alike, steep": (made_up(2, [6] * 8, 0.0), {"sigma2": InverseGamma(2, 1), "tau": Exponential(20)}),
    "a narrow inverse gamma": (made_up(3, [6] * 8, 0.0), {"sigma2": InverseGamma(2, 1), "tau2": InverseGamma(0.001, 0.001)}),
    "two groups": (made_up(4, [3, 30], 1.0), {"sigma2": InverseGamma(2, 1), "tau": HalfNormal(1)}),
    "one row a group but one": (made_up(5, [1] * 12 + [2], 1.0), {"sigma2": InverseGamma(2, 1), "tau2": InverseGamma(2, 1)}),
    "far from 0": (made_up(6, [5] * 6, 1.0, far=1e4), {"sigma2": InverseGamma(2, 1), "tau2": InverseGamma(2, 1)}),
    "large groups, far apart": (made_up(7, [60] * 5, 300.0), {"sigma2": HalfNormal(3), "tau": HalfCauchy(100)}),
    "hardly any noise": (made_up(8, [6] * 8, 1.0, sigma=1e-4), {"sigma2": HalfCauchy(1), "tau": HalfCauchy(1)}),
}


@pytest.mark.parametrize("name", HARD)
def test_refining_everything_changes_nothing(name):
    """The engine's own estimate of its error, in posterior sds; and both marginals of the scales have the same integral."""
    data, laws = HARD[name]
    found = fit_exact(regression.hierarchical(regression.Prior(0, [1e-4, 0.01], **laws)), data)
    for variable in ("beta", "gamma", "sigma2", "sigma", "tau"):
        assert np.max(found.error(variable) / found.sd(variable)) < 1e-8, variable
    assert found.scales.second.log_evidence == pytest.approx(found.log_evidence, abs=1e-8)
    assert found._halved.log_evidence == pytest.approx(found.log_evidence, abs=1e-9)


@pytest.mark.parametrize("name", ["groups alike, half-Cauchy", "two groups", "one row a group but one"])
def test_hard_data_by_the_other_road(name):
    data, laws = HARD[name]
    model = regression.hierarchical(regression.Prior(0, [0.1, 1], **laws))
    conjugate = "tau2" in laws
    gaps = exact_gaps(model, data, engines.OverRho if conjugate else engines.OverBoth)
    assert max(gaps.values()) < 1e-6, gaps


def test_ten_thousand_rows_cost_what_a_hundred_do():
    """Sums are taken once: the posterior of many rows in many groups, and the truth inside it."""
    rng = np.random.default_rng(11)
    data = made_up(11, rng.integers(5, 15, 1000), 0.7)
    assert data.n_rows > 9_000
    start = time.process_time()
    found = fit_exact(regression.hierarchical(regression.Prior(0, 0.01, InverseGamma(2, 2), InverseGamma(2, 1))), data)
    for name, truth in (("sigma", 1.0), ("tau", 0.7)):
        assert abs(found.mean(name) - truth) < 5 * found.sd(name)
    assert np.abs((found.mean("beta") - [1, 0.5]) / found.sd("beta")).max() < 5
    assert found.sd("sigma") == pytest.approx(1 / np.sqrt(2 * (data.n_rows - 1000)), rel=0.05)
    assert len(found.whole.seen) < 100
    assert time.process_time() - start < 30  # of the processor, whatever else the machine does: a few are usual


def test_variances_without_moments_say_so():
    """Two groups and InverseGamma(1, 0.3): tau2 falls like tau2^-3, so that it has a mean and no variance."""
    found = fit_exact(*CASES["two_groups"])
    assert np.isfinite(found.mean("tau2"))
    assert found.sd("tau2") == np.inf
    assert np.isfinite(found.sd("tau"))
    heavy = regression.hierarchical(regression.Prior(0, 0.1, InverseGamma(2, 1), InverseGamma(0.2, 0.3)))
    data = CASES["two_groups"][1]
    assert np.isfinite(fit_exact(heavy, data).quantile("tau2", 0.9))
    assert fit_exact(heavy, data).sd("tau2") == np.inf


def test_a_scale_with_an_end_of_its_own_has_its_moments():
    found = fit_exact(regression.hierarchical(regression.Prior(0, 1, Uniform(0.5, 4), tau=Uniform(0, 0.3))), CASES["bounded"][1])
    assert found.law("tau").quantile(1 - 1e-9) <= 0.3
    assert found.sd("tau2") < 0.09
    assert found.mean("sigma2") < 4


def test_the_summary_and_the_icc():
    found = fit_exact(*CASES["groups_of_one_size"])
    table = found.summary()
    assert list(table.index[-4:]) == ["sigma2", "tau2", "sigma", "tau"]
    assert (table["error"] < 1e-8).all()
    assert np.all(table["2.5%"] < table["median"])
    tau, sigma, weight = found.nodes
    icc = found.icc()
    for end, q in (("2.5%", 0.025), ("median", 0.5)):
        at = icc[end]
        below = found.law("tau / sigma").cdf(np.sqrt(at / (1 - at)))
        assert below == pytest.approx(q, abs=1e-9)
    assert icc["mean"] == pytest.approx(weight @ (tau**2 / (tau**2 + sigma**2)))


def test_a_mixture_of_the_readers_own():
    """The height of the line at a row, by the law of total variance over the nodes."""
    found = fit_exact(*CASES["inverse_gamma"])
    x = np.array([[1.0, 0.5, 1.0]])
    law = found.mixture(0.0, x, 0.0)
    assert law.mean[0] == pytest.approx(x[0] @ found.mean("beta"), rel=1e-10)
    own = found.mixture(0.0, x, found.nodes[1][:, None] ** 2)
    assert own.sd[0] ** 2 - law.sd[0] ** 2 == pytest.approx(found.mean("sigma2"), rel=1e-8)


def test_names_that_are_not_there():
    with pytest.raises(ValueError, match="has beta, gamma, sigma2, tau2, sigma, tau, got 'theta'"):
        exact.posterior(*CASES["inverse_gamma"]).law("theta")


@pytest.mark.parametrize(("sigma2", "tau2"), [
    (Uniform(0.5, 2), InverseGamma(2, 1)), (Beta(2, 2), InverseGamma(2, 1)), (InverseGamma(2, 1), Uniform(0.3, 0.7)),
])
def test_priors_with_a_bounded_support_give_draws_of_the_same_posterior(sigma2, tau2, seed):
    rng = np.random.default_rng(4)
    data = regression.Data(np.column_stack([np.ones(12), rng.normal(size=12)]), rng.normal(size=12), np.repeat([1, 2, 3], 4))
    model = regression.hierarchical(regression.Prior(0, 1, sigma2, tau2))
    tree = fit(model, data, engine="exact", seed=seed, draws=4000, chains=1)
    found = fit_exact(model, data)
    for name, law in (("sigma2", sigma2), ("tau2", tau2)):
        draws = tree.posterior[name].values.ravel()
        assert law.support[0] <= draws.min() <= draws.max() <= law.support[1]
        assert stats.kstest(draws, found.law(name).cdf).pvalue > 1e-4
    # by hand: a sum over a fine grid of both variances
    first, second = (np.linspace(max(law.support[0], 1e-3), min(law.support[1], 60), 1501) for law in (sigma2, tau2))
    first, second = (first[1:] + first[:-1]) / 2, (second[1:] + second[:-1]) / 2
    s, t = np.meshgrid(first, second)
    log_w = sigma2.logpdf(s) + tau2.logpdf(t) + log_likelihood(
        np.sqrt(t.ravel()), np.sqrt(s.ravel()), prepare(data, model.prior)).reshape(s.shape)
    w = np.exp(log_w - log_w.max())
    bounded, value = ("tau2", t) if sigma2.family == "InverseGamma" else ("sigma2", s)
    assert abs((w * value).sum() / w.sum() - found.mean(bounded)) < 2e-3


@pytest.mark.parametrize("shape", [2.02, 2.05, 2.5, 4.0])
def test_a_moment_beyond_the_last_node_is_counted(shape):
    """Of tau with tau2 ~ InverseGamma(shape, 1), whose moments are in books: the fourth has most of its mass far out."""
    law = InverseGamma(shape, 1)
    root = line(lambda t: law.logpdf(t**2) + np.log(2 * t), support=(0.0, np.inf))
    found = Squared(root)
    assert found.mean == pytest.approx(1 / (shape - 1), rel=1e-6)
    assert found.sd == pytest.approx(1 / ((shape - 1) * np.sqrt(shape - 2)), rel=1e-9)
