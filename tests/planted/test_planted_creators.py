"""Broken engines of creators: each is rejected by a check that the sound one passes."""

import makers
import makers_conditional_checks
import pytest
from conditional_checks import LIMIT as CONDITIONAL_LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from makers_exact_checks import LIMIT, exact_gaps
from planting import planted

from hbm_lib.models.creators import exact, gibbs, numpyro_model, pymc_model, sums
from hbm_lib.samplers import grid

MODEL, DATA = makers.CASES["partial_pooling"]
# what is wrong: (sound source, broken source)
EXACT = {
    "the prior of mu_global counts twice": ("precision = weight.sum(0) + p0\n", "precision = weight.sum(0) + 2 * p0\n"),
    "the prior's mean is dropped": ("+ p0 * m0) / precision\n    left", "+ 0 * p0 * m0) / precision\n    left"),
    "standard deviation for variance between genres": (
        "spread = np.square(sigma_genre)[:, None] + noise[:, None]", "spread = np.abs(sigma_genre)[:, None] + noise[:, None]"),
    "the determinant of the genres is dropped": ("left += np.log(spread)\n", "left += 0 * np.log(spread)\n"),
    "the determinant of mu_global is dropped": ("- np.log(p0) + np.log(precision))", "- np.log(p0))"),
    "the scatter within genres is dropped": ("- (sdd - sd * m) - np.log(s)", "- np.log(s)"),
    "sums about a centre taken for sums about 0": ("m, noise = (m + sums.design.centre).T,", "m, noise = m.T,"),
    "genres' weights the wrong way round": (
        "genre = (1 - pull) * m[:, None] + pull * mean", "genre = pull * m[:, None] + (1 - pull) * mean"),
    "genres without the uncertainty of mu_global": (
        "(1 - pull) * noise[:, None] + pull**2 / precision", "(1 - pull) * noise[:, None]"),
    "creators' weights the wrong way round": (
        "centre = (1 - pull) * effect[:, None] + pull * about", "centre = pull * effect[:, None] + (1 - pull) * about"),
    "creators without the uncertainty of their genre": (
        "np.sqrt(pull * sigma**2 + pull**2 * spread))", "np.sqrt(pull * sigma**2 + 0 * spread))"),
    "the spread of means over the scales is dropped": ("+ shift**2) @ weight)", ") @ weight)"),
    "the prior of sigma_genre is dropped": (
        "log_p = prior.sigma_genre.logpdf(first)[:, None] + prior", "log_p = 0 * first[:, None] + prior"),
    "the priors of the scales are swapped": (
        "prior.sigma_genre.logpdf(first)[:, None] + prior.sigma_creator.logpdf(second)",
        "prior.sigma_creator.logpdf(first)[:, None] + prior.sigma_genre.logpdf(second)"),
    "below for above": ("1 - law.cdf(np", "law.cdf(np"),
}
SUMS = {
    "standard error for variance": ("effect[order], se[order] ** 2", "effect[order], se[order]"),
    "the sum of squares is that of weights": ("w *= x\n        raw[:, 3", "raw[:, 3"),
    "log determinant of the wrong sign": ("np.add.reduceat(np.log(w), starts", "np.add.reduceat(-np.log(w), starts"),
    "sums of a genre given to its neighbor": ("raw[:, 2, found] +=", "raw[:, 2, found - 1] +="),
}
GRID = {
    "the Jacobian of t is dropped": ("* self.unit * np.cosh(self.t)", "* self.unit"),
    "a panel's right half": ("at = (panel + (low + high) / 4 + 0.5)", "at = (panel + (low + high) / 4 + 0.6)"),
}


@pytest.mark.parametrize("bug", EXACT)
def test_exact(bug):
    case = makers.CASES["other_priors" if "prior" in bug else "partial_pooling"]
    broken = planted(exact, *EXACT[bug])
    assert max(exact_gaps(*case, posterior=broken.posterior).values()) > 100 * LIMIT


@pytest.mark.parametrize("bug", SUMS)
def test_sums(bug, monkeypatch):
    monkeypatch.setattr(exact, "take", planted(sums, *SUMS[bug]).take)
    assert max(exact_gaps(MODEL, DATA).values()) > 100 * LIMIT


@pytest.mark.parametrize("bug", GRID)
def test_grid(bug, monkeypatch):
    monkeypatch.setattr(exact, "grid", planted(grid, *GRID[bug]).grid)
    assert max(exact_gaps(MODEL, DATA).values()) > 100 * LIMIT


def test_a_coarse_grid_says_so(monkeypatch):
    """Panels that do not settle: the reported error is as large as the real one."""
    coarse = planted(grid, "Axis(u, a, b, 4)", "Axis(u, a, b, 1)")
    coarse._SETTLED = 1e9
    monkeypatch.setattr(exact, "grid", coarse.grid)
    found = exact.posterior(MODEL, DATA)
    monkeypatch.undo()
    right = exact.posterior(MODEL, DATA)
    real = abs(found.mean("sigma_genre") - right.mean("sigma_genre"))
    assert real > right.error("sigma_genre")
    assert found.error("sigma_genre") > real / 10


# what is wrong: (check and what it is told, sound source, broken source)
GIBBS = {
    "the prior's mean is dropped": (
        ("block",), "(prior.mu_global.mu * prior.mu_global.sigma**-2.0 + (means", "((means"),
    "mu_global gets no noise": (
        ("block",), "mu = mu + rng.standard_normal(mu.shape) / np", "mu = mu + 0 * rng.standard_normal(mu.shape) / np"),
    "precision for variance": (("block",), "total = between + 1 / weight", "total = between + weight"),
    "standard error for variance": (("block",), "noise, within = data.se**2,", "noise, within = data.se,"),
    "creators about the platform": (
        ("block",), "left = data.effect - (mu[:, None] + genre)[:, data.index]\n", "left = data.effect - mu[:, None]\n"),
    "genres counted by their creators": (("block",), "weight = by_genre(1 / spread, data)",
                                       "weight = 0 * by_genre(spread, data) + 1"),
    "no Jacobian of the log scale, centered": (("scale", "creator", "centered"), "(1 - gaps.shape[1])", "(-gaps.shape[1])"),
    "no Jacobian of the log scale, non-centered": (
        ("scale", "genre", "noncentered"), "+ log_scale - 0.5 * total", "- 0.5 * total"),
    "the other level's prior": (
        ("scale", "creator", "centered"), "law, to_creator = getattr(prior, name)", "law, to_creator = prior.sigma_genre"),
    "the level's own gap is left in": (
        ("scale", "genre", "noncentered"), "residual(state, data) + gaps[:, to_creator], eta", "residual(state, data), eta"),
    "residuals without their standard errors": (
        ("scale", "creator", "noncentered"), "* eta) / data.se) ** 2", "* eta)) ** 2"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    (check, *told), old, new = GIBBS[bug]
    model, data = makers.CASES["other_priors"]
    gap = getattr(makers_conditional_checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < CONDITIONAL_LIMIT
    assert gap(seed, data, model.prior, *told, module=planted(gibbs, old, new)) > 1000 * CONDITIONAL_LIMIT


# what is wrong: (engine, form, sound source, broken source)
MODELS = {
    "standard error for variance": ("pymc", "centered", '"y", tau, data.se,', '"y", tau, data.se**2,'),
    "genres at 0": ("pymc", "centered", 'pm.Normal("mu_genre", mu, between', 'pm.Normal("mu_genre", 0, between'),
    "the spreads swapped": ("pymc", "noncentered", "genre[data.index] + within * eta", "genre[data.index] + between * eta"),
    "creators of the wrong genre": (
        "numpyro", "centered", "dist.Normal(genre[index], within)", "dist.Normal(genre[index - 1], within)"),
    "genres without mu_global": ("numpyro", "mixed", "mu + between * eta", "between * eta"),
    "sigma_creator under the prior of sigma_genre": (
        "numpyro", "noncentered", '"sigma_creator", prior.sigma_creator', '"sigma_creator", prior.sigma_genre'),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_creators_log_density``."""
    engine, form, old, new = MODELS[bug]
    model, data = makers.CASES["other_priors"]
    module, gap = {"pymc": (pymc_model, pymc_gap), "numpyro": (numpyro_model, numpyro_gap)}[engine]
    assert gap(seed, data, model.prior, form, study=makers, build=planted(module, old, new).build) > 1000 * DENSITY_LIMIT
