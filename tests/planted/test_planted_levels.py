"""Broken samplers and models of three levels and of slopes: each is rejected by a check that the sound one passes."""

import lines
import lines_conditional_checks
import pytest
import teachers
import teachers_conditional_checks
from conditional_checks import LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from planting import planted

from hbm_lib.models import slopes, three_levels
from hbm_lib.models.slopes import gibbs as slopes_gibbs
from hbm_lib.models.three_levels import gibbs as three_gibbs

REJECTED = 1000 * LIMIT  # far beyond rounding
# what is wrong: (check and what it is told, sound source, broken source)
THREE = {
    "the prior's mean is dropped": (
        ("block",), "mu = (prior.mu.mu * prior.mu.sigma**-2.0 + (means", "mu = ((means"),
    "mu gets no noise": (("block",), "mu + rng.standard_normal(mu.shape) / np", "mu + 0 * rng.standard_normal(mu.shape) / np"),
    "precision for variance": (("block",), "total = between + 1 / weight", "total = between + weight"),
    "teachers pulled to the district": (
        ("block",), "left = data.means - (mu[:, None] + school)[:, data.of_teacher]\n    teacher",
        "left = data.means - (mu[:, None] + 0 * school)[:, data.of_teacher]\n    teacher"),
    "variance for standard deviation": (("block",), "np.sqrt(share * noise)", "(share * noise)"),
    "standard deviation for variance": (
        ("block",), "spread = state.tau_teacher[:, None] ** 2 + noise", "spread = state.tau_teacher[:, None] + noise"),
    "teachers counted once in sigma": (
        ("sigma",), "(data.counts * residual(state, data) ** 2)", "(residual(state, data) ** 2)"),
    "the scatter within teachers is dropped": (("sigma",), "total = data.within + (data", "total = 0 * data.within + (data"),
    "no Jacobian for log sigma": (("sigma",), "(1 - data.n_pupils) * log_sigma", "-data.n_pupils * log_sigma"),
    "no Jacobian for log tau, centered": (("scale", "teacher", "centered"), "(1 - gaps.shape[1])", "(-gaps.shape[1])"),
    "no Jacobian for log tau, non-centered": (
        ("scale", "school", "noncentered"), "+ log_tau - 0.5 * total / sigma**2", "- 0.5 * total / sigma**2"),
    "the other level's prior": (
        ("scale", "teacher", "centered"), "law, to_teacher = getattr(prior, name)", "law, to_teacher = prior.tau_school"),
    "the level's own gap is left in": (
        ("scale", "school", "noncentered"), "left = residual(state, data) + gaps[:, to_teacher]", "left = residual(state, data)"),
    "means left behind when tau moves": (
        ("kept", "school", "noncentered"), "which: np.exp(u)[:, None] * eta}", "which: gaps}"),
}
SLOPES = {
    "the prior's means are dropped": (("block",), "mean = m0 + s0 * eta0", "mean = s0 * eta0"),
    "the prior's variance for its standard deviation": (
        ("block",), "np.array([prior.mu.sigma, prior.beta.sigma])", "np.array([prior.mu.sigma, prior.beta.sigma]) ** 2"),
    "a group's covariance is transposed": (("block",), "triangle(np.swapaxes(k, -1, -2))", "triangle(k)"),
    "the correlation is forgotten in the factor": (("block",), "t0, t1 * rho, t1 * np.sqrt", "t0, 0 * rho, t1 * np.sqrt"),
    "the mean lines get no noise": (("block",), "+ rng.standard_normal((len(k), 2))", "+ 0 * rng.standard_normal((len(k), 2))"),
    "the lines' noise by the wrong root": (
        ("block",), "np.swapaxes(k, -1, -2) @ left) + noise)", "np.swapaxes(k, -1, -2) @ left + noise))"),
    "no Jacobian for log sigma": (("sigma",), "(1 - data.n_rows) * log_sigma", "-data.n_rows * log_sigma"),
    "the scatter about the groups' own lines is dropped": (("sigma",), "total = data.rss + (res", "total = 0 * data.rss + (res"),
    "no Jacobian for log tau": (
        ("shape", "tau_slope", "centered"), "prior, name).logpdf(np.exp(u)) + u", "prior, name).logpdf(np.exp(u))"),
    "no Jacobian for atanh rho": (
        ("shape", "rho", "noncentered"), "prior.eta) + np.log((1 - rho) * (1 + rho))", "prior.eta)"),
    "the determinant of R is forgotten": (
        ("shape", "rho", "centered"), "(np.log(t0) + np.log(t1) + 0.5 * np.log(rest))", "(np.log(t0) + np.log(t1))"),
    "the sign of the correlation": (("shape", "rho", "centered"), "- 2 * rho * cross", "+ 2 * rho * cross"),
    "slopes and intercepts swapped": (
        ("shape", "tau_slope", "noncentered"), "[one * z0, x * z0, x * z1]", "[x * z0, one * z0, x * z1]"),
    "the residual is not asked for": (("shape", "tau_intercept", "noncentered"), "(step * slope - 0.5", "(0 * slope - 0.5"),
    "one half forgotten in the likelihood": (
        ("shape", "tau_slope", "noncentered"), "slope - 0.5 * step * (square", "slope - step * (square"),
    "lines moved when they are held": (
        ("kept", "tau_slope", "centered"), 'moved(state, name, value) if held == "centered" else ', ""),
    "eta by the old correlation": (("kept", "rho", "centered"), "rho = after.rho[:, None]", "rho = state.rho[:, None]"),
}


@pytest.mark.parametrize("bug", THREE)
def test_gibbs_for_three_levels(bug, seed):
    (check, *told), old, new = THREE[bug]
    model, data = teachers.CASES["other_priors"]
    gap = getattr(teachers_conditional_checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < LIMIT
    assert gap(seed, data, model.prior, *told, module=planted(three_gibbs, old, new)) > REJECTED


@pytest.mark.parametrize("bug", SLOPES)
def test_gibbs_for_slopes(bug, seed):
    (check, *told), old, new = SLOPES[bug]
    model, data = lines.CASES["half_eta"]
    gap = getattr(lines_conditional_checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < LIMIT
    assert gap(seed, data, model.prior, *told, module=planted(slopes_gibbs, old, new)) > REJECTED


# what is wrong: (study, engine, form, sound source, broken source)
MODELS = {
    "variance for standard deviation": (
        teachers, "pymc", "centered", "alpha[data.index], sigma,", "alpha[data.index], sigma**2,"),
    "teachers of the wrong school": (
        teachers, "numpyro", "noncentered", "theta[of_teacher] + tau", "theta[of_teacher[::-1]] + tau"),
    "the levels' spreads swapped": (teachers, "pymc", "noncentered", "mu + tau_school * pm", "mu + tau_teacher * pm"),
    "schools centered at 0": (teachers, "numpyro", "centered", "dist.Normal(mu, tau_school)", "dist.Normal(0, tau_school)"),
    "slopes of the wrong group": (lines, "numpyro", "centered", "b[index] * x", "b[index - 1] * x"),
    "rho without its root": (lines, "pymc", "noncentered", "t1 * pt.sqrt(1 - rho**2)", "t1 * (1 - rho**2)"),
    "slopes apart from intercepts": (
        lines, "pymc", "centered", "beta + rho * t1 / t0 * (a - mu)", "beta + 0 * rho * t1 / t0 * (a - mu)"),
    "the correlation on the unit interval": (
        lines, "numpyro", "noncentered", '2 * numpyro.sample("rho_share", Beta(prior.eta, prior.eta).numpyro()) - 1',
        'numpyro.sample("rho_share", Beta(prior.eta, prior.eta).numpyro())'),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_levels_log_density``."""
    study, engine, form, old, new = MODELS[bug]
    model, data = study.CASES["slopes" if study is lines else "three_levels"]
    broken = planted(getattr(study, f"{engine}_model"), old, new).build
    assert {"pymc": pymc_gap, "numpyro": numpyro_gap}[engine](
        seed, data, model.prior, form, study=study, build=broken) > 1000 * DENSITY_LIMIT


def test_the_studies_are_the_models_as_they_are_named():
    assert teachers.CASES["three_levels"][0] == three_levels.three_levels()
    assert lines.CASES["slopes"][0] == slopes.slopes()
