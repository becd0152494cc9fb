"""Drift: input that cannot be used is refused with a sentence that says where; periods are read by clear rules."""

import datetime
import re

import drifting
import numpy as np
import pandas as pd
import polars as pl
import pytest

from hbm_lib import fit
from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators, drift
from hbm_lib.models.drift import simulate
from hbm_lib.priors import HalfNormal, Normal

EFFECT, SE, GENRE, PERIOD = [0.9, 0.1, 1.4, -0.6], [0.5, 0.2, 0.9, 0.4], list("abab"), [1, 2, 4, 2]
NAN = float("nan")


@pytest.mark.parametrize(("columns", "said"), [
    (([0.9, NAN, 1.4, -0.6], SE, GENRE, PERIOD), "effect, row 1: nan is missing or infinite"),
    (([0.9, 1, np.inf, -0.6], SE, GENRE, PERIOD), "effect, row 2: inf is missing or infinite"),
    ((EFFECT, [0.5, -1, 0.9, 0.4], GENRE, PERIOD), "se, row 1: -1 is not above 0"),
    ((EFFECT, SE, ["a", None, "b", "b"], PERIOD), "genre, row 1: the label is missing"),
    ((EFFECT, SE, GENRE, [1, None, 2, 3]), "period, row 1: the period is missing"),
    ((EFFECT, SE, GENRE, [1, 2.5, 2, 3]), "period, row 1: 2.5 is neither a whole number nor a date"),
    ((EFFECT, SE, GENRE, ["w1", "w2", "w3", "w4"]), "period, row 0: 'w1' is neither a whole number nor a date"),
    ((EFFECT, SE, GENRE, [True, False, True, True]), "period, row 0: True is neither a whole number"),
    ((EFFECT, SE, GENRE, [20240101, 20240201, 20240301, 20250101]), "are these dates written as numbers?"),
    ((EFFECT, SE, GENRE, [1, 2, 3]), "period has 3; give one row a creator"),
    ((EFFECT, SE, GENRE, 3), "period: one period a row is needed, got 3"),
    ((EFFECT, SE, GENRE, PERIOD, ["x", "y", "x", "z"]), "creator, row 2: 'x' stands in row 0 too"),
    (([], [], [], []), "effect: there is no row"),
    ((EFFECT, SE, GENRE, PERIOD, None, "week"), "every: 'week' is for dates"),
    ((EFFECT, SE, GENRE, pd.date_range("2024-01-01", periods=4)), "every: period holds dates, so one of day, week, month"),
    ((EFFECT, SE, GENRE, pd.date_range("2024-01-01", periods=4), None, "year"), "one of day, week, month is needed, got 'year'"),
])
def test_columns(columns, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        drift.Data(*columns)


def test_whole_numbers_are_places_in_time():
    data = drift.Data(EFFECT, SE, GENRE, [2024, 2026, 2024.0, 2028])
    assert data.periods == (2024, 2025, 2026, 2027, 2028)
    np.testing.assert_array_equal(data.time, [0, 2, 0, 4])
    assert data.counts.sum() == 4
    assert data.counts[:, 1].sum() == 0


@pytest.mark.parametrize(("every", "periods", "time"), [
    ("day", 32, [0, 6, 7, 31]), ("week", 5, [0, 0, 1, 4]), ("month", 2, [0, 0, 0, 1]),
])
def test_dates(every, periods, time):
    """1 January 2024 is a Monday; 7 January is the Sunday of the same week."""
    days = [datetime.date(2024, 1, 1), datetime.date(2024, 1, 7), datetime.date(2024, 1, 8), datetime.date(2024, 2, 1)]
    frame = {"y": EFFECT, "s": SE, "g": GENRE, "when": days}
    columns = {"effect": "y", "se": "s", "genre": "g", "period": "when", "every": every}
    for table in (pd.DataFrame(frame), pl.DataFrame(frame), pd.DataFrame(frame).assign(when=lambda f: pd.to_datetime(f["when"]))):
        data = drift.Data.from_frame(table, **columns)
        assert data.n_periods == periods
        assert data.periods[0] == "2024-01-01"
        np.testing.assert_array_equal(data.time, time)


def test_a_time_zone_keeps_the_date_on_the_wall():
    late = pd.to_datetime(["2024-01-07 23:30"] * 3 + ["2024-01-15 01:00"]).tz_localize("America/New_York")
    frame = pd.DataFrame({"y": EFFECT, "s": SE, "g": GENRE, "when": late})
    data = drift.Data.from_frame(frame, effect="y", se="s", genre="g", period="when", every="week")
    np.testing.assert_array_equal(data.time, [0, 0, 0, 2])


def test_frames_name_their_columns():
    frame = pd.DataFrame({"y": EFFECT, "s": SE, "g": GENRE, "week": [1, None, 2, 3]})
    with pytest.raises(ValueError, match=re.escape("column 'week', row 1: the period is missing")):
        drift.Data.from_frame(frame, effect="y", se="s", genre="g", period="week")
    with pytest.raises(ValueError, match="column 'month' is not in the table; it has y, s, g, week"):
        drift.Data.from_frame(frame, effect="y", se="s", genre="g", period="month")


def test_until_keeps_what_was_known():
    data = drift.Data(EFFECT, SE, ["b", "a", "c", "a"], [5, 1, 9, 3])
    known = data.until(4)
    assert known.periods == (1, 2, 3, 4)
    assert known.genres == ("a",)
    np.testing.assert_array_equal(known.effect, [0.1, -0.6])
    with pytest.raises(ValueError, match="period: 10 is not one of 1 to 9"):
        data.until(10)


@pytest.mark.parametrize(("changes", "said"), [
    ({"sigma_drift": Normal(0, 1)}, "sigma_drift: its prior must live above 0, "),
    ({"sigma_genre": 0.3}, "sigma_genre: a distribution of hbm_lib.priors is needed, got 0.3"),
    ({"phi": HalfNormal(1)}, "phi: its prior must live between -1 and 1"),
])
def test_priors(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        drift.autoregressive().with_prior(**changes)


def test_a_walk_with_phi_is_another_model():
    with pytest.raises(ValueError, match="phi: this removes a variable"):
        drift.autoregressive().with_prior(phi=None)


@pytest.mark.parametrize("engine", ["exact", "gibbs", "pymc", "numpyro"])
def test_data_of_another_kind(engine):
    with pytest.raises(ValueError, match=r"data: a drift\.Data is needed, got Data"):
        fit(drift.random_walk(), creators.Data(EFFECT, SE, GENRE), engine=engine, seed=1)
    with pytest.raises(ValueError, match="data: one data set is needed, got 3 at once"):
        fit(drift.random_walk(), drifting.DATA.replicated(np.zeros((3, 8))), engine=engine, seed=1)


@pytest.mark.parametrize(("about", "said"), [
    (("jazz",), "genre: 'jazz' is not in the data; its genres are a, b"),
    (("a", 0), "ahead: a whole number of at least 1 is needed, got 0"),
    (("a", True), "ahead: a whole number of at least 1 is needed, got True"),
])
def test_forecasts(about, said):
    found = fit_exact(*drifting.CASES["random_walk"])
    with pytest.raises(ValueError, match=re.escape(said)):
        found.forecast(*about)
    with pytest.raises(ValueError, match="of: one of genre, creator, effect is needed"):
        found.forecast("a", of="week")
    with pytest.raises(ValueError, match="se: for 'effect' a number above 0 is needed"):
        found.forecast("a", of="effect")


@pytest.mark.parametrize(("about", "said"), [
    ({"periods": 0}, "periods: a whole number of at least 1 is needed, got 0"),
    ({"drifts": (0.1, -1)}, "drifts: one finite number of at least 0 a genre is needed"),
    ({"sigma_creator": NAN}, "sigma_creator: a finite number of at least 0 is needed"),
    ({"se": (0.5, 0.1)}, "se: two numbers above 0 are needed, the smaller first"),
    ({"phi": 1.1}, "phi: a number from -1 to 1 is needed, got 1.1"),
])
def test_made_up_data(about, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        simulate.make_up(1, **about)


def test_replicates_of_another_length():
    with pytest.raises(ValueError, match=r"y: shape \(data sets, 8\) is needed, got \(3, 7\)"):
        drifting.DATA.replicated(np.zeros((3, 7)))
