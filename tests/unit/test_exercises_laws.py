"""Draws of one number are held against a whole law, also one without moments."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.exercises import FRESH, Misconception, Question, case
from hbm_lib.exercises.diagnose import diagnose_one
from hbm_lib.exercises.laws import Law, law_like, p_value, standstill

HEAVY = stats.invgamma(1.5, scale=2.0)  # no variance


def test_draws_of_a_law_without_variance_pass(seed):
    draws = HEAVY.rvs(2000, random_state=np.random.default_rng(seed))
    assert Law().difference(draws, HEAVY) is None


@pytest.mark.parametrize(("right", "law", "side"), [
    (HEAVY, stats.invgamma(1.5, scale=2.6), "too large"),
    (HEAVY, stats.invgamma(2.0, scale=2.0), "too small"),
    (stats.norm(3, 1), stats.norm(3, 0.8), "too closely"),
    (stats.norm(3, 1), stats.norm(3, 1.2), "too widely"),
])
def test_other_laws_are_refused_and_told_how(seed, right, law, side):
    draws = law.rvs(2000, random_state=np.random.default_rng(seed))
    problem = Law().difference(draws, right)
    assert problem.reason == "different"
    assert side in problem.words


def test_p_values_of_right_draws_are_not_smaller_than_they_say(seed):
    rng = np.random.default_rng(seed)
    p = np.array([p_value(rng.uniform(size=500)) for _ in range(1000)])
    assert np.mean(p < 0.05) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 1000)
    assert np.mean(p < 0.05) > 0.01


@pytest.mark.parametrize(("draws", "reason"), [
    (np.full(2000, 3.0), "different"),
    (np.arange(5.0), "few draws"),
    (np.ones((2000, 2)), "shape"),
    (np.append(np.arange(100.0), np.nan), "nan"),
    (np.array(["a"] * 100), "type"),
])
def test_what_cannot_be_looked_at_is_told_first(draws, reason):
    assert Law().difference(draws, HEAVY).reason == reason


def test_a_misconception_is_recognized_by_its_law():
    question = Question(
        "draw_v", lambda rng, a: stats.invgamma(a, scale=2.0), (case(rng=FRESH, a=3.0), case(rng=FRESH, a=8.0)),
        compare=Law(repeats=500),
        misconceptions=(
            Misconception("no draw", "It stands still.", standstill),
            Misconception("not turned over", "You drew the precision.", law_like(lambda rng, a: stats.gamma(a, scale=0.5))),
        ),
    )
    assert diagnose_one(question, lambda rng, a: 2.0 / rng.standard_gamma(a)).right
    assert diagnose_one(question, lambda rng, a: rng.gamma(a, 0.5)).reason == "not turned over"
    assert diagnose_one(question, lambda rng, a: rng.gamma(a, 0.1)).reason == "different"
    assert diagnose_one(question, lambda rng, a: 1.0).reason == "no draw"
