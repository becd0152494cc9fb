"""The log densities of the PyMC and NumPyro models equal ``log_joint``, point by point.

No Monte Carlo error and no free constant: a wrong prior, a scale taken for a
rate or a missing term shows at the first point.
"""

from importlib import import_module

import numpy as np
import pytest

from hbm_lib.models.eight_schools import generative

from .models import MODELS

POINTS = 24
FORMS = ("noncentered", "centered")
CASES = [(name, form) for name, (model, _) in MODELS.items() for form in FORMS
         if form == "noncentered" or model.prior.tau is not None]


def points(model, data, rng, form):
    """Return random points (prior draws), what the form samples, and the truth there."""
    draws = generative.draw_prior(rng, data, model.prior, POINTS)
    truth = generative.log_joint(draws, data, model.prior)
    free = {n: draws[n] for n in ("mu", "beta", "tau", "nu") if n in draws}
    if model.prior.tau is None:
        return free, truth
    if form == "centered":
        return free | {"theta": draws["theta"]}, truth
    spread = np.asarray(model.prior.scale(draws["tau"]))[:, None]
    eta = (draws["theta"] - generative.mean_effect(draws, data)) / spread
    # theta = centre + s(tau) eta: the density of eta is that of theta times s(tau) for each group
    return free | {"eta": eta}, truth + data.n_groups * np.log(spread[:, 0])


@pytest.mark.parametrize(("name", "form"), CASES)
def test_pymc_has_the_density_of_the_definition(name, form, seed):
    model, data = MODELS[name]
    free, truth = points(model, data, np.random.default_rng(seed), form)
    built = import_module(model.module("pymc")).build(data, model.prior, form)
    log_density = built.compile_logp(jacobian=False, mode="FAST_COMPILE")
    given = {rv.name: (value.name, built.rvs_to_transforms[rv]) for rv, value in built.rvs_to_values.items()}
    assert set(free) == {rv.name for rv in built.free_RVs}
    assert all(transform is None or transform.name == "log" for _, transform in given.values())
    found = []
    for i in range(POINTS):
        at = {}
        for variable in free:
            value_name, transform = given[variable]
            at[value_name] = np.asarray(free[variable][i] if transform is None else np.log(free[variable][i]))
        found.append(float(log_density(at)))
    np.testing.assert_allclose(found, truth, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_numpyro_has_the_density_of_the_definition(name, form, seed):
    import jax
    from numpyro.infer.util import log_density

    model, data = MODELS[name]
    free, truth = points(model, data, np.random.default_rng(seed), form)
    built = import_module(model.module("numpyro")).build(data, model.prior, form)
    with jax.enable_x64(True):
        trace = log_density(built, (data.y,), {}, {n: v[0] for n, v in free.items()})[1]
        sampled = {n for n, site in trace.items() if site["type"] == "sample" and not site["is_observed"]}
        found = jax.vmap(lambda at: log_density(built, (data.y,), {}, at)[0])(free)
    assert sampled == set(free)
    np.testing.assert_allclose(np.asarray(found), truth, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_the_definition_is_the_sum_of_its_scipy_densities(name, seed):
    """``log_joint`` itself, written out again with SciPy's own densities."""
    from scipy import stats

    model, data = MODELS[name]
    prior = model.prior
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, POINTS)
    total = sum(np.reshape(getattr(prior, n).scipy().logpdf(draws[n]), (POINTS, -1)).sum(1)
                for n in ("mu", "beta", "tau", "nu") if getattr(prior, n) is not None)
    for i in range(POINTS):
        centre = draws["mu"][i] + (data.design[:, 1:] @ draws["beta"][i] if prior.beta is not None else 0)
        if prior.tau is not None:
            spread = float(prior.scale(draws["tau"][i]))
            total[i] += stats.norm(centre, spread).logpdf(draws["theta"][i]).sum()
        errors = stats.norm() if prior.nu is None else stats.t(draws["nu"][i])
        total[i] += (errors.logpdf((data.y - draws["theta"][i]) / data.sigma) - np.log(data.sigma)).sum()
    np.testing.assert_allclose(generative.log_joint(draws, data, prior), total, rtol=1e-9, atol=1e-8)
