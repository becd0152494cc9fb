"""Draws of every engine against the exact posterior of creators, by the rules of ``diagnostics.agreement``."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from planting import planted

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, gibbs, simulate
from hbm_lib.priors import Gamma, HalfCauchy, HalfNormal, Normal
from hbm_lib.samplers import run_chains

from .models import labels

MODEL = creators.partial_pooling()
# four creators in each of three genres, of six to a thousand users
EXPERIMENT, _ = simulate.generate_experiment_data(1981, genres=3, creators_per_genre=4, scale=0.2)
DATA = baselines.to_data(baselines.no_pooling_estimates(EXPERIMENT))
UNEVEN = creators.Data([0.9, 0.1, 1.4, -0.6, 0.5, 0.2, 0.7, 1.1], [0.5, 0.2, 0.9, 0.4, 0.1, 0.3, 0.6, 0.8],
                       ["music", "comedy", "music", "gaming", "comedy", "music", "music", "comedy"])
OTHER = MODEL.with_prior(mu_global=Normal(2, 3), sigma_genre=HalfCauchy(2), sigma_creator=Gamma(2, 3))
CASES = {"experiment": (MODEL, DATA), "uneven": (MODEL, UNEVEN), "other_priors": (OTHER, UNEVEN)}
CHAINS = 24
DRAWS = {"interwoven": 1500, "noncentered": 3000}
GIBBS = [*((name, "interwoven") for name in CASES), ("uneven", "noncentered")]
# one false alarm in a thousand runs of all comparisons of these tests
QUANTITIES = 4 * (3 + 3 + 12)
LEVEL = agreement.level_for(QUANTITIES * (len(GIBBS) + len(CASES) + 2))
CAP = 0.04


@pytest.fixture(scope="module")
def wanted():
    found = {}
    for name, pair in CASES.items():
        posterior = fit_exact(*pair)
        once = SimpleNamespace(**{what: cache(getattr(posterior, what)) for what in ("mean", "sd", "quantile")})
        found[name] = agreement.targets(once, labels(*pair))
    return found


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


def compare(draws, wanted, cap=CAP, **about):
    return agreement.compare_all(draws, wanted, rule="chains", cap=cap, level=LEVEL, **about)


@pytest.mark.parametrize("name", CASES)
def test_exact_draws(name, seed, wanted):
    tree = fit(*CASES[name], engine="exact", seed=seed, chains=CHAINS, draws=1000)
    judge(compare(tree["posterior"], wanted[name], cap=0.02, model=name, engine="exact"))


@pytest.mark.parametrize(("name", "form"), GIBBS)
def test_gibbs(name, form, seed, wanted):
    tree = fit(*CASES[name], engine="gibbs", form=form, seed=seed, chains=CHAINS, draws=DRAWS[form], tune=200)
    judge(compare(tree["posterior"], wanted[name], model=name, engine=f"gibbs, {form}"))


def sweeps(data, seed, draws, module=gibbs):
    """Run the sampler itself, one chain for each data set of ``data``: {name: (chains, draws, ...)}."""
    prior, chains = MODEL.prior, len(data.effect)
    kept, _ = run_chains.run_chains(
        lambda rng: module.init(rng, data, prior, chains), lambda rng, state: module.step(rng, state, data, prior),
        lambda state: module.record(state, data, prior), np.random.default_rng(seed), draws=draws, tune=200)
    return kept


def test_replicated_data_sets_do_not_mix(seed, wanted):
    """Two data sets turn by turn in one sweep: each of the chains finds the posterior of its own."""
    moved = creators.Data(UNEVEN.effect[::-1] - 0.5, UNEVEN.se, UNEVEN.genre)
    kept = sweeps(UNEVEN.replicated(np.tile([UNEVEN.effect, moved.effect], (CHAINS, 1))), seed, DRAWS["interwoven"])
    once = fit_exact(MODEL, moved)
    for first, targets in enumerate((wanted["uneven"], agreement.targets(once, labels(MODEL, moved)))):
        judge(compare({n: v[first::2] for n, v in kept.items()}, targets))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpyro", "pymc"])
def test_nuts(engine, seed, wanted):
    tree = fit(*CASES["experiment"], engine=engine, form="noncentered", seed=seed, draws=3000, target_accept=0.99)
    about = {"rule": "mcse", "cap": 0.06, "model": "experiment", "engine": engine}
    judge(agreement.compare_all(tree["posterior"], wanted["experiment"], **about))


def test_a_wrong_posterior_is_refused(seed, wanted):
    """The comparison has teeth: a tight prior on sigma_creator instead of half-normal(1)."""
    wrong = MODEL.with_prior(sigma_creator=HalfNormal(0.3))
    tree = fit(wrong, UNEVEN, engine="gibbs", form="interwoven", seed=seed, chains=CHAINS, draws=600, tune=200)
    found = compare(tree["posterior"], wanted["uneven"])
    assert {c.verdict for c in found if "sigma_creator" in c.quantity} >= {"differs"}


BUGS = {
    "genres not pulled to the platform": ("genre = share * (means - mu[:, None])", "genre = (means - mu[:, None])"),
    "standard error for variance": ("noise, within = data.se**2,", "noise, within = data.se,"),
    "no Jacobian of the log scale": ("(1 - gaps.shape[1])", "(-gaps.shape[1])"),
    "the genres' variance forgets that mu is unknown": (
        "prior.mu_global.sigma**-2.0 + (1 / total).sum(-1)", "prior.mu_global.sigma**-2.0 + weight.sum(-1)"),
    "creators about the platform": ("left = data.effect - (mu[:, None] + genre)[:, data.index]\n",
                                    "left = data.effect - mu[:, None]\n"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed, wanted):
    kept = sweeps(UNEVEN.replicated(np.tile(UNEVEN.effect, (CHAINS, 1))), seed, 800, planted(gibbs, *BUGS[bug]))
    assert "differs" in {c.verdict for c in compare(kept, wanted["uneven"])}


def test_imprecision_cannot_pass(seed, wanted):
    tree = fit(*CASES["uneven"], engine="gibbs", form="interwoven", seed=seed, chains=CHAINS, draws=30, tune=200)
    found = compare(tree["posterior"], wanted["uneven"])
    assert "not precise enough" in {c.verdict for c in found}
    assert not all(c.ok for c in found)
