"""Rates group by group and together, against SciPy's own intervals; separated groups are infinite and say so."""

import numpy as np
import pytest
from scipy import optimize, special, stats

from hbm_lib import fit_exact
from hbm_lib.models import logistic
from hbm_lib.models.logistic import baselines

DATA = logistic.Data([4, 0, 3, 1, 60_000], [4, 5, 7, 1, 100_000], list("abcde"))


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_no_pooling_is_maximum_likelihood_with_scipys_exact_interval(level):
    table = baselines.no_pooling(DATA, level)
    assert tuple(table.columns) == baselines.COLUMNS
    for row in table.itertuples():
        found = stats.binomtest(row.successes, row.cases).proportion_ci(level, method="exact")
        assert row.estimate == row.successes / row.cases
        assert (row.lower, row.upper) == pytest.approx((found.low, found.high), abs=1e-9)


def test_a_separated_group_is_infinite_with_a_flag():
    table = baselines.no_pooling(DATA)
    assert list(table["separated"]) == [True, True, False, True, False]
    np.testing.assert_array_equal(table["logit"][[0, 1, 3]], [np.inf, -np.inf, np.inf])
    np.testing.assert_array_equal(table["se"][[0, 1, 3]], [np.inf] * 3)
    assert np.all(np.isfinite(table[["lower", "upper"]]))
    for j in (2, 4):  # the curvature of the log likelihood at its maximum
        y, n = DATA.y[j], DATA.trials[j]
        p = special.expit(table["logit"][j])
        assert p == pytest.approx(y / n)
        assert table["se"][j] == pytest.approx(1 / np.sqrt(n * p * (1 - p)))


def test_jeffreys_maximizes_the_penalized_likelihood():
    """Firth: the log likelihood plus half the log of the information, maximized by SciPy."""
    table = baselines.jeffreys(DATA, 0.9)
    for j, (y, n) in enumerate(zip(DATA.y[:4], DATA.trials[:4], strict=True)):
        def loss(a, y=y, n=n):
            p = special.expit(a)
            return -(y * a - n * np.logaddexp(0, a) + 0.5 * np.log(n * p * (1 - p)))

        assert table["logit"][j] == pytest.approx(optimize.minimize_scalar(loss, bounds=(-8, 8), method="bounded",
                                                                           options={"xatol": 1e-9}).x, abs=1e-5)
        law = stats.beta(y + 0.5, n - y + 0.5)
        assert (table["lower"][j], table["upper"][j]) == pytest.approx(law.interval(0.9))
    assert np.all(np.isfinite(table[["logit", "se"]]))


def test_complete_pooling_gives_every_group_the_rate_of_all():
    table = baselines.complete_pooling(DATA)
    y, n = int(DATA.y.sum()), int(DATA.trials.sum())
    found = stats.binomtest(y, n).proportion_ci(0.95, method="exact")
    np.testing.assert_allclose(table["estimate"], y / n)
    np.testing.assert_allclose(table["lower"], found.low, rtol=1e-9)
    np.testing.assert_allclose(table["upper"], found.high, rtol=1e-9)
    assert list(table["cases"]) == list(DATA.trials)


def test_partial_pooling_lies_between_and_is_finite():
    found = fit_exact(logistic.partial_pooling(), DATA)
    table = baselines.partial_pooling(found, 0.8)
    assert table["estimate"][0] < 1
    assert table["estimate"][1] > 0
    np.testing.assert_allclose(table["lower"], found.quantile("p", 0.1))
    np.testing.assert_allclose(table["upper"], found.quantile("p", 0.9))
    assert np.all(np.isfinite(table[["logit", "se"]]))


def test_what_they_refuse():
    with_x = logistic.Data([1, 2], [3, 3], ["a", "b"], {"x": [0, 1]})
    for make in (baselines.no_pooling, baselines.jeffreys, baselines.complete_pooling):
        with pytest.raises(ValueError, match="leave the covariates out"):
            make(with_x)
        with pytest.raises(ValueError, match="level: a number strictly between 0 and 1"):
            make(DATA, 95)
