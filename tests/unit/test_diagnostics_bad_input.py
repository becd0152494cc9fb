"""Diagnostics refuse what they would get wrong without a word, by the argument's name."""

import re

import numpy as np
import pytest

from hbm_lib.diagnostics import pooling, predictive, ranking
from hbm_lib.diagnostics.leave_one_out import Loo
from hbm_lib.models.schools import Data, replicate, simulate
from hbm_lib.protocols.schools import flags

NAN, INF = float("nan"), float("inf")
DRAWS = np.arange(12.0).reshape(4, 3)
DATA = Data([1.0, 2, 4, 3], list("aabb"))


def means(draws, tau=None):
    return replicate.school_means(np.random.default_rng(1), draws, DATA, tau)


SOME = {"mu": np.zeros(5), "sigma": np.ones(5), "theta": np.zeros((5, 2))}


@pytest.mark.parametrize(("said", "make"), [
    ("theta: shape (draws, groups) with a draw and at least two groups is needed", lambda: ranking.rank_draws(DRAWS[:0])),
    ("theta, place 1, 2: nan is missing", lambda: ranking.rank_table(np.where(DRAWS == 5, NAN, DRAWS), list("abc"))),
    ("estimates, place 0, 0: inf is missing", lambda: ranking.select_best(np.where(DRAWS == 0, INF, DRAWS), DRAWS)),
    ("estimates, row 0: the best is tied, so none is selected", lambda: ranking.select_best(np.ones((4, 3)), DRAWS)),
    ("tau: the draws have none, so its fixed value is needed", lambda: means(SOME)),
    ("draws: theta of 2 schools is needed, got shape (5, 3)", lambda: means(SOME | {"theta": np.zeros((5, 3))}, 0.0)),
    ("replicates: 2 axes and 2 values along the last needed, got", lambda: predictive.coverage_draws(DRAWS, [1.0, 2])),
    ("y, place 1: nan is missing", lambda: predictive.coverage_draws(DRAWS, [1.0, NAN, 2])),
    ("y, place 1: nan is missing", lambda: predictive.ppc(DRAWS, [1.0, NAN, 2])),
    ("replicates: 2 axes and 2 values along the last needed", lambda: predictive.ppc(DRAWS, [1.0, 2])),
    ("replicates: an array of numbers is needed, got 'no'", lambda: predictive.ppc("no", [1.0, 2])),
    ("low, high: a range is needed, low below high, got 50 and -50", lambda: predictive.range_check(DRAWS, 50, -50)),
    ("replicates: at least one value needed", lambda: predictive.range_check([], 0, 1)),
    ("sigma, tau: standard errors above 0", lambda: pooling.factor([0.0, 1], 0.0)),
    ("sigma, tau: standard errors above 0", lambda: pooling.factor([1.0, -1], 1.0)),
    ("sigma, tau: standard errors above 0", lambda: pooling.factor([1.0, 1], -1.0)),
    ("tau: nan is missing", lambda: pooling.factor([1.0, 1], NAN)),
    ("weight: weights of at least 0 that add to 1 are needed", lambda: pooling.mean_factor([1.0], [1.0, 2], [1.0, 1])),
    ("weight: one axis and 2 values along the last needed", lambda: pooling.mean_factor([1.0], [1.0, 2], [1.0])),
    ("y: one axis and 3 values along the last needed", lambda: pooling.order([1, 2, 3], [1, 2])),
    ("x, place 0: nan is missing", lambda: pooling.order([NAN, 2], [1, 2])),
    ("districts: a whole number of at least 1 is needed, got 0", lambda: flags.exceptional(1, 0, tau=5.0)),
    ("level: a number strictly between 0 and 1 is needed, got 2", lambda: flags.exceptional(1, 3, tau=5.0, level=2)),
    ("tau, sigma: standard deviations are needed", lambda: flags.exceptional(1, 3, tau=-5.0)),
    ("tau, sigma: standard deviations are needed", lambda: simulate.district(1, sigma=-12.0)),
    ("tau, sigma: standard deviations are needed", lambda: simulate.district(1, tau=NAN)),
    ("sizes: whole numbers, at least 2 schools", lambda: simulate.district(1, schools=4.5)),
    ("sizes: whole numbers, at least 2 schools", lambda: simulate.sizes(4, 2.5, 10)),
])
def test_refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_tied_groups_share_ranks_and_the_first_place():
    """Complete pooling: every group is as likely to be the best as any other."""
    found = ranking.rank_table(np.ones((50, 4)), list("abcd"))
    assert found["p_best"].tolist() == [0.25] * 4
    assert found["expected_rank"].tolist() == [2.5] * 4
    some = ranking.rank_table([[1.0, 1, 0], [2, 1, 0]], list("abc")).set_index("group")
    assert some["p_best"].to_dict() == {"a": 0.75, "b": 0.25, "c": 0.0}
    assert some["expected_rank"].to_dict() == {"a": 1.25, "b": 1.75, "c": 3.0}


def test_a_pareto_k_that_is_no_number_is_not_good():
    found = Loo(0.0, 1.0, np.zeros(3), np.array([0.1, NAN, 0.9]), 0.7, exact=np.ones(3))
    assert found.bad.tolist() == [False, True, True]
    assert found.repaired.tolist() == [0, 1, 1]


def test_a_factor_far_out():
    assert pooling.factor([1e-200, 1.0], 1e200).tolist() == [0, 0]
    assert pooling.factor([1.0, 5.0], 0.0).tolist() == [1, 1]


def test_lists_are_taken():
    assert predictive.coverage_draws([[0.0, 1], [2, 3], [4, 5]], [2.0, 9]).tail.tolist() == [0.5, 1.0]
