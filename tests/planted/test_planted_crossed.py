"""Broken samplers and models of crossed effects: each is rejected by a check that the sound one passes."""

import crossing
import crossing_conditional_checks as checks
import pytest
from conditional_checks import LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from planting import planted

from hbm_lib.models.crossed import gibbs

REJECTED = 1000 * LIMIT  # far beyond rounding
# what is wrong: (check and what it is told, sound source, broken source)
GIBBS = {
    "the prior's mean is dropped": (("location",), "right[:, 0] += prior.mu_global.mu * before[:, 0]", "right[:, 0] += 0"),
    "the prior's sd for its precision": (
        ("location",),
        "before[:, 0] = prior.mu_global.sigma**-2.0",
        "before[:, 0] = prior.mu_global.sigma"),
    "a scale for its precision": (("location",), "scales[:, k : k + 1] ** -2.0", "scales[:, k : k + 1]"),
    "tau not integrated out": (
        ("location",),
        "weight = 1 / (data.se**2 + scales[:, 3:] ** 2)",
        "weight = 1 / (data.se**2 + 0 * scales[:, 3:])"),
    "genres and segments swapped": (
        ("location",), "np.repeat(np.eye(g), s, axis=0), np.tile(np.eye(s), (g, 1))",
        "np.tile(np.eye(g), (s, 1)), np.repeat(np.eye(s), g, axis=0)"),
    "no noise in the locations": (("location",), "location=mean + noise", "location=mean + 0 * noise"),
    "the wrong root of the precision": (
        ("location",), "upper = np.swapaxes(np.linalg.cholesky(precision), 1, 2)", "upper = np.linalg.cholesky(precision)"),
    "variance for standard deviation": (("tau",), "data.se * np.sqrt(share)", "data.se * share"),
    "the share turned round": (("tau",), "share = within / (within + data.se**2)", "share = data.se**2 / (within + data.se**2)"),
    "no Jacobian, effects held": (("scale", "sigma_segment", "centered"), "(1 - effects.shape[1])", "(-effects.shape[1])"),
    "no Jacobian, standardized effects held": (
        ("scale", "sigma_cell", "noncentered"), "+ log_scale + scale * (cross", "+ scale * (cross"),
    "another level's prior": (
        ("scale", "sigma_cell", "centered"), "law = getattr(prior, name)", "law = prior.sigma_genre"),
    "a level's own part is left out": (
        ("scale", "sigma_genre", "noncentered"), "+ scales[:, k : k + 1] * seen\n            square", "\n            square"),
    "the determinant is forgotten": (
        ("scale", "sigma_creator", "centered"),
        "(np.log(variance) + left**2 / variance)",
        "(left**2 / variance)"),
    "effects left behind": (
        ("kept", "noncentered"), "location[:, block] = scales[:, k : k + 1] * eta",
        "location[:, block] = location[:, block] + 0 * eta"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    (check, *told), old, new = GIBBS[bug]
    model, data = crossing.CASES["other_priors"]
    gap = getattr(checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < LIMIT
    assert not gap(seed, data, model.prior, *told, module=planted(gibbs, old, new)) < REJECTED


# what is wrong: (engine, form, sound source, broken source)
MODELS = {
    "the cell is forgotten": (
        "pymc", "centered",
        "+ cell[data.index, data.segment_index]", "+ 0 * cell[data.index, data.segment_index]"),
    "genres by segment": ("numpyro", "centered", "genre[index] +", "genre[segment_index // 2] +"),
    "all effects by one scale": ("numpyro", "noncentered", "numpyro.deterministic(name, scale * eta)",
                                 "numpyro.deterministic(name, scales[0] * eta)"),
    "variance for standard deviation": ("pymc", "noncentered", "mean + within * pm", "mean + within**2 * pm"),
    "creators centered at 0": ("numpyro", "centered", "dist.Normal(mean, within)", "dist.Normal(0 * mean, within)"),
    "standard errors squared": ("pymc", "centered", "tau, data.se,", "tau, data.se**2,"),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_crossed_log_density``."""
    engine, form, old, new = MODELS[bug]
    model, data = crossing.CASES["genre_by_segment"]
    broken = planted(getattr(crossing, f"{engine}_model"), old, new).build
    gap = {"pymc": pymc_gap, "numpyro": numpyro_gap}[engine]
    assert gap(seed, data, model.prior, form, study=crossing, build=broken) > 1000 * DENSITY_LIMIT
