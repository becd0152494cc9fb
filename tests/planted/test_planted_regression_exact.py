"""Broken engines of regression with groups: each is rejected by a check that the sound one passes."""

import numpy as np
import pytest
import regression_engines as engines
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from planting import planted
from regression_engines import CASES, exact_gaps, given_rho

from hbm_lib import fit_exact
from hbm_lib.models.regression import exact, given_scales, numpyro_model, pymc_model, squared

# what is wrong: (case, form, sound source, broken source)
PYMC = {
    "the prior of beta without sigma": ("inverse_gamma", "centered", "chol=sigma * root", "chol=root"),
    "tau for tau2": ("inverse_gamma", "centered", "pt.sqrt(tau2)", "tau2"),
    "sigma for tau": ("half_normal", "noncentered", "tau * eta", "sigma * eta"),
    "wrong group": ("half_t", "centered", "gamma[data.index]", "gamma[data.index[::-1]]"),
}
NUMPYRO = {
    "the prior of beta without sigma": ("inverse_gamma", "centered", "scale_tril=sigma * jnp", "scale_tril=jnp"),
    "tau for tau2": ("inverse_gamma", "noncentered", "jnp.sqrt(tau2)", "tau2"),
    "variance for standard deviation": ("exponential", "centered", "dist.Normal(line, sigma)", "dist.Normal(line, sigma2)"),
    "wrong group": ("half_t", "noncentered", "jnp.asarray(data.index)]", "jnp.asarray(data.index) - 1]"),
}
# what is wrong: (sound source, broken source)
GIVEN_SCALES = {
    "standard deviation for variance": ("rho = (tau / sigma) ** 2", "rho = tau / sigma"),
    "groups of one size counted once": ("rho[:, None] * whole.sizes) @ whole.many", "rho[:, None] * whole.sizes).sum(1)"),
    "the determinant is dropped": (" + np.linalg.slogdet(precision)[1]", ""),
    "the size of the design is dropped": ("[1] + whole.log_size\n", "[1]\n"),
    "the squares of least squares are dropped": ("squares = whole.rss + ", "squares = "),
    "offsets are not weighted": ("(w * (whole.seen - u @ means.T) ** 2)", "((whole.seen - u @ means.T) ** 2)"),
    "the prior's mean is dropped": ("sums.seen - sums.root @ mean", "sums.seen"),
    "the prior of beta is not in units of the noise": ("whole.n_rows * (LOG_2PI", "(whole.n_rows + len(whole.mean)) * (LOG_2PI"),
}
EXACT = {
    "no Jacobian from tau2 to tau": (" + np.log(2 * tau)", ""),
    "no Jacobian from sigma2 to sigma": (" + np.log(2 * sigma)", ""),
    "the prior of sigma2 is dropped": (" + prior.sigma2.logpdf(sigma**2)", " + 0 * sigma"),
    "offsets of the groups' raw means": ("- x @ self.whole.mean - centre @ turned.T)", "- 0 * centre @ turned.T)"),
    "what beta does not know is dropped from gamma": ("NormalMixture(weight, middle.T, np.sqrt(own + spread).T)",
                                                      "NormalMixture(weight, middle.T, np.sqrt(own + 0 * spread).T)"),
    "shrinkage swapped": ("return rho / (1 + rho)", "return 1 / (1 + rho)"),
}
DRAWS = {
    "variance for standard deviation of gamma": ("np.sqrt(own) * rng", "own * rng"),
    "sizes of groups ignored": (
        "rho = (tau / sigma)[:, None] ** 2 * sums.counts", "rho = (tau / sigma)[:, None] ** 2 + 0 * sums.counts"),
    "beta and gamma drawn apart": ("sums.means - beta @ sums.x_means.T)", "sums.means - beta.mean(0) @ sums.x_means.T)"),
}
SQUARED = {
    "quantiles not squared": ("return self.root.quantile(q) ** 2", "return self.root.quantile(q)"),
    "the mean of the root": ("return moment(self.root, 2)\n", "return moment(self.root, 1)\n"),
}


@pytest.mark.parametrize("bug", PYMC)
def test_pymc(bug, seed):
    name, form, old, new = PYMC[bug]
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=engines) < LIMIT
    assert pymc_gap(seed, data, model.prior, form, build=planted(pymc_model, old, new).build, study=engines) > 10 * LIMIT


@pytest.mark.parametrize("bug", NUMPYRO)
def test_numpyro(bug, seed):
    name, form, old, new = NUMPYRO[bug]
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=engines) < LIMIT
    assert numpyro_gap(seed, data, model.prior, form, build=planted(numpyro_model, old, new).build, study=engines) > 10 * LIMIT


def scales_gap(module):
    """Largest relative distance of log p(y | scales) and of the mean of beta from the full covariance, at four scales."""
    worst = 0.0
    for name in ("inverse_gamma", "groups_of_one_size"):
        model, data = CASES[name]
        whole = module.prepare(data, model.prior)
        tau, sigma = np.array([1e-6, 0.1, 1.0, 30.0]), np.array([0.5, 3.0, 0.05, 1.0])
        squares, log_det, centre, _ = given_rho((tau / sigma) ** 2, data, model.prior)
        wanted = -0.5 * (data.n_rows * np.log(2 * np.pi * sigma**2) + log_det + squares / sigma**2)
        found = module.log_likelihood(tau, sigma, whole)
        beta = whole.mean + module.coefficients(tau, sigma, whole)[0] @ whole.turn.T
        worst = max(worst, np.max(np.abs(found / wanted - 1)), np.max(np.abs(beta - centre[:, : data.x.shape[1]])))
    return float(worst)


@pytest.mark.parametrize("bug", GIVEN_SCALES)
def test_given_the_scales(bug):
    assert scales_gap(given_scales) < 1e-6
    assert scales_gap(planted(given_scales, *GIVEN_SCALES[bug])) > 1e-3


@pytest.mark.parametrize("bug", EXACT)
def test_exact(bug):
    broken = exact_gaps(*CASES["inverse_gamma"], engines.OverRho, planted(exact, *EXACT[bug]).posterior)
    assert max(broken.values()) > 1e-3


def test_the_sound_engine_passes_what_the_broken_ones_fail():
    assert max(exact_gaps(*CASES["inverse_gamma"], engines.OverRho).values()) < engines.LIMITS["OverRho"]


@pytest.mark.parametrize("bug", SQUARED)
def test_squared(bug, monkeypatch):
    part = planted(squared, *SQUARED[bug])
    monkeypatch.setattr(exact, "Squared", part.Squared)
    assert max(exact_gaps(*CASES["inverse_gamma"], engines.OverRho).values()) > 1e-3


def draws_gap(sample, posterior, seed, n=20_000):
    """Largest distance, in standard errors, of the standardized offsets' moments, alone and times beta, from theirs."""
    data, draws = posterior.data, sample(np.random.default_rng(seed), n)
    noise = 1 / (1 / draws["tau2"][:, None] + data.counts / draws["sigma2"][:, None])
    share = data.counts * noise / draws["sigma2"][:, None]
    z = (draws["gamma"] - share * (data.sums.means - draws["beta"] @ data.sums.x_means.T)) / np.sqrt(noise)
    beta = draws["beta"] - draws["beta"].mean(0)
    products = np.column_stack([z, z**2 - 1, *(z * b[:, None] for b in beta.T)])
    return float(np.abs(products.mean(0) / products.std(0)).max() * np.sqrt(n))


@pytest.mark.parametrize("bug", DRAWS)
def test_draws(bug, seed):
    model, data = CASES["inverse_gamma"]
    sound, broken = fit_exact(model, data), planted(exact, *DRAWS[bug]).posterior(model, data)
    assert draws_gap(sound.sample, sound, seed) < 6
    assert draws_gap(broken.sample, sound, seed) > 10


def test_a_moment_that_does_not_exist_is_not_a_number_of_the_grid():
    """Two groups: E tau2² is infinite; a moment that only adds up its nodes would give a number."""
    line = fit_exact(*CASES["two_groups"]).law("tau")
    assert squared.moment(line, 4) == np.inf
    broken = planted(squared, "if slope > -_FLAT:", "if slope > 100:")
    assert np.isfinite(broken.moment(line, 4))
