"""Bad input to regression with groups is refused before any work, with the column or row and what to do."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hbm_lib import fit
from hbm_lib.models import linear, regression
from hbm_lib.models.regression import baselines, simulate
from hbm_lib.models.regression.spec import check
from hbm_lib.priors import Exponential, HalfNormal, InverseGamma, Normal

G = list("aabbb")
X = np.column_stack([np.ones(5), [1.0, 2, 3, 4, 5.5]])
Y = [3, 5, 4, 8, 6]
NAMED = {"sigma2": InverseGamma(2, 1), "tau2": InverseGamma(2, 1)}
FRAME = pd.DataFrame({"y": Y, "u": X[:, 1], "town": G})


def with_value(at, value):
    out = X.astype(object)
    out[at] = value
    return out


@pytest.mark.parametrize(("x", "y", "group", "said"), [
    (X[:, 1], Y, G, "shape"),
    (np.empty((5, 0)), Y, G, "shape"),
    (X, Y[:4], G, "y has 4"),
    (X[:4], Y, G, "x has 4"),
    (X, Y, G[:4], "group has 4"),
    (with_value((2, 1), np.nan), Y, G, "x, column 'x1', row 2: nan is missing or infinite"),
    (with_value((3, 0), np.inf), Y, G, "x, column 'x0', row 3: inf"),
    (with_value((1, 1), "seven"), Y, G, "x, column 'x1', row 1: 'seven' is not a number"),
    (with_value((1, 1), None), Y, G, "x, column 'x1', row 1: None"),
    (with_value((1, 1), True), Y, G, "x, column 'x1', row 1: True is not a number"),
    (with_value((4, 1), 1e300), Y, G, "x, column 'x1', row 4: 1e\\+300 is too large"),
    (X, [3, 5, np.nan, 8, 6], G, "y, row 2: nan"),
    (X, [3, 5, -np.inf, 8, 6], G, "y, row 2: -inf"),
    (X, [3, 5, "4", 8, 6], G, "y, row 2: '4' is not a number"),
    (X, 3, G, "y: one number a row"),
    (X, Y, ["a", "a", None, "b", "b"], "group, row 2: the label is missing"),
    (X, Y, [1.0, 1, np.nan, 2, 2], "group, row 2: the label is missing"),
    (X, Y, ["a", "a", " ", "b", "b"], "group, row 2: the label is missing"),
    (X, Y, "aabbb", "group: one label a row"),
    (X, Y, ["a"] * 5, "at least two groups"),
    (X, Y, list("abcde"), "every group has one row"),
    (X, Y, pd.Categorical(G, categories=["a", "b", "c"]), "no row is of group 'c'"),
])
def test_data(x, y, group, said):
    with pytest.raises(ValueError, match=said):
        regression.Data(x, y, group)


@pytest.mark.parametrize(("names", "said"), [
    (["a"], "2 rows"), (["a", "a"], "'a' stands in row 0 too"), (["a", ""], "row 1"), ("ab", "one label a row")])
def test_names(names, said):
    with pytest.raises(ValueError, match=f"names.*{said}"):
        regression.Data(X, Y, G, names)


@pytest.mark.parametrize(("change", "told", "said"), [
    ({}, {"y": "z"}, "column 'z' is not in the table"),
    ({}, {"x": ["u", "v"]}, "column 'v' is not in the table"),
    ({}, {"group": "city"}, "column 'city'"),
    ({}, {"x": "u"}, "write \\['u'\\]"),
    ({}, {"x": ["u", "u"]}, "column 'u' is named more than once"),
    ({}, {"x": ["u", "y"]}, "column 'y' is the outcome or the group already"),
    ({}, {"x": [], "intercept": False}, "nothing to estimate"),
    ({"u": [1, 2, None, 4, 5]}, {}, "column 'u', row 2"),
    ({"y": [1, 2, 3, np.inf, 5]}, {}, "column 'y', row 3"),
    ({"town": ["a", None, "b", "b", "a"]}, {}, "column 'town', row 1: the label is missing"),
    ({"town": pd.Categorical(G, categories=["a", "b", "c"])}, {}, "column 'town': no row is of group 'c'.*remove_unused"),
    ({"intercept": [1.0] * 5}, {"x": ["intercept", "u"]}, "intercept=False"),
])
def test_frames(change, told, said):
    with pytest.raises(ValueError, match=said):
        regression.Data.from_frame(FRAME.assign(**change), **({"y": "y", "x": ["u"], "group": "town"} | told))


def test_a_polars_enum_with_a_group_without_rows():
    frame = pl.from_pandas(FRAME).with_columns(pl.col("town").cast(pl.Enum(["a", "b", "c"])))
    with pytest.raises(ValueError, match="no row is of group 'c'"):
        regression.Data.from_frame(frame, y="y", x=["u"], group="town")


@pytest.mark.parametrize(("told", "said"), [
    ({"precision": 0}, "flat prior is no distribution"),
    ({"precision": -1}, "must be positive"),
    ({"precision": [1, 0]}, "must be positive"),
    ({"precision": [[1, 2], [2, 1]]}, "must be positive"),
    ({"precision": [[1, 0.5], [0.2, 1]]}, "symmetric"),
    ({"precision": np.nan}, "precision: a finite number"),
    ({"precision": "weak"}, "precision: a finite number"),
    ({"mean": [0, np.inf]}, "mean: a finite number"),
    ({"mean": None}, "mean: a finite number"),
    ({"sigma2": Normal(0, 1)}, "sigma2: its prior must live above 0"),
    ({"sigma2": 1.0}, "sigma2: a distribution"),
    ({"tau2": None}, "exactly one"),
    ({"tau": HalfNormal(1)}, "exactly one"),
    ({"tau2": None, "tau": Normal(0, 1)}, "tau: its prior must live above 0"),
])
def test_priors(told, said):
    with pytest.raises(ValueError, match=said):
        regression.Prior(**({"mean": 0, "precision": 1} | NAMED | told))


@pytest.mark.parametrize(("told", "said"), [
    ({"mean": [0, 0, 0]}, "mean: one number or one for each of the 2 columns"),
    ({"precision": [1, 1, 1]}, "precision: a number, 2 of them or a 2 x 2 matrix"),
    ({"precision": np.eye(3)}, "precision: a number, 2 of them or a 2 x 2 matrix"),
])
def test_a_prior_of_another_size(told, said):
    prior = regression.Prior(**({"mean": 0, "precision": 1} | NAMED | told))
    with pytest.raises(ValueError, match=said):
        fit(regression.hierarchical(prior), regression.Data(X, Y, G), engine="gibbs", seed=1)


FLAT, INFORMED = (regression.Prior(0, v, **NAMED) for v in (1e-9, 1.0))
TWICE = np.column_stack([X, 3 * X[:, 1] - 2])


def test_dependent_columns_under_a_nearly_flat_prior():
    data = regression.Data(TWICE, Y, G, ["one", "u", "v"])
    with pytest.raises(ValueError, match=r"cannot tell the columns 'one', 'u', 'v' apart.*linearly dependent.*larger precision"):
        fit(regression.hierarchical(FLAT), data, engine="gibbs", seed=1)
    check(INFORMED, data)  # a prior that knows something tells them apart


def test_a_constant_column_beside_an_intercept():
    data = regression.Data(np.column_stack([X, np.full(5, 7.0)]), Y, G, ["one", "u", "seven"])
    with pytest.raises(ValueError, match="'one', 'seven'"):
        check(FLAT, data)


def test_more_columns_than_rows_under_a_nearly_flat_prior():
    data = regression.Data(np.random.default_rng(1).standard_normal((5, 8)), Y, G)
    with pytest.raises(ValueError, match=r"5 rows for 8 columns.*next to nothing"):
        fit(regression.hierarchical(FLAT), data, engine="gibbs", seed=1)


@pytest.mark.parametrize("form", ["separate", "blocked", "interwoven"])
@pytest.mark.parametrize("x", [TWICE, np.random.default_rng(1).standard_normal((5, 8))], ids=["dependent", "wide"])
def test_a_prior_that_knows_something_makes_them_usable(x, form):
    tree = fit(regression.hierarchical(INFORMED), regression.Data(x, Y, G), engine="gibbs", seed=1, draws=50, tune=10, form=form)
    assert tree["posterior"]["beta"].sizes["coefficient"] == x.shape[1]


def test_columns_in_unlike_units_are_no_dependent_columns():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), rng.standard_normal((30, 3)) * [1, 1e-6, 1e9] + [1e6, 0, 0]])
    check(regression.Prior(0, 1e-9, **NAMED), regression.Data(x, rng.standard_normal(30), np.repeat(np.arange(6), 5)))


def test_an_outcome_that_does_not_vary_within_groups():
    data = regression.Data(X, [2, 2, 5, 5, 5], G)
    prior = regression.Prior(0, 1, Exponential(1), tau2=InverseGamma(2, 1))
    with pytest.raises(ValueError, match="nothing keeps sigma2 from 0"):
        check(prior, data)
    check(INFORMED, data)  # an inverse gamma keeps sigma2 away from 0


@pytest.mark.parametrize("data", [FRAME, X, None])
def test_data_of_another_kind(data):
    with pytest.raises(ValueError, match=r"a regression.Data is needed"):
        fit(regression.hierarchical(INFORMED), data, engine="gibbs", seed=1)


def test_data_without_groups():
    with pytest.raises(ValueError, match=r"a regression.Data is needed, got Data"):
        fit(regression.hierarchical(INFORMED), linear.Data(X, Y), engine="gibbs", seed=1)


def test_many_data_sets_are_for_calibration():
    data = regression.Data(X, Y, G)
    with pytest.raises(ValueError, match="one data set is needed, got 3"):
        fit(regression.hierarchical(INFORMED), data.replicated(np.ones((3, 5))), engine="gibbs", seed=1)
    with pytest.raises(ValueError, match="shape"):
        data.replicated(np.ones((3, 4)))


def test_a_model_needs_a_prior():
    with pytest.raises(ValueError, match=r"regression.Prior is needed"):
        regression.hierarchical(HalfNormal(1))


@pytest.mark.parametrize(("told", "said"), [
    ({"groups": 1}, "groups"), ({"smallest": 0}, "smallest"), ({"smallest": 1, "largest": 1}, "largest"), ({"sigma": 0}, "sigma"),
    ({"tau": -1}, "tau"), ({"tau": np.nan}, "tau"), ({"between": 1.5}, "between"), ({"beta": []}, "beta"),
    ({"beta": [np.nan]}, "beta"), ({"groups": 2.5}, "groups")])
def test_made_up_rows(told, said):
    with pytest.raises(ValueError, match=said):
        simulate.grouped(1, **told)


@pytest.mark.parametrize("find", [baselines.ols, baselines.within_groups, baselines.dummies])
@pytest.mark.parametrize("level", [0, 1, 95, np.nan, "0.9", None])
def test_levels(find, level):
    with pytest.raises(ValueError, match="level"):
        find(regression.Data(X, Y, G), level)
