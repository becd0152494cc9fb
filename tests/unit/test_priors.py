"""Priors: every family says the same in NumPy, SciPy, PyMC and NumPyro."""

import itertools
import pickle

import numpy as np
import pytest
from prior_checks import EXAMPLES, LIMIT, density_gap, examples, places
from scipy import integrate, stats

from hbm_lib import priors

PAIRS = examples()
IDS = [repr(dist) for dist, _ in PAIRS]
each = pytest.mark.parametrize(("dist", "law"), PAIRS, ids=IDS)


def test_every_family_has_an_example():
    assert set(EXAMPLES) == set(priors.FAMILIES)


@pytest.mark.parametrize("engine", ["numpy", "scipy", "pymc", "numpyro"])
@each
def test_log_density(dist, law, engine):
    assert density_gap(dist, law, engine) < LIMIT


@each
def test_cdf_and_quantiles(dist, law):
    x = places(law)
    np.testing.assert_allclose(dist.cdf(x), law.cdf(x), atol=1e-12)
    np.testing.assert_allclose(dist.ppf(law.cdf(x)), x, rtol=1e-9)


@each
def test_density_integrates_to_the_probability(dist, law):
    edges = np.unique(np.concatenate([places(law), law.ppf(np.array([1e-5, 0.01, 0.6, 0.99, 1 - 1e-5]))]))
    for a, b in itertools.pairwise(edges):
        mass = integrate.quad(lambda x: float(dist.pdf(np.array(x))), a, b, limit=200)[0]
        assert mass == pytest.approx(float(law.cdf(b) - law.cdf(a)), abs=1e-7)


@each
def test_zero_density_outside_the_support(dist, law):
    low, high = dist.support
    outside = [v for v in (low - 1e-9 - abs(low) * 1e-9, low - 3, high + 1e-6, high + 3) if np.isfinite(v)]
    assert np.all(dist.logpdf(np.array(outside)) == -np.inf)
    mixed = dist.logpdf(np.array([*outside, float(law.ppf(0.5))]))
    assert np.isfinite(mixed[-1])
    assert np.all(mixed[:-1] == -np.inf)


@each
def test_at_the_edge_of_the_support_numpy_says_what_scipy_says(dist, law):
    for edge in dist.support:
        if np.isfinite(edge):
            wanted = float(law.logpdf(edge))
            assert dist.logpdf(np.array(edge)) == pytest.approx(wanted, abs=1e-9)


@each
def test_draws_follow_the_law(dist, law, seed):
    draws = dist.sample(np.random.default_rng(seed), 4000)
    assert stats.kstest(draws, law.cdf).pvalue > 1e-5


@each
def test_same_generator_same_draws(dist, law):
    one, two = (dist.sample(np.random.default_rng(3), (2, 5)) for _ in range(2))
    assert one.shape == (2, 5)
    np.testing.assert_array_equal(one, two)


@each
def test_a_distribution_is_a_value(dist, law):
    assert pickle.loads(pickle.dumps(dist)) == dist
    assert len({dist, pickle.loads(pickle.dumps(dist))}) == 1
    assert eval(repr(dist), {k: getattr(priors, k) for k in priors.FAMILIES}) == dist
    for name, value in dist.params:
        assert getattr(dist, name) == value
    with pytest.raises(AttributeError, match="no parameter 'sigam'"):
        _ = dist.sigam


def test_parameters_by_position_and_by_name():
    assert priors.Gamma(2, rate=0.1) == priors.Gamma(rate=0.1, shape=2) == priors.Gamma(2.0, 0.1)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: priors.Normal(0, 0), "Normal: sigma must be above 0, got 0"),
    (lambda: priors.Normal(0, -1), "Normal: sigma must be above 0"),
    (lambda: priors.HalfCauchy(-3), "HalfCauchy: scale must be above 0"),
    (lambda: priors.Gamma(2, 0), "Gamma: rate must be above 0"),
    (lambda: priors.StudentT(0, 0, 1), "StudentT: nu must be above 0"),
    (lambda: priors.Normal(float("nan"), 1), "Normal: mu must be a finite number"),
    (lambda: priors.Normal(0, float("inf")), "Normal: sigma must be a finite number"),
    (lambda: priors.Normal("0", 1), "Normal: mu must be a finite number, got '0'"),
    (lambda: priors.Normal(True, 1), "Normal: mu must be a finite number, got True"),
    (lambda: priors.Normal(None, 1), "Normal: mu must be a finite number"),
    (lambda: priors.Normal([0, 1], 1), "Normal: mu must be a finite number"),
    (lambda: priors.Uniform(3, 3), "Uniform: lower must be below upper"),
    (lambda: priors.Uniform(3, 2), "Uniform: lower must be below upper"),
])
def test_a_wrong_value_is_refused_by_name(make, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        make()


@pytest.mark.parametrize(("make", "said"), [
    (lambda: priors.Normal(0), "missing: sigma"),
    (lambda: priors.Normal(0, 1, 2), "takes mu, sigma, got 3 values"),
    (lambda: priors.Normal(0, sd=1), "not understood: sd"),
    (lambda: priors.HalfCauchy(1, scale=2), "not understood: scale"),
])
def test_a_wrong_name_is_refused(make, said):
    with pytest.raises(TypeError, match=said):
        make()
