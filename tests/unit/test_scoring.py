"""Scores of probabilities by hand, minus infinity kept, and calibration curves against SciPy's exact intervals."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics import scoring

P, Y = np.array([0.9, 0.2, 0.5, 1.0]), np.array([1, 0, 1, 1])


def test_scores_by_hand():
    np.testing.assert_allclose(scoring.log_score(P, Y), np.log([0.9, 0.8, 0.5, 1]))
    np.testing.assert_allclose(scoring.brier_score(P, Y), [0.01, 0.04, 0.25, 0])


def test_what_was_called_impossible_scores_minus_infinity():
    np.testing.assert_array_equal(scoring.log_score([1.0, 0.0], [0, 1]), [-np.inf, -np.inf])
    given = {"no pooling": np.array([1.0, 0.5, 0.5]), "partial pooling": np.array([0.8, 0.6, 0.4])}
    table = scoring.scores(given, np.array([0, 1, 0]))
    assert table.loc["no pooling", "log_score"] == -np.inf
    assert list(table["impossible"]) == [1, 0]
    np.testing.assert_allclose(table.loc["partial pooling", "log_score"], np.log([0.2, 0.6, 0.6]).mean())
    np.testing.assert_allclose(table["log_score_rest"], [np.log(0.5), np.log(0.6)])
    np.testing.assert_allclose(table["brier"], [(1 + 0.25 + 0.25) / 3, (0.64 + 0.16 + 0.16) / 3])


def test_every_case_that_was_called_impossible_is_counted():
    table = scoring.scores({"a": np.array([1.0, 0.0, 0.5, 1.0]), "b": np.array([0.5, 0.0, 0.5, 0.5])}, np.array([0, 1, 1, 0]))
    assert list(table["impossible"]) == [3, 1]


def test_all_methods_are_scored_on_the_cases_that_all_answered():
    table = scoring.scores({"a": np.array([np.nan, 0.5, 0.5]), "b": np.array([0.1, 0.9, 0.5])}, np.array([1, 1, 0]))
    assert list(table["cases"]) == [2, 2]
    assert list(table["silent"]) == [1, 0]
    np.testing.assert_allclose(table["log_score"], [np.log(0.5), np.log([0.9, 0.5]).mean()])
    nothing = scoring.scores({"a": np.array([np.nan, 0.5]), "b": np.array([0.1, np.nan])}, np.array([1, 1]))
    assert list(nothing["cases"]) == [0, 0]
    assert nothing["log_score"].isna().all()


def test_the_true_probability_has_the_best_expected_score():
    """Both scores are proper: whatever is given instead of the truth scores worse on average."""
    truth, other = 0.3, np.array([0.05, 0.2, 0.29, 0.31, 0.5, 0.9])
    for score, sign in ((scoring.log_score, 1), (scoring.brier_score, -1)):
        expected = lambda q, s=score: truth * s(q, np.ones_like(q)) + (1 - truth) * s(q, np.zeros_like(q))  # noqa: E731
        assert np.all(sign * expected(other) < sign * expected(np.array([truth])))


def test_bins_shares_and_intervals():
    p = np.array([0.0, 0.05, 0.1, 0.3, 0.35, 0.3, 1.0, 0.95])
    y = np.array([0, 1, 0, 1, 0, 0, 1, 1])
    found = scoring.calibration(p, y, level=0.9)
    np.testing.assert_allclose(found.predicted, [0.025, 0.1, 0.95 / 3, 0.975])
    np.testing.assert_allclose(found.share, [0.5, 0, 1 / 3, 1])
    np.testing.assert_array_equal(found.cases, [2, 1, 3, 2])
    for b, (k, n) in enumerate([(1, 2), (0, 1), (1, 3), (2, 2)]):
        ends = stats.binomtest(k, n).proportion_ci(0.9, method="exact")
        np.testing.assert_allclose((found.lower[b], found.upper[b]), (ends.low, ends.high), atol=1e-9)
    assert list(found.holds) == [bool(a <= m <= b) for a, m, b in zip(found.lower, found.predicted, found.upper, strict=True)]
    two = scoring.calibration(p, y, bins=[0, 0.3, 1])
    np.testing.assert_array_equal(two.cases, [3, 5])
    assert two.curve[0] is two.predicted


def test_true_probabilities_are_calibrated_and_squared_ones_are_not(seed):
    """Of 10 intervals at 99.9 % more than one misses by chance once in 20 000 times."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(size=20_000)
    y = (rng.uniform(size=p.size) < p).astype(int)
    assert (~scoring.calibration(p, y, level=0.999).holds).sum() <= 1
    assert (~scoring.calibration(p**2, y, level=0.999).holds).sum() >= 6


@pytest.mark.parametrize(("p", "y", "said"), [
    ([0.5, 1.2], [0, 1], "p, place 1: 1.2 is not a probability"), ([0.5, -0.1], [0, 1], "p, place 1"),
    ([0.5, np.nan], [0, 1], "p, place 1"), ([0.5, 0.5], [0, 2], "y, place 1: 2 is not 0 or 1"), ([0.5], [0, 1], "shapes"),
    (np.ma.masked_array([0.5, 0.9], [False, True]), [0, 1], "p, place 1: the value is masked"),
    ([0.5, 0.9], np.ma.masked_array([0, 1], [True, False]), "y, place 0: the value is masked")])
def test_what_is_no_probability_or_outcome_is_refused(p, y, said):
    for score in (scoring.log_score, scoring.brier_score, scoring.calibration):
        with pytest.raises(ValueError, match=said):
            score(p, y)


def test_bad_bins_levels_and_methods_are_refused():
    for bins in (0, 2.5, True, [0.1, 1], [0, 0.5, 0.5, 1], [0, 0.9], 10**10):
        with pytest.raises(ValueError, match="bins: "):
            scoring.calibration(P, Y, bins=bins)
    with pytest.raises(ValueError, match="level: "):
        scoring.calibration(P, Y, level=95)


@pytest.mark.parametrize(("predictions", "y", "said"), [
    ({}, Y, "at least one method"), ([P], Y, "predictions: a mapping of method to probabilities is needed, got list"),
    ({"a": P[:2]}, Y, "predictions of 'a': one probability an outcome"),
    ({"a": ["x"] * 4}, Y, "predictions of 'a': an array of numbers is needed"),
    ({"a": np.ma.masked_array(P, [0, 1, 0, 0])}, Y, "predictions of 'a', place 1: the value is masked"),
    ({"a": [np.nan, 0.2]}, [7, 0], "y, place 0: 7 is not 0 or 1"),
    ({"a": [np.nan, 0.2], "b": [1.5, 0.2]}, [1, 0], "predictions of 'b', place 0: 1.5 is not a probability"),
])
def test_scores_of_what_cannot_be_scored_are_refused(predictions, y, said):
    with pytest.raises(ValueError, match=said):
        scoring.scores(predictions, y)
