"""Priors learned from a batch of experiments: right by brute force, and the next batch is read better with them."""

import numpy as np
import pytest
from scipy import integrate, stats

from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import batches, memory, nightly
from hbm_lib.priors import Gamma, HalfNormal, Normal, Uniform

PAIRS = 60
GENRES = [f"g{i}" for i in range(5)]


def batch(rng, genre_effects, each):
    """Effects of small creators (standard error .4 to 1) and the truth."""
    index = np.repeat(np.arange(len(genre_effects)), each)
    tau = rng.normal(genre_effects[index], 0.4)
    se = rng.uniform(0.4, 1.0, len(tau))
    return creators.Data(rng.normal(tau, se), se, [GENRES[i] for i in index]), tau


@pytest.fixture(scope="module")
def pairs(seed_for):
    """Of each pair: truth of the next batch, its reading with and without the past, and by the nightly update."""
    rng, out = np.random.default_rng(seed_for("pairs of batches")), []
    for _ in range(PAIRS):
        effects = rng.normal(0.5, 0.3, len(GENRES))
        past, _ = batch(rng, effects, 100)
        now, truth = batch(rng, effects, 4)
        before = fit_exact(creators.partial_pooling(), past)
        out.append((truth, fit_exact(creators.partial_pooling(), now), batches.read(now, batches.learn(before)).tau,
                    nightly.update(nightly.store(before), now.effect, now.se, [GENRES[i] for i in now.index]), past, now))
    return out


def test_squared_error_of_small_creators_falls(pairs):
    gain = np.array([np.mean((alone.mean("tau") - truth) ** 2) - np.mean((learned.mean - truth) ** 2)
                     for truth, alone, learned, *_ in pairs])
    assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(PAIRS)


def test_coverage_stays(pairs):
    share = np.array([np.mean((learned.quantile(0.025) <= truth) & (truth <= learned.quantile(0.975)))
                      for truth, _, learned, *_ in pairs])
    assert abs(share.mean() - 0.95) < 4 * np.sqrt(0.95 * 0.05 / (PAIRS * 20))


def test_the_nightly_update_is_near_the_full_refit_and_covers(pairs):
    far, share = [], []
    for truth, _, _, table, past, now in pairs[:20]:
        both = creators.Data(*(np.concatenate([getattr(past, n), getattr(now, n)]) for n in ("effect", "se")),
                             [GENRES[i] for i in (*past.index, *now.index)])
        full = fit_exact(creators.partial_pooling(), both)
        rows = slice(past.n_creators, None)
        far.append(np.abs(table["effect_hat"] - full.mean("tau")[rows]) / full.sd("tau")[rows])
        share.append((table["ci_lower"] <= truth) & (truth <= table["ci_upper"]))
    assert np.median(far) < 0.1
    assert np.max(far) < 1
    assert np.mean(share) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)


def test_reading_is_that_of_brute_force():
    data = creators.Data([0.9, 0.1, 1.4, -0.6], [0.5, 0.2, 0.9, 0.4], ["a", "b", "a", "b"])
    prior = creators.Prior(Normal(0, 1), HalfNormal(1), Gamma(3, 5))
    before = batches.Learned(prior, {"a": Normal(0.5, 0.2), "b": Normal(-0.1, 0.4)})
    m0, s0 = np.array([0.5, -0.1, 0.5, -0.1]), np.array([0.2, 0.4, 0.2, 0.4])
    same = data.index[:, None] == data.index

    def parts(sigma):
        tau = same * s0**2 + sigma**2 * np.eye(4)
        total = tau + np.diag(data.se**2)
        p = stats.multivariate_normal(m0, total).pdf(data.effect) * stats.gamma(3, scale=1 / 5).pdf(sigma)
        return p * np.concatenate([[1], m0 + tau @ np.linalg.solve(total, data.effect - m0)])

    whole = integrate.quad_vec(parts, 0, 12, epsabs=1e-12)[0]
    found = batches.read(data, before)
    np.testing.assert_allclose(found.sigma_creator.log_evidence, np.log(whole[0]), atol=1e-8)
    np.testing.assert_allclose(found.tau.mean, whole[1:] / whole[0], atol=1e-8)


def test_learned_priors_have_the_posteriors_moments_and_a_new_genre_the_platforms():
    data = creators.Data([0.9, 0.1, 1.4, -0.6, 0.3], [0.5, 0.2, 0.9, 0.4, 0.3], ["a", "b", "a", "b", "c"])
    past = fit_exact(creators.partial_pooling(), data)
    learned = batches.learn(past, drift=0.3)
    for name in ("mu_global", "sigma_genre", "sigma_creator"):
        law = getattr(learned.prior, name).scipy()
        np.testing.assert_allclose([law.mean(), law.std()], [past.mean(name), past.sd(name)], rtol=1e-9)
    np.testing.assert_allclose([learned.genre(g).sigma for g in "abc"], np.hypot(past.sd("mu_genre"), 0.3))
    second = past.sd("sigma_genre") ** 2 + past.mean("sigma_genre") ** 2
    assert learned.genre("new").sigma == pytest.approx(np.hypot(past.sd("mu_global"), np.sqrt(second)))


def test_the_update_is_exact_for_one_experiment_where_the_spread_of_creators_is_known():
    model = creators.partial_pooling().with_prior(sigma_creator=Uniform(0.4 - 1e-9, 0.4 + 1e-9))
    past = creators.Data([0.9, 0.1, 1.4, -0.6, 0.3], [0.5, 0.2, 0.9, 0.4, 0.3], ["a", "b", "a", "b", "c"])
    night = fit_exact(model, past)
    one = creators.Data([1.7], [0.6], ["b"])
    refit = memory.remember(past, model.prior).read(model, one)
    stored = nightly.store(night)
    found = nightly.update(stored, one.effect, one.se, ["b"])
    # the genre's law given the past is a mixture over sigma_genre, which the update takes as normal
    law = night.law("mu_genre")[1]
    total = law.spread**2 + 0.4**2
    weight = law.weight * stats.norm(law.centre, np.sqrt(total + 0.36)).pdf(1.7)
    mixture = weight / weight.sum() @ (law.centre + total / (total + 0.36) * (1.7 - law.centre))
    np.testing.assert_allclose(refit.mean("tau"), mixture, rtol=1e-7)
    np.testing.assert_allclose(found["effect_hat"], mixture, atol=0.05 * float(refit.sd("tau")[0]))


def test_the_update_is_the_normal_algebra():
    stored = nightly.Stored(("a", "b"), [0.1, 0.2], [0.1, 0.3], 0.4)
    found = nightly.update(stored, [1.0, -2.0], [0.5, 2.0], ["b", "a"], mass=0.9)
    m, v, se = np.array([0.2, 0.1]), np.array([0.25, 0.17]), np.array([0.5, 2.0])
    precision = 1 / v + 1 / se**2
    mean, sd = (m / v + np.array([1.0, -2.0]) / se**2) / precision, precision**-0.5
    np.testing.assert_allclose(found["effect_hat"], mean, rtol=1e-12)
    np.testing.assert_allclose(found["se_hat"], sd, rtol=1e-12)
    np.testing.assert_allclose(found["ci_lower"], mean - stats.norm.ppf(0.95) * sd, rtol=1e-12)
    np.testing.assert_allclose(found["surprise"], (np.array([1.0, -2.0]) - m) / np.sqrt(v + se**2), rtol=1e-12)
    np.testing.assert_allclose(found["shrinkage"], se**2 / (v + se**2), rtol=1e-12)


def test_surprises_scatter_like_a_standard_normal_and_a_drift_shows_in_them(seed):
    rng, plain, moved = np.random.default_rng(seed), [], []
    for _ in range(25):
        effects = rng.normal(0.5, 0.3, len(GENRES))
        stored = nightly.store(fit_exact(creators.partial_pooling(), batch(rng, effects, 100)[0]))
        for out, shift in ((plain, 0.0), (moved, 0.5)):
            now, _ = batch(rng, effects + shift, 8)
            out.append(nightly.update(stored, now.effect, now.se, [now.genres[i] for i in now.index])["surprise"])
    plain, moved = np.concatenate(plain), np.concatenate(moved)
    # experiments of one genre share the error of its mean, small beside their own noise
    assert abs(plain.mean()) < 5 / np.sqrt(len(plain))
    assert abs(plain.std() - 1) < 5 / np.sqrt(2 * len(plain))
    assert moved.mean() > 5 / np.sqrt(len(moved))


def test_bad_input_is_told_by_row():
    stored = nightly.Stored(("a", "b"), [0.1, 0.2], [0.1, 0.1], 0.4)
    with pytest.raises(ValueError, match="row 1: 'c' has no stored prior"):
        nightly.update(stored, [1, 2], [1, 1], ["a", "c"])
    with pytest.raises(ValueError, match="drift"):
        batches.learn(None, drift=-1)
    with pytest.raises(ValueError, match="stands twice"):
        nightly.Stored(("a", "a"), [0.1, 0.2], [0.1, 0.1], 0.4)
