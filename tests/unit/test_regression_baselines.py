"""Least squares beside the hierarchical regression: against statsmodels' formulas written out, and where it cannot."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.models import regression
from hbm_lib.models.regression import baselines, simulate

DATA, TRUTH = simulate.grouped(4, groups=8, smallest=1, largest=30)


def textbook(x, y, level=0.95):
    """Estimates, standard errors and half widths by the normal equations."""
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    df = len(y) - x.shape[1]
    se = np.sqrt(((y - x @ b) ** 2).sum() / df * np.diag(inverse))
    return b, se, stats.t.ppf((1 + level) / 2, df) * se


def test_ols():
    table = baselines.ols(DATA, 0.9)
    b, se, half = textbook(DATA.x, DATA.y, 0.9)
    assert np.allclose(table["estimate"], b)
    assert np.allclose(table["se"], se)
    assert np.allclose(table["upper"] - table["lower"], 2 * half)
    assert list(table.index) == list(DATA.names)
    assert set(table["note"]) == {""}
    assert table.attrs["df"] == DATA.n_rows - 3
    assert table.attrs["sigma"] == pytest.approx(np.sqrt(((DATA.y - DATA.x @ b) ** 2).sum() / (DATA.n_rows - 3)))


def test_within_groups():
    table = baselines.within_groups(DATA)
    for j, label in enumerate(DATA.labels):
        mine, rows = DATA.index == j, table.loc[label]
        assert set(rows["rows"]) == {mine.sum()}
        if mine.sum() > 3:
            b, se, half = textbook(DATA.x[mine], DATA.y[mine])
            assert np.allclose(rows["estimate"], b)
            assert np.allclose(rows["se"], se)
            assert np.allclose(rows["upper"] - rows["estimate"], half)
            assert set(rows["note"]) == {""}


def test_a_group_that_cannot_says_why():
    x = np.column_stack([np.ones(10), [1, 2, 3, 4, 1, 2, 5, 5, 5, 5], np.tile([0.0, 1], 5)])
    data = regression.Data(x, np.arange(10.0) ** 2, list("aaaabbcccc"), ["one", "u", "v"])
    table = baselines.within_groups(data)
    assert not table.loc["a"].isna().to_numpy().any()
    assert np.isnan(table.loc["b", "estimate"]).all()
    assert set(table.loc["b", "note"]) == {"no estimate: 2 rows for 3 columns"}
    assert np.isnan(table.loc[("c", "one"), "estimate"])
    assert np.isnan(table.loc[("c", "u"), "estimate"])  # 5 times the intercept in this group
    assert table.loc[("c", "u"), "note"] == "no estimate: its column depends on the others here"
    assert np.isfinite(table.loc[("c", "v"), "estimate"])
    three = regression.Data(x[:7], np.arange(7.0), list("aaaabbb"), ["one", "u", "v"])
    noted = baselines.within_groups(three).loc["b"]
    assert np.isfinite(noted["estimate"]).all()
    assert noted["se"].isna().all()
    assert set(noted["note"]) == {"no standard error: no row is left over"}


def test_dummies():
    line, levels = baselines.dummies(DATA)
    z = (DATA.index[:, None] == np.arange(DATA.n_groups)).astype(float)
    b, se, half = textbook(np.hstack([DATA.x[:, 1:], z]), DATA.y)
    assert np.allclose(line["estimate"].iloc[1:], b[:2])
    assert np.allclose(line["se"].iloc[1:], se[:2])
    assert np.isnan(line["estimate"].iloc[0])
    assert line["note"].iloc[0] == "no estimate: constant within every group"
    assert np.allclose(levels["estimate"], b[2:])
    assert np.allclose(levels["se"], se[2:])
    assert np.allclose(levels["upper"] - levels["lower"], 2 * half[2:])
    assert list(levels.index) == list(DATA.labels)
    assert set(levels["note"]) == {""}


def test_dummies_with_columns_that_depend_on_each_other_within_groups():
    u = np.random.default_rng(1).standard_normal(12)
    group = np.repeat(np.arange(3), 4)
    data = regression.Data(np.column_stack([u, u + group]), u + group, group, ["u", "v"])
    line, levels = baselines.dummies(data)
    assert line["estimate"].isna().all()
    assert set(line["note"]) == {"no estimate: its column depends on the others within groups"}
    assert set(levels["note"]) == {"columns without an estimate are in it"}


def test_least_squares_with_dependent_columns_names_them():
    x = np.column_stack([DATA.x, 2 * DATA.x[:, 1] - 1])
    table = baselines.ols(regression.Data(x, DATA.y, DATA.index, ["one", "u", "w", "twice u"]))
    assert list(np.isnan(table["estimate"])) == [True, True, False, True]
    assert table.loc["w", "estimate"] == pytest.approx(baselines.ols(DATA)["estimate"].iloc[2])
    assert table.attrs["sigma"] == pytest.approx(baselines.ols(DATA).attrs["sigma"])


def test_units_do_not_matter():
    scaled = regression.Data(DATA.x * [1, 1e7, 1e-7], DATA.y, DATA.index)
    assert np.allclose(baselines.ols(scaled)["estimate"] * [1, 1e7, 1e-7], baselines.ols(DATA)["estimate"])
    assert np.allclose(baselines.dummies(scaled)[1]["estimate"], baselines.dummies(DATA)[1]["estimate"])
