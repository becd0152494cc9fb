"""The Gibbs sampler for creators: every conditional is proportional to the joint along what it draws."""

import makers_conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT
from makers import CASES

from hbm_lib.models.creators import gibbs


@pytest.mark.parametrize("name", CASES)
def test_means_as_a_block(name, seed):
    model, data = CASES[name]
    assert checks.block_gap(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize("form", ["centered", "noncentered"])
@pytest.mark.parametrize("which", ["genre", "creator"])
@pytest.mark.parametrize("name", CASES)
def test_scales(name, which, form, seed):
    model, data = CASES[name]
    assert checks.scale_gap(seed, data, model.prior, which, form) < LIMIT


def test_sums_over_genres_are_plain_sums(seed):
    _, data = CASES["partial_pooling"]
    values = np.random.default_rng(seed).standard_normal((3, data.n_creators))
    wanted = np.array([[row[data.index == g].sum() for g in range(data.n_genres)] for row in values])
    np.testing.assert_allclose(gibbs.by_genre(values, data), wanted, rtol=1e-12)
