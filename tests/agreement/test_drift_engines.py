"""Drift: Gibbs with 24 chains, and NUTS of both libraries, against the exact posterior; and 300 data sets at once."""

import drifting
import numpy as np
import pytest
from scipy import stats

from hbm_lib import fit
from hbm_lib.diagnostics.comparison import compare_chains, compare_mcse, level_for
from hbm_lib.fitting import fit_exact
from hbm_lib.models import drift
from hbm_lib.models.drift import exact, generative, gibbs, simulate
from hbm_lib.priors import HalfNormal
from hbm_lib.samplers.run_chains import run_chains

DATA, TRUTH = simulate.make_up(1960, periods=6, drifts=(0.3, 0.3, 0.0), per_period=3.0)
MODELS = {"random_walk": drift.random_walk(), "autoregressive": drift.autoregressive()}
# the slower a form mixes, the more sweeps it gets; the largest standard errors are then about half of the caps
GIBBS = {"noncentered": (1500, 0.08), "centered": (1000, 0.06), "interwoven": (700, 0.04)}


@pytest.fixture(scope="module", params=MODELS)
def wanted(request):
    return MODELS[request.param], reference(fit_exact(MODELS[request.param], DATA))


def reference(posterior):
    """Exact mean, sd and 10 % and 90 % quantiles of every variable, the vectors flat."""
    out = {}
    for name in posterior.model.dims:
        found = posterior.mean(name), posterior.sd(name), posterior.quantile(name, 0.1), posterior.quantile(name, 0.9)
        out[name] = [np.ravel(v) for v in found]
    return out


def compared(tree, wanted, compare, cap):
    """Means and the probability of lying below the exact 10 % and 90 % quantiles; vectors by first and last entry."""
    out = []
    for name, values in tree["posterior"].data_vars.items():
        v = values.values.reshape(*values.shape[:2], -1)
        mean, sd, low, high = wanted[name]
        for i in dict.fromkeys((0, v.shape[2] - 1)):
            about = f"{name}[{i}]"
            out.append(compare(v[..., i], mean[i], cap=cap * sd[i], reference_se=1e-3 * sd[i], quantity=f"E {about}"))
            for q, at in ((0.1, low[i]), (0.9, high[i])):
                below = (v[..., i] < at).astype(float)
                out.append(compare(below, q, cap=cap * 0.3, reference_se=1e-3, quantity=f"P {about} < q{q}"))
    return out


def by_chains(draws, truth, **about):
    return compare_chains(draws.mean(1), truth, level=level_for(30), **about)


def judge(found):
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_gibbs_agrees_with_exact(form, wanted, seed):
    model, posterior = wanted
    draws, cap = GIBBS[form]
    tree = fit(model, DATA, engine="gibbs", form=form, seed=seed, chains=24, draws=draws, tune=200)
    judge(compared(tree, posterior, by_chains, cap=cap))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
def test_nuts_agrees_with_exact(engine, wanted, seed):
    model, posterior = wanted
    tree = fit(model, DATA, engine=engine, seed=seed, draws=3000, tune=1000)
    judge(compared(tree, posterior, compare_mcse, cap=0.08))


def test_draws_of_the_exact_engine_agree(wanted, seed):
    model, posterior = wanted
    judge(compared(fit(model, DATA, engine="exact", seed=seed, chains=24, draws=500), posterior, by_chains, cap=0.06))


def test_another_prior_does_not_agree(seed):
    tree = fit(MODELS["random_walk"].with_prior(sigma_drift=HalfNormal(0.05)), DATA, engine="gibbs", form="interwoven",
               seed=seed, chains=24, draws=500, tune=200)
    found = compared(tree, reference(exact.posterior(MODELS["random_walk"], DATA)), by_chains, cap=0.08)
    assert "sigma_drift" in " ".join(c.quantity for c in found if c.verdict == "differs")


def test_the_truth_is_found(seed):
    """300 made-up data sets, one a chain: exact rank probability of an 80 % interval from 40 thinned draws, 33 of 41."""
    rng, n = np.random.default_rng(seed), 300
    model, data = drifting.CASES["random_walk"]
    prior = model.prior
    truth = generative.draw_prior(rng, data, prior, n)
    many = data.replicated(generative.predict(rng, truth, data, prior))
    kept, _ = run_chains(lambda r: gibbs.init(r, many, prior, n), lambda r, state: gibbs.step(r, state, many, prior),
                         lambda state: gibbs.record(state, many, prior), rng, draws=40, tune=100, thin=8)
    for name, draws in kept.items():
        last = draws.reshape(n, 40, -1)[..., -1]
        rank = (last < truth[name].reshape(n, -1)[:, -1:]).sum(1)
        hits = int(((rank >= 4) & (rank <= 36)).sum())
        assert stats.binomtest(hits, n, 33 / 41).pvalue > 1e-4, f"{name}: {hits} of {n}"
