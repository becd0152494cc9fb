"""Broken samplers and models of groups with their own coefficients: each is rejected by a check that the sound one passes."""

import numpy as np
import pytest
import varied
import varied_conditional_checks as checks
from conditional_checks import LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from planting import planted

from hbm_lib.models import varying
from hbm_lib.models.varying import covariance, gibbs

REJECTED = 1000 * LIMIT  # far beyond rounding
# what is wrong: (case, check and what it is told, sound source, broken source)
GIBBS = {
    "nu off by one": ("plane", ("covariance",), "(law.degrees() + groups)", "(law.degrees() + groups - 1)"),
    "nu off by one, upward": ("plane", ("covariance",), "(law.degrees() + groups)", "(law.degrees() + groups + 1)"),
    "the degrees run the wrong way": ("plane", ("covariance",), "(law.degrees() + groups)", "(law.degrees()[::-1] + groups)"),
    "the scale inverted": ("plane", ("covariance",), "triangle(gap, law.root.T)", "triangle(gap, np.linalg.inv(law.root))"),
    "the scale's root transposed": ("plane", ("covariance",), "triangle(gap, law.root.T)", "triangle(gap, law.root)"),
    "Sigma's factor transposed": (
        "plane", ("covariance",), "root = turned(solve_upper(turned(w), turned(c)))", "root = turned(solve_upper(turned(w), c))"),
    "chi-squared for its root": ("plane", ("covariance",), "np.sqrt(2 * rng.gamma((law", "(2 * rng.gamma((law"),
    "the gaps are not about mu": (
        "plane", ("covariance",), "gap, law = gaps(state), prior", "gap, law = gaps(state) + state.mu[:, None], prior"),
    "eta stays when Sigma moves": (
        "plane", ("covariance",), "root=root, eta=turned(solve_lower(turned(root), turned(gap)))", "root=root"),
    "mu's mean is not subtracted": ("plane", ("block",), "data.sums.along - data.sums.root @ prior.center", "data.sums.along"),
    "mu's mean is not added": ("plane", ("block",), "mu=prior.center + _normal", "mu=_normal"),
    "mu's spread transposed": (
        "plane", ("block",), "half[..., -1:]) @ prior.spread.T)", "half[..., -1:]) @ prior.spread)"),
    "mu sees beta as known": ("plane", ("block",), "u = triangle(turned(k))  #", "u = triangle(0 * k)  #"),
    "K for its transpose": ("plane", ("block",), "u = triangle(turned(k))  #", "u = triangle(k)  #"),
    "no noise in the draws": ("plane", ("block",), "@ seen) + z[..., None])", "@ seen) + 0 * z[..., None])"),
    "the second triangle turned over": (
        "plane", ("block",), "return solve_upper(u, solve_lower(u,", "return solve_lower(u, solve_lower(u,"),
    "variance for standard deviation": (
        "plane", ("block",), "return state._replace(eta=_normal(rng, k, seen[..., None] / sigma))",
        "return state._replace(eta=_normal(rng, k, seen[..., None] / sigma**2))"),
    "all groups counted once": ("plane", ("separate",), "rows = np.sqrt(groups) *", "rows = 1.0 *"),
    "eta stays when mu moves": (
        "plane", ("separate",), "mu=mu, eta=turned(solve_lower(root, turned(beta - mu[:, None])))", "mu=mu"),
    "n - 1 for n": ("plane", ("sigma2",), "law.shape + n / 2", "law.shape + (n - 1) / 2"),
    "the sum of squares is not halved": ("plane", ("sigma2",), "law.scale + total / 2", "law.scale + total"),
    "squares about mu": (
        "plane", ("sigma2",), "total = data.sums.rss + (residual(state, data)",
        "total = data.sums.rss + (residual(state._replace(eta=0 * state.eta), data)"),
    "the scatter within groups is dropped": ("plane", ("sigma2",), "total = data.sums.rss + (", "total = 0 * data.sums.rss + ("),
    "no Jacobian for log sigma": ("plane_sigma", ("sigma2",), "+ (power - n) * u", "- n * u"),
    "a law of sigma2 taken for one of sigma": (
        "plane_sigma2", ("sigma2",), 'power = 2 if prior.noise == "sigma2" else 1', "power = 1"),
    "no Jacobian for log tau": ("plane", ("tau", 1), "-nu * v - 0.5 * own", "-(nu + 4) * v - 0.5 * own"),
    "the others' scale forgotten": ("plane", ("tau", 1), "- others * np.exp(-v)", "- 0 * others * np.exp(-v)"),
    "another coefficient's column": ("plane", ("tau", 1), "* data.sums.root[..., k]", "* data.sums.root[..., 0]"),
    "a column of L for a row": ("plane", ("kept", 1), "root[:, k] *= np", "root[:, :, k] *= np"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    name, (check, *told), old, new = GIBBS[bug]
    model, data = varied.CASES[name]
    gap = getattr(checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < LIMIT
    with np.errstate(all="ignore"):
        assert not gap(seed, data, model.prior, *told, module=planted(gibbs, old, new)) <= REJECTED


# what is wrong: (case, engine, form, sound source, broken source)
MODELS = {
    "the factor transposed": ("plane", "pymc", "noncentered", "mu + eta @ root.T", "mu + eta @ root"),
    "the triangle's degrees reversed": ("plane", "pymc", "centered", "law.degrees() / 2", "law.degrees()[::-1] / 2"),
    "the scale's factor for its transpose": (
        "plane", "numpyro", "noncentered", "jnp.asarray(law.root.T)", "jnp.asarray(law.root)"),
    "W for its transpose": ("plane", "numpyro", "noncentered", "trans=1, lower=True", "trans=0, lower=True"),
    "variance for standard deviation": ("plane", "numpyro", "centered", "jnp.sqrt(noise)) if", "noise) if"),
    "partial correlations for correlations": (
        "lkj_plane", "numpyro", "noncentered", ".set(partial * left)", ".set(partial)"),
    "one shape for all pairs": ("lkj_plane", "pymc", "centered", "b = law.shapes()", "b = law.shapes() * 0 + law.eta"),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_varying_log_density``."""
    name, engine, form, old, new = MODELS[bug]
    model, data = varied.CASES[name]
    broken = planted(getattr(varied, f"{engine}_model"), old, new).build
    found = {"pymc": pymc_gap, "numpyro": numpyro_gap}[engine](seed, data, model.prior, form, study=varied, build=broken)
    assert not found <= 1000 * DENSITY_LIMIT


def test_a_law_without_its_constant_is_caught(seed):
    model, _ = varied.CASES["plane"]
    law = model.prior.covariance
    broken = planted(covariance, "- multigammaln(self.nu / 2, q)", "- 0 * multigammaln(self.nu / 2, q)")
    other = broken.InverseWishart(law.nu, law.scale)
    sigma = law.sample(np.random.default_rng(seed), 5)
    assert np.all(np.abs(other.log_parts(sigma)["Sigma"] - law.log_parts(sigma)["Sigma"]) > 0.1)
    assert varying.InverseWishart is covariance.InverseWishart
