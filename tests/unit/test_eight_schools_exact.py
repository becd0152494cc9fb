"""The exact posterior against integrals that share none of its code."""

import itertools
import warnings

import numpy as np
import pytest
from eight import CASES, SCHOOLS, WITH_EXACT
from scipy import integrate, stats

from hbm_lib import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact, generative
from hbm_lib.priors import HalfCauchy, HalfNormal, Normal, StudentT, Uniform

Y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
SIGMA = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def quad(function, breaks=()):
    """Integrate over (0, inf) to near machine precision, in pieces."""
    edges = sorted({0, 1, 10, 30, 100, *breaks})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", integrate.IntegrationWarning)
        total = sum(integrate.quad(function, a, b, epsabs=0, epsrel=1e-12, limit=200)[0]
                    for a, b in itertools.pairwise(edges))
        return total + integrate.quad(function, edges[-1], np.inf, epsabs=0, epsrel=1e-12, limit=200)[0]


def by_hand(m0, s0, log_prior):
    """E[mu], sd[mu], E[tau], median of tau, log p(y), from the formulas of BDA3 section 5.4 and scipy.integrate."""
    def given(tau):
        w = 1 / (SIGMA**2 + tau**2)
        precision = w.sum() + s0**-2
        mean = (w @ Y + m0 / s0**2) / precision
        y_bar = w @ Y / w.sum()
        log_y = (0.5 * np.log(w / (2 * np.pi)).sum() - 0.5 * (w * (Y - y_bar) ** 2).sum()
                 + stats.norm.logpdf(y_bar, m0, np.hypot(s0, w.sum() ** -0.5)) + 0.5 * np.log(2 * np.pi / w.sum()))
        return mean, 1 / precision, log_y

    density = lambda tau: np.exp(log_prior(tau) + given(tau)[2] + 30)  # noqa: E731
    z = quad(density)
    mean = quad(lambda t: density(t) * given(t)[0]) / z
    square = quad(lambda t: density(t) * (given(t)[1] + given(t)[0] ** 2)) / z
    e_tau = quad(lambda t: density(t) * t) / z
    return mean, np.sqrt(square - mean**2), e_tau, np.log(z) - 30, lambda x: integrate.quad(density, 0, x, epsabs=0)[0] / z


@pytest.mark.parametrize(("model", "prior", "known"), [
    (es.noncentered(), (0, 20, stats.halfcauchy(0, 10).logpdf), (7.446679698743646, 4.528331957, 4.707306372682687)),
    (es.centered(), (0, 20, stats.halfcauchy(0, 10).logpdf), (7.446679698743646, 4.528331957, 4.707306372682687)),
    (es.skeptical(), (8, 5, stats.halfnorm(0, 5).logpdf), (7.872, 3.272, 3.229)),
    (es.posteriordb(), (0, 5, stats.halfcauchy(0, 5).logpdf), (4.3968, None, 3.5977)),
], ids=["model 1", "model 1, centered", "model 2", "posteriordb"])
def test_known_values_and_an_independent_integral(model, prior, known):
    found = fit_exact(model, es.eight_schools())
    mean, sd, e_tau, log_z, below = by_hand(*prior)
    assert found.mean("mu") == pytest.approx(mean, rel=1e-9)
    assert found.sd("mu") == pytest.approx(sd, rel=1e-8)
    assert found.mean("tau") == pytest.approx(e_tau, rel=1e-9)
    assert found.log_evidence == pytest.approx(log_z, abs=1e-9)
    assert below(found.quantile("tau", 0.5)) == pytest.approx(0.5, abs=1e-9)
    digits = 5e-9 if model.form == "centered" or "noncentered" in model.name else 5e-4
    for have, want in zip((found.mean("mu"), found.sd("mu"), found.mean("tau")), known, strict=True):
        assert want is None or have == pytest.approx(want, abs=digits)


def test_the_median_of_tau_of_model_1():
    assert fit_exact(es.noncentered(), SCHOOLS).quantile("tau", 0.5) == pytest.approx(3.784741749396942, abs=1e-9)


def test_posteriordbs_published_moments():
    """10,000 reference draws: their means lie within Monte Carlo error of the exact ones."""
    found = fit_exact(es.posteriordb(), SCHOOLS)
    for have, published, sd in ((found.mean("mu"), 4.411, 3.309), (found.mean("tau"), 3.602, 3.198),
                                (found.mean("theta")[0], 6.151, 5.616)):
        assert abs(have - published) < 4 * sd / 100


SMALL = es.Data([3.0, -1.0], [2.0, 1.0])


def joint_2d(model, data, value):
    """Brute force: E[value(mu, tau)] over a grid in mu and log tau, theta integrated out by convolution only."""
    mu = np.linspace(-160, 160, 4001)
    edge = np.log(model.prior.scale.threshold) if model.prior.scale.breaks else 1.0
    nodes, weights = np.polynomial.legendre.leggauss(60)
    parts = []
    for low, high in ((-25.0, edge - 4), (edge - 4, edge), (edge, edge + 4), (edge + 4, 25.0)):
        parts.append(((high - low) / 2 * nodes + (high + low) / 2, (high - low) / 2 * weights))
    u, w = (np.concatenate(p) for p in zip(*parts, strict=True))
    tau = np.exp(u)
    spread = np.asarray(model.prior.scale(tau))
    log_p = model.prior.mu.scipy().logpdf(mu)[:, None] + model.prior.tau.scipy().logpdf(tau) + u + np.log(w)
    for y, s in zip(data.y, data.sigma, strict=True):
        log_p = log_p + stats.norm.logpdf(y, mu[:, None], np.hypot(s, spread))
    p = np.exp(log_p - log_p.max())
    return float((p * value(mu[:, None], tau)).sum() / p.sum()), float(np.log(p.sum()) + log_p.max() + np.log(mu[1] - mu[0]))


@pytest.mark.parametrize("model", [es.noncentered(), es.skeptical(), es.adaptive("hard"), es.adaptive("sigmoid")],
                         ids=lambda m: m.name)
@pytest.mark.parametrize("data", [SCHOOLS, SMALL], ids=["schools", "two groups"])
def test_two_dimensional_brute_force(model, data):
    found = fit_exact(model, data)
    e_mu, log_z = joint_2d(model, data, lambda mu, tau: mu)
    assert found.mean("mu") == pytest.approx(e_mu, abs=2e-6)
    assert found.log_evidence == pytest.approx(log_z, abs=1e-6)
    square, _ = joint_2d(model, data, lambda mu, tau: (mu - e_mu) ** 2)
    assert found.sd("mu") == pytest.approx(np.sqrt(square), rel=1e-5)
    e_tau, _ = joint_2d(model, data, lambda mu, tau: tau)
    assert found.mean("tau") == pytest.approx(e_tau, rel=1e-5)
    spread, _ = joint_2d(model, data, lambda mu, tau: np.asarray(model.prior.scale(tau)))
    assert float(found.line.weight @ np.asarray(model.prior.scale(found.line.tau))) == pytest.approx(spread, rel=1e-5)
    below, _ = joint_2d(model, data, lambda mu, tau: mu < 5.0)  # halfway between two grid points
    assert found.cdf("mu", 5.0) == pytest.approx(below, abs=1e-4)
    for j in (0, data.n_groups - 1):
        y, s2 = data.y[j], data.sigma[j] ** 2
        theta, _ = joint_2d(model, data, lambda mu, tau, y=y, s2=s2: (
            (mu * s2 + y * np.asarray(model.prior.scale(tau)) ** 2) / (s2 + np.asarray(model.prior.scale(tau)) ** 2)))
        assert found.mean("theta")[j] == pytest.approx(theta, abs=5e-6)


@pytest.mark.parametrize("name", ["complete_pooling", "precision_regression"])
def test_without_tau_it_is_one_gaussian(name):
    """(mu, beta) by conditioning the joint normal of parameters and data."""
    model, data = CASES[name]
    x, found = data.design, fit_exact(model, data)
    prior = [model.prior.mu] + [model.prior.beta] * (x.shape[1] - 1)
    v0 = np.diag([p.sigma**2 for p in prior])
    m0 = np.array([p.mu for p in prior])
    cov_y = x @ v0 @ x.T + np.diag(data.sigma**2)
    gain = v0 @ x.T @ np.linalg.inv(cov_y)
    mean, cov = m0 + gain @ (data.y - x @ m0), v0 - gain @ x @ v0
    assert found.mean("mu") == pytest.approx(mean[0])
    assert found.sd("mu") == pytest.approx(np.sqrt(cov[0, 0]))
    assert found.mean("theta") == pytest.approx(x @ mean)
    assert found.sd("theta") == pytest.approx(np.sqrt(np.diag(x @ cov @ x.T)))
    assert found.log_evidence == pytest.approx(stats.multivariate_normal(x @ m0, cov_y).logpdf(data.y))
    if x.shape[1] > 1:
        assert found.mean("beta") == pytest.approx(mean[1:])
        assert found.sd("beta") == pytest.approx(np.sqrt(np.diag(cov))[1:])
        assert found.quantile("beta", 0.9) == pytest.approx(stats.norm(mean[1:], np.sqrt(np.diag(cov))[1:]).ppf(0.9))


def test_covariates_by_conditioning_at_each_tau():
    model, data = CASES["covariate_regression"]
    x = data.design
    v0 = np.diag([model.prior.mu.sigma**2] + [model.prior.beta.sigma**2] * 2)
    tau = np.array([0.01, 1.0, 7.0, 60.0])
    mean, cov, log_y = exact.coefficients(tau, data, model.prior)
    for k, t in enumerate(tau):
        cov_y = x @ v0 @ x.T + np.diag(data.sigma**2 + t**2)
        gain = v0 @ x.T @ np.linalg.inv(cov_y)
        assert mean[k] == pytest.approx(gain @ data.y)
        assert cov[k] == pytest.approx(v0 - gain @ x @ v0)
        assert log_y[k] == pytest.approx(stats.multivariate_normal(np.zeros(8), cov_y).logpdf(data.y))


RNG = np.random.default_rng(41)
EXTREME = {
    "tiny and huge errors": es.Data([3.0, 5.0, -2.0, 8.0, 0.0], [0.01, 1e4, 1.0, 100.0, 0.05]),
    "two groups": es.Data([1e3, -1e3], [1.0, 1.0]),
    "two equal groups": es.Data([5.0, 5.0], [1.0, 1.0]),
    "500 groups": es.Data(5 + 3 * RNG.standard_normal(500), RNG.uniform(0.5, 2, 500)),
    "500 groups of one effect": es.Data(5 + RNG.standard_normal(500), np.ones(500)),
    "60 groups, a peak and a tail": es.Data(5 + 1.5 * RNG.standard_normal(60), np.ones(60)),
    "5000 groups": es.Data(5 + 3 * RNG.standard_normal(5000), np.full(5000, 0.01)),
    "a large offset": es.Data(1e5 + SCHOOLS.y, SCHOOLS.sigma / 100),
}
PRIORS = {
    "half-Cauchy": HalfCauchy(10), "very wide": HalfCauchy(1e6), "very narrow": HalfNormal(1e-4),
    "bounded": Uniform(0, 20), "bounded away from zero": Uniform(2, 4),
}


def fine_grid(model, data, low, high, n):
    """E[tau], E[mu] by the trapezoid rule in log tau: exponentially accurate for smooth densities, no code shared."""
    u = np.linspace(low, high, n)
    density, mean = [], []
    for part in np.array_split(u, max(1, n * data.n_groups // 5_000_000)):
        m, _, log_y = exact.coefficients(np.exp(part), data, model.prior)
        density.append(model.prior.tau.scipy().logpdf(np.exp(part)) + part + log_y)
        mean.append(m[:, 0])
    log_p = np.concatenate(density)
    p = np.exp(log_p - log_p.max())
    p[[0, -1]] /= 2
    p /= p.sum()
    return float(p @ np.exp(u)), float(p @ np.concatenate(mean))


@pytest.mark.parametrize("data", EXTREME.values(), ids=EXTREME)
@pytest.mark.parametrize("prior", ["half-Cauchy", "very wide", "very narrow"])
def test_extreme_data_and_priors_against_a_far_finer_grid(data, prior):
    model = es.noncentered().with_prior(tau=PRIORS[prior])
    found = fit_exact(model, data)
    low, high = found.line.edges[[0, -1]] + np.ptp(found.line.edges) / 4 * np.array([-1, 1])
    tau, mu = fine_grid(model, data, low, high, 4000 if data.n_groups > 1000 else 20_000)
    for name, truth in (("tau", tau), ("mu", mu)):
        error, rounding = found.error(name), 1e-9 * max(1e-4, abs(truth))
        assert np.isfinite(found.mean(name))
        assert abs(found.mean(name) - truth) <= 10 * error + rounding, name
        assert error <= 1e-7 * max(1e-4, abs(truth)), name


@pytest.mark.parametrize("name", [n for n in WITH_EXACT if CASES[n][0].prior.tau is not None])
@pytest.mark.parametrize("prior", PRIORS)
def test_the_error_estimate_bounds_the_error_for_every_model(name, prior):
    model, data = CASES[name]
    model = model.with_prior(tau=PRIORS[prior])
    found = fit_exact(model, data)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    edges = np.unique(np.concatenate([np.linspace(a, b, 9) for a, b in itertools.pairwise(found.line.edges)]))
    half = np.diff(edges) / 2
    u = ((edges[:-1] + half)[:, None] + half[:, None] * nodes).ravel()
    mean, _, log_y = exact.coefficients(np.exp(u), data, model.prior)
    p = np.exp(model.prior.tau.logpdf(np.exp(u)) + u + log_y - found.log_evidence) * (half[:, None] * weights).ravel()
    assert p.sum() == pytest.approx(1, abs=1e-10)
    for name_, truth in (("tau", p @ np.exp(u)), ("mu", p @ mean[:, 0])):
        assert abs(found.mean(name_) - truth) <= 10 * found.error(name_) + 1e-10 * max(1, abs(truth))
    if prior.startswith("bounded"):
        low, high = PRIORS[prior].support
        assert found.cdf("tau", high) == pytest.approx(1, abs=1e-12)
        assert found.cdf("tau", low) == pytest.approx(0, abs=1e-12)
        assert low < found.mean("tau") < high
    if model.prior.scale.kind == "hard" and found.line.edges[0] < np.log(3) < found.line.edges[-1]:
        assert np.min(np.abs(found.line.edges - np.log(3))) < 1e-15


@pytest.mark.parametrize("name", WITH_EXACT)
def test_quantile_and_distribution_function_are_inverse(name):
    found = fit_exact(*CASES[name])
    for variable in (v for v in found.model.dims if v != "theta_sd"):
        for i in range(np.size(found.mean(variable))):
            law = found.law(variable, i)
            for q in (1e-4, 0.025, 0.5, 0.975):
                assert float(law.cdf(np.array(float(law.quantile(q))))) == pytest.approx(q, abs=1e-9)
        assert np.all(found.quantile(variable, 0.2) < found.quantile(variable, 0.8))


def test_a_contrast_against_the_joint_law():
    """theta_A - theta_C, given tau, from the covariance of the joint normal of all effects and data."""
    model, data = CASES["covariate_regression"]
    found, x = fit_exact(model, data), data.design
    v0 = np.diag([20.0**2, 10.0**2, 10.0**2])
    c = np.eye(8)[0] - np.eye(8)[2]
    law = found.contrast(c)
    for k in range(0, len(law.weight), 37):
        tau = found.line.tau[k]
        cov_theta = x @ v0 @ x.T + tau**2 * np.eye(8)
        gain = np.linalg.solve(cov_theta + np.diag(data.sigma**2), cov_theta).T
        assert law.centre[k] == pytest.approx(c @ gain @ data.y, abs=1e-8)
        variance = c @ (cov_theta - gain @ cov_theta) @ c
        assert law.spread[k] == pytest.approx(np.sqrt(max(variance, 0)), rel=1e-4, abs=1e-6)
    one = found.contrast(np.eye(8)[3])
    assert one.mean == pytest.approx(found.mean("theta")[3])
    total = found.contrast(np.full(8, 1 / 8))
    assert total.mean == pytest.approx(found.mean("theta").mean())


def test_a_replicate_adds_its_sampling_error():
    found = fit_exact(es.noncentered(), SCHOOLS)
    for j in (0, 4):
        law = found.predictive(j)
        assert law.mean == pytest.approx(found.mean("theta")[j])
        assert law.sd**2 == pytest.approx(found.sd("theta")[j] ** 2 + SCHOOLS.sigma[j] ** 2)


@pytest.mark.parametrize("name", ["noncentered", "adaptive_hard", "complete_pooling", "covariate_regression"])
def test_leaving_one_out_against_prediction_from_the_others(name):
    """p(y_j | the others) is the predictive density of a group that was never seen: another road to the same number."""
    model, data = CASES[name]
    found = exact.leave_one_out(model, data)
    for j in (0, 2, 7):
        others = exact.posterior(model, data.without(j))
        x = data.design[j]
        tau = np.zeros(1) if others.line is None else others.line.tau
        weight = np.ones(1) if others.line is None else others.line.weight
        mean, cov, _ = exact.coefficients(tau, data.without(j), model.prior)
        variance = np.einsum("p,kpq,q->k", x, cov, x) + np.asarray(model.prior.scale(tau)) ** 2 + data.sigma[j] ** 2
        direct = weight @ stats.norm.pdf(data.y[j], mean @ x, np.sqrt(variance))
        assert found[j] == pytest.approx(np.log(direct), abs=1e-9)


def test_leaving_one_out_of_two_groups_and_of_a_covariate_that_marks_one_group():
    assert exact.leave_one_out(es.noncentered(), SMALL).shape == (2,)
    marked = es.Data(SCHOOLS.y, SCHOOLS.sigma, covariates={"only A": [1, 0, 0, 0, 0, 0, 0, 0]})
    assert np.all(np.isfinite(exact.leave_one_out(es.covariate_regression(), marked)))


def test_evidence_by_simulation_from_the_prior():
    """log p(y) = log of the mean likelihood over prior draws: 400,000 draws, seed fixed."""
    draws = generative.draw_prior(np.random.default_rng(3), SCHOOLS, es.skeptical().prior, 400_000)
    log_like = generative.log_likelihood(draws, SCHOOLS, es.skeptical().prior).sum(1)
    likelihood = np.exp(log_like - log_like.max())
    se = likelihood.std() / likelihood.mean() / np.sqrt(len(likelihood))
    assert se < 0.01
    assert fit_exact(es.skeptical(), SCHOOLS).log_evidence == pytest.approx(
        np.log(likelihood.mean()) + log_like.max(), abs=4 * se)


@pytest.mark.parametrize("name", WITH_EXACT)
def test_draws_follow_the_exact_laws(name, seed):
    found = fit_exact(*CASES[name])
    draws = found.sample(np.random.default_rng(seed), 4000)
    assert set(draws) == set(found.model.dims)
    for variable in (v for v in draws if v != "theta_sd"):
        columns = draws[variable].reshape(4000, -1)
        for i in range(columns.shape[1]):
            assert stats.kstest(columns[:, i], found.law(variable, i).cdf).pvalue > 1e-5, (variable, i)
    if "tau" in draws and "theta_sd" not in draws:
        contrast = draws["theta"][:, 0] - draws["theta"][:, 2]
        assert stats.kstest(contrast, found.contrast(np.eye(8)[0] - np.eye(8)[2]).cdf).pvalue > 1e-5


def test_the_table_says_the_same_as_the_functions():
    found = fit_exact(*CASES["covariate_regression"])
    table = found.summary()
    assert list(table.index) == ["mu", "beta[hours]", "beta[private]", "tau", *[f"theta[{s}]" for s in "ABCDEFGH"]]
    assert table.loc["tau", "mean"] == found.mean("tau")
    assert table.loc["theta[C]", "median"] == found.quantile("theta", 0.5)[2]
    assert table.loc["beta[private]", "sd"] == found.sd("beta")[1]
    assert (table["error"] < 1e-9).all()


def test_a_rescaled_spread_has_moments_but_no_quantile():
    found = fit_exact(es.adaptive("hard"), SCHOOLS)
    spread = np.asarray(found.model.prior.scale(found.line.tau))
    assert found.mean("theta_sd") == pytest.approx(float(found.line.weight @ spread))
    assert found.mean("theta_sd") > found.mean("tau")
    with pytest.raises(ValueError, match="theta_sd"):
        found.quantile("theta_sd", 0.5)


@pytest.mark.parametrize("name", ["nu", "eta", "beta", ""])
def test_an_unknown_variable_names_the_known(name):
    with pytest.raises(ValueError, match="has mu, tau, theta"):
        fit_exact(es.noncentered(), SCHOOLS).law(name)


def test_a_prior_that_is_not_normal_is_refused():
    for change in ({"mu": StudentT(3, 0, 10)}, {"mu": Uniform(-5, 5)}):
        with pytest.raises(EngineError, match="needs a Normal prior on mu"):
            fit_exact(es.noncentered().with_prior(**change), SCHOOLS)
    model, data = CASES["covariate_regression"]
    with pytest.raises(EngineError, match="needs a Normal prior on beta"):
        fit_exact(model.with_prior(beta=StudentT(3, 0, 10)), data)
    assert fit_exact(model.with_prior(beta=Normal(1, 2)), data).mean("beta").shape == (2,)


@pytest.mark.parametrize("ask", [
    lambda e: e.mean("beta"), lambda e: e.error("tau"), lambda e: e.sd("nu"), lambda e: e.quantile("tau", 0.5),
    lambda e: e.cdf("tau", 1.0),
])
def test_a_variable_that_the_model_has_not(ask):
    with pytest.raises(ValueError, match="complete_pooling has mu, theta"):
        ask(fit_exact(es.complete_pooling(), es.eight_schools()))


def test_a_group_that_the_data_have_not():
    with pytest.raises(ValueError, match="entries 0 to 7"):
        fit_exact(es.noncentered(), es.eight_schools()).law("theta", 8)
