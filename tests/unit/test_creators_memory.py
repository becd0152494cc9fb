"""Past batches in memory: reading the next with them is the fit of all together; discount and drift by brute force."""

import numpy as np
import pytest
from memory_checks import LIMIT, SCALES, batches, gap, joined

from hbm_lib import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import creators
from hbm_lib.models.creators import memory
from hbm_lib.models.creators.exact import given_scales
from hbm_lib.priors import StudentT

MODEL = creators.partial_pooling()


def test_three_batches_in_turn_are_one_fit(seed):
    parts = batches(seed)
    kept = memory.remember(parts[0], MODEL.prior).then(parts[1])
    found, joint = kept.read(MODEL, parts[2]), fit_exact(MODEL, joined(parts))
    rows = slice(joint.data.n_creators - parts[2].n_creators, None)
    place = [joint.data.genres.index(g) for g in found.data.genres]
    np.testing.assert_allclose(found.log_evidence, joint.log_evidence, atol=1e-8)
    for name in ("mu_global", "sigma_genre", "sigma_creator"):
        np.testing.assert_allclose([found.mean(name), found.sd(name)], [joint.mean(name), joint.sd(name)], rtol=1e-8)
    np.testing.assert_allclose(found.mean("mu_genre"), np.asarray(joint.mean("mu_genre"))[place], rtol=1e-8)
    for name in ("mean", "sd"):
        np.testing.assert_allclose(getattr(found, name)("tau"), getattr(joint, name)("tau")[rows], rtol=1e-8)
    np.testing.assert_allclose(found.quantile("tau", 0.025), joint.quantile("tau", 0.025)[rows], atol=1e-7)


def test_the_order_of_the_batches_is_of_no_matter(seed):
    a, b, c = batches(seed)
    one = memory.remember(a, MODEL.prior).then(b).read(MODEL, c)
    other = memory.remember(b, MODEL.prior).then(a).read(MODEL, c)
    np.testing.assert_allclose(one.mean("tau"), other.mean("tau"), rtol=1e-9)


@pytest.mark.parametrize(("share", "drift"), [(1.0, 0.0), (0.3, 0.0), (1.0, 0.4), (0.3, 0.4)])
def test_less_of_the_past_is_that_of_brute_force(seed, share, drift):
    """Given the scales: the full covariance of past and next effects, drift and power prior written out."""
    assert gap(seed, share, drift) < LIMIT


def test_a_wide_drift_leaves_the_genres_to_the_next_batch(seed):
    past, _, now = batches(seed)
    far = memory.remember(past, MODEL.prior).widened(1e4).then(now)
    alone = given_scales(*SCALES, memory.remember(now, MODEL.prior).sums, MODEL.prior)
    law, place = given_scales(*SCALES, far.sums, MODEL.prior), [far.genres.index(g) for g in now.genres]
    np.testing.assert_allclose(law.genre[:, :, place], alone.genre, atol=1e-6)
    np.testing.assert_allclose(law.genre_variance[:, :, place], alone.genre_variance, rtol=1e-6)


def test_a_reading_knows_its_creators_and_the_genres_of_the_memory(seed):
    past, _, now = batches(seed)
    found = memory.remember(past, MODEL.prior).read(MODEL, now)
    assert found.data.genres == (*past.genres, *(g for g in now.genres if g not in past.genres))
    assert [found.data.genres[i] for i in found.data.index] == [now.genres[i] for i in now.index]
    assert len(found.summary()) == 3 + len(found.data.genres) + now.n_creators


@pytest.mark.parametrize("share", [0, -0.1, 1.1, np.nan, True])
def test_a_share_that_is_none_is_refused(share):
    kept = memory.remember(creators.Data([0.1, 0.3], [0.2, 0.2], ["a", "b"]), MODEL.prior)
    with pytest.raises(ValueError, match="share: a number above 0"):
        kept.discounted(share)


@pytest.mark.parametrize("drift", [-1, np.inf, np.nan])
def test_a_drift_that_is_none_is_refused(drift):
    kept = memory.remember(creators.Data([0.1, 0.3], [0.2, 0.2], ["a", "b"]), MODEL.prior)
    with pytest.raises(ValueError, match="drift: a finite number"):
        kept.widened(drift)


def test_what_is_no_batch_or_no_normal_prior_is_refused():
    data = creators.Data([0.1, 0.3], [0.2, 0.2], ["a", "b"])
    with pytest.raises(ValueError, match=r"a creators\.Data is needed"):
        memory.remember([1, 2], MODEL.prior)
    with pytest.raises(EngineError, match="Normal prior on mu_global"):
        memory.remember(data, MODEL.with_prior(mu_global=StudentT(4, 0, 1)).prior)
    with pytest.raises(ValueError, match=r"a creators\.Data is needed"):
        memory.remember(data, MODEL.prior).read(MODEL, "rows")


def halves(seed, far):
    """Return a first batch of effects about 0, and a second one of effects ``far`` times farther."""
    rng = np.random.default_rng(seed)
    n, genre = 60, np.arange(60) % 3
    se = np.exp(rng.normal(-1, 0.3, n))
    effect = rng.standard_normal(n) * np.repeat([1.0, far], n // 2) + se * rng.standard_normal(n)
    return [creators.Data(effect[at], se[at], genre[at], np.arange(n)[at]) for at in (slice(30), slice(30, n), slice(n))]


@pytest.mark.parametrize("far", [30.0, 300.0])
def test_a_later_batch_may_show_effects_far_beyond_the_first_one(seed, far):
    """The sums have to reach where sigma_creator then is, which the first batch alone would not have asked for."""
    first, then, both = halves(seed, far)
    found, joint = memory.remember(first, MODEL.prior).read(MODEL, then), fit_exact(MODEL, both)
    for name in ("sigma_genre", "sigma_creator"):
        np.testing.assert_allclose([found.mean(name), found.sd(name)], [joint.mean(name), joint.sd(name)], rtol=1e-4)
    np.testing.assert_allclose(found.mean("tau"), joint.mean("tau")[30:], rtol=1e-4, atol=1e-4)


def test_effects_beyond_the_reach_of_a_memory_are_refused(seed, monkeypatch):
    monkeypatch.setattr(memory, "REACH", 1.0)
    first, then, _ = halves(seed, 300.0)
    with pytest.raises(ValueError, match="where the memory ends; begin a new memory"):
        memory.remember(first, MODEL.prior).read(MODEL, then)
