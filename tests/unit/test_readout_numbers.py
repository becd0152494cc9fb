"""The readout's numbers: one pass by either reader, the caveats, the score, and a real trial."""

import io

import numpy as np
import pandas as pd
import pytest
from readouts import call, page, table, users
from rich.console import Console
from scipy import optimize, stats

from hbm_lib.data.real import load
from hbm_lib.readout import tails
from hbm_lib.readout.analyze import analyze
from hbm_lib.readout.cells import cells
from hbm_lib.readout.read import read
from hbm_lib.readout.score import score
from hbm_lib.readout.settings import Settings
from hbm_lib.readout.units import units
from hbm_lib.readout.watch import watch

COLUMNS = {"unit": "creator_id", "group": "genre", "arm": "group", "outcome": "revenue"}


def summed(path, engine):
    rows = read(path, **COLUMNS, engine=engine)
    return units(cells(rows), rows).table


@pytest.mark.parametrize("shift", [0.0, 1e6])
@pytest.mark.parametrize("file", ["in.csv", "in.parquet"])
def test_duckdb_and_pandas_sum_up_the_same(seed, tmp_path, file, shift):
    rows = users(np.random.default_rng(seed), units=30)
    rows["revenue"] += shift
    rows["creator_id"] = rows["creator_id"].astype(float)  # as pandas has whole numbers where some were missing
    path = tmp_path / file
    (rows.to_parquet if file.endswith("t") else rows.to_csv)(path, index=False)
    if file.endswith("v"):
        path.write_text(path.read_text().replace(".0,", ",").replace(",", ";").replace("\n", "\r\n"), newline="")
    first, second = (summed(path, engine) for engine in ("duckdb", "pandas"))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, check_dtype=False)
    cell = rows[(rows["creator_id"] == 7) & (rows["group"] == "control")]["revenue"]
    assert list(first["unit"]) == [str(i) for i in range(30)]
    truth = (len(cell), cell.mean(), cell.var(), cell.min(), cell.max(), ((cell - cell.mean()) ** 4).mean())
    got = first.loc[7, [f"{what}_control" for what in ("n", "mean", "var", "low", "high", "m4")]].astype(float)
    np.testing.assert_allclose(got, truth, rtol=1e-7)


@pytest.mark.parametrize(("step", "zone", "label"), [
    ("1D", None, "2024-01-02"), ("90min", None, "2024-01-01 01:30:00"), ("1500ms", None, "2024-01-01 00:00:01.5"),
    ("1D", "Europe/Berlin", "2024-01-01 23:00:00 UTC")])
def test_dates_are_the_same_labels_for_both_readers(seed, tmp_path, step, zone, label):
    rows = users(np.random.default_rng(seed), units=6)
    day = pd.Timestamp("2024-01-01") + (rows["creator_id"] % 3).to_numpy() * pd.Timedelta(step)
    rows["genre"] = pd.Series(day, index=rows.index).dt.tz_localize(zone)
    path = tmp_path / "in.parquet"
    for found in (rows, rows.assign(genre=rows["genre"].astype("category"))):
        found.to_parquet(path, index=False)
        first, second = (summed(path, engine) for engine in ("duckdb", "pandas"))
        assert list(first["group"]) == list(second["group"])
        assert first["group"][1] == label
    if step == "1D" and zone is None:
        rows.to_csv(tmp_path / "in.csv", index=False)
        assert list(summed(tmp_path / "in.csv", "duckdb")["group"]) == list(first["group"])


def test_an_outcome_stored_by_categories_is_read_by_both(seed, tmp_path):
    rows = users(np.random.default_rng(seed), units=3)
    rows.assign(revenue=rows["revenue"].round(2).astype(str).astype("category")).to_parquet(tmp_path / "in.parquet", index=False)
    first, second = (summed(tmp_path / "in.parquet", engine) for engine in ("duckdb", "pandas"))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, check_dtype=False)


def test_a_file_name_that_looks_like_a_pattern(seed, tmp_path):
    rows = users(np.random.default_rng(seed))
    (tmp_path / "data1.csv").write_text("another file\n1\n")
    assert call(rows, tmp_path, file="data[1]*.csv").exit_code == 0
    assert len(table(tmp_path)) == 12


@pytest.mark.parametrize(("name", "law", "kurtosis", "within"), [
    ("normal", stats.norm(), 3.0, 0.15), ("uniform", stats.uniform(), 1.8, 0.1), ("exponential", stats.expon(), 9.0, 1.5)])
def test_kurtosis_is_that_of_the_law_though_arms_are_small_and_differ(seed, name, law, kurtosis, within):
    rng = np.random.default_rng(seed)
    n, arms = 12, 8000
    x = law.rvs((arms, n), random_state=rng) * np.exp(rng.normal(0, 0.3, (arms, 1))) + rng.normal(0, 9, (arms, 1))
    d = x - x.mean(1, keepdims=True)
    half = {f"{what}_{arm}": v[k::2] for k, arm in enumerate(tails.ARMS) for what, v in (
        ("n", np.full(arms, n)), ("var", x.var(1, ddof=1)), ("m4", (d**4).mean(1)))}
    assert tails.kurtosis(pd.DataFrame(half)) == pytest.approx(kurtosis, abs=within)
    biased = ((d**4).mean(1) / (d**2).mean(1) ** 2).mean()
    assert abs(biased - kurtosis) > within / 2, "the mean of sample kurtoses would have done, and the test shows nothing"


def test_the_check_of_tails_sees_what_it_should(seed, tmp_path):
    rng = np.random.default_rng(seed)
    rows = users(rng, units=20, n=60)
    assert call(rows, tmp_path).exit_code == 0
    assert "Heavy tails" not in page(tmp_path)
    assert call(rows.assign(revenue=rng.lognormal(0, 1.8, len(rows))), tmp_path).exit_code == 0
    assert "Heavy tails" in page(tmp_path)


def caveats(rows, tmp_path, **options):
    rows.to_csv(tmp_path / "in.csv", index=False)
    return {c.title: c for c in analyze(tmp_path / "in.csv", Settings(**{"group": "genre"} | options)).caveats}


def titles(rows, tmp_path, **options):
    """Return the caveats but the one that comes by chance, in one of a hundred sound files."""
    return set(caveats(rows, tmp_path, **options)) - {"Units that do not fit"}


def test_each_caveat_comes_when_its_condition_holds_and_not_before(seed, tmp_path):
    rng = np.random.default_rng(seed)
    sound = users(rng, units=40, n=140, groups=5)
    assert not titles(sound, tmp_path)
    alone = sound.assign(genre=sound["genre"].where(sound["creator_id"] != 3, "alone"))
    assert "‘alone’" in caveats(alone, tmp_path)["A group of one"].finding
    both = sound.assign(genre=np.where(sound["creator_id"] == 3, "alone", "rest"))
    assert {"A group of one", "Few groups"} <= titles(both, tmp_path)
    assert "Few units" in titles(sound[sound["creator_id"] < 9], tmp_path)
    assert titles(users(rng, units=40, n=140), tmp_path) == {"Few groups"}
    tiny = pd.concat([sound[sound["creator_id"] != 6], sound[sound["creator_id"] == 6].head(20)])
    assert "1 unit of 40 has an arm of fewer than 30 rows (‘6’)" in caveats(tiny, tmp_path)["Tiny arms"].finding
    far = sound.assign(revenue=sound["revenue"] + 9.0 * ((sound["creator_id"] == 8) & (sound["group"] == "treatment")))
    assert "1 unit lies farther" in caveats(far, tmp_path)["Units that do not fit"].finding
    assert "‘8’" in caveats(far, tmp_path)["Units that do not fit"].finding
    whales = pd.DataFrame({"creator_id": np.repeat(np.arange(1000), 100), "revenue": rng.lognormal(0, 1.8, 100_000),
                           "group": np.where(np.arange(100_000) % 5 == 0, "treatment", "control")}).assign(genre="one")
    assert set(caveats(whales, tmp_path)) >= {"Heavy tails", "Effects go with their standard errors"}
    assert "The priors matter" in caveats(sound, tmp_path, prior_scale=0.01)


def test_the_score_is_the_own_share():
    found = score(np.array([1.0, -2.0, 0.5]), np.array([1.0, 3.0, 1e-3]), np.array([0.5, -0.2, 0.5]), 1.0)
    np.testing.assert_allclose(found["confidence"], [0.5, 0.1, 1.0], atol=1e-5)
    np.testing.assert_allclose(found["moved"], [-0.5, 0.6, 0.0])
    assert found["reason"][0] == ("50 % own data, the rest its group's, because its standard error is 1 times the spread of "
                                  "units; moved down by 0.5 standard errors.")
    assert "10 % own data" in found["reason"][1]
    assert "moved up by 0.6" in found["reason"][1]
    assert found["reason"][2].endswith("left where it was.")
    assert list(found) == ["shrinkage", "moved", "confidence", "reason"]


def test_a_bar_is_drawn_on_a_terminal_for_long_work_only():
    for after, terminal, seen in ((0.0, True, True), (9.0, True, False), (0.0, False, False)):
        out = io.StringIO()
        with watch(Console(file=out, force_terminal=terminal, width=80), after=after) as tell:
            tell("reading", 0.2)
            tell("fitting", 0.6)
        assert ("fitting" in out.getvalue()) == seen
        assert bool(out.getvalue()) == seen


@pytest.mark.slow
def test_a_hundred_thousand_units_of_one_size(seed, tmp_path):
    rng = np.random.default_rng(seed)
    n, per = 100_000, 4
    rows = pd.DataFrame({"creator_id": np.repeat(np.arange(n), per), "genre": np.repeat(np.arange(n) % 7, per),
                         "group": np.tile(["control", "treatment"], n * per // 2),
                         "revenue": rng.normal(0, 1, n * per)})
    rows["revenue"] += np.repeat(rng.normal(0, 1, n), per) * (rows["group"] == "treatment")
    assert call(rows, tmp_path, file="in.parquet").exit_code == 0
    assert len(table(tmp_path)) == n
    assert len(page(tmp_path)) < 1_500_000
    assert "30,000 of them are drawn" in page(tmp_path)


STAR = {"unit": "schidkn", "arm": "classk", "outcome": "tmathssk", "treatment": "small.class", "control": "regular",
        "ignore": ("regular.with.aide",), "drop_unusable": True}


def test_star_agrees_with_lme4(tmp_path):
    """Against lme4 1.1-31, tmathssk ~ small + (small | school), small and regular classes, REML.

    There 8.80 (2.79) is the mean effect and 21.0 the sd of schools' effects. The model here is not the same: each school has
    its own Welch standard error instead of one residual sd (41.97), a school without regular classes is left out, and the
    schools' means say nothing of their effects. So a quarter of lme4's standard error is allowed for the mean, and half of
    the posterior's sd for the spread. That the difference comes from the data's summary, not from the fit, is held tighter:
    REML on the same effects and standard errors has no prior, whose pull is of the order of (2.8 / 42)².
    """
    load("star").to_csv(tmp_path / "star.csv", index=False)
    found = analyze(tmp_path / "star.csv", Settings(**STAR))
    assert list(found.units.left_out) == ["14"]
    assert len(found.table) == 78
    law, scale = found.found, found.scale
    mean, sd = (scale * float(np.ravel(v)[0]) for v in (law.mean("mu_genre"), law.sd("mu_genre")))
    spread, doubt = scale * law.mean("sigma_creator"), scale * law.sd("sigma_creator")
    assert abs(mean - 8.80) < 0.25 * 2.79
    assert abs(sd - 2.79) < 0.1 * 2.79
    assert abs(spread - 21.0) < 0.5 * doubt
    d, se = (found.table[c].to_numpy() for c in ("raw_effect", "se"))

    def criterion(tau):
        w = 1 / (se**2 + tau**2)
        m = (w @ d) / w.sum()
        return -0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (d - m) ** 2), m

    tau = optimize.minimize_scalar(lambda t: criterion(t)[0], bounds=(0, 90), method="bounded").x
    assert abs(mean - criterion(tau)[1]) < 0.03 * sd
    assert abs(spread - tau) < 0.25 * doubt
