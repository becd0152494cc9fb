"""Three levels and slopes in PyMC and NumPyro are the models that NumPy defines: density by density, no sampling."""

import lines
import numpy as np
import pytensor
import pytest
import teachers
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from numpyro.handlers import substitute, trace
from scipy import stats
from scipy.integrate import quad

STUDIES = {"three levels": teachers, "slopes": lines}
# every case in one form or the other, the models as they are named in both
PAIRS = [(study, name, form) for study, module in STUDIES.items() for i, name in enumerate(module.CASES)
         for form in (module.FORMS if name in ("three_levels", "slopes") else module.FORMS[i % 2 :][:1])]


@pytest.mark.parametrize(("study", "name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(study, name, form, seed):
    model, data = STUDIES[study].CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=STUDIES[study]) < LIMIT


@pytest.mark.parametrize(("study", "name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(study, name, form, seed):
    model, data = STUDIES[study].CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=STUDIES[study]) < LIMIT


@pytest.mark.parametrize("form", ["noncentered", "centered"])
@pytest.mark.parametrize("study", STUDIES)
def test_variables_of_the_result_are_what_they_are_called(study, form, seed):
    """Both engines hand back every variable of the model, and from the same sampled values the same as the definition."""
    module = STUDIES[study]
    model, data = next(iter(module.CASES.values()))
    draws = {k: v[:1] for k, v in module.points(seed, data, model.prior).items()}
    values = {k: v[0] for k, v in module.sampled(draws, data, model.prior, form)[0].items()}
    sites = trace(substitute(module.numpyro_model.build(data, model.prior, form), values)).get_trace(data.y)
    built = module.pymc_model.build(data, model.prior, form)
    run = pytensor.function(
        [built[n] for n in values], [built[n] for n in model.dims], mode="FAST_COMPILE", on_unused_input="ignore")
    for (name, wanted), found in zip({n: draws[n][0] for n in model.dims}.items(), run(*values.values()), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(sites[name]["value"], wanted, rtol=1e-4, atol=1e-4)  # JAX is in single precision here


@pytest.mark.parametrize("name", teachers.CASES)
def test_three_levels_are_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point, one group and one pupil at a time."""
    model, data = teachers.CASES[name]
    prior, draws = model.prior, teachers.points(seed, data, model.prior)
    found = teachers.generative.log_joint(draws, data, prior)
    school_of = dict(zip(teachers.TEACHER, teachers.SCHOOL, strict=True))
    schools, people = list(dict.fromkeys(teachers.SCHOOL)), list(dict.fromkeys(teachers.TEACHER))
    for i in range(len(found)):
        p = {k: v[i] for k, v in draws.items()}
        total = sum(getattr(prior, n).scipy().logpdf(p[n]) for n in ("mu", "tau_school", "tau_teacher", "sigma"))
        theta, alpha = dict(zip(schools, p["theta"], strict=True)), dict(zip(people, p["alpha"], strict=True))
        total += sum(stats.norm(p["mu"], p["tau_school"]).logpdf(value) for value in theta.values())
        total += sum(stats.norm(theta[school_of[t]], p["tau_teacher"]).logpdf(alpha[t]) for t in people)
        total += sum(stats.norm(alpha[t], p["sigma"]).logpdf(y) for t, y in zip(teachers.TEACHER, teachers.SCORES, strict=True))
        assert found[i] == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("name", ["slopes", "uniform_rho", "half_eta", "bounded"])
def test_slopes_are_the_product_of_scipy_densities(name, seed):
    """The lines' law as SciPy's bivariate normal with Sigma multiplied out; the correlation's as a power of 1 - rho²."""
    model, data = lines.CASES[name]
    prior, draws = model.prior, lines.points(seed, data, model.prior)
    found = lines.generative.log_joint(draws, data, prior)
    groups = list(dict.fromkeys(lines.GROUP))
    # the mass of the power in the angle, where its poles at eta < 1 are gone
    mass = quad(lambda angle: np.sin(angle) ** (2 * prior.eta - 1), 0, np.pi)[0]
    for i in range(len(found)):
        p = {k: v[i] for k, v in draws.items()}
        total = sum(getattr(prior, n).scipy().logpdf(p[n]) for n in ("mu", "beta", "tau_intercept", "tau_slope", "sigma"))
        total += (prior.eta - 1) * np.log(1 - p["rho"] ** 2) - np.log(mass)
        tau = np.diag([p["tau_intercept"], p["tau_slope"]])
        law = stats.multivariate_normal([p["mu"], p["beta"]], tau @ [[1, p["rho"]], [p["rho"], 1]] @ tau)
        total += sum(law.logpdf([a, b]) for a, b in zip(p["a"], p["b"], strict=True))
        for y, x, group in zip(lines.Y, lines.X, lines.GROUP, strict=True):
            g = groups.index(group)
            total += stats.norm(p["a"][g] + p["b"][g] * x, p["sigma"]).logpdf(y)
        assert found[i] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(("study", "name"), [("three levels", "three_levels"), ("slopes", "slopes")])
def test_each_row_has_one_term_and_priors_have_their_names(study, name, seed):
    module = STUDIES[study]
    model, data = module.CASES[name]
    draws = module.points(seed, data, model.prior, 6)
    terms = module.generative.log_likelihood(draws, data, model.prior)
    assert terms.shape == (6, len(data.y))
    moved = data.replicated((data.y + np.eye(len(data.y))[4])[None].repeat(6, 0))
    assert list(np.flatnonzero((module.generative.log_likelihood(draws, moved, model.prior) != terms).any(0))) == [4]
    assert {n: v.shape for n, v in module.generative.log_prior(draws, model.prior).items()} == {
        n: (6,) for n, dims in model.dims.items() if not dims}
