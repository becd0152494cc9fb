"""Creators' baselines: users' rows are refused with a sentence that says where, and sums are those of plain NumPy."""

import re

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats

from hbm_lib import fit, fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate

NAN, INF = float("nan"), float("inf")
KINDS = ("pandas", "pandas, lazy", "arrow", "polars", "polars, lazy")
ROW = 7  # where a fault is put


@pytest.fixture(scope="module")
def experiment():
    df, _ = simulate.generate_experiment_data(3, genres=2, creators_per_genre=3)
    # rows mixed: no creator's rows stand together
    return df.astype({"genre": object, "group": object}).sample(frac=1, random_state=1).reset_index(drop=True)


def arms(rows, creator):
    one = rows[rows["creator_id"] == creator]
    return [one.loc[one["group"] == arm, "revenue"].to_numpy() for arm in ("treatment", "control")]


def as_kind(rows, kind):
    if kind == "pandas":
        return rows
    if kind == "pandas, lazy":
        return nw.from_native(rows).lazy()
    if kind == "arrow":
        return pa.Table.from_pandas(rows, preserve_index=False)
    pl = pytest.importorskip("polars")
    table = pl.from_arrow(pa.Table.from_pandas(rows, preserve_index=False))
    return table.lazy() if "lazy" in kind else table


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def changed(rows, column, value, row=ROW):
    out = rows.astype({column: object}) if not isinstance(value, float) else rows.copy()
    out.loc[row, column] = value
    return out


@pytest.mark.parametrize("kind", ["pandas", "arrow"])
@pytest.mark.parametrize(("column", "value", "said"), [
    ("revenue", NAN, "column 'revenue', row 7: nan is missing or infinite; drop the row or mend it"),
    ("revenue", INF, "column 'revenue', row 7: inf is missing or infinite"),
    ("revenue", -INF, "column 'revenue', row 7: -inf is missing or infinite"),
    ("revenue", 1e300, "column 'revenue', row 7: 1e+300 is too large to compute with"),
    ("revenue", None, "column 'revenue', row 7: "),
    ("group", "other", "column 'group', row 7: 'other' is not an arm; known are control, treatment"),
    ("group", "Treatment", "column 'group', row 7: 'Treatment' is not an arm"),
    ("group", None, "column 'group', row 7: the label is missing; name it or drop the row"),
    ("genre", None, "column 'genre', row 7: the label is missing"),
    ("genre", "  ", "column 'genre', row 7: the label is missing"),
    ("creator_id", None, "column 'creator_id', row 7: the label is missing"),
])
def test_a_bad_value(experiment, kind, column, value, said):
    bad = as_kind(changed(experiment, column, value), kind)
    for estimate in (baselines.summarize, baselines.no_pooling_estimates, baselines.complete_pooling_estimates):
        refused(said, lambda estimate=estimate: estimate(bad))


@pytest.mark.parametrize(("values", "said"), [
    (lambda x: x.astype(str), " is not a number; convert the column first"),
    (lambda x: x > 5, "row 0: "),
    (lambda x: pd.Series(pd.Timestamp("2020-01-01"), x.index), "row 0: "),
])
def test_outcomes_that_are_no_numbers(experiment, values, said):
    refused(said, lambda: baselines.summarize(experiment.assign(revenue=values(experiment["revenue"]))))


@pytest.mark.parametrize("kind", KINDS)
def test_arms_too_small_for_a_standard_error(experiment, kind):
    treated = (experiment["creator_id"] == 4) & (experiment["group"] == "treatment")
    for rows in (0, 1):
        few = pd.concat([experiment[~treated], experiment[treated].iloc[:rows]], ignore_index=True)
        said = f"column 'group': creator 4 has {rows} rows in arm 'treatment'; a standard error needs 2"
        refused(said, lambda few=few: baselines.summarize(as_kind(few, kind)))
    for arm in ("control", "treatment"):
        one = as_kind(experiment[experiment["group"] == arm], kind)
        other = {"control": "treatment", "treatment": "control"}[arm]
        refused(f"creator 0 has 0 rows in arm {other!r}", lambda one=one: baselines.summarize(one))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 + 0.1])
def test_an_arm_without_spread(experiment, kind, value):
    """Also where the variance of equal numbers rounds to a little above 0."""
    flat = experiment.copy()
    flat.loc[(flat["creator_id"] == 4) & (flat["group"] == "control"), "revenue"] = value
    said = "column 'revenue': creator 4 has no spread in arm 'control', so no standard error"
    refused(said, lambda: baselines.summarize(as_kind(flat, kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_creator_in_two_genres(experiment, kind):
    who = int(experiment.loc[ROW, "creator_id"])
    bad = as_kind(changed(experiment, "genre", "x"), kind)
    refused(f"column 'genre': creator {who} stands in two genres; give each one genre", lambda: baselines.summarize(bad))


@pytest.mark.parametrize("kind", KINDS)
def test_columns_and_rows_that_are_not_there(experiment, kind):
    for name in experiment.columns:
        bad = as_kind(experiment.drop(columns=name), kind)
        refused(f"column {name!r} is not in the table; it has ", lambda bad=bad: baselines.summarize(bad))
    empty = as_kind(experiment.iloc[:0].astype({"genre": str, "group": str}), kind)
    refused("column 'revenue': there is no row", lambda: baselines.summarize(empty))


def test_a_column_twice(experiment):
    twice = pd.concat([experiment, experiment[["revenue"]]], axis=1)
    refused("column 'revenue' stands in the table 2 times", lambda: baselines.summarize(twice))


@pytest.mark.parametrize("given", [None, [1, 2], {"revenue": [1.0]}, "users.csv", np.ones((3, 4)), pd.Series([1.0])])
def test_what_is_no_table(given):
    said = f"frame: a pandas or Polars data frame is needed, got {type(given).__name__}"
    refused(said, lambda: baselines.summarize(given))


@pytest.mark.parametrize("kind", ["pandas, lazy", "polars, lazy"])
def test_a_lazy_table_has_no_rows_to_count_so_the_creator_is_named(experiment, kind):
    who = int(experiment.loc[ROW, "creator_id"])
    for value in (NAN, INF, -1e300):
        bad = as_kind(changed(experiment, "revenue", value), kind)
        refused(f"column 'revenue': creator {who} has a value that is missing, infinite or too large",
                lambda bad=bad: baselines.summarize(bad))
    refused("column 'group': 'other' is not an arm", lambda: baselines.summarize(
        as_kind(changed(experiment, "group", "other"), kind)))
    refused("column 'revenue': its values are no numbers but String; convert the column first", lambda: baselines.summarize(
        as_kind(experiment.astype({"revenue": str}), kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_sums_are_those_of_plain_numpy(experiment, kind):
    found = baselines.summarize(as_kind(experiment, kind)).set_index("creator_id")
    assert list(found.index) == list(range(6))
    for creator in found.index:
        for name, x in zip(("treatment", "control"), arms(experiment, creator), strict=True):
            assert found.loc[creator, f"n_{name}"] == len(x)
            assert found.loc[creator, f"mean_{name}"] == pytest.approx(np.mean(x), rel=1e-12)
            assert found.loc[creator, f"var_{name}"] == pytest.approx(np.var(x, ddof=1), rel=1e-12)
        assert found.loc[creator, "genre"] == ("comedy" if creator < 3 else "music")


def test_large_means_do_not_eat_the_variance(experiment):
    """A billion dollars on top of every row: what is left of the values' digits is kept."""
    moved = experiment.assign(revenue=experiment["revenue"] + 1e9)
    plain, far = baselines.no_pooling_estimates(experiment), baselines.no_pooling_estimates(moved)
    np.testing.assert_allclose(far["se"], plain["se"], rtol=1e-6)
    np.testing.assert_allclose(far["effect_hat"], plain["effect_hat"], atol=1e-6)


def test_columns_of_other_names(experiment):
    names = {"creator_id": "channel", "genre": "topic", "group": "cell", "revenue": "minutes"}
    found = baselines.summarize(experiment.rename(columns=names), unit="channel", group="topic", arm="cell", outcome="minutes")
    pd.testing.assert_frame_equal(found, baselines.summarize(experiment))


def test_labels_and_numbers_in_many_forms(experiment):
    wanted = baselines.summarize(experiment)
    labels = experiment.astype({"creator_id": "category", "genre": "category", "group": "category"})
    objects = experiment.astype({"revenue": object})
    nullable = experiment.astype({"revenue": "Float64"})
    for rows in (labels, objects, nullable, experiment.set_index(experiment.index[::-1])):
        found = baselines.summarize(rows).astype({"creator_id": wanted["creator_id"].dtype})
        pd.testing.assert_frame_equal(found, wanted)


def test_no_pooling_is_welch(experiment):
    """Effect, standard error and p-value are SciPy's Welch test; the interval is normal, as the model's likelihood is."""
    found = baselines.no_pooling_estimates(experiment)
    assert list(found.columns) == ["creator_id", "genre", "effect_hat", "se", "ci_lower", "ci_upper", "p_value", "n_total"]
    for row in found.itertuples():
        a, b = arms(experiment, row.creator_id)
        test = stats.ttest_ind(a, b, equal_var=False)
        assert row.effect_hat == pytest.approx(np.mean(a) - np.mean(b), rel=1e-12)
        assert row.se == pytest.approx(row.effect_hat / test.statistic, rel=1e-10)
        assert row.p_value == pytest.approx(test.pvalue, rel=1e-9)
        assert row.n_total == len(a) + len(b)
        assert (row.ci_lower, row.ci_upper) == pytest.approx((row.effect_hat - 1.959964 * row.se,
                                                              row.effect_hat + 1.959964 * row.se), abs=1e-6)


def test_three_users_by_hand():
    """Treatment 5, 7, 9 (mean 7, variance 4), control 1, 2, 6 (mean 3, variance 7): effect 4, SE sqrt(11 / 3)."""
    rows = pd.DataFrame({"creator_id": "a", "genre": "g", "group": ["treatment"] * 3 + ["control"] * 3,
                         "revenue": [5, 7, 9, 1, 2, 6]})
    (row,) = baselines.no_pooling_estimates(rows).itertuples()
    assert (row.effect_hat, row.se) == pytest.approx((4, np.sqrt(11 / 3)))


def test_complete_pooling_forgets_who_the_creator_is(experiment):
    """Every creator of a genre has the Welch test of all users of the genre."""
    found, own = baselines.complete_pooling_estimates(experiment), baselines.no_pooling_estimates(experiment)
    assert list(found.columns) == list(own.columns)
    pd.testing.assert_frame_equal(found[["creator_id", "genre", "n_total"]], own[["creator_id", "genre", "n_total"]])
    for genre, rows in found.groupby("genre"):
        users = experiment[experiment["genre"] == genre]
        a, b = (users.loc[users["group"] == arm, "revenue"] for arm in ("treatment", "control"))
        test = stats.ttest_ind(a, b, equal_var=False)
        wanted = [a.mean() - b.mean(), np.sqrt(a.var() / len(a) + b.var() / len(b)), test.pvalue]
        for row in rows[["effect_hat", "se", "p_value"]].to_numpy():
            np.testing.assert_allclose(row, wanted, rtol=1e-9)


def test_the_model_takes_the_table_as_it_is(experiment):
    own = baselines.no_pooling_estimates(experiment)
    data = baselines.to_data(own)
    np.testing.assert_array_equal(data.effect, own["effect_hat"])
    np.testing.assert_array_equal(data.se, own["se"])
    assert (data.genres, list(data.labels)) == (("comedy", "music"), [str(i) for i in range(6)])


def test_partial_pooling_is_read_off_the_draws(experiment, seed):
    own = baselines.no_pooling_estimates(experiment)
    tree = fit(creators.partial_pooling(), baselines.to_data(own), engine="exact", seed=seed, draws=4000)
    found, draws = baselines.extract_hbm_estimates(tree, own), tree["posterior"]["tau"].to_numpy().reshape(-1, 6)
    assert list(found.columns) == list(own.columns)
    np.testing.assert_allclose(found["effect_hat"], draws.mean(0))
    np.testing.assert_allclose(found["se"], draws.std(0, ddof=1))
    np.testing.assert_allclose(found[["ci_lower", "ci_upper"]].T, np.quantile(draws, [0.025, 0.975], axis=0))
    np.testing.assert_allclose(found["p_value"], 2 * np.minimum((draws > 0).mean(0), (draws < 0).mean(0)))
    exact = fit_exact(creators.partial_pooling(), baselines.to_data(own))
    assert np.max(np.abs(found["effect_hat"] - exact.mean("tau")) / exact.sd("tau")) < 6 / np.sqrt(len(draws))
    refused("posterior: its creators are not those of the estimates", lambda: baselines.extract_hbm_estimates(tree, own[::-1]))
