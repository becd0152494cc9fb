"""The exact engine of creators against the full covariance of all effects and a plain sum over a grid of scales."""

import makers
import numpy as np
import pytest
from makers_exact_checks import LIMIT, Reference, exact_gaps, given_scales
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import exact, sums
from hbm_lib.priors import HalfNormal, Normal, Uniform

MODEL, DATA = makers.CASES["partial_pooling"]
rng = np.random.default_rng(7)
CASES = makers.CASES | {
    "one genre": (MODEL, creators.Data([0.3, 1.2, -0.4, 0.8], [0.4, 0.2, 0.9, 0.5], ["music"] * 4)),
    "one creator a genre": (MODEL, creators.Data([0.3, 1.2, -0.4, 0.8], [0.4, 0.2, 0.9, 0.5], list("abcd"))),
    "one creator": (MODEL, creators.Data([0.7], [0.5], ["a"])),
    "far-off effects": (MODEL, creators.Data([40.0, 41, -30, -33, 2], [0.4, 0.2, 0.9, 0.5, 0.3], list("aabbc"))),
    "standard errors of all sizes": (MODEL, creators.Data(
        [0.3, 1.2, -0.4, 0.8, 0.1, 9], [1e-3, 0.02, 0.4, 5, 60, 900], list("aabbab"))),
    "all effects equal": (MODEL, creators.Data(np.full(6, 0.5), np.full(6, 0.3), list("aabbcc"))),
    "unequal genres": (MODEL, creators.Data(rng.normal(0.5, 0.6, 24), rng.uniform(0.1, 1, 24), ["a"] * 20 + list("bbcd"))),
}


@pytest.mark.parametrize("name", CASES)
def test_moments_quantiles_probabilities_and_evidence(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize("name", CASES)
def test_the_law_given_the_scales(name):
    """given_scales() at scales far apart, against conditioning the joint normal."""
    model, data = CASES[name]
    a, b = np.array([1e-6, 0.1, 2.0, 7.0]), np.array([0.0, 0.05, 0.7, 5.0])
    taken = sums.take(data, exact.bound(model.prior.sigma_creator))
    b = np.minimum(b, taken.design.top)
    found = exact.given_scales(a, b, taken, model.prior)
    log_y, mean, variance = given_scales(np.repeat(a, 4), np.tile(b, 4), data, model.prior)
    g = data.n_genres
    np.testing.assert_allclose(found.log_y.ravel(), log_y, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.mean.ravel(), mean[:, 0], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.variance.ravel(), variance[:, 0], rtol=1e-7)
    np.testing.assert_allclose(found.genre.reshape(16, g), mean[:, 1 : 1 + g], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.genre_variance.reshape(16, g), variance[:, 1 : 1 + g], rtol=1e-5, atol=1e-11)


@pytest.mark.parametrize("name", ["partial_pooling", "other_priors", "unequal genres"])
def test_the_error_it_reports_is_honest(name):
    """Each mean is no farther from the second computation than ten times the reported error and rounding."""
    model, data = CASES[name]
    found = fit_exact(model, data)
    marks = [[found.quantile(n, 0.5)] for n in ("sigma_genre", "sigma_creator")]
    wanted = Reference(data, model.prior, marks)
    tau = wanted.p @ wanted.mean[:, 1 + data.n_genres :]
    assert np.all(np.abs(found.mean("tau") - tau) < 10 * found.error("tau") + 1e-9)
    for name_, values in zip(("sigma_genre", "sigma_creator"), wanted.scales, strict=True):
        assert abs(found.mean(name_) - wanted.p @ values) < 10 * found.error(name_) + 1e-7


def test_the_second_computation_itself():
    """Its density by SciPy's multivariate normal with the covariance written out by hand."""
    data = creators.Data([0.3, 1.2, -0.4], [0.4, 0.2, 0.9], list("aab"))
    a, b = np.array([0.01, 0.8, 3.0]), np.array([0.5, 0.001, 2.0])
    for x, y, log_y in zip(a, b, given_scales(a, b, data, MODEL.prior)[0], strict=True):
        one, own = 1 + x**2, 1 + x**2 + y**2
        cov = np.array([[own + 0.16, one, 1], [one, own + 0.04, 1], [1, 1, own + 0.81]])
        assert log_y == pytest.approx(stats.multivariate_normal(np.zeros(3), cov).logpdf(data.effect), rel=1e-10)


def test_many_creators_by_tables_are_those_one_by_one():
    """Quantiles and probabilities of 20,000 creators come from tables; a few of them are asked one by one from the whole grid."""
    rng = np.random.default_rng(3)
    n = 20_000
    genre = rng.integers(0, 3, n)
    se = np.exp(rng.uniform(np.log(0.03), np.log(2), n))
    effect = np.array([0.2, 0.5, 1.0])[genre] + 0.4 * rng.standard_normal(n) + se * rng.standard_t(4, n)
    found = fit_exact(MODEL, creators.Data(effect, se, genre))
    rows = np.concatenate([rng.integers(0, n, 20), [effect.argmin(), effect.argmax(), se.argmin(), se.argmax()]])
    sigma, weight, mean, variance = found.given_creator
    at = found.data.index[rows]
    pull = se[rows, None] ** 2 / (se[rows, None] ** 2 + sigma**2)
    centre = (1 - pull) * effect[rows, None] + pull * mean.T[at]
    # given sigma_creator a genre's mean is nearly normal here: thousands of creators
    spread = np.sqrt(pull * sigma**2 + pull**2 * variance.T[at])
    for q in (0.025, 0.5, 0.975):
        share = (weight * stats.norm.cdf((found.quantile("tau", q)[rows, None] - centre) / spread)).sum(1)
        np.testing.assert_allclose(share, q, atol=1e-6)
    np.testing.assert_allclose(found.above(0.4)[rows], (weight * stats.norm.sf((0.4 - centre) / spread)).sum(1), atol=1e-6)


def test_order_and_names_do_not_matter():
    rng = np.random.default_rng(5)
    order = rng.permutation(DATA.n_creators)
    moved = creators.Data(DATA.effect[order], DATA.se[order], np.array(DATA.genres)[DATA.index][order])
    one, two = fit_exact(MODEL, DATA), fit_exact(MODEL, moved)
    np.testing.assert_allclose(one.mean("tau")[order], two.mean("tau"), rtol=1e-12)
    np.testing.assert_allclose(one.quantile("tau", 0.9)[order], two.quantile("tau", 0.9), rtol=1e-10)
    assert one.log_evidence == pytest.approx(two.log_evidence, rel=1e-13)


def test_other_units_give_the_same_answer():
    """Cents for dollars, with the priors in cents too."""
    cents = MODEL.with_prior(mu_global=Normal(0, 100), sigma_genre=HalfNormal(100), sigma_creator=HalfNormal(100))
    one = fit_exact(MODEL, DATA)
    two = fit_exact(cents, creators.Data(100 * DATA.effect, 100 * DATA.se, np.array(DATA.genres)[DATA.index]))
    np.testing.assert_allclose(100 * one.mean("tau"), two.mean("tau"), rtol=1e-9)
    np.testing.assert_allclose(100 * one.quantile("tau", 0.975), two.quantile("tau", 0.975), rtol=1e-8)
    assert one.log_evidence == pytest.approx(two.log_evidence + 8 * np.log(100), abs=1e-8)


@pytest.mark.parametrize("edges", [(0.5, 0.6), (0.0, 0.05)])
def test_hard_edges_of_both_priors(edges):
    gaps = exact_gaps(MODEL.with_prior(sigma_genre=Uniform(*edges), sigma_creator=Uniform(0.1, 0.2)), DATA)
    assert max(gaps.values()) < LIMIT, gaps
