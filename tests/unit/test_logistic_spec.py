"""Counts and outcomes: what is taken, how rows are merged, and what is refused and in which words."""

import re

import numpy as np
import pandas as pd
import pytest

from hbm_lib import fit
from hbm_lib.models import logistic
from hbm_lib.priors import HalfNormal, Normal

NAN = float("nan")
CASES = pd.DataFrame({"passed": [1, 0, 1, 1, 0, 1, 0], "school": list("babbaab"), "girl": [1, 0, 0, 1, 1, 0, 1]})
COUNTS = pd.DataFrame({"k": [3, 5, 2], "n": [4, 9, 2], "doctor": ["A", "B", "C"], "risk": [0.1, 0.2, 0.4]})


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_cases_become_one_row_a_group():
    data = logistic.Data.from_frame(CASES, outcome="passed", group="school")
    assert data.labels == ("b", "a")
    np.testing.assert_array_equal(data.y, [3, 1])
    np.testing.assert_array_equal(data.trials, [4, 3])
    same = logistic.Data.from_frame(CASES.assign(passed=CASES.passed == 1), outcome="passed", group="school")
    np.testing.assert_array_equal(same.y, data.y)


def test_the_number_of_rows_does_not_grow_with_the_cases():
    many = pd.concat([CASES] * 500)
    assert logistic.Data.from_frame(many, outcome="passed", group="school").n_rows == 2
    assert logistic.Data.from_frame(many, outcome="passed", group="school", covariates=["girl"]).n_rows == 4


def test_equal_patterns_of_one_group_are_added_up():
    data = logistic.Data.from_frame(CASES, outcome="passed", group="school", covariates=["girl"])
    found = {(data.labels[j], x): (y, n) for j, x, y, n in zip(data.index, data.x[:, 0], data.y, data.trials, strict=True)}
    assert found == {("b", 0): (1, 1), ("b", 1): (2, 3), ("a", 0): (1, 2), ("a", 1): (0, 1)}
    assert np.all(np.diff(data.index) >= 0)
    np.testing.assert_array_equal(data.successes, [3, 1])
    np.testing.assert_array_equal(data.cases, [4, 3])


def test_counts_of_a_frame_and_of_arrays_are_the_same():
    a = logistic.Data.from_counts(COUNTS, successes="k", trials="n", group="doctor", covariates=["risk"])
    b = logistic.Data([3, 5, 2], [4, 9, 2], ["A", "B", "C"], {"risk": [0.1, 0.2, 0.4]})
    for name in ("y", "trials", "index", "x"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.labels == b.labels == ("A", "B", "C")
    assert a.place("B") == 1


@pytest.mark.parametrize(("column", "values", "said"), [
    ("passed", [1, 0, 2, 1, 0, 1, 0], "column 'passed', row 2: 2 is not an outcome; code a success as 1, all else as 0"),
    ("passed", [1, 0, 0.5, 1, 0, 1, 0], "column 'passed', row 2: 0.5 is not an outcome"),
    ("passed", [1, 0, NAN, 1, 0, 1, 0], "column 'passed', row 2: nan is missing or infinite; drop the row or mend it"),
    ("passed", pd.array([True, None] + [False] * 5, dtype="boolean"), "column 'passed', row 1: the value is missing; drop"),
    ("passed", ["yes"] * 7, "column 'passed', row 0: 'yes' is not a number; convert the column first"),
    ("school", ["b", "a", None, "b", "a", "a", "b"], "column 'school', row 2: the label is missing"),
    ("school", ["b"] * 7, "column 'school': at least two groups are needed to learn how groups differ, got 1"),
    ("girl", [1, 0, 0, NAN, 1, 0, 1], "column 'girl', row 3: nan is missing or infinite; drop the row or mend it"),
    ("girl", [1] * 7, "covariate 'girl': every row has 1; a constant tells nothing, leave it out"),
    ("girl", pd.array([True, None, *[False] * 5], dtype="boolean"), "column 'girl', row 1: the value is missing; drop the row"),
    ("girl", pd.array([1, None, *[0] * 5], dtype="Int64"), "column 'girl', row 1: nan is missing or infinite; drop the row"),
])
def test_cases_that_cannot_be_used(column, values, said):
    frame = CASES.assign(**{column: values})
    refused(said, lambda: logistic.Data.from_frame(frame, outcome="passed", group="school", covariates=["girl"]))


@pytest.mark.parametrize(("column", "values", "said"), [
    ("k", [3, 10, 2], "column 'k', row 1: 10 successes among 9 trials; there cannot be more successes than trials, see "
     "column 'n'"),
    ("k", [3, -1, 2], "column 'k', row 1: -1 is not a whole number of at least 0; give counts, not rates"),
    ("k", [0.75, 5, 2], "column 'k', row 0: 0.75 is not a whole number of at least 0; give counts, not rates"),
    ("k", [3, NAN, 2], "column 'k', row 1: nan is missing or infinite"),
    ("n", [4, 9, 0], "column 'n', row 2: 0 trials; a group without cases tells nothing, drop the row"),
    ("n", [4, 9, -2], "column 'n', row 2: -2 is not a whole number of at least 1"),
    ("n", [4, 9.5, 2], "column 'n', row 1: 9.5 is not a whole number of at least 1"),
    ("doctor", ["A", "", "C"], "column 'doctor', row 1: the label is missing"),
    ("risk", [0.1, None, 0.2], "column 'risk', row 1: nan is missing or infinite"),
])
def test_counts_that_cannot_be_used(column, values, said):
    frame = COUNTS.assign(**{column: values})
    refused(said, lambda: logistic.Data.from_counts(frame, successes="k", trials="n", group="doctor", covariates=["risk"]))


def test_columns_and_arguments():
    make = logistic.Data.from_counts
    refused("column 'm' is not in the table", lambda: make(COUNTS, successes="k", trials="m", group="doctor"))
    for wrong, said in ((3, "a list of column names is needed, got 3"), (None, "a list of column names is needed, got None"),
                        (["k"], "column 'k' is used twice"), (["risk", "risk"], "column 'risk' is used twice")):
        refused(f"covariates: {said}",
                lambda given=wrong: make(COUNTS, successes="k", trials="n", group="doctor", covariates=given))
    refused("column 'passed' is used twice", lambda: logistic.Data.from_frame(
        CASES, outcome="passed", group="school", covariates=["passed"]))
    once = make(COUNTS, successes="k", trials="n", group="doctor", covariates=(name for name in ["risk"]))
    assert list(once.covariates) == ["risk"]
    far = logistic.Data([1, 2, 1], [3, 3, 3], list("abc"), {"year": 2e9 + np.arange(3)})  # its units do not matter
    np.testing.assert_array_equal(far.x[:, 0], 2e9 + np.arange(3))
    refused("write ['risk']", lambda: make(COUNTS, successes="k", trials="n", group="doctor", covariates="risk"))
    refused("the columns differ in length", lambda: logistic.Data([1, 2], [3, 3, 3], ["a", "b", "c"]))
    refused("linearly dependent", lambda: logistic.Data([1, 2, 1], [3, 3, 3], list("abc"), {"u": [0, 1, 2], "v": [1, 3, 5]}))
    data = logistic.Data([1, 2], [3, 3], ["a", "b"])
    refused("group: 'z' is not in the data", lambda: data.place("z"))
    refused("y: shape (data sets, 2) is needed", lambda: data.replicated(np.zeros((4, 3))))


def test_model_and_data_must_fit():
    plain = logistic.Data([1, 2], [3, 3], ["a", "b"])
    with_x = logistic.Data([1, 2], [3, 3], ["a", "b"], {"x": [0, 1]})
    refused("has a prior for beta but the data has no covariate", lambda: fit(logistic.random_intercept(), plain, seed=1))
    refused("covariates that this model does not use", lambda: fit(logistic.partial_pooling(), with_x, seed=1))
    refused("a logistic.Data is needed, got dict", lambda: fit(logistic.partial_pooling(), {"y": [1]}, seed=1))
    refused("tau: its prior must live above 0", lambda: logistic.partial_pooling().with_prior(tau=Normal(0, 1)))
    refused("mu: a distribution", lambda: logistic.Prior(0.0, HalfNormal(1)))
    refused("pooling: 'partial' or 'complete' is needed", lambda: logistic.random_intercept("no"))
    two = plain.replicated(np.array([[1, 2], [0, 3]]))
    refused("one data set is needed, got 2 at once; fit them in turn", lambda: fit(logistic.partial_pooling(), two, seed=1))


ARRAYS = {"y": [1, 2], "trials": [3, 3], "group": ["a", "b"]}


@pytest.mark.parametrize(("changed", "said"), [
    ({"y": [1, True]}, "y, row 1: True is not a number; convert the column first"),
    ({"y": ["1", 2]}, "y, row 0: '1' is not a number"),
    ({"y": [[1], [2]]}, "y: one number a row is needed, got an array of shape (2, 1)"),
    ({"y": None}, "y: one number a row is needed, got None"),
    ({"y": np.ma.masked_array([1, 2], [0, 1])}, "y, row 1: the value is masked"),
    ({"y": [1, 4]}, "y, row 1: 4 successes among 3 trials"),
    ({"y": [1, -2]}, "y, row 1: -2 is not a whole number of at least 0"),
    ({"trials": [3, np.inf]}, "trials, row 1: inf is missing or infinite"),
    ({"trials": [0, 3]}, "trials, row 0: 0 trials; a group without cases tells nothing"),
    ({"group": [1, "1"]}, "group: at least two groups are needed"),
    ({"group": {"a", "b"}}, "group: one label a row is needed"),
    ({"group": "ab"}, "group: one label a row is needed, got 'ab'"),
    ({"group": [["x"], ["y"]]}, "group: the labels must be text or numbers, got ['x']"),
    ({"group": ["a", NAN]}, "group, row 1: the label is missing"),
    ({"covariates": [1, 2]}, "covariates: a mapping of name to column is needed, got [1, 2]"),
    ({"covariates": {"x": [1, NAN]}}, "covariate 'x', row 1: nan is missing or infinite"),
    ({"covariates": {"x": [1]}}, "the columns differ in length: y has 2, trials has 2, group has 2, covariate 'x' has 1"),
    ({"covariates": {1: [0, 1], "1": [2, 1]}}, "covariates: 1 and '1' are one name to a reader; give each its own"),
    ({"covariates": {"x": [1, 1]}}, "covariate 'x': every row has 1; a constant tells nothing"),
    ({"y": [], "trials": [], "group": []}, "group: at least two groups are needed"),
])
def test_arrays_that_cannot_be_used(changed, said):
    logistic.Data(**ARRAYS)
    refused(said, lambda: logistic.Data(**ARRAYS | changed))
