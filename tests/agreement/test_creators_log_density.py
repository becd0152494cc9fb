"""Creators in PyMC and NumPyro are the model that NumPy defines: density by density, no sampling."""

import makers
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from scipy import stats


@pytest.mark.parametrize("form", makers.FORMS)
@pytest.mark.parametrize("name", makers.CASES)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = makers.CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=makers) < LIMIT


@pytest.mark.parametrize("form", makers.FORMS)
@pytest.mark.parametrize("name", makers.CASES)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = makers.CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=makers) < LIMIT


@pytest.mark.parametrize("name", makers.CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint written out a second time in SciPy alone, one creator at a time."""
    model, data = makers.CASES[name]
    prior, draws = model.prior, makers.points(seed, data, model.prior)
    found = makers.generative.log_joint(draws, data, prior)
    genres = list(dict.fromkeys(makers.GENRE))
    for i in range(len(found)):
        p = {k: v[i] for k, v in draws.items()}
        total = sum(getattr(prior, n).scipy().logpdf(p[n]) for n in ("mu_global", *makers.SCALES))
        total += sum(stats.norm(p["mu_global"], p["sigma_genre"]).logpdf(m) for m in p["mu_genre"])
        for d, se, genre, tau in zip(makers.EFFECT, makers.SE, makers.GENRE, p["tau"], strict=True):
            total += stats.norm(p["mu_genre"][genres.index(genre)], p["sigma_creator"]).logpdf(tau)
            total += stats.norm(tau, se).logpdf(d)
        assert found[i] == pytest.approx(total, rel=1e-10)
