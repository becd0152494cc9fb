"""Powered posteriors of regression with groups: against reweighted draws, and what a power is known to do."""

import numpy as np
import pytest

from hbm_lib import fit_exact
from hbm_lib.models import linear, regression
from hbm_lib.models.regression import generative, replicate, simulate
from hbm_lib.models.regression.powered import powered
from hbm_lib.priors import HalfNormal, InverseGamma

DATA, _ = simulate.grouped(3, groups=6, smallest=3, largest=9, beta=(4.0, 1.0, -1.0))
PRIORS = {
    "on_tau": regression.Prior(0.5, 0.3, InverseGamma(3, 4), tau=HalfNormal(1)),
    "on_tau2": regression.Prior(0.5, 0.3, InverseGamma(3, 4), tau2=InverseGamma(2, 1)),
}
SCALARS = {"beta": 1, "gamma": 2, "sigma": 0, "tau": 0}
PARTS = ("beta", "sigma2", "tau")


def log_parts(draws, prior):
    """The log density of each prior as it is written."""
    spread = draws["tau2"] if prior.tau is None else draws["tau"]
    return {"beta": generative.log_prior(draws, prior)["beta"].sum(-1), "sigma2": prior.sigma2.logpdf(draws["sigma2"]),
            "tau": prior.of_tau.logpdf(spread)}


@pytest.fixture(scope="module")
def plain(seed_for):
    """Draws of the plain posteriors, the log density of each prior at them, and their log likelihood: all tests weight them."""
    out = {}
    for name, prior in PRIORS.items():
        rng = np.random.default_rng(seed_for(f"powered {name}"))
        draws = fit_exact(regression.hierarchical(prior), DATA).sample(rng, 200_000)
        out[name] = draws, log_parts(draws, prior), generative.log_likelihood(draws, DATA, prior).sum(-1)
    return out


def gaps(plain, name, a, b, parts, compute=powered):
    """How far weighted draws of the plain posterior lie from the powered laws at three quantiles, in standard errors."""
    (draws, log_prior, log_likelihood), model = plain[name], regression.hierarchical(PRIORS[name])
    log_w = (a - 1) * sum(log_prior[k] for k in parts) + (b - 1) * log_likelihood
    w = np.exp(log_w - log_w.max())
    w /= w.sum()
    found, out = compute(model, DATA, a, b, parts=parts), []
    for name, k in SCALARS.items():
        x = draws[name][:, k] if draws[name].ndim > 1 else draws[name]
        for q in np.quantile(x, [0.1, 0.5, 0.9]):
            want = float(found.cdf(name, k)(np.array(q)))
            here = (x <= q) - want
            out.append(abs(w @ here) / np.sqrt((w**2) @ here**2))
            assert np.sqrt((w**2) @ here**2) < 0.005
    return np.array(out)


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize(("a", "b", "parts"), [(1.2, 1.0, PARTS), (0.8, 1.0, ("beta",)), (1.3, 1.0, ("sigma2",)),
                                               (0.7, 1.0, ("tau",)), (1.0, 0.85, PARTS), (1.1, 1.1, PARTS)])
def test_against_reweighted_draws(name, a, b, parts, plain):
    assert gaps(plain, name, a, b, parts).max() < 4.9


@pytest.mark.parametrize("name", PRIORS)
def test_the_power_of_one_changes_nothing(name):
    model = regression.hierarchical(PRIORS[name])
    plain, found = fit_exact(model, DATA), powered(model, DATA)
    for scalar, k in SCALARS.items():
        law = plain.law(scalar)[k] if scalar in ("beta", "gamma") else plain.law(scalar)
        at = np.array([law.quantile(q) for q in (0.05, 0.5, 0.95)])
        np.testing.assert_allclose(found.cdf(scalar, k)(at), [0.05, 0.5, 0.95], atol=1e-7)


def test_a_forgotten_determinant_is_seen(plain):
    """The prior of beta to a power has sigma2^(-p (a - 1) / 2) in it; a model with a times the precision has not."""
    def without(model, data, a, b, parts):
        precision = tuple(map(tuple, a * model.prior.precision_of(3)))
        return powered(model.with_prior(precision=precision), data, 1.0, b)

    assert gaps(plain, "on_tau", 0.5, 1.0, ("beta",)).max() < 4.9
    assert gaps(plain, "on_tau", 0.5, 1.0, ("beta",), compute=without).max() > 10


def test_bad_input():
    model = regression.hierarchical(PRIORS["on_tau"])
    with pytest.raises(ValueError, match="prior: a power above 0"):
        powered(model, DATA, 0)
    with pytest.raises(ValueError, match="likelihood: a power above 0"):
        powered(model, DATA, 1.0, np.nan)
    with pytest.raises(ValueError, match="parts: a tuple of beta, sigma2, tau"):
        powered(model, DATA, parts=("gamma",))
    with pytest.raises(ValueError, match="name: beta, gamma, sigma or tau"):
        powered(model, DATA).cdf("tau2")


def test_replicated_rows_have_the_moments_of_the_model(seed):
    """Of one set of parameters: kept groups vary about their lines, new groups with tau2 between them."""
    rng, n = np.random.default_rng(seed), 40_000
    one = {"beta": np.array([4.0, 1.0, -1.0]), "gamma": np.arange(6.0), "sigma2": 2.0, "tau2": 9.0}
    many = {k: np.broadcast_to(v, (n, *np.shape(v))) for k, v in one.items()}
    kept, new = replicate.rows(rng, many, DATA), replicate.rows(rng, many, DATA, new_groups=True)
    line = DATA.x @ one["beta"]
    for y, mean, variance in ((kept, line + one["gamma"][DATA.index], 2.0), (new, line, 11.0)):
        assert np.abs((y.mean(0) - mean) / np.sqrt(variance / n)).max() < 5
        assert np.abs(y.var(0) / variance - 1).max() < 5 * np.sqrt(2 / n)
    first, second = np.flatnonzero(DATA.index == DATA.index[0])[:2]
    other = int(np.flatnonzero(DATA.index != DATA.index[0])[0])
    assert np.corrcoef(new[:, first], new[:, second])[0, 1] == pytest.approx(9 / 11, abs=5 / np.sqrt(n))
    assert np.corrcoef(new[:, first], new[:, other])[0, 1] == pytest.approx(0, abs=5 / np.sqrt(n))
    assert np.corrcoef(kept[:, first], kept[:, second])[0, 1] == pytest.approx(0, abs=5 / np.sqrt(n))


def test_replicated_rows_refuse_other_groups():
    draws = {"beta": np.zeros((2, 3)), "gamma": np.zeros((2, 5)), "sigma2": np.ones(2), "tau2": np.ones(2)}
    with pytest.raises(ValueError, match="gamma of 6 entries"):
        replicate.rows(np.random.default_rng(0), draws, DATA)


@pytest.mark.parametrize(("told", "said"), [
    ({"prior": "2"}, "prior: a power above 0 is needed, got '2'"), ({"likelihood": 0}, "likelihood: a power above 0 is needed"),
    ({"parts": None}, "parts: a tuple of beta, sigma2, tau is needed, got None"), ({"parts": ("gamma",)}, "parts: a tuple"),
])
def test_powers_that_are_none_are_refused(told, said):
    with pytest.raises(ValueError, match=said):
        powered(regression.hierarchical(PRIORS["on_tau"]), DATA, **told)


def test_a_model_of_another_kind_has_no_power():
    other = linear.conjugate(linear.Prior(0, 1, InverseGamma(3, 4)))
    with pytest.raises(ValueError, match="model: regression"):
        powered(other, DATA)
