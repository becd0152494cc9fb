"""Random slopes: what is refused, with the column, the row and the remedy; what looks odd and is fine."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from varied import CASES, GROUP, PLANE, X1, X2, Y

from hbm_lib import fit
from hbm_lib.models import slopes, varying
from hbm_lib.models.varying import LKJ, InverseWishart, Prior, simulate
from hbm_lib.priors import HalfNormal, InverseGamma, Normal, StudentT

FRAME = pd.DataFrame({"score": Y, "a": X1, "b": X2, "place": GROUP})
COLUMNS = {"y": "score", "x": ["a", "b"], "group": "place"}
ONE, TWO, NOISE = np.ones(4), [Normal(0, 1)] * 2, InverseGamma(3, 2)


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def changed(row, column, value):
    table = FRAME.astype({column: object})
    table.loc[row, column] = value
    return table


def test_a_frame_of_either_library_gives_the_same_data():
    for frame in (FRAME, pl.from_pandas(FRAME)):
        found = varying.Data.from_frame(frame, **COLUMNS)
        np.testing.assert_array_equal(found.x, PLANE.x)
        np.testing.assert_array_equal(found.index, PLANE.index)
        assert found.labels == PLANE.labels
        assert found.names == ("intercept", "a", "b")
    assert varying.Data.from_frame(FRAME, y="score", x=["a"], group="place", intercept=False).names == ("a",)
    assert varying.Data.from_frame(FRAME, y="score", x=[], group="place").names == ("intercept",)


@pytest.mark.parametrize(("frame", "columns", "said"), [
    (changed(3, "score", "7"), {}, "column 'score', row 3: '7' is not a number; convert the column first"),
    (changed(2, "a", np.inf), {}, "column 'a', row 2: inf is missing or infinite; drop the row or mend it"),
    (changed(2, "b", np.nan), {}, "column 'b', row 2: nan is missing or infinite; drop the row or mend it"),
    (changed(4, "place", None), {}, "column 'place', row 4: the label is missing; name the group or drop the row"),
    (FRAME, {"x": ["a", "year"]}, "column 'year' is not in the table; it has score, a, b, place"),
    (FRAME, {"x": "a"}, "x: a list of column names is needed, got 'a'; write ['a']"),
    (FRAME, {"x": ["a", "score"]}, "x: 'score' is the outcome already; leave it out of x"),
    (FRAME, {"x": [], "intercept": False}, "x: at least one column is needed, or intercept=True"),
    (FRAME.assign(intercept=1.0), {"x": ["intercept"]}, "x: the table has a column 'intercept' of its own"),
    (FRAME.assign(c=3.0), {"x": ["a", "c"]}, "x, column 'c': it is constant, as is 'intercept'"),
    (FRAME.assign(c=FRAME["a"] - 2 * FRAME["b"] + 1), {"x": ["a", "b", "c"]}, "x, column 'c': it follows from the columns"),
    (FRAME.assign(c=0.0), {"x": ["c"], "intercept": False}, "x, column 'c': it is 0 in every row"),
    (FRAME.assign(c=FRAME["place"].map(ord)), {"x": ["a", "c"]}, "x, column 'c': it is constant within every group"),
])
def test_a_frame_that_cannot_be_used_is_refused(frame, columns, said):
    refused(said, lambda: varying.Data.from_frame(frame, **(COLUMNS | columns)))


@pytest.mark.parametrize(("x", "y", "group", "said"), [
    (np.ones((3, 1)), [1, 2], list("aab"), "the columns differ in length: y has 2, column 'x0' has 3, group has 3"),
    (np.ones((3, 1)), [1, 2, 3], list("aaa"), "group: at least two groups are needed to learn how groups differ, got 1"),
    (np.ones((3, 1)), [1, 2, 3], list("abc"), "group: every group has one row"),
    ([1, 2, 3], [1, 2, 3], list("aab"), "x: shape (rows, columns) is needed, got (3,)"),
    (np.empty((3, 0)), [1, 2, 3], list("aab"), "x: shape (rows, columns) is needed, got (3, 0)"),
    ([[1, "b"], [1, 2], [1, 3]], [1, 2, 3], list("aab"), "x, column 'x1', row 0: 'b' is not a number"),
    (np.column_stack([np.ones(3), [1, 2, 3], [4, 4, 5], [0, 1, 0]]), [1, 2, 3], list("aab"), "x, column 'x3': it follows from"),
])
def test_columns_that_cannot_be_used_are_refused(x, y, group, said):
    refused(said, lambda: varying.Data(x, y, group))


@pytest.mark.parametrize(("make", "said"), [
    (lambda: InverseWishart(1, [1, 1]), "nu: a number above q - 1 = 1 is needed for 2 coefficients, got 1; at q + 1 = 3"),
    (lambda: InverseWishart(np.nan, [1, 1]), "nu: a number above q - 1 = 1 is needed"),
    (lambda: InverseWishart(True, [1]), "nu: a number above q - 1 = 0 is needed"),
    (lambda: InverseWishart(4, [[1, 2], [2, 1]]), "scale: it is not positive definite"),
    (lambda: InverseWishart(4, [1, 0]), "scale: it is not positive definite"),
    (lambda: InverseWishart(4, [1, -1]), "scale: it is not positive definite"),
    (lambda: InverseWishart(4, [[1, 0.5], [0.2, 1]]), "scale: it is not symmetric"),
    (lambda: InverseWishart(4, [[1, 0.5]]), "scale: a matrix of shape (q, q) is needed, or its diagonal, got shape (1, 2)"),
    (lambda: InverseWishart(4, [1, np.inf]), "scale: an entry is not finite"),
    (lambda: InverseWishart(4, "wide"), "scale: numbers are needed, got 'wide'"),
    (lambda: LKJ(0.4, [HalfNormal(1)]), "eta: a finite number of at least 0.5 is needed, got 0.4"),
    (lambda: LKJ(2, HalfNormal(1)), "scales: a list of distributions is needed, one a coefficient"),
    (lambda: LKJ(2, [HalfNormal(1), Normal(0, 1)]), "scales, place 1: a distribution of hbm_lib.priors that lives above 0"),
    (lambda: Prior(3, TWO, sigma2=NOISE), "covariance: InverseWishart(nu, scale) or LKJ(eta, scales) is needed, got 3"),
    (lambda: Prior(InverseWishart(4, [1, 1]), TWO), "sigma2, sigma: exactly one is needed"),
    (lambda: Prior(InverseWishart(4, [1, 1]), TWO, sigma2=NOISE, sigma=NOISE), "sigma2, sigma: exactly one is needed"),
    (lambda: Prior(InverseWishart(4, [1, 1]), TWO, sigma=Normal(0, 1)), "sigma: a distribution of hbm_lib.priors that lives"),
    (lambda: Prior(InverseWishart(4, [1, 1]), TWO[:1], sigma2=NOISE), "mu: a list of 2 Normals is needed, one a coefficient"),
    (lambda: Prior(InverseWishart(4, [1, 1]), [Normal(0, 1), StudentT(3, 0, 1)], sigma2=NOISE), "mu, place 1: a Normal is"),
    (lambda: Prior(InverseWishart(4, [1, 1]), sigma2=NOISE), "mu: a list of Normals is needed, or instead of it mean and"),
    (lambda: Prior(InverseWishart(4, [1, 1]), mean=0, sigma2=NOISE), "mu: a list of Normals is needed, or instead"),
    (lambda: Prior(InverseWishart(4, [1, 1]), TWO, 0, 1, sigma2=NOISE), "mu: a list of Normals is needed, or instead"),
    (lambda: Prior(InverseWishart(4, [1, 1]), mean=[0, 1, 2], precision=1, sigma2=NOISE), "mean: one finite number or 2 are"),
    (lambda: Prior(InverseWishart(4, [1, 1]), mean=0, precision=[[1, 2], [2, 1]], sigma2=NOISE), "precision: it is not pos"),
    (lambda: varying.random_slopes(slopes.slopes().prior), "prior: a varying.Prior is needed, got Prior("),
])
def test_a_prior_that_is_none_is_refused(make, said):
    refused(said, make)


def test_data_of_another_kind_or_size_is_refused_before_sampling():
    model, data = CASES["line"]
    other = slopes.Data(Y, X1, GROUP)
    refused("data: a varying.Data is needed, got Data", lambda: fit(model, other, engine="gibbs", seed=1))
    refused("data: it has 3 columns (intercept, a, b) and the prior is of 2 coefficients",
            lambda: fit(model, PLANE, engine="gibbs", seed=1))
    many = data.replicated(np.zeros((2, data.n_rows)))
    refused("data: one data set is needed, got 2 at once", lambda: fit(model, many, engine="gibbs", seed=1))
    refused("y: shape (data sets, 20) is needed, got (2, 3)", lambda: data.replicated(np.zeros((2, 3))))
    refused("form: one of separate, blocked, interwoven is needed, got 'centered'",
            lambda: fit(model, data, engine="gibbs", form="centered", seed=1))


def test_groups_of_fewer_rows_than_coefficients_are_fine(seed):
    """Two rows a group, three coefficients: no group knows its own, together they know mu."""
    rng = np.random.default_rng(seed)
    index = np.repeat(np.arange(150), 2)
    data = varying.Data(np.column_stack([np.ones(300), rng.normal(size=(300, 2))]), rng.normal(size=300) + 2, index)
    prior = Prior(InverseWishart(5, [0.1] * 3), mean=0, precision=0.1, sigma2=NOISE)
    tree = fit(varying.random_slopes(prior), data, engine="gibbs", seed=seed, draws=100, tune=50)
    assert np.all(np.abs(tree["posterior"]["mu"].mean(("chain", "draw")).values - [2, 0, 0]) < 0.5)


def test_labels_of_any_type_and_whole_numbers_are_read():
    first = varying.Data(np.column_stack([np.ones(20, int), np.arange(20)]), np.arange(20), np.repeat([3, 1, 2, 7], 5))
    assert first.labels == ("3", "1", "2", "7")
    assert first.y.dtype == float
    days = pd.to_datetime(["2024-01-01", "2024-01-02"]).repeat(10)
    for labels in (days, pd.Categorical(["x", "y"] * 10), np.repeat([True, False], 10), np.repeat([1.5, 2.5], 10)):
        assert varying.Data(first.x, first.y, labels).n_groups == 2


def test_priors_with_the_same_numbers_are_equal():
    one, other = (Prior(InverseWishart(4, np.eye(2) * v), mean=[0, v], precision=np.eye(2), sigma2=NOISE) for v in (1, 1.0))
    assert one == other
    assert varying.random_slopes(one) == varying.random_slopes(other)
    assert one.covariance.scale == ((1.0, 0.0), (0.0, 1.0))
    np.testing.assert_array_equal(one.spread, np.eye(2))


def test_a_masked_value_is_refused():
    x = np.ma.masked_array(PLANE.x, mask=np.zeros(PLANE.x.shape, bool))
    x[3, 1] = np.ma.masked
    refused("x, column 'x1', row 3: the value is masked; drop the row or mend it", lambda: varying.Data(x, Y, GROUP))


def test_a_group_without_rows_is_refused():
    group = pd.Categorical(list(map(str, GROUP)), categories=[*dict.fromkeys(map(str, GROUP)), "nobody's"])
    said = "no row is of group \"nobody's\"; the data tells nothing of a group without rows: drop the category"
    refused(f"group: {said}", lambda: varying.Data(PLANE.x, Y, group))
    refused(f"column 'place': {said}", lambda: varying.Data.from_frame(FRAME.assign(place=group), **COLUMNS))


@pytest.mark.parametrize("noise", [{"sigma": HalfNormal(1)}, {"sigma2": HalfNormal(1)}])
def test_an_outcome_without_noise_is_refused_where_the_prior_does_not_hold_sigma(noise):
    x = np.column_stack([np.ones(9), np.arange(9) % 3])
    group = np.repeat([1, 2, 3], 3)
    line = 1e6 + 2 * x[:, 1] * group
    prior = Prior(InverseWishart(4, np.eye(2)), mean=0, precision=1, **noise)
    for y in (0 * line, line):
        refused("data: every group's rows lie exactly on a line of its own, so nothing keeps sigma from 0",
                lambda y=y: fit(varying.random_slopes(prior), varying.Data(x, y, group), engine="gibbs", seed=1))
    # two rows a group never show noise about its own line, and the groups' common law keeps sigma from 0
    few = np.arange(9) % 3 < 2
    varying.spec.check(prior, varying.Data(x[few], line[few], group[few]))
    held = Prior(InverseWishart(4, np.eye(2)), mean=0, precision=1, sigma2=NOISE)
    varying.spec.check(held, varying.Data(x, line, group))


@pytest.mark.parametrize(("told", "said"), [
    ({"groups": 1}, "groups: a whole number of at least 2 is needed, got 1"), ({"groups": 2.5}, "groups: a whole number"),
    ({"smallest": 0}, "smallest: a whole number of at least 1 is needed, got 0"), ({"slopes": -1}, "slopes: a whole number"),
    ({"smallest": 9, "largest": 8}, "largest: at least smallest = 9 is needed, got 8"),
    ({"sigma": 0}, "sigma: a standard deviation above 0 is needed, got 0"), ({"sigma": -1}, "sigma: a standard deviation"),
    ({"sigma": np.nan}, "sigma: a standard deviation"), ({"sigma": "1"}, "sigma: a standard deviation"),
])
def test_what_makes_no_groups_is_refused(told, said):
    refused(said, lambda: simulate.regressions(1, **told))
