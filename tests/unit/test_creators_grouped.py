"""The posterior as two group-bys is the posterior in memory, wherever the creators are."""

import re
from pathlib import Path

import frames
import numpy as np
import pandas as pd
import pytest

from hbm_lib import fit_exact
from hbm_lib.data import files
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate
from hbm_lib.models.creators.grouped import fit_grouped, totals
from hbm_lib.models.creators.stream import readout, readouts, write_readouts
from hbm_lib.models.creators.summarize import summarize
from hbm_lib.priors import Normal

MODEL = creators.partial_pooling()
HYPER = ("mu_global", "sigma_genre", "sigma_creator", "mu_genre")
NAN, INF = float("nan"), float("inf")
ON_SPARK = [pytest.mark.slow, pytest.mark.xdist_group("spark")]  # one session for all
KINDS = [*frames.EAGER, *frames.LAZY, pytest.param("spark", marks=ON_SPARK)]
LAZY = [*frames.LAZY, pytest.param("spark", marks=ON_SPARK)]


@pytest.fixture(scope="module")
def spark():
    session = frames.spark_session()
    yield session
    session.stop()


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """Dask's tests run on a local cluster of two workers, each a thread of this process."""
    distributed = pytest.importorskip("distributed")
    with (distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as local,
          distributed.Client(local)):
        yield


@pytest.fixture
def as_kind(request, tmp_path):
    def make(table, kind):
        return frames.as_kind(table, kind, tmp_path, request.getfixturevalue("spark") if kind == "spark" else None)

    return make


@pytest.fixture(scope="module")
def rows():
    """Users' rows of 60 creators in 5 genres, mixed."""
    df, _ = simulate.generate_experiment_data(11, creators_per_genre=12, scale=0.2)
    return df.astype({"genre": object, "group": object}).sample(frac=1, random_state=1).reset_index(drop=True)


@pytest.fixture(scope="module")
def table():
    """4,000 creators in 4 genres of unequal sizes, one of them with a single creator; the first rows in the genres' order."""
    rng = np.random.default_rng(5)
    n = 4000
    index = np.concatenate([[0, 1, 2, 3], rng.choice(3, n - 4, p=[0.7, 0.25, 0.05])])
    se = np.exp(rng.normal(-1, 0.7, n))
    effect = np.array([0.1, 0.5, 0.8, 2.0])[index] + 0.4 * rng.standard_normal(n) + se * rng.standard_normal(n)
    genre = np.array(list("abcd"))[index]
    return pd.DataFrame({"creator_id": rng.permutation(n), "genre": genre, "effect_hat": effect, "se": se})


def data(table):
    return creators.Data.from_frame(table, effect="effect_hat", se="se", genre="genre", creator="creator_id")


def same_posterior(found, wanted, rtol=1e-10):
    np.testing.assert_allclose(found.log_evidence, wanted.log_evidence, rtol=rtol)
    for name in HYPER:
        for ask in ("mean", "sd"):
            np.testing.assert_allclose(getattr(found, ask)(name), getattr(wanted, ask)(name), rtol=rtol, err_msg=name)
        for q in (0.025, 0.5, 0.975):
            np.testing.assert_allclose(found.quantile(name, q), wanted.quantile(name, q), rtol=rtol, err_msg=name)


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize("kind", KINDS)
def test_the_posterior_is_that_of_memory(table, as_kind, kind):
    wanted = fit_exact(MODEL, data(table))
    found = fit_grouped(MODEL, as_kind(table, kind), creator="creator_id")
    assert found.totals.genres == wanted.data.genres == tuple("abcd")
    np.testing.assert_array_equal(found.totals.counts, wanted.data.counts)
    same_posterior(found.posterior, wanted)


@pytest.mark.parametrize("far", [10.0, 1e3, 1e6])
@pytest.mark.parametrize("prior", [{}, {"mu_global": Normal(300.0, 1.0)}])
def test_effects_that_the_prior_did_not_expect(table, far, prior):
    """How far sigma_creator is looked at depends on the effects, there as in memory."""
    model, table = MODEL.with_prior(**prior), table.iloc[:200].assign(effect_hat=lambda t: far * t["effect_hat"])
    wanted, found = fit_exact(model, data(table)), fit_grouped(model, table).posterior
    assert found.sums.design.top == pytest.approx(wanted.sums.design.top, rel=1e-12)
    same_posterior(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("kind", ["Dask", pytest.param("Spark", marks=ON_SPARK)])
def test_the_listings_of_the_page(table, kind, request, tmp_path, monkeypatch):
    """What the page prints for a cluster is run here."""
    page = (Path(__file__).parents[2] / "chapters" / "creators" / "07_one_pass.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"^```python\n# {kind}\n(.*?)^```", page, re.S | re.M)
    table.to_parquet(tmp_path / "creators.parquet", row_group_size=900)
    monkeypatch.chdir(tmp_path)
    names = {"model": MODEL, "fit_grouped": fit_grouped}
    if kind == "Spark":
        names["spark"] = request.getfixturevalue("spark")
        # Spark keeps the folder it started in
        code = code.replace('"creators.parquet"', repr(str(tmp_path / "creators.parquet")))
    exec(code, names)
    same_posterior(names["found"].posterior, fit_exact(MODEL, data(table)))


@pytest.mark.parametrize("kind", KINDS)
def test_from_users_rows_to_creators_readouts(rows, as_kind, kind):
    """The whole way elsewhere, and the whole way in pandas."""
    own = baselines.no_pooling_estimates(rows)
    wanted = fit_exact(MODEL, baselines.to_data(own))
    there = baselines.no_pooling_estimates(as_kind(rows, kind))
    pd.testing.assert_frame_equal(there, own, rtol=1e-10, check_dtype=False)
    found = fit_grouped(MODEL, as_kind(there, kind), creator="creator_id")
    place = [wanted.data.genres.index(g) for g in found.totals.genres]
    for name in HYPER[:3]:
        np.testing.assert_allclose(found.posterior.mean(name), wanted.mean(name), rtol=1e-9)
    np.testing.assert_allclose(found.posterior.mean("mu_genre"), wanted.mean("mu_genre")[place], rtol=1e-9)
    read = readout(found, there)
    np.testing.assert_allclose(read["effect_hat"], wanted.mean("tau"), rtol=1e-9)
    np.testing.assert_allclose(read["ci_upper"], wanted.quantile("tau", 0.975), rtol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_users_rows_with_a_large_mean_keep_their_variance(rows, as_kind, kind):
    """A million dollars on every row: a sum of squares about 0 would have lost nine digits of ten."""
    far = rows.assign(revenue=np.round(rows["revenue"] * 2**20) / 2**20 + 2.0**20)  # exact in floating point
    wanted = summarize(rows.assign(revenue=far["revenue"] - 2.0**20))
    found = summarize(as_kind(far, kind))
    for arm in ("control", "treatment"):
        np.testing.assert_allclose(found[f"var_{arm}"], wanted[f"var_{arm}"], rtol=1e-9)
        np.testing.assert_array_equal(found[f"n_{arm}"], wanted[f"n_{arm}"])


@pytest.mark.parametrize("kind", LAZY)
def test_bad_users_rows(rows, as_kind, kind):
    who = int(rows.loc[7, "creator_id"])
    for value in (None, NAN, INF):
        bad = rows.copy()
        bad.loc[7, "revenue"] = value
        refused(f"column 'revenue': creator {who} has a value that is missing", lambda bad=bad: summarize(as_kind(bad, kind)))
    bad = rows.copy()
    bad.loc[7, "genre"] = "x"
    refused(f"column 'genre': creator {who} stands in two genres", lambda: summarize(as_kind(bad, kind)))
    bad = rows.copy()
    bad.loc[7, "genre"] = None
    refused("column 'genre': the label is missing", lambda: summarize(as_kind(bad, kind)))
    bad = rows.copy()
    bad.loc[7, "group"] = "other"
    refused("column 'group': 'other' is not an arm", lambda: summarize(as_kind(bad, kind)))
    refused("column 'revenue' is not in the table", lambda: summarize(as_kind(rows.drop(columns="revenue"), kind)))
    refused("column 'revenue': its values are no numbers", lambda: summarize(as_kind(rows.astype({"revenue": str}), kind)))
    empty = rows.iloc[:0].astype({"genre": str, "group": str})
    refused("column 'revenue': there is no row", lambda: summarize(as_kind(empty, kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("column", "value", "said"), [
    ("effect_hat", NAN, "column 'effect_hat': genre 'b' has a value that is missing, infinite"),
    ("effect_hat", None, "column 'effect_hat': genre 'b' has a value that is missing"),
    ("effect_hat", -INF, "column 'effect_hat': genre 'b' has a value that is missing, infinite"),
    ("effect_hat", 1e16, "column 'effect_hat': genre 'b' has a value that is missing, infinite, too large"),
    ("se", 0.0, "column 'se': genre 'b' has a value that is missing, infinite, too large or too small, or not above 0"),
    ("se", -1.0, "column 'se': genre 'b' has a value that is"),
    ("se", INF, "column 'se': genre 'b' has a value that is"),
    ("se", NAN, "column 'se': genre 'b' has a value that is"),
    ("genre", None, "column 'genre': the label is missing"),
])
def test_bad_creators(table, as_kind, kind, column, value, said):
    bad = table.copy()
    bad.loc[1, column] = value
    refused(said, lambda: totals(as_kind(bad.iloc[:40], kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_creators_twice_and_tables_without_rows_or_columns(table, as_kind, kind):
    twice = table.iloc[:40].copy()
    twice.loc[3, "creator_id"] = twice.loc[1, "creator_id"]
    label = int(twice.loc[1, "creator_id"])
    refused(f"column 'creator_id': {label} stands in 2 rows; give each creator one row and one genre",
            lambda: totals(as_kind(twice, kind), creator="creator_id"))
    refused("column 'effect_hat': there is no row", lambda: totals(as_kind(table.iloc[:0], kind)))
    for name in ("effect_hat", "se", "genre", "creator_id"):
        refused(f"column {name!r} is not in the table",
                lambda name=name: totals(as_kind(table.iloc[:9].drop(columns=name), kind), creator="creator_id"))


def test_what_is_no_table():
    refused("frame: a pandas or Polars data frame is needed, got str", lambda: totals("creators.parquet"))


@pytest.mark.parametrize("kind", [k for k in (*frames.EAGER, *frames.LAZY) if k != "dask"])
def test_readouts_in_batches_are_those_of_memory(table, as_kind, kind, tmp_path):
    table = table.iloc[:1000]  # too few for tables: each creator is computed for itself
    wanted = fit_exact(MODEL, data(table))
    frame = as_kind(table, kind)
    found = fit_grouped(MODEL, frame)
    parts = list(readouts(found, frame, rows=150, above=0.0))
    assert len(parts) > 1
    read = pd.concat(parts).set_index("creator_id").loc[table["creator_id"]]
    assert list(read["genre"]) == list(table["genre"])
    for name, value in {"effect_hat": wanted.mean("tau"), "se": wanted.sd("tau"), "p_above": wanted.above(0.0),
                        "ci_lower": wanted.quantile("tau", 0.025), "ci_upper": wanted.quantile("tau", 0.975)}.items():
        np.testing.assert_allclose(read[name], value, rtol=1e-7, atol=1e-8, err_msg=name)
    path = tmp_path / "readouts.parquet"
    assert write_readouts(found, frame, path, rows=150) == len(table)
    written = pd.read_parquet(path).set_index("creator_id").loc[table["creator_id"]]
    pd.testing.assert_frame_equal(written, read.drop(columns="p_above"), check_dtype=False, check_categorical=False)


def test_a_posterior_without_creators_says_so(table):
    found = fit_grouped(MODEL, table).posterior
    for ask in (lambda: found.mean("tau"), lambda: found.quantile("tau", 0.5), lambda: found.above(0.0), found.summary,
                lambda: found.creators(slice(3)), lambda: found.sample(np.random.default_rng(1), 3)):
        refused("this posterior was computed from sums and knows no creators; give it some with read(data)", ask)
    assert np.all(found.error("mu_genre") < 1e-8)


def test_nothing_is_half_written(table, tmp_path):
    """A genre that was not there in the first pass stops the second batch; what stood in the file stays."""
    found = fit_grouped(MODEL, table)
    path = tmp_path / "readouts.parquet"
    write_readouts(found, table.iloc[:5], path)
    before = path.read_bytes()
    changed = table.astype({"genre": object}).copy()
    changed.loc[1500, "genre"] = "new"
    refused("column 'genre': a genre was not there in the first pass",
            lambda: write_readouts(found, changed.iloc[:2000], path, rows=1000))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["readouts.parquet"]


def test_files_larger_than_memory(tmp_path):
    """Many row groups under a memory limit below the file's size, as Parquet, as CSV and by a pattern."""
    duckdb = pytest.importorskip("duckdb")
    query = ("SELECT i % 500 AS creator_id, 'g' || (i % 5) AS genre, CASE WHEN i % 3 = 0 THEN 'control' ELSE 'treatment' END "
             "AS \"group\", (hash(i) % 1000003) / 1e5 AS revenue FROM range({}, {}) t(i)")
    for part in range(2):
        for kind in ("parquet", "csv"):
            duckdb.sql(f"COPY ({query.format(300_000 * part, 300_000 * (part + 1))}) TO '{tmp_path}/{part}.{kind}'")
    wanted = summarize(pd.concat(pd.read_parquet(tmp_path / f"{part}.parquet") for part in range(2)))
    for pattern in ("*.parquet", "*.csv"):
        found = summarize(files.scan(tmp_path / pattern, memory="60MB", spill=tmp_path / "spill"))
        pd.testing.assert_frame_equal(found, wanted, rtol=1e-10, check_dtype=False)


def test_files_that_cannot_be_read(tmp_path):
    refused("path: a file ending in .parquet, .pq, .csv", lambda: files.scan("rows.xlsx"))
    refused("rows.parquet' cannot be read: ", lambda: files.scan(tmp_path / "rows.parquet"))
    (tmp_path / "text.parquet").write_text("no parquet")
    refused("text.parquet' cannot be read: ", lambda: files.scan(tmp_path / "text.parquet"))
