"""Skewed outcomes in PyMC and NumPyro are the model that NumPy defines, and that is SciPy's densities of the users' rows."""

import numpy as np
import payers
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from scipy import special, stats


@pytest.mark.parametrize("form", payers.FORMS)
@pytest.mark.parametrize("name", payers.CASES)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = payers.CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=payers) < LIMIT


@pytest.mark.parametrize("form", payers.FORMS)
@pytest.mark.parametrize("name", payers.CASES)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = payers.CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=payers) < LIMIT


def of_one_user(x, positive, log_m, shape, logit):
    """Log density of one user's outcome, in SciPy alone."""
    m = np.exp(log_m)
    if positive == "negative_binomial":
        return stats.nbinom(shape, shape / (shape + m)).logpmf(x)
    if x == 0:
        return special.log_expit(-logit)
    unit = stats.gamma(shape) if positive == "gamma" else stats.lognorm(shape)
    law = stats.gamma(shape, scale=m / unit.mean()) if positive == "gamma" else stats.lognorm(shape, scale=m / unit.mean())
    return special.log_expit(logit) + law.logpdf(x)


@pytest.mark.parametrize("name", payers.CASES)
def test_the_definition_is_the_product_of_scipy_densities_over_users(name, seed):
    """log_joint written out a second time, one user at a time: the sums hold all that the rows say."""
    model, data = payers.CASES[name]
    prior, draws = model.prior, payers.points(seed, data, model.prior)
    found = payers.generative.log_joint(draws, data, prior)
    rows = payers.ROWS if prior.hurdle else payers.COUNTS
    creators, genres = list(dict.fromkeys(rows["creator_id"])), list(dict.fromkeys(
        payers.GENRE[c] for c in dict.fromkeys(rows["creator_id"])))
    for i in range(0, len(found), 6):
        p = {k: v[i] for k, v in draws.items()}
        total = prior.shape.scipy().logpdf(p["shape"])
        for c in prior.coefficients:
            total += sum(getattr(getattr(prior, c), n).scipy().logpdf(p[f"{c}_{n}"]) for n in ("mu", *payers.LEVELS))
            total += stats.norm(p[f"{c}_mu"], p[f"{c}_sigma_genre"]).logpdf(p[f"{c}_genre"]).sum()
            for who, value in zip(creators, p[c], strict=True):
                total += stats.norm(p[f"{c}_genre"][genres.index(payers.GENRE[who])], p[f"{c}_sigma_creator"]).logpdf(value)
        for who, _, arm, x in rows.itertuples(index=False):
            at, on = creators.index(who), arm == "treatment"
            log_m = p["mean_level"][at] + on * p["mean_effect"][at]
            logit = p["share_level"][at] + on * p["share_effect"][at] if prior.hurdle else None
            total += of_one_user(x, prior.positive, log_m, p["shape"], logit)
        assert found[i] == pytest.approx(total, rel=1e-10)
