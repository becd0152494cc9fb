"""Seeds: one stream a role and index, the same every time, independent of each other."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib import seeds


def test_same_seed_same_numbers():
    np.testing.assert_array_equal(seeds.rng(3, "gibbs").random(5), seeds.rng(3, "gibbs").random(5))
    assert seeds.integer(3, "pymc") == seeds.integer(3, "pymc")


def test_the_streams_are_what_they_have_always_been():
    """Draws on record depend on these: a change must be meant."""
    assert seeds.integer(20261121, "pymc") == int(
        np.random.SeedSequence(20261121, spawn_key=(364054871, 0)).generate_state(1)[0] >> 1
    )


@pytest.mark.parametrize("other", [(4, "gibbs", 0), (3, "exact", 0), (3, "gibbs", 1)])
def test_another_seed_role_or_index_is_another_stream(other):
    assert not np.any(seeds.rng(3, "gibbs", 0).random(50) == seeds.rng(*other).random(50))
    assert seeds.integer(3, "gibbs", 0) != seeds.integer(*other)


def test_rngs_are_the_indexed_streams():
    for i, rng in enumerate(seeds.rngs(7, "chains", 4)):
        np.testing.assert_array_equal(rng.random(3), seeds.rng(7, "chains", i).random(3))


def test_streams_of_neighbours_are_uncorrelated():
    """Seeds, roles and indices next to each other: every pair within what independent streams give."""
    streams = [seeds.rng(s, role, i).standard_normal(4000) for s in range(5) for role in ("a", "b", "gibbs") for i in range(4)]
    found = np.corrcoef(streams)[np.triu_indices(len(streams), 1)]
    pairs = len(found)
    assert np.abs(found).max() < stats.norm.isf(1e-4 / pairs) / np.sqrt(4000)
    assert stats.kstest(np.concatenate(streams), "norm").pvalue > 1e-5


def test_jax_keys_differ_by_role_and_repeat():
    import jax

    data = [tuple(np.asarray(jax.random.key_data(seeds.jax_key(5, role, i)))) for role in ("a", "b") for i in (0, 1)]
    assert len(set(data)) == 4
    assert data[0] == tuple(np.asarray(jax.random.key_data(seeds.jax_key(5, "a", 0))))


def test_integer_fits_what_libraries_take():
    found = [seeds.integer(s, "x") for s in range(2000)]
    assert min(found) >= 0
    assert max(found) < 2**31
    assert len(set(found)) == 2000


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True, np.float64(3), [1]])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    for make in (seeds.rng, seeds.integer, seeds.jax_key):
        with pytest.raises(ValueError, match="seed: a whole number of at least 0 is needed"):
            make(seed, "role")


def test_whole_numbers_of_numpy_are_seeds():
    assert seeds.integer(np.int64(3), "x") == seeds.integer(3, "x")
