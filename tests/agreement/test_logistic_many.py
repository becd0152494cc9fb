"""Any number of covariates: weighted quasi-Monte Carlo against a plain grid and the quadrature, its error against its errors."""

from itertools import pairwise

import numpy as np
import pytest
from logistic_many_checks import CAP, DATA, LIMIT, MODEL, SD_LIMIT, gaps, reference
from scipy import integrate, special, stats

from hbm_lib import fit, fit_exact
from hbm_lib.data import real
from hbm_lib.diagnostics import agreement
from hbm_lib.model import EngineError
from hbm_lib.models import logistic
from hbm_lib.models.logistic import likelihood, many, smooth_laws
from hbm_lib.priors import StudentT, Uniform

from .models import labels

LIVCH = ("1", "2", "3+")
# one group has no success, one nothing else
PLAIN = logistic.Data([3, 0, 9, 1, 22, 4], [5, 4, 9, 1, 40, 11], list("abcdef"))
WITH_ONE = logistic.Data([2, 1, 0, 4, 3, 5, 1, 2, 6], [4, 2, 3, 5, 7, 5, 1, 3, 9], list("babcacbba"),
                         {"x": [0, 1, 1, 0, 0, 1, 0, 1, 0]})
# tau free, tau fixed at 0, and a prior of tau whose support ends
UP_TO_ONE = {
    "no covariate": (logistic.partial_pooling(), PLAIN),
    "tau fixed at 0": (logistic.random_intercept("complete"), WITH_ONE),
    "tau between bounds": (logistic.partial_pooling().with_prior(tau=Uniform(0.2, 2.5)), PLAIN),
}


def contraception():
    """Women of 60 districts with five covariates: age, town, and one, two, three or more children instead of none."""
    table = real.load("contraception")
    table = table.assign(uses=table["use"] == "Y", town=(table["urban"] == "Y") * 1.0,
                         **{f"children {n}": (table["livch"] == n) * 1.0 for n in LIVCH})
    return logistic.Data.from_frame(table, outcome="uses", group="district",
                                    covariates=["age", "town", *[f"children {n}" for n in LIVCH]])


def test_two_covariates_against_a_grid(seed):
    means, sds, errors = gaps(seed)
    assert max(means.values()) < LIMIT, means
    assert max(sds.values()) < SD_LIMIT, sds
    assert max(errors.values()) < CAP, errors


@pytest.mark.parametrize("name", UP_TO_ONE)
def test_up_to_one_covariate_it_is_the_quadrature(name, seed):
    model, data = UP_TO_ONE[name]
    found, wanted = many.posterior(model, data, many.Plan(seed=seed, scramblings=16)), fit_exact(model, data)
    assert abs(found.log_evidence - wanted.log_evidence) < LIMIT * found.log_evidence_error
    for v in model.dims:
        sd = wanted.sd(v)
        assert np.all(np.abs(found.mean(v) - wanted.mean(v)) < LIMIT * found.error(v)), v
        assert np.all(found.error(v) < 0.01 * sd), v
        np.testing.assert_allclose(found.sd(v), sd, rtol=0.02)
        if v in ("mu", "tau", "beta"):
            for q in (0.1, 0.5, 0.9):
                assert np.all(np.abs(found.quantile(v, q) - wanted.quantile(v, q)) < 0.04 * sd), (v, q)


def test_the_error_estimate_is_of_the_size_of_the_error(seed):
    """Few points, many seeds: the means' distances from the grid in standard errors are spread like Student's t.

    The log evidences' variance over the seeds is the mean squared error that they claim, up to a law of F.
    """
    plans = [many.Plan(first=32, most=32, aim=1, limit=1, seed=seed + i) for i in range(40)]
    found = [many.posterior(MODEL, DATA, plan) for plan in plans]
    wanted = reference()[1]
    for name in ("mu", "tau", "beta"):
        z = np.array([(f.mean(name) - wanted[name][0]) / f.error(name) for f in found])
        middle = np.median(np.abs(z)) / stats.t.ppf(0.75, plans[0].scramblings - 1)
        assert 0.5 < middle < 2, (name, middle)
    ratio = np.var([f.log_evidence for f in found], ddof=1) / np.mean([f.log_evidence_error**2 for f in found])
    law = stats.f(len(found) - 1, len(found) * (plans[0].scramblings - 1))
    assert law.ppf(1e-6) < ratio < law.isf(1e-6), ratio


def test_the_error_of_the_log_evidence_is_the_standard_error_of_the_scramblings_mean():
    found = many.posterior(MODEL, DATA, many.Plan(first=32, most=32, aim=1, limit=1))
    each = np.exp(found.cloud.log_w - found.log_evidence).mean(1)  # every scrambling's evidence over the one of all
    assert each.mean() == pytest.approx(1)
    assert found.log_evidence_error == pytest.approx(stats.sem(each))


def test_more_points_are_taken_until_the_aim_is_met():
    coarse = many.posterior(MODEL, DATA, many.Plan(first=16, most=16, aim=0.05, limit=1))
    fine = many.posterior(MODEL, DATA, many.Plan(first=16, aim=0.005))
    assert coarse.cloud.tau.shape[1] == 16
    assert fine.cloud.tau.shape[1] > 16
    assert all(np.all(fine.error(name) <= 0.005 * fine.sd(name)) for name in ("mu", "beta", "tau"))
    np.testing.assert_array_equal(coarse.cloud.b, fine.cloud.b[:, :16])


def test_draws_are_of_the_posterior(seed):
    tree = fit(MODEL, DATA, engine="exact", seed=seed, chains=24, draws=150)
    wanted = agreement.targets(fit_exact(MODEL, DATA), labels(MODEL, DATA))
    found = agreement.compare_all(tree["posterior"], wanted, rule="chains", cap=0.06)
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)
    assert tree["exact"]["beta_mean"].dims == ("covariate",)
    np.testing.assert_allclose(tree["posterior"]["p"], special.expit(tree["posterior"]["alpha"]))


def test_gibbs_agrees_on_two_covariates(seed):
    tree = fit(MODEL, DATA, engine="gibbs", form="interwoven", seed=seed, chains=24, draws=800, tune=200)
    wanted = agreement.targets(fit_exact(MODEL, DATA), labels(MODEL, DATA))
    found = agreement.compare_all(tree["posterior"], wanted, rule="chains", cap=0.06)
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)


def test_laws_are_consistent():
    found = fit_exact(MODEL, DATA)
    for name in MODEL.dims:
        law = found.law(name)
        for q in (0.001, 0.025, 0.3, 0.9, 0.999):
            np.testing.assert_allclose(law.cdf(law.quantile(q)), q, rtol=1e-6)
    np.testing.assert_allclose(special.expit(found.quantile("alpha", 0.1)), found.quantile("p", 0.1), rtol=1e-9)
    for law in (found.law("mu"), found.law("tau"), found.law("p")[1], found.law("beta")[1]):
        x = np.linspace(*law.quantile(np.array([1e-6, 1 - 1e-6])), 20_001)
        assert np.trapezoid(law.pdf(x), x) == pytest.approx(1, abs=1e-3)
        assert np.trapezoid(law.pdf(x) * x, x) == pytest.approx(law.mean, abs=0.02 * law.sd)


@pytest.mark.parametrize(("y", "n", "mu", "tau"), [(0, 1, 0.0, 1.0), (0, 1000, 0.0, 3.0), (3, 5, 1.0, 1.0), (4, 4, 0.5, 1.5)])
def test_an_intercepts_conditional_law_by_adaptive_quadrature(y, n, mu, tau):
    data = logistic.Data([y, 1], [n, 2], ["here", "other"])
    log_f = lambda a: stats.binom(n, special.expit(a)).logpmf(y) + stats.norm.logpdf(a, mu, tau)  # noqa: E731
    grid = np.linspace(mu - 12 * tau, mu + 12 * tau, 4001)
    top = log_f(grid).max()
    near = grid[log_f(grid) > top - 30]
    at = near[0] + (near[-1] - near[0]) * np.array([0.3, 0.5, 0.6, 0.7])
    f = lambda a: np.exp(log_f(a) - top)  # noqa: E731
    parts = [integrate.quad(f, a, b, epsabs=0, epsrel=1e-9)[0] for a, b in pairwise([near[0], *at, near[-1]])]
    found = smooth_laws.intercepts_below(at[:, None] + np.zeros(2), np.array([[mu]]), np.array([tau]), np.ones(1), data)
    np.testing.assert_allclose(found[:, 0], np.cumsum(parts)[:-1] / sum(parts), atol=2e-5)


def test_a_law_through_points():
    """Evenly spread points of a skew law: its quantiles come back."""
    p = (np.arange(2000) + 0.5) / 2000
    line = smooth_laws.from_points(np.log(stats.gamma(4).ppf(p)), np.full(2000, 1 / 2000))
    q = np.array([0.01, 0.025, 0.2, 0.5, 0.8, 0.975, 0.99])
    np.testing.assert_allclose(line.quantile(q), stats.gamma(4).ppf(q), rtol=3e-3)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        line.quantile(1.0)


def test_contraception_is_near_its_maximum_likelihood():
    """Five covariates, 1,934 women: the priors are weak, so the means lie within a fraction of a standard error."""
    data = contraception()
    found = many.posterior(logistic.random_intercept(), data, many.Plan(first=64, most=64, aim=0.05))
    ml = likelihood.maximum_likelihood(data, 15)
    assert np.all(np.abs(found.mean("beta") - ml.beta) < 0.75 * ml.se[1:-1])
    np.testing.assert_allclose(found.sd("beta"), ml.se[1:-1], rtol=0.1)
    assert np.all(found.error("beta") < 0.05 * found.sd("beta"))


def test_what_it_refuses():
    with pytest.raises(EngineError, match=r"are known to .* posterior sds only.*use gibbs, pymc or numpyro"):
        many.posterior(MODEL, DATA, many.Plan(first=2, most=2, aim=1e-6, limit=1e-6))
    with pytest.raises(EngineError, match="needs a Normal prior on beta"):
        fit_exact(MODEL.with_prior(beta=StudentT(3, 0, 1)), DATA)
    with pytest.raises(ValueError, match="has mu, tau, beta, alpha, p, got 'theta'"):
        fit_exact(MODEL, DATA).mean("theta")


@pytest.mark.parametrize(("changed", "said"), [
    ({"scramblings": 3}, "scramblings: at least 4 are needed for an error estimate, got 3"),
    ({"first": 100}, "first: a power of 2 is needed, got 100"),
    ({"most": 1}, "most: a power of 2 is needed, got 1"),
    ({"aim": 0.0}, "aim: a number above 0 and at most the limit"),
    ({"aim": 0.1}, "aim: a number above 0 and at most the limit"),
])
def test_plans_that_make_no_sense(changed, said):
    with pytest.raises(ValueError, match=said):
        many.Plan(**changed)
