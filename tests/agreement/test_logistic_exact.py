"""The exact engine of successes among trials against brute force and against SciPy's adaptive quadrature."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import rates
from logistic_exact_checks import CASES, LIMIT, exact_gaps
from scipy import integrate, special, stats

from hbm_lib import fit, fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import logistic
from hbm_lib.models.logistic import integrals, likelihood
from hbm_lib.models.logistic.laws import Law
from hbm_lib.priors import HalfCauchy, HalfNormal, StudentT


@pytest.mark.parametrize("name", CASES)
def test_moments_quantiles_and_evidence(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


HARD = [(0, 1, 0.0, 1.0), (0, 5, 0.0, 3.0), (0, 1000, 0.0, 3.0), (3, 5, 1.0, 1.0), (0, 10_000, -1.0, 1.0), (50, 300, 0.0, 5.0),
        (300, 300, 0.0, 2.0), (1, 1, -4.0, 8.0), (5, 7, 0.0, 0.01), (5, 7, 2.0, 0.0),
        (4, 4, -20.0, 3.0), (3, 3, -8.0, 8.0), (60_000, 100_000, 0.0, 2.0)]


@pytest.mark.parametrize(("y", "n", "mu", "tau"), HARD)
def test_one_groups_integral_by_adaptive_quadrature(y, n, mu, tau):
    data = logistic.Data([y, 1], [n, 2], ["here", "other"])
    found = integrals.groups(np.array([[mu]]), np.array([tau]), data, 49)
    z0, s = (float(v[0, 0]) for v in integrals.modes(np.full((1, 2), mu), np.array([tau]), data))
    log_f = lambda z: stats.binom(n, special.expit(mu + tau * z)).logpmf(y) + stats.norm.logpdf(z)  # noqa: E731
    top = log_f(z0)
    marks = z0 + np.array([-12, -4 * s, 0, 4 * s, 12])
    whole = [sum(integrate.quad(lambda z, f=f: f(mu + tau * z) * np.exp(log_f(z) - top), a, b, epsabs=0, epsrel=1e-11)[0]
                 for a, b in pairwise(marks)) for f in (lambda a: 1.0, special.expit)]
    assert found.log_z[0, 0] == pytest.approx(np.log(whole[0]) + top, abs=1e-8)
    assert found.moments[2, 0, 0] == pytest.approx(whole[1] / whole[0], rel=1e-6)


def test_gradient_and_hessian_of_the_evidence():
    _, data = rates.CASES["two_covariates"]
    b, tau, eye = np.array([[0.3, -0.4, 0.2]]), np.array([0.7]), 1e-4 * np.eye(3)
    log_z = lambda b: integrals.groups(b, tau, data, 49).log_z.sum()  # noqa: E731
    found = integrals.groups(b, tau, data, 49, derivatives=True)
    slope = [(log_z(b + e) - log_z(b - e)) / 2e-4 for e in eye]
    curve = [[(log_z(b + e + f) - log_z(b + e - f) - log_z(b - e + f) + log_z(b - e - f)) / 4e-8 for e in eye] for f in eye]
    np.testing.assert_allclose(found.slope[0], slope, rtol=1e-6)
    np.testing.assert_allclose(found.curve[0], curve, rtol=1e-4)


def test_complete_pooling_by_adaptive_quadrature():
    model, data = rates.CASES["complete_pooling"]
    y, n = data.y.sum(), data.trials.sum()
    log_c = stats.binom(data.trials.astype(int), 0.5).logpmf(data.y).sum() + n * np.log(2)
    f = lambda m, k: special.expit(m) ** k * np.exp(log_c + y * m - n * np.logaddexp(0, m) + 20) * stats.norm.pdf(m, 0, 1.5)  # noqa: E731
    total, first = (integrate.quad(f, -3, 3, args=(k,), epsabs=0, epsrel=1e-11)[0] for k in (0, 1))
    found = fit_exact(model, data)
    assert found.log_evidence == pytest.approx(np.log(total) - 20, abs=1e-8)
    np.testing.assert_allclose(found.mean("p"), first / total, rtol=1e-8)
    np.testing.assert_allclose(found.quantile("alpha", 0.3), found.quantile("mu", 0.3), rtol=1e-12)


def test_an_error_estimate_says_how_far_a_coarse_rule_is_off():
    """Few nodes on purpose: the estimate is of the size of the true error."""
    model, data = CASES["default"]
    fine = fit_exact(model, data)
    coarse = logistic.exact.posterior(model, data, rule=logistic.exact.Rule(tau=6, mu=7, alpha=9))
    true = abs(coarse.mean("mu") - fine.mean("mu"))
    assert fine.error("mu") < 1e-8
    assert true > 1e-6
    assert true / 5 < coarse.error("mu") < 5 * true


def test_laws_are_one_law_on_three_scales():
    model, data = rates.CASES["partial_pooling"]
    found = fit_exact(model, data)
    alpha, p, tau = (found.law(n) for n in ("alpha", "p", "tau"))
    np.testing.assert_allclose(special.expit(alpha.quantile(0.1)), p.quantile(0.1), rtol=1e-12)
    np.testing.assert_allclose(p.cdf(p.quantile(0.3)), 0.3, atol=1e-9)
    assert isinstance(p[2], Law)
    grid = np.linspace(1e-6, 1 - 1e-6, 20_001)
    dense = p[0].pdf(grid)
    assert np.trapezoid(dense, grid) == pytest.approx(1, abs=1e-5)
    assert np.trapezoid(dense * grid, grid) == pytest.approx(p.mean[0], abs=1e-5)
    assert tau.cdf(tau.quantile(0.7)) == pytest.approx(0.7, abs=1e-9)
    for law, what in ((found.law("mu"), "mu"), (alpha[1], "alpha[Ash]")):
        x = np.linspace(law.mean - 12 * law.sd, law.mean + 12 * law.sd, 20_001)
        mean = np.trapezoid(law.pdf(x) * x, x)
        assert mean == pytest.approx(law.mean, abs=1e-6), what
        assert np.sqrt(np.trapezoid(law.pdf(x) * (x - mean) ** 2, x)) == pytest.approx(law.sd, rel=1e-5), what


def test_without_covariate_the_cost_does_not_grow_with_the_cases():
    """Ten thousand times the cases: as many rows, and the posterior of each group at its own rate."""
    many = logistic.Data([30_000, 10_000], [50_000, 40_000], ["A", "B"])
    found = fit_exact(logistic.partial_pooling(), many)
    assert many.n_rows == 2
    np.testing.assert_allclose(found.mean("p"), [0.6, 0.25], atol=1e-3)
    np.testing.assert_allclose(found.sd("p"), np.sqrt([0.24 / 50_000, 0.1875 / 40_000]), rtol=0.01)


def test_what_it_cannot_do_is_said():
    model, data = rates.CASES["partial_pooling"]
    with pytest.raises(EngineError, match="needs a Normal prior on mu"):
        fit_exact(model.with_prior(mu=StudentT(3, 0, 1)), data)
    with pytest.raises(ValueError, match="has mu, tau, alpha, p, got 'theta'"):
        fit_exact(model, data).mean("theta")


def test_the_result_holds_moments_and_quantiles():
    model, data = rates.CASES["one_covariate"]
    tree = fit(model, data, engine="exact", seed=3, draws=50, chains=2, groups=["posterior_predictive", "log_likelihood"])
    found = fit_exact(model, data)
    np.testing.assert_allclose(tree["exact"]["p_q025"], found.quantile("p", 0.025), rtol=1e-10)
    assert tree["exact"]["beta_mean"].dims == ("covariate",)
    assert tree["posterior"]["p"].dims == ("chain", "draw", "group")
    assert tree["log_likelihood"]["y"].dims == ("chain", "draw", "row")
    np.testing.assert_allclose(tree["posterior"]["p"], special.expit(tree["posterior"]["alpha"]))
    assert list(found.summary().columns) == ["mean", "sd", "2.5%", "median", "97.5%", "error"]


def test_a_regression_without_groups_by_adaptive_quadrature():
    """Complete pooling with a covariate is plain logistic regression: SciPy's quadrature over mu and beta, case by case."""
    model, data = rates.CASES["covariates_complete_pooling"]
    x = np.repeat(data.x[:, 0], data.trials.astype(int))
    y = np.concatenate([np.repeat([1.0, 0.0], [int(s), int(n - s)]) for s, n in zip(data.y, data.trials, strict=True)])

    def density(beta, mu):
        logit = mu + beta * x
        return np.exp((y * logit - np.logaddexp(0, logit)).sum() + 20) * stats.norm.pdf(mu, 0, 1.5) * stats.norm.pdf(beta)

    whole, first, slope = (integrate.dblquad(lambda b, m, f=f: f(m, b) * density(b, m), -4, 6, -5, 5, epsabs=0, epsrel=1e-7)[0]
                           for f in (lambda m, b: 1.0, lambda m, b: m, lambda m, b: b))
    found = fit_exact(model, data)
    assert found.mean("mu") == pytest.approx(first / whole, abs=1e-6)
    assert found.mean("beta")[0] == pytest.approx(slope / whole, abs=1e-6)
    np.testing.assert_allclose(found.mean("alpha"), found.mean("mu"), rtol=1e-10)


def test_cases_and_counts_are_one_posterior():
    """One row a case, in any order, or one row a group: the same evidence up to the coefficients, the same moments."""
    frame = pd.DataFrame({"y": [1, 1, 0, 1, 1, 1, 1, 0, 0], "g": list("abbaabbaa")})
    rows = logistic.Data.from_frame(frame, outcome="y", group="g")
    counts = logistic.Data([3, 3], [5, 4], ["a", "b"])
    model = logistic.partial_pooling()
    one, two = fit_exact(model, rows), fit_exact(model, counts)
    for name in ("mu", "tau", "alpha", "p"):
        np.testing.assert_allclose(one.mean(name), two.mean(name), rtol=1e-12)
    assert one.log_evidence == pytest.approx(two.log_evidence, rel=1e-12)


def test_four_of_four_is_not_certain():
    """A group that never failed is pulled to the others: less than 1, more than they are, and less sure than forty of forty."""
    found = fit_exact(logistic.partial_pooling(), logistic.Data([4, 40, 60, 55], [4, 40, 100, 100], list("abcd")))
    p, sd = found.mean("p"), found.sd("p")
    assert 0.6 < p[0] < p[1] < 1
    assert sd[0] > sd[1]
    assert np.all(found.error("p") < 1e-7)


@pytest.mark.parametrize("y", [[0, 0, 0], [4, 9, 1], [0, 9, 0]])
def test_separated_groups_have_a_posterior(y):
    found = fit_exact(logistic.partial_pooling(), logistic.Data(y, [4, 9, 1], list("abc")))
    assert np.all(np.isfinite(found.mean("alpha")))
    assert np.all(found.error("alpha") < 1e-6 * found.sd("alpha"))


def test_a_hundred_thousand_trials_beside_four():
    """The large group is at its own rate; the small one's posterior hardly knows how large the other is."""
    model = logistic.partial_pooling()
    huge, large = (fit_exact(model, logistic.Data([4, 6 * k, 3 * k], [4, 10 * k, 10 * k], list("abc"))) for k in (10_000, 1_000))
    np.testing.assert_allclose(huge.mean("p")[1:], [0.6, 0.3], atol=1e-4)
    np.testing.assert_allclose(huge.sd("p")[1:], np.sqrt([0.24, 0.21]) / np.sqrt(1e5), rtol=1e-3)
    assert huge.mean("p")[0] == pytest.approx(large.mean("p")[0], abs=1e-3)
    assert np.all(huge.error("alpha") < 1e-5 * huge.sd("alpha"))


def test_a_prior_that_rises_far_below_the_mass_of_tau_moves_nothing():
    """Groups as unlike as can be, and a prior that would have them alike: held against a plain grid over mu and tau."""
    data = logistic.Data([10, 500, 900, 990], [1000] * 4, list("abcd"))
    model = logistic.partial_pooling().with_prior(tau=HalfNormal(0.02))
    found = fit_exact(model, data)
    mu, tau = np.linspace(-2.5, 2.5, 251), np.linspace(0.2, 0.45, 126)
    at = np.column_stack([v.ravel() for v in np.meshgrid(mu, tau, indexing="ij")])
    log_f = (likelihood.log_likelihood(at[:, :1], at[:, 1], data, 40) + model.prior.mu.logpdf(at[:, 0])
             + model.prior.tau.logpdf(at[:, 1]))
    weight = np.exp(log_f - log_f.max())
    assert found.mean("tau") == pytest.approx(weight @ at[:, 1] / weight.sum(), rel=1e-6)
    cell = (mu[1] - mu[0]) * (tau[1] - tau[0])
    assert found.log_evidence == pytest.approx(log_f.max() + np.log(weight.sum() * cell), abs=1e-6)


def test_a_tau_without_bounds_is_refused_and_one_with_a_heavy_tail_is_not():
    pure, mixed = logistic.Data([4, 0, 5], [4, 3, 5], list("abc")), logistic.Data([4, 1, 5, 2, 3], [4, 3, 5, 7, 9], list("abcde"))
    for prior in (HalfCauchy(1), HalfNormal(1e4)):
        with pytest.raises(EngineError, match=r"the posterior of tau reaches beyond 10,000 logits.*such as HalfNormal"):
            fit_exact(logistic.partial_pooling().with_prior(tau=prior), pure)
    assert 0 < fit_exact(logistic.partial_pooling().with_prior(tau=HalfCauchy(1)), mixed).mean("tau") < 5
