"""Firth's penalized likelihood against closed forms and against a simplex search of what it maximizes."""

import doctor_checks as checks
import numpy as np
import pytest

from hbm_lib.models.logistic import Data, adjusted, baselines, plain


def test_it_maximizes_the_penalized_likelihood(seed):
    assert checks.firth_gap(plain, seed) < 1e-5


@pytest.mark.parametrize(("y", "n"), [(4, 4), (0, 3), (1, 1), (37, 240)])
def test_an_intercept_alone_adds_half_a_success_and_half_a_failure(y, n):
    fit = plain.firth(np.ones((1, 1)), [y], [n])
    assert fit.coef[0] == pytest.approx(np.log((y + 0.5) / (n - y + 0.5)), abs=1e-9)
    p = (y + 0.5) / (n + 1)
    assert fit.cov[0, 0] == pytest.approx(1 / (n * p * (1 - p)))


def test_a_table_of_two_by_two_adds_half_to_each_cell():
    """With one covariate of 0 and 1 the regression is saturated (Heinze & Schemper 2002)."""
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    fit = plain.firth(x, [0, 7], [5, 7])
    first, second = np.log(0.5 / 5.5), np.log(7.5 / 0.5)
    np.testing.assert_allclose(fit.coef, [first, second - first], atol=1e-8)


def test_the_covariance_is_the_inverse_information_in_the_covariates_own_unit():
    """Of a table of two by two with a covariate of 0 or 1,000: the slope is a difference of two independent logits."""
    fit = plain.firth(np.array([[1.0, 0.0], [1.0, 1000.0]]), [0, 7], [5, 7])
    first, second = (1 / (n * p * (1 - p)) for n, p in ((5, 0.5 / 6), (7, 7.5 / 8)))
    np.testing.assert_allclose(fit.cov, [[first, -first / 1000], [-first / 1000, (first + second) / 1000**2]], rtol=1e-8)


def test_rows_may_be_cases_or_counts():
    x = np.array([[1.0, -1.0], [1.0, 0.0], [1.0, 2.0]])
    counts = plain.firth(x, [1, 2, 3], [3, 2, 3])
    cases = plain.firth(np.repeat(x, [3, 2, 3], axis=0), [1, 0, 0, 1, 1, 1, 1, 1], np.ones(8))
    np.testing.assert_allclose(counts.coef, cases.coef, atol=1e-9)
    np.testing.assert_allclose(counts.cov, cases.cov, rtol=1e-8)


def test_an_intercept_a_group_adds_half_to_each_group():
    data = Data([4, 0, 3, 95], [4, 3, 7, 240], list("abcd"))
    found = adjusted.firth(data)
    np.testing.assert_allclose(found.alpha, baselines.jeffreys(data)["logit"], atol=1e-8)
    assert not found.separated.any()


def test_it_stays_finite_where_everything_is_separated():
    x = np.column_stack([np.ones(4), [-2.0, -1.0, 1.0, 2.0]])
    fit = plain.firth(x, [0, 0, 1, 1], np.ones(4))
    assert np.isfinite(fit.coef).all()
    assert fit.separation is None
    assert fit.coef[0] == pytest.approx(0, abs=1e-9)  # by symmetry


def test_columns_that_depend_on_each_other_are_refused():
    with pytest.raises(ValueError, match="2 columns depend linearly"):
        plain.firth(np.ones((3, 2)), [0, 1, 1], np.ones(3))


@pytest.mark.parametrize(("y", "n", "said"), [([0, 3], [1, 2], "y, row 1: whole successes"), ([0, 0.5], [1, 2], "y, row 1"),
                                              ([0, 1], [0, 2], "y, row 0"), ([0, np.nan], [1, 1], "y, row 1: missing")])
def test_counts_that_make_no_sense_are_refused(y, n, said):
    for fit in (plain.firth, plain.maximum_likelihood):
        with pytest.raises(ValueError, match=said):
            fit(np.array([[1.0, 0.0], [1.0, 1.0]]), y, n)


def test_designs_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="x, row 1: missing or infinite"):
        plain.firth([[1.0], [np.nan]], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="shapes"):
        plain.maximum_likelihood(np.ones(3), [0, 1, 1], np.ones(3))
