"""Broken memory, learned priors, nightly update and judge of the ELBO: each is rejected by a check that the sound one passes."""

import numpy as np
import pytest
from memory_checks import LIMIT, gap
from planting import planted
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import batches, memory, nightly
from hbm_lib.priors import Normal, Uniform
from hbm_lib.protocols.creators import approximations
from hbm_lib.samplers import variational

REJECTED = 1000 * LIMIT
# what is wrong: (share, drift, sound source, broken source)
MEMORY = {
    "the past is forgotten": (1.0, 0.0, "raw[:, :, : len(old.centre)] +=", "raw[:, :, : len(old.centre)] += 0 *"),
    "the past's count is forgotten": (1.0, 0.0, "counts = batch.counts + np", "counts = batch.counts + 0 * np"),
    "genres by their place in the batch": (
        1.0, 0.0, "np.array([place[name] for name in data.genres])[data.index]", "data.index"),
    "only the numbers are discounted": (0.3, 0.0, "counts=share * self.sums.counts", "counts=self.sums.counts"),
    "the discount squared": (0.3, 0.0, "series=share * self.sums.series", "series=share**2 * self.sums.series"),
    "standard deviation for variance": (1.0, 0.4, "1 / (1 + drift**2 * s)", "1 / (1 + drift * s)"),
    "the determinant of the drift is forgotten": (1.0, 0.4, "log_w + np.log(share)", "log_w"),
    "a drift that discounts the spread of creators too": (1.0, 0.4, "sdd - sd**2 / s * (1 - share)", "sdd * share"),
}


@pytest.mark.parametrize("bug", MEMORY)
def test_memory(bug, seed):
    share, drift, old, new = MEMORY[bug]
    assert gap(seed, share, drift) < LIMIT
    with np.errstate(all="ignore"):
        wrong = gap(seed, share, drift, module=planted(memory, old, new))
    assert not wrong < REJECTED


LEARNED = {
    "variance for standard deviation": ("left**2).sum(0)", "left).sum(0)"),
    "the genres' own uncertainty is forgotten": ("pull * within + pull**2 * variance", "pull * within"),
    "the shrinkage turned around": ("(1 - pull) * self.data.effect[:, None] + pull * mean",
                                    "pull * self.data.effect[:, None] + (1 - pull) * mean"),
    "the genre's prior twice": ("precision = p0 + s", "precision = 2 * p0 + s"),
}


def one_creator_gap(module):
    """Distance from the algebra of one creator under known scales, in mean and standard deviation."""
    prior = creators.partial_pooling().with_prior(sigma_creator=Uniform(0.3999, 0.4001)).prior
    found = module.read(creators.Data([1.5], [0.6], ["a"]), module.Learned(prior, {"a": Normal(0.2, 0.3)})).tau
    v = 0.3**2 + 0.4**2
    mean, sd = 0.2 + v / (v + 0.36) * 1.3, np.sqrt(v * 0.36 / (v + 0.36))
    return max(abs(float(found.mean[0]) - mean), abs(float(found.sd[0]) - sd))


@pytest.mark.parametrize("bug", [name for name in LEARNED if name != "variance for standard deviation"])
def test_learned_priors(bug):
    assert one_creator_gap(batches) < 1e-6
    assert one_creator_gap(planted(batches, *LEARNED[bug])) > 1e-3


def evidence_gap(module):
    """Distance of the log evidence from the normal density of one effect under known scales."""
    prior = creators.partial_pooling().with_prior(sigma_creator=Uniform(0.3999, 0.4001)).prior
    found = module.read(creators.Data([1.5], [0.6], ["a"]), module.Learned(prior, {"a": Normal(0.2, 0.3)}))
    return abs(found.sigma_creator.log_evidence - stats.norm(0.2, np.sqrt(0.09 + 0.16 + 0.36)).logpdf(1.5))


def test_learned_priors_evidence():
    assert evidence_gap(batches) < 1e-6
    assert evidence_gap(planted(batches, *LEARNED["variance for standard deviation"])) > 1e-3


NIGHTLY = {
    "the genre's uncertainty is forgotten": ("stored.sd[at] ** 2 + stored", "0 * stored.sd[at] ** 2 + stored"),
    "the shrinkage turned around": (
        "(1 - share) * effect + share * stored.mean[at]", "share * effect + (1 - share) * stored.mean[at]"),
    "the prior's variance for the posterior's": ("np.sqrt(share * prior)", "np.sqrt(prior)"),
    "a surprise without the noise": ("np.sqrt(prior + se**2)", "np.sqrt(prior)"),
}


def nightly_gap(module):
    """Distance from Bayes' rule on a fine grid of tau, and of the surprise from the prediction."""
    found = module.update(module.Stored(("a", "b"), [0.1, 0.2], [0.1, 0.3], 0.4), [1.0], [0.7], ["b"]).iloc[0]
    tau = np.linspace(-4, 5, 200001)
    p = stats.norm(0.2, np.hypot(0.3, 0.4)).pdf(tau) * stats.norm(tau, 0.7).pdf(1.0)
    p /= p.sum()
    mean = p @ tau
    sd = np.sqrt(p @ (tau - mean) ** 2)
    surprise = stats.norm.ppf(stats.norm(0.2, np.sqrt(0.09 + 0.16 + 0.49)).cdf(1.0))
    return max(abs(found["effect_hat"] - mean), abs(found["se_hat"] - sd), abs(found["surprise"] - surprise))


@pytest.mark.parametrize("bug", NIGHTLY)
def test_nightly_update(bug):
    assert nightly_gap(nightly) < 1e-6
    assert nightly_gap(planted(nightly, *NIGHTLY[bug])) > 1e-3


JUDGE = {
    "a fall is no trend": ("not abs(found.gain) < tolerance", "not found.gain < tolerance"),
    "judged where the step size falls": ("end = int(_HELD * len(elbo))", "end = len(elbo)"),
    "the noise is not asked for": ("not 2 * found.error < tolerance", "False"),
}


def handed_out(module):
    """How many of three climbs that have not arrived are handed out."""
    rng, steps = np.random.default_rng(1), np.arange(8000)
    noise = rng.normal(0, 0.1, 8000)  # the windows that are judged meet at 4500
    climbs = (noise - 2.5 * (steps >= 4500), noise + 2.5 * (steps >= 4500), np.where(steps // 150 % 2 == 0, 4.0, -4.0))
    passed = 0
    for climb in climbs:
        try:
            module.refuse(climb)
            passed += 1
        except module.NotConvergedError:
            pass
    return passed


@pytest.mark.parametrize("bug", JUDGE)
def test_judge_of_the_elbo(bug):
    assert handed_out(variational) == 0
    assert handed_out(planted(variational, *JUDGE[bug])) > 0


def test_errors_of_an_approximation(seed):
    """Draws from the exact posterior are not in error; a comparison with variances would say so."""
    data = creators.Data([0.9, 0.1, 1.4, -0.6, 0.3], [0.5, 0.2, 0.9, 0.4, 0.3], ["a", "b", "a", "b", "c"])
    exact = fit_exact(creators.partial_pooling(), data)
    draws = {n: v[None] for n, v in exact.sample(np.random.default_rng(seed), 20000).items()}
    found = approximations.errors(draws, exact)
    assert (found["mean"] < 0.05).all()
    assert (abs(found["sd"] - 1) < 0.05).all()
    assert (abs(found["held"] - 0.95) < 0.01).all()
    half = {n: v.mean(1, keepdims=True) + 0.5 * (v - v.mean(1, keepdims=True)) for n, v in draws.items()}
    narrow = approximations.errors(half, exact)
    assert (abs(narrow["sd"] - 0.5) < 0.03).all()
    assert (narrow["held"] < 0.8).all()
    broken = planted(approximations, "flat.std(0, ddof=1) / exact.sd(name)", "flat.var(0, ddof=1) / exact.sd(name)")
    assert (abs(broken.errors(draws, exact)["sd"] - 1) > 0.1).any()
