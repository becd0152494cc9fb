"""Broken models of skewed outcomes: each is rejected by a check that the sound one passes."""

import numpy as np
import payers
import payers_conditional_checks as checks
import pytest
from conditional_checks import LIMIT as LIMIT_GIBBS
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


# what is wrong: (check and what it is told, sound source, broken source); the sound ones: ``unit/test_skewed_conditionals``
GIBBS = {
    "half of the users is not taken off the payers": (
        ("coefficient", "share_level"), "(data.payers - data.users / 2) / weight", "data.payers / weight"),
    "log m without half the variance": (("coefficient", "mean_level"), "np.broadcast_to(data.mean_log, shape) + squared / 2",
                                        "np.broadcast_to(data.mean_log, shape)"),
    "the mean's precision by the shape, not its square": (
        ("coefficient", "mean_effect"), "data.payers / squared, data", "data.payers / np.sqrt(squared), data"),
    "the effect sees the control arm": (("coefficient", "mean_effect"), "total, value = precision[:, 1], seen[:, 1] - other",
                                        "total, value = precision[:, 0], seen[:, 0] - other"),
    "the effect is seen without the level": (
        ("coefficient", "share_effect"), "precision[:, 1], seen[:, 1] - other", "precision[:, 1], seen[:, 1]"),
    "the level sees treatment with its effect": (
        ("coefficient", "share_level"), "precision[:, 1] * (seen[:, 1] - other)", "precision[:, 1] * seen[:, 1]"),
    "the level sees control only": (("coefficient", "mean_level"), "np.maximum(precision.sum(-2), _NOTHING)",
                                    "np.maximum(precision[:, 0], _NOTHING)"),
    "precision taken for variance": (
        ("coefficient", "share_level"), "1 / np.sqrt(np.maximum(precision", "np.sqrt(np.maximum(precision"),
    "scales of genres and creators swapped": (("coefficient", "share_effect"), "prior.mu, prior.sigma_genre, prior.sigma_creator",
                                              "prior.mu, prior.sigma_creator, prior.sigma_genre"),
    "every coefficient by one prior": (
        ("coefficient", "share_effect"), "_law(getattr(prior, name)), form)", "_law(prior.mean_level), form)"),
    "control takes the effect too": (
        ("tilt",), "return np.stack([level, level + effect]", "return np.stack([level + effect, level + effect]"),
    "control takes the effect too, in the shape": (
        ("shape",), "return np.stack([level, level + effect]", "return np.stack([level + effect, level + effect]"),
    "the tilt of payers only": (("tilt",), "np.broadcast_to(data.users, shape)", "np.broadcast_to(data.payers, shape)"),
    "squares about the mean dropped": (
        ("shape",), "squares = (data.squares + data.payers * gap**2)", "squares = (data.payers * gap**2)"),
    "no Jacobian of the log": (("shape",), "prior.shape.logpdf(s) + log_s - data", "prior.shape.logpdf(s) - data"),
    "half the variance is not in the gap": (
        ("shape",), "data.mean_log - log_m + s[:, None, None] ** 2 / 2", "data.mean_log - log_m"),
    "the shape is drawn and not kept": (("kept",), "state._replace(shape=np.exp(log_s))", "state"),
    "a coefficient is drawn and not kept": (
        ("kept",), "state.coefficients | {name: moved}", "{name: moved} | state.coefficients"),
    "a genre recorded as its gap": (
        ("kept",), "genre = s.mu[:, None] + s.genre\n        out", "genre = s.genre\n        out"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_samplers(bug, seed):
    (check, *about), old, new = GIBBS[bug]
    model, data = payers.CASES["lognormal_other_priors"]
    assert getattr(checks, f"{check}_gap")(seed, data, model.prior, *about, module=planted(gibbs, old, new)) > 1000 * LIMIT_GIBBS
