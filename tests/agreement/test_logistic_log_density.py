"""The PyMC and the NumPyro model of successes among trials are the model that NumPy defines: no sampling."""

import numpy as np
import pytest
import rates
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from rates import CASES, FORMS, WITH_TAU, points
from scipy import special, stats

from hbm_lib.models.logistic import generative

PAIRS = [(name, form) for name in CASES for form in FORMS if name in WITH_TAU or form == "noncentered"]
# a compiled PyMC model takes a second: the priors' translations are tested elsewhere, the likelihood here
PYMC = [pair for pair in PAIRS if pair[0] in ("partial_pooling", "complete_pooling", "two_covariates", "uniform")]


@pytest.mark.parametrize(("name", "form"), PYMC)
def test_pymc_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=rates) < LIMIT


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_numpyro_log_density_is_the_definition(name, form, seed):
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=rates) < LIMIT


@pytest.mark.parametrize("name", CASES)
def test_the_definition_is_the_product_of_scipy_densities(name, seed):
    """log_joint itself, written out a second time in SciPy alone, one point and one row at a time."""
    model, data = CASES[name]
    prior, draws = model.prior, points(seed, data, model.prior)
    if prior.tau is None:
        draws["alpha"] = np.repeat(draws["mu"][:, None], data.n_groups, 1)
    found = generative.log_joint(draws, data, prior)
    place = {label: j for j, label in enumerate(data.labels)}
    rows = list(zip(data.y, data.trials, data.group, *data.covariates.values(), strict=True))
    for i in range(len(found)):
        at = {k: v[i] for k, v in draws.items()}
        total = sum(np.sum(getattr(prior, n).scipy().logpdf(at[n])) for n in ("mu", "tau", "beta") if n in at)
        if prior.tau is not None:
            total += stats.norm(at["mu"], at["tau"]).logpdf(at["alpha"]).sum()
        for y, n, group, *x in rows:
            logit = at["alpha"][place[group]] + sum(b * v for b, v in zip(at.get("beta", []), x, strict=True))
            total += stats.binom(int(n), special.expit(logit)).logpmf(y)
        assert found[i] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_each_row_has_one_term_and_priors_have_their_names(name, seed):
    model, data = CASES[name]
    draws = points(seed, data, model.prior, 6)
    terms = generative.log_likelihood(draws, data, model.prior)
    assert terms.shape == (6, data.n_rows)
    other = data.y.copy()
    other[2] = 0 if other[2] else 1
    changed = generative.log_likelihood(draws, data.replicated(other[None]), model.prior)
    assert list(np.flatnonzero((changed != terms).any(0))) == [2]
    laws = generative.log_prior(draws, model.prior)
    assert {n: v.shape for n, v in laws.items()} == {n: draws[n].shape for n in draws if n not in ("alpha", "p")}


def test_replicated_counts_have_binomial_frequencies(seed):
    """Chi-squared over all counts of each row, at one point: the law of ``predict`` is that of ``log_likelihood``."""
    model, data = CASES["two_covariates"]
    draws = points(seed, data, model.prior, 1)
    many = {k: np.repeat(v, 4000, 0) for k, v in draws.items()}
    y = generative.predict(np.random.default_rng(seed), many, data, model.prior)
    p = []
    for r, n in enumerate(data.trials.astype(int)):
        at = np.tile(data.y, (n + 1, 1))
        at[:, r] = np.arange(n + 1)
        same = {k: np.repeat(v, n + 1, 0) for k, v in draws.items()}
        wanted = 4000 * np.exp(generative.log_likelihood(same, data.replicated(at), model.prior)[:, r])
        assert wanted.sum() == pytest.approx(4000)
        found = np.bincount(y[:, r].astype(int), minlength=n + 1)
        keep = wanted > 5
        rest = [found[~keep].sum()], [wanted[~keep].sum()]
        f, w = np.append(found[keep], rest[0]), np.append(wanted[keep], rest[1])
        p.append(stats.chi2.sf(((f - w) ** 2 / np.maximum(w, 1)).sum(), max(1, keep.sum())))
    assert min(p) * len(p) > 1e-3, p
