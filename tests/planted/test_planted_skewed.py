"""Broken models of skewed outcomes: each is rejected by a check that the sound one passes."""

import numpy as np
import payers
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from planting import planted

from hbm_lib.models.skewed import generative, gibbs, numpyro_model, pymc_model, quantities

# what is wrong: (case, engine, sound source, broken source)
MODELS = {
    "non-payers not counted": ("lognormal", "numpyro", "- data.users * jnp.logaddexp(0.0, eta)",
                               "- data.payers * jnp.logaddexp(0.0, eta)"),
    "log-normal mean without half the variance": ("lognormal", "numpyro", "(log_m - shape**2 / 2)) ** 2", "log_m) ** 2"),
    "Gamma by its scale": ("gamma", "numpyro", "shape * (data.payers * log_m + y * jnp.exp(-log_m))",
                           "data.payers * log_m + y * jnp.exp(-log_m)"),
    "counts of 0 forgotten": ("negative_binomial", "numpyro",
                              "total = data.users * shape * (jnp", "total = data.y * shape * (jnp"),
    "each value once": ("negative_binomial", "numpyro", "+ (times * (gammaln", "+ (1.0 * (gammaln"),
    "creators of the wrong genre": ("lognormal", "numpyro", "genre[index] + within * eta", "genre[index - 1] + within * eta"),
    "treatment without its effect": ("gamma", "pymc", 'c["mean_level"] + c["mean_effect"]', 'c["mean_level"]'),
    "payers' logs not in the density": ("lognormal", "pymc",
                                        "np.log(2 * np.pi) / 2 + data.sum_log.sum()", "np.log(2 * np.pi) / 2"),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_skewed_log_density``."""
    case, engine, old, new = MODELS[bug]
    model, data = payers.CASES[case]
    module, gap = {"pymc": (pymc_model, pymc_gap), "numpyro": (numpyro_model, numpyro_gap)}[engine]
    assert gap(seed, data, model.prior, "noncentered", study=payers, build=planted(module, old, new).build) > 1000 * LIMIT


def effect_by_users(seed, module=quantities, name="lognormal", n=200_000):
    """Distance in standard errors of ``effect`` from the difference of means of many predicted users."""
    model, data = payers.CASES[name]
    point = {k: np.array(v[:1]) for k, v in payers.points(seed, data, model.prior).items()}
    point = {k: 0.3 * v if k != "shape" else v for k, v in point.items()}
    rng = np.random.default_rng(seed)
    draws = {k: np.broadcast_to(v, (n, *v.shape[1:])) for k, v in point.items()}
    per_user = generative.predict(rng, draws, data, model.prior) / data.users
    gap = per_user[:, 1] - per_user[:, 0]
    return np.max(np.abs(gap.mean(0) - module.effect(point)[0]) / (gap.std(0) / np.sqrt(n)))


@pytest.mark.parametrize("name", ["lognormal", "gamma", "negative_binomial"])
def test_the_effect_is_that_of_users(name, seed):
    assert effect_by_users(seed, name=name) < 5


@pytest.mark.parametrize(("old", "new"), [
    ("return special.expit(predictor(draws, \"share\")) * mean if", "return mean if"),
    ("return both[..., 1, :] - both[..., 0, :]", "return both[..., 1, :] / both[..., 0, :]"),
])
def test_a_wrong_effect_is_caught(old, new, seed):
    assert effect_by_users(seed, planted(quantities, old, new)) > 5


def shape_gap(seed, module=gibbs):
    """How far the conditional of the log shape is from proportional to ``log_joint`` along it; no Monte Carlo error."""
    model, data = payers.CASES["lognormal"]
    draws = payers.points(seed, data, model.prior)
    draws = {k: v if k == "shape" else np.broadcast_to(v[:1], v.shape) for k, v in draws.items()}
    log_s = np.log(draws["shape"])
    found = module.log_shape(log_s, generative.predictor(draws, "mean"), data, model.prior)
    return np.ptp(found - generative.log_joint(draws, data, model.prior) - log_s)


def test_the_conditional_of_the_shape(seed):
    assert shape_gap(seed) < 1e-8
    broken = planted(gibbs, "prior.shape.logpdf(s) + log_s - data", "prior.shape.logpdf(s) - data")
    assert shape_gap(seed, broken) > 1e-2
