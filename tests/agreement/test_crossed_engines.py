"""Crossed effects: NUTS of both libraries against Gibbs sampling with 24 chains.

No exact posterior is at hand (a plain grid of all four scales: ``unit/test_crossed_gibbs``), so the reference has a
standard error of its own: that between its 24 chains.
"""

import numpy as np
import pytest
from scipy import stats
from two_samplers import compared, entries

from hbm_lib import fit
from hbm_lib.diagnostics.comparison import compare_chains, compare_mcse, level_for
from hbm_lib.models import crossed
from hbm_lib.models.crossed import generative, gibbs, simulate
from hbm_lib.models.crossed.spec import SCALES
from hbm_lib.priors import HalfNormal
from hbm_lib.samplers.run_chains import run_chains

MODEL = crossed.genre_by_segment()
COUNTS = np.array([[6, 4, 2], [1, 8, 3], [4, 0, 5], [3, 2, 7]])
DATA, TRUTH = simulate.make_up(1981, MODEL.prior, genres=4, segments=3, each=COUNTS, mu_global=0.5, sigma_genre=0.5,
                               sigma_segment=0.4, sigma_cell=0.3, sigma_creator=0.4)


QUANTITIES = 4 * (5 + 2 * 4)
LEVEL = level_for(QUANTITIES)


def by_chains(draws, truth, **about):
    return compare_chains(draws.mean(1), truth, level=LEVEL, **about)


def judge(found):
    assert len(found) == QUANTITIES
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)


@pytest.fixture(scope="module")
def reference(seed_for):
    about = {"form": "interwoven", "chains": 24, "draws": 1000, "tune": 200}
    return entries(fit(MODEL, DATA, engine="gibbs", seed=seed_for("reference"), **about))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
def test_nuts_agrees_with_gibbs(engine, seed, reference):
    tree = fit(MODEL, DATA, engine=engine, form="noncentered", seed=seed, draws=3000, tune=1000, target_accept=0.9)
    judge(compared(entries(tree), reference, compare_mcse, cap=0.1))


@pytest.mark.parametrize("form", ["interwoven", "noncentered"])
def test_another_seed_agrees(form, seed, reference):
    tree = fit(MODEL, DATA, engine="gibbs", form=form, seed=seed, chains=24, draws=600, tune=200)
    judge(compared(entries(tree), reference, by_chains, cap=0.06))


def test_another_prior_does_not_agree(seed, reference):
    wrong = MODEL.with_prior(sigma_cell=HalfNormal(0.15))
    tree = fit(wrong, DATA, engine="gibbs", form="interwoven", seed=seed, chains=24, draws=400, tune=200)
    found = compared(entries(tree), reference, by_chains, cap=0.06)
    assert "sigma_cell" in " ".join(c.quantity for c in found if c.verdict == "differs")


def test_the_truth_is_found(seed):
    """300 made-up data sets, one a chain: 80 % intervals hold the truth as often as they say, averaged over the prior.

    Each of nine counts leaves its limits with probability 1e-4 if the sampler is calibrated; thinned draws are few, so
    that an interval of 40 draws holds less than 80 %: its exact probability, 33 of 41 ranks, is used.
    """
    rng, prior, n = np.random.default_rng(seed), MODEL.prior, 300
    truth = generative.draw_prior(rng, DATA, prior, n)
    many = DATA.replicated(generative.predict(rng, truth, DATA, prior))
    kept, _ = run_chains(lambda r: gibbs.init(r, many, prior, n), lambda r, state: gibbs.step(r, state, many, prior),
                         lambda state: gibbs.record(state, many, prior), rng, draws=40, tune=100, thin=8)
    for name in ("mu_global", *SCALES, "tau", "interaction", "genre_effect", "segment_effect"):
        first = kept[name].reshape(n, 40, -1)[..., 0]
        rank = (first < truth[name].reshape(n, -1)[:, :1]).sum(1)
        hits = int(((rank >= 4) & (rank <= 36)).sum())
        assert stats.binomtest(hits, n, 33 / 41).pvalue > 1e-4, f"{name}: {hits} of {n}"
