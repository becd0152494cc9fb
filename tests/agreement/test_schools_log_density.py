"""The PyMC and the NumPyro model of schools are the model that NumPy defines: density by density, no sampling."""

import numpy as np
import pupils
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from pupils import CASES, FORMS, WITH_TAU, points
from scipy import stats

from hbm_lib.models.schools import generative

PAIRS = [(name, form) for name in CASES for form in FORMS if name in WITH_TAU or form == "noncentered"]


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=pupils) < LIMIT


@pytest.mark.parametrize(("name", "form"), [*PAIRS, ("no_pooling", "centered")])
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=pupils) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point and one pupil at a time."""
    model, data = CASES[name]
    prior, draws = model.prior, points(seed, data, model.prior)
    found = generative.log_joint(draws, data, prior)
    rows = list(zip(data.y, pupils.SCHOOL, *data.covariates.values(), strict=True))
    place = {label: j for j, label in enumerate(dict.fromkeys(pupils.SCHOOL))}
    for i in range(len(found)):
        p = {k: v[i] for k, v in draws.items()}
        total = sum(np.sum(getattr(prior, n).scipy().logpdf(p[n])) for n in ("mu", "tau", "sigma", "beta") if n in p)
        if pupils.has_effects(prior):
            total += stats.norm(p["mu"], p.get("tau", prior.fixed_tau)).logpdf(p["theta"]).sum()
        for y, school, *x in rows:
            mean = p["theta"][place[school]] + sum(b * v for b, v in zip(p.get("beta", []), x, strict=True))
            total += stats.norm(mean, p["sigma"]).logpdf(y)
        assert found[i] == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_each_pupil_has_one_term_and_priors_have_their_names(name, seed):
    model, data = CASES[name]
    draws = points(seed, data, model.prior, 6)
    terms = generative.log_likelihood(draws, data, model.prior)
    assert terms.shape == (6, data.n_pupils)
    changed = generative.log_likelihood(draws, data._with(y=data.y + np.eye(data.n_pupils)[4]), model.prior)
    assert list(np.flatnonzero((changed != terms).any(0))) == [4]
    laws = generative.log_prior(draws, model.prior)
    assert {n: v.shape for n, v in laws.items()} == {n: draws[n].shape for n in draws if n != "theta"}
