"""Broken PyMC and NumPyro models and translations of priors: each is rejected, the sound one is not."""

import pytest
from eight import CASES
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from planting import planted
from prior_checks import LIMIT as PRIOR_LIMIT
from prior_checks import density_gap, examples

from hbm_lib import families, priors
from hbm_lib.models.eight_schools import numpyro_model, pymc_model

# what is wrong: (model, form, sound source, broken source)
PYMC = {
    "variance for standard deviation": (
        "skeptical", "noncentered", 'pm.Normal("y", theta, data.sigma,', 'pm.Normal("y", theta, data.sigma**2,'),
    "tau taken for the rescaled spread": ("adaptive_hard", "noncentered", "centre + spread * eta", "centre + tau * eta"),
    "the covariates are dropped": (
        "covariate_regression", "centered", "centre = centre + pt.dot", "centre = centre + 0 * pt.dot"),
    "effects are centred at 0": ("noncentered", "centered", 'pm.Normal("theta", centre, spread', 'pm.Normal("theta", 0, spread'),
    "errors lose their degrees of freedom": ("student_t", "noncentered", 'nu=prior.nu.pymc("nu")', 'nu=prior.nu.pymc("nu") + 1'),
}
NUMPYRO = {
    "variance for standard deviation": ("skeptical", "noncentered", "dist.Normal(theta, sigma)", "dist.Normal(theta, sigma**2)"),
    "wrong group index": ("noncentered", "noncentered", "centre + spread * eta", "centre + spread * eta[::-1]"),
    "the switch is shifted": ("adaptive_sigmoid", "centered", "prior.scale(tau, where", "prior.scale(tau + 0.01, where"),
    "single precision": (
        "covariate_regression", "noncentered", "= data.design[:, 1:], data", "= jnp.asarray(data.design[:, 1:]), data"),
    "degrees of freedom doubled": ("student_t", "noncentered", "prior.nu.numpyro()), theta", "prior.nu.numpyro()) * 2, theta"),
}
# what is wrong: (family, engine, sound source, broken source)
PRIORS = {
    "rate for scale": ("Exponential", "pymc", 'rate="lam"', 'rate="scale"'),
    "a whole Cauchy for its half": ("HalfCauchy", "numpyro", '_same("HalfCauchy"),\n',
                                    'lambda scale: ("Cauchy", {"loc": 0.0, "scale": scale}),\n'),
    "shape and rate swapped": ("Gamma", "numpyro", '_same("Gamma", shape="concentration")',
                               '_same("Gamma", shape="rate", rate="concentration")'),
    "scale for rate in SciPy's gamma": ("Gamma", "scipy", "stats.gamma(shape, scale=1 / rate)", "stats.gamma(shape, scale=rate)"),
    "folding without doubling": ("HalfStudentT", "numpy", "LOG_2 + _log_t(x / scale, nu)", "_log_t(x / scale, nu)"),
    "no Jacobian in the log-normal": ("LogNormal", "numpy", "- np.log(x * sigma)", "- np.log(sigma)"),
    "variance for standard deviation": ("Normal", "numpy", "-0.5 * ((x - mu) / sigma) ** 2", "-0.5 * (x - mu) ** 2 / sigma"),
}


@pytest.mark.parametrize("bug", PYMC)
def test_pymc(bug, seed):
    name, form, old, new = PYMC[bug]
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form) < LIMIT
    assert pymc_gap(seed, data, model.prior, form, build=planted(pymc_model, old, new).build) > 10 * LIMIT


@pytest.mark.parametrize("bug", NUMPYRO)
def test_numpyro(bug, seed):
    name, form, old, new = NUMPYRO[bug]
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form) < LIMIT
    assert numpyro_gap(seed, data, model.prior, form, build=planted(numpyro_model, old, new).build) > 2 * LIMIT


@pytest.mark.parametrize("bug", PRIORS)
def test_priors(bug, monkeypatch):
    family, engine, old, new = PRIORS[bug]
    pairs = [(dist, law) for dist, law in examples() if dist.family == family]
    for dist, law in pairs:
        assert density_gap(dist, law, engine) < PRIOR_LIMIT
    monkeypatch.setattr(priors, "FAMILIES", planted(families, old, new).FAMILIES)
    monkeypatch.setattr(priors, "_frozen", priors._frozen.__wrapped__)  # without what it remembers
    assert max(density_gap(dist, law, engine) for dist, law in pairs) > 1e-3
