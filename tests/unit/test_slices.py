"""The slice step: it leaves its target alone, moves, and respects edges."""

import numpy as np
import pytest
from scipy import stats
from slice_checks import TARGETS, stationary_p_value

from hbm_lib.samplers.slices import slice_step


@pytest.mark.parametrize("width", [0.3, 2.0, 15.0])
@pytest.mark.parametrize("name", TARGETS)
def test_leaves_the_target_as_it_is(name, width, seed):
    """18 tests, each with a false-alarm rate of at most 2e-5."""
    assert stationary_p_value(seed, name, width=width) > 1e-5


def test_few_widenings_are_still_right(seed):
    assert stationary_p_value(seed, "heavy tails", width=0.5, limit=2) > 1e-5


def test_forgets_its_start(seed):
    rng = np.random.default_rng(seed)
    x = np.full(20_000, 6.0)
    for _ in range(25):
        x, _ = slice_step(rng, x, stats.norm.logpdf)
    assert stats.kstest(x, stats.norm.cdf).pvalue > 1e-5


def test_every_chain_moves_by_itself(seed):
    """Chains from one point spread out, and are independent of their neighbours."""
    x, _ = slice_step(np.random.default_rng(seed), np.zeros(20_000), stats.norm.logpdf)
    assert len(np.unique(x)) == 20_000
    assert abs(stats.pearsonr(x[:-1], x[1:]).statistic) < 5 / np.sqrt(20_000)


def test_each_chain_may_have_its_own_density(seed):
    centre = np.linspace(-50, 50, 5000)
    rng = np.random.default_rng(seed)
    x = centre + rng.standard_normal(5000)
    for _ in range(3):
        x, _ = slice_step(rng, x, lambda v: stats.norm.logpdf(v, centre))
    assert stats.kstest(x - centre, stats.norm.cdf).pvalue > 1e-5


def test_start_is_not_changed_in_place(seed):
    start = np.linspace(-1, 1, 10)
    before = start.copy()
    slice_step(np.random.default_rng(seed), start, stats.norm.logpdf)
    np.testing.assert_array_equal(start, before)


def test_counts_its_evaluations(seed):
    calls = []

    def density(x):
        calls.append(1)
        return stats.norm.logpdf(x)

    _, said = slice_step(np.random.default_rng(seed), np.zeros(50), density)
    assert said == len(calls)


@pytest.mark.parametrize("start", [np.nan, -1.0])
def test_refuses_a_start_without_density(start):
    with np.errstate(invalid="ignore"), pytest.raises(FloatingPointError, match="current value is not finite"):
        slice_step(np.random.default_rng(1), np.array([0.5, start]), stats.expon.logpdf)
