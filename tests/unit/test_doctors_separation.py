"""What runs away, decided by linear programming, against the extreme rays of the cone; estimates against brute force."""

import doctor_checks as checks
import numpy as np
import pytest
from scipy import special

from hbm_lib.models.logistic import Data, adjusted, baselines, clinic, plain, separation

FOUR = np.column_stack([np.ones(4), [-2.0, -1.0, 1.0, 2.0]])


def test_who_runs_away_and_where_to_is_what_the_extreme_rays_say(seed):
    assert checks.separation_faults(separation, seed) == 0


def test_the_small_designs_hold_every_kind(seed):
    kinds = {separation.find(*case).kind for case in checks.small_designs(seed)}
    assert kinds == {"none", "quasi-complete", "complete"}


def test_maximum_likelihood_is_the_supremum(seed):
    assert checks.likelihood_gap(plain, seed) < 1e-5


def test_complete_separation_by_hand():
    """0 0 | 1 1: the slope runs away, the intercept may go anywhere, and so may a case in between."""
    fit = plain.maximum_likelihood(FOUR, [0, 0, 1, 1], np.ones(4))
    assert fit.separation.kind == "complete"
    assert fit.coef[1] == np.inf
    assert np.isnan(fit.coef[0])
    np.testing.assert_array_equal(fit.logit([[1, -1], [1, 0], [1, 1], [1, 5]]), [-np.inf, np.nan, np.inf, np.inf])
    assert fit.log_likelihood == 0


def test_quasi_complete_separation_by_hand():
    """At x = 1 there are a success and a failure: probability 1/2 there, 0 before, 1 behind."""
    x = np.column_stack([np.ones(4), [-1.0, 1.0, 1.0, 2.0]])
    fit = plain.maximum_likelihood(x, [0, 0, 1, 1], np.ones(4))
    assert fit.separation.kind == "quasi-complete"
    np.testing.assert_array_equal(fit.coef, [-np.inf, np.inf])
    np.testing.assert_allclose(special.expit(fit.logit([[1, 0.9], [1, 1], [1, 1.1]])), [0, 0.5, 1], atol=1e-12)
    assert fit.log_likelihood == pytest.approx(2 * np.log(0.5))
    assert np.isinf(np.diag(fit.cov)).all()


def test_one_success_more_on_either_side_and_nothing_runs_away():
    fit = plain.maximum_likelihood(FOUR, [0, 1, 0, 1], np.ones(4))
    assert fit.separation.kind == "none"
    assert np.isfinite(fit.coef).all()
    y = np.array([0, 1, 0, 1])
    np.testing.assert_allclose(fit.coef, checks.best(lambda c: checks.log_likelihood(c, FOUR, y, np.ones(4)), 2), atol=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_the_unit_of_a_covariate_changes_nothing(unit):
    x = FOUR * [1, unit]
    away = plain.maximum_likelihood(x, [0, 0, 1, 1], np.ones(4))
    np.testing.assert_array_equal(away.coef, [np.nan, np.inf])
    np.testing.assert_array_equal(away.logit([[1, 0], [1, 2 * unit]]), [np.nan, np.inf])
    fit = plain.maximum_likelihood(x, [0, 1, 0, 1], np.ones(4))
    assert fit.coef[1] * unit == pytest.approx(plain.maximum_likelihood(FOUR, [0, 1, 0, 1], np.ones(4)).coef[1], rel=1e-6)


def test_standard_errors_are_those_of_the_information():
    y, n = np.array([2.0, 3.0, 5.0, 9.0]), np.array([9.0, 8.0, 9.0, 10.0])
    fit, step = plain.maximum_likelihood(FOUR, y, n), 1e-4
    f = lambda move: checks.log_likelihood(fit.coef + move, FOUR, y, n)  # noqa: E731
    second = lambda e, g: (f(e + g) - f(e - g) - f(g - e) + f(-e - g)) / (4 * step**2)  # noqa: E731
    e = step * np.eye(2)
    hessian = np.array([[second(e[i], e[j]) for j in range(2)] for i in range(2)])
    np.testing.assert_allclose(np.linalg.inv(-hessian), fit.cov, rtol=1e-4)


def test_without_covariates_it_is_the_rate_of_each_group():
    data = Data([4, 0, 3, 1], [4, 5, 7, 2], list("abcd"))
    table, simple = adjusted.no_pooling(data).table(), baselines.no_pooling(data)
    assert list(table.columns) == list(simple.columns)
    assert list(table["group"]) == list(simple["group"])
    for name in ("cases", "successes", "estimate", "logit", "se", "separated"):
        np.testing.assert_allclose(table[name].astype(float), simple[name].astype(float), atol=1e-9)
    assert (table["lower"][0], table["upper"][0]) == (0, 1)
    pooled = adjusted.complete_pooling(data)
    np.testing.assert_allclose(special.expit(pooled.alpha), 8 / 18)


def test_doctors_b_and_d_run_away_and_the_slope_is_that_of_the_others():
    data = clinic.as_data(clinic.clinic(7)[0])
    found = adjusted.no_pooling(data)
    b, d = data.place("Dr. B"), data.place("Dr. D")
    assert (found.alpha[b], found.alpha[d]) == (np.inf, -np.inf)
    assert found.separated[[b, d]].all()
    others = ~np.isin(data.index, np.flatnonzero(found.separated))
    rest = Data(data.y[others], data.trials[others], np.array(data.group)[others], {"severity": data.x[others, 0]})
    again = adjusted.no_pooling(rest)
    assert found.beta[0] == pytest.approx(again.beta[0], rel=1e-8)
    assert found.beta_se[0] == pytest.approx(again.beta_se[0], rel=1e-8)
    np.testing.assert_array_equal(found.probability(["Dr. B", "Dr. D"], [[3.0], [-3.0]]), [1, 0])
    with pytest.raises(ValueError, match=r"'Dr\. Z' is not in the data"):
        found.probability(["Dr. Z"], [[0.0]])
    pooled = adjusted.complete_pooling(data)
    for x, said in (([[np.nan], [1.0]], "x, row 0: missing or infinite"), ([[0.0], [np.inf]], "x, row 1: missing or infinite"),
                    ([[1.0]], r"x: shape \(2, 1\) is needed"), ([1.0, 2.0], r"x: shape \(2, 1\) is needed"),
                    ([["a"], ["b"]], r"x: numbers of shape \(2, 1\)")):
        for fit in (found, pooled):
            with pytest.raises(ValueError, match=said):
                fit.probability(["Dr. B", "Dr. D"], x)
    with pytest.raises(ValueError, match=r"groups: one label a row is needed, got 'Dr\. B'"):
        found.probability("Dr. B", [[0.0]])


def test_a_covariate_that_is_the_groups_own_leaves_the_likelihood_no_say():
    """Constant within groups: intercepts and coefficient can be traded; what cases of a group do is told all the same."""
    data = Data([2, 3, 1], [4, 5, 6], list("abc"), {"rural": [0, 1, 1]})
    found = adjusted.no_pooling(data)
    np.testing.assert_allclose(found.probability(list("abc"), data.x), [0.5, 0.6, 1 / 6], rtol=1e-8)
    with pytest.raises(ValueError, match="rural cannot be told from the groups"):
        adjusted.firth(data)


@pytest.mark.parametrize("fit", [adjusted.no_pooling, adjusted.firth, adjusted.complete_pooling, lambda d: adjusted.alone(d, "a"),
                                 baselines.no_pooling, baselines.jeffreys, baselines.complete_pooling])
def test_data_of_another_kind_is_refused(fit):
    for data in (None, {"y": [1]}):
        with pytest.raises(ValueError, match=r"data: a logistic\.Data is needed, got"):
            fit(data)


def test_a_table_that_is_no_posterior_is_refused():
    with pytest.raises(ValueError, match="posterior: what fit_exact gives is needed, got dict"):
        baselines.partial_pooling({})


def test_one_doctor_alone_has_a_slope_of_its_own():
    data = Data([1, 2, 0, 1, 3, 1], [2, 4, 1, 1, 4, 3], list("aaabbb"), {"x": [0, 1, 2, 0, 1, 3]})
    fit = adjusted.alone(data, "a")
    rows = data.index == 0
    x = np.column_stack([np.ones(3), data.x[rows]])
    assert np.isfinite(fit.coef).all()
    np.testing.assert_allclose(x.T @ (data.y[rows] - data.trials[rows] * special.expit(x @ fit.coef)), 0, atol=1e-9)
    np.testing.assert_allclose(adjusted.alone(data, "b", penalized=True).coef,
                               plain.firth(np.column_stack([np.ones(3), [0, 1, 3]]), [1, 3, 1], [1, 4, 3]).coef)
