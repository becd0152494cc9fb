"""Skewed outcomes: what cannot be used is refused with a sentence that says where; what only looks odd is data."""

import re

import numpy as np
import pandas as pd
import pytest
from payers import COUNTS, DATA, NUMBERS, ROWS

from hbm_lib import fit, fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import creators, skewed
from hbm_lib.models.skewed import Coefficient, quantities, readouts, simulate
from hbm_lib.priors import HalfNormal, Normal

LEVEL = Coefficient(Normal(0, 1), HalfNormal(1), HalfNormal(1))


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def with_row(column, row, value, table=ROWS):
    values = list(table[column])
    values[row] = value
    return table.assign(**{column: values})


@pytest.mark.parametrize(("column", "value", "said"), [
    ("revenue", -1.0, "column 'revenue', row 3: -1 is below 0; a refund is another outcome"),
    ("revenue", float("nan"), "column 'revenue', row 3: nan is missing or infinite"),
    ("revenue", float("inf"), "column 'revenue', row 3: inf is missing or infinite"),
    ("revenue", "12 $", "column 'revenue', row 3: '12 $' is not a number"),
    ("group", "placebo", "column 'group', row 3: 'placebo' is not an arm; known are control, treatment"),
    ("group", None, "column 'group', row 3: the label is missing"),
    ("creator_id", None, "column 'creator_id', row 3: the label is missing"),
    ("genre", "nowhere", "stands in two genres; give each one genre"),
])
def test_rows_of_revenue(column, value, said):
    refused(said, lambda: skewed.Data.from_frame(with_row(column, 3, value)))


def test_counts_are_whole():
    refused("column 'purchases', row 2: 1.5 is no whole number; amounts of money are for skewed.Data",
            lambda: skewed.Counts.from_frame(with_row("purchases", 2, 1.5, COUNTS)))
    refused("column 'purchases', row 2: -2 is below 0", lambda: skewed.Counts.from_frame(with_row("purchases", 2, -2, COUNTS)))


def test_frames():
    refused("column 'revenue': there is no row", lambda: skewed.Data.from_frame(ROWS.iloc[:0]))
    refused("column 'revenue' is not in the table", lambda: skewed.Data.from_frame(COUNTS))
    alone = ROWS[(ROWS["creator_id"] != "b") | (ROWS["group"] == "control")]
    refused("column 'group': creator 'b' has no user in arm 'treatment'", lambda: skewed.Data.from_frame(alone))


def arrays(**changes):
    n = {name: getattr(DATA, name) for name in ("users", "genre", "creator", "payers", "y", "sum_log", "squares")}
    return skewed.Data(**(n | changes))


def changed(name, a, i, value):
    out = np.array(getattr(DATA, name))
    out[a, i] = value
    return {name: out}


@pytest.mark.parametrize(("name", "value", "said"), [
    ("users", 0, "arm 'treatment': a whole number of at least 1 is needed, got 0"),
    ("users", 2.5, "arm 'treatment': a whole number of at least 1 is needed, got 2.5"),
    ("users", float("nan"), "arm 'treatment': a whole number of at least 1 is needed, got nan"),
    ("payers", -1, "arm 'treatment': a whole number of at least 0 is needed, got -1"),
    ("payers", 99, "payers are more than users"),
    ("y", 0.0, "revenue is not above 0 exactly where somebody paid"),
    ("y", -3.0, "arm 'treatment': a finite number of at least 0 is needed, got -3"),
    ("sum_log", float("inf"), "arm 'treatment': a finite number of at least -inf is needed, got inf"),
    ("squares", -1e-9, "a finite number of at least 0 is needed"),
])
def test_sums(name, value, said):
    refused(said, lambda: arrays(**changed(name, 1, 0, value)))


def test_shapes_and_labels():
    refused("users: shape (2, 5), control and treatment of each creator, is needed, got (5, 2)",
            lambda: arrays(users=DATA.users.T))
    refused("creator, row 1: 'a' stands in row 0 too", lambda: arrays(creator=["a", "a", "c", "d", "e"]))
    refused("creator: there is no row", lambda: skewed.Data(np.ones((2, 0)), [], [], *[np.ones((2, 0))] * 4))


@pytest.mark.parametrize(("name", "value", "said"), [
    ("arm", 2, "arm, row 0: 2 is not a whole number from 0 to 1"), ("value", 0, "value, row 0: 0 is not a whole number from 1"),
    ("times", 1.5, "times, row 0: 1.5 is not a whole number"), ("times", 1000, "more users with a count than users"),
])
def test_entries_of_counts(name, value, said):
    given = {n: getattr(NUMBERS, n) for n in ("users", "genre", "creator", "arm", "place", "value", "times")}
    given[name] = [value, *given[name][1:]]
    refused(said, lambda: skewed.Counts(**given))


def test_models_and_priors():
    refused("data: a skewed.Data of revenue is needed for lognormal, got Counts", lambda: fit(
        skewed.hurdle_lognormal(), NUMBERS, engine="gibbs", seed=1))
    refused("data: a skewed.Counts of whole numbers is needed for negative_binomial, got Data", lambda: fit(
        skewed.negative_binomial(), DATA, engine="pymc", seed=1))
    nobody = skewed.Data.from_frame(ROWS.assign(revenue=0.0))
    refused("data: every outcome is 0", lambda: fit(skewed.hurdle_gamma(), nobody, engine="numpyro", seed=1))
    refused("positive: one of lognormal, gamma", lambda: skewed.Prior("weibull", LEVEL, LEVEL, HalfNormal(1)))
    refused("share_level: a skewed.Coefficient is needed", lambda: skewed.Prior("gamma", LEVEL, LEVEL, HalfNormal(1)))
    refused("share_level: negative_binomial has no hurdle", lambda: skewed.Prior(
        "negative_binomial", LEVEL, LEVEL, HalfNormal(1), share_level=LEVEL))
    refused("shape: its prior must live above 0", lambda: skewed.hurdle_gamma().with_prior(shape=Normal(0, 1)))
    refused("sigma_genre: its prior must live above 0", lambda: Coefficient(Normal(0, 1), Normal(0, 1), HalfNormal(1)))


def test_engines_that_cannot():
    with pytest.raises(EngineError, match="do not integrate out"):
        fit_exact(skewed.hurdle_lognormal(), DATA)
    with pytest.raises(EngineError, match="of no known family"):
        fit(skewed.hurdle_gamma(), DATA, engine="gibbs", seed=1)


def test_an_arm_without_payers_is_data_for_the_hurdle_and_left_out_of_the_log_scale():
    assert DATA.payers[0, DATA.labels.index("e")] == 0
    tree = fit(skewed.hurdle_lognormal(), DATA, engine="gibbs", seed=1, form="interwoven", chains=2, draws=5, tune=5)
    assert np.isfinite(quantities.estimates(tree, DATA)["effect_hat"]).all()
    assert "e" not in readouts.log_scale(DATA).labels
    assert "d" not in readouts.log_scale(DATA).labels
    silent = skewed.Data.from_frame(ROWS[ROWS["creator_id"].isin(["e"])])
    refused("data: no creator has payers in both arms", lambda: readouts.log_scale(silent))


def test_readout_functions_refuse():
    tree = fit(skewed.hurdle_lognormal(), DATA, engine="gibbs", seed=1, form="interwoven", chains=2, draws=5, tune=5)
    refused("level: a number strictly between 0 and 1 is needed, got 95", lambda: quantities.estimates(tree, DATA, level=95))
    other = arrays(creator=list("vwxyz"))
    refused("tree: its creators are not those of the data", lambda: quantities.estimates(tree, other))
    refused("positive: one of lognormal", lambda: simulate.users(1, positive="pareto"))
    refused("users: 1 <= genres", lambda: simulate.users(1, genres=0))


def test_a_flat_arm_adds_nothing_to_the_standard_error():
    table = readouts.differences(ROWS).set_index("creator_id")
    paying = ROWS[(ROWS["creator_id"] == "e") & (ROWS["group"] == "treatment")]["revenue"]
    assert table.loc["e", "flat"] == 1
    assert table.loc["e", "se"] == pytest.approx(paying.std() / np.sqrt(len(paying)))
    assert table.loc["d", "se"] == 0
    posterior, pooled = readouts.normal(ROWS)
    assert isinstance(posterior.data, creators.Data)
    genre = posterior.mean("mu_genre")[posterior.data.genres.index("gaming")]
    assert pooled.set_index("creator_id").loc["d", "effect_hat"] == pytest.approx(genre, abs=1e-6)


def test_rows_in_any_table_are_the_same():
    polars = pytest.importorskip("polars")
    other = skewed.Data.from_frame(polars.from_pandas(ROWS))
    for name in ("users", "payers", "y", "sum_log", "squares"):
        np.testing.assert_array_equal(getattr(other, name), getattr(DATA, name))


def test_sums_are_those_of_the_rows():
    for i, who in enumerate(DATA.labels):
        for a, arm in enumerate(("control", "treatment")):
            x = ROWS[(ROWS["creator_id"] == who) & (ROWS["group"] == arm)]["revenue"].to_numpy()
            logs = np.log(x[x > 0])
            wanted = len(x), len(logs), x.sum(), logs.sum(), logs.var() * len(logs) if len(logs) else 0
            found = [getattr(DATA, n)[a, i] for n in ("users", "payers", "y", "sum_log", "squares")]
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    assert DATA.genres == tuple(dict.fromkeys(pd.Series(DATA.genre)))


def test_simulated_users_follow_their_truth(seed):
    """Share of payers and revenue per user of 400,000 users an arm, within 5 standard errors."""
    for positive, column in (("lognormal", "revenue"), ("gamma", "revenue"), ("negative_binomial", "purchases")):
        rows, truth = simulate.users(seed, positive=positive, creators=2, genres=1, scale=150)
        who, arm = rows["creator_id"].to_numpy(), (rows["group"] == "treatment").to_numpy()
        for i in range(2):
            for a in range(2):
                x = rows[column].to_numpy()[(who == i) & (arm == a)]
                p, mean = truth.share[a, i], truth.mean[a, i] * (truth.share[a, i] if column == "revenue" else 1)
                assert abs((x > 0).mean() - p) < 5 * np.sqrt(p * (1 - p) / len(x))
                assert abs(x.mean() - mean) < 5 * x.std() / np.sqrt(len(x))
