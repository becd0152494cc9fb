"""What is wrong with a file is said by column, row and remedy; nothing is written, nothing is half-written."""

import errno
import gzip
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from readouts import call, page, table, users

from hbm_lib.readout import by_duckdb, cells, read, run, write


@pytest.fixture
def rows():
    return users(np.random.default_rng(1), units=4)


def put(rows, column, at, value):
    out = rows.astype({column: object})
    out.loc[at, column] = value
    return out


def arm(rows, unit, label):
    """Return the rows whose unit is another one, or whose arm is this one."""
    return rows[(rows["creator_id"] != unit) | (rows["group"] == label)]


def flat(rows):
    return rows.assign(revenue=rows["revenue"].where((rows["creator_id"] != 1) | (rows["group"] == "control"), 4.0))


def hardly(rows):
    """Return the rows with a unit whose outcomes are equal but for their last digits."""
    return rows.assign(revenue=rows["revenue"].where(rows["creator_id"] != 1, 5 + 1e-9 * rows["revenue"]))


def text(rows, **kwargs):
    return rows.to_csv(index=False, **kwargs)


BAD = {
    "no such column": (lambda r: r.drop(columns="genre"), [], ["column 'genre' is not in the table", "'creator_id'"]),
    "text": (lambda r: put(r, "revenue", 7, "abc"), [], ["column 'revenue', row 8", "'abc' is not a number"]),
    "decimal comma": (lambda r: put(r, "revenue", 7, "1,5"), [], ["row 8", "'1,5' is not a number; write decimals with a point"]),
    "underscore": (lambda r: put(r, "revenue", 7, "1_000"), [], ["row 8", "'1_000'"]),
    "missing": (lambda r: put(r, "revenue", 0, np.nan), [], ["column 'revenue', row 1 ", "missing; drop the row or mend it"]),
    "nan": (lambda r: put(r, "revenue", 3, "NaN"), [], ["row 4", "missing"]),
    "infinite": (lambda r: put(r, "revenue", 9, np.inf), [], ["row 10", "infinite"]),
    "too large": (lambda r: put(r, "revenue", 9, 1e16), [], ["row 10", "measure it in a larger unit"]),
    "no unit": (lambda r: put(r, "creator_id", 5, ""), [], ["column 'creator_id', row 6", "label is missing"]),
    "no group": (lambda r: put(r, "genre", 5, "  "), [], ["column 'genre', row 6", "label is missing"]),
    "no arm": (lambda r: put(r, "group", 5, None), [], ["column 'group', row 6", "label is missing"]),
    "third arm": (lambda r: put(r, "group", 5, "maybe"), ["--treatment", "treatment", "--control", "control"],
                  ["'maybe' is neither", "'maybe' (1 row)", "--ignore-arm 'maybe'"]),
    "third arm, nothing said": (lambda r: put(r, "group", 5, "maybe"), [], ["not obvious", "'treatment' (", "'maybe' (1 row)"]),
    "labels that are not obvious": (lambda r: r.assign(group=r["group"].map({"treatment": "A", "control": "B"})), [],
                                    ["not obvious", "'A' (", "'B' (", "--treatment LABEL"]),
    "label not there": (lambda r: r, ["--treatment", "new"], ["--treatment: column 'group' has no label 'new'", "'control' ("]),
    "same labels": (lambda r: r, ["--treatment", "control", "--control", "control"], ["are both 'control'"]),
    "ignored label not there": (lambda r: r, ["--ignore-arm", "x"], ["--ignore-arm", "no label 'x'"]),
    "ignored arm is compared": (lambda r: r, ["--control", "control", "--ignore-arm", "control"], ["an arm that is compared"]),
    "two groups": (lambda r: put(r, "genre", 0, "other"), [], ["column 'genre': unit '0'", "'g0' and 'other'", "one group"]),
    "arm empty": (lambda r: arm(r, 2, "control"), [], ["unit '2' cannot", "0 rows in arm 'treatment'", "--drop-unusable"]),
    "one row in an arm": (lambda r: pd.concat([arm(r, 2, "control"), r[(r.creator_id == 2) & (r.group == "treatment")].head(1)]),
                          [], ["unit '2' cannot", "1 row in arm 'treatment'"]),
    "no spread": (flat, [], ["unit '1' cannot", "no spread in arm 'treatment'", "are 4;", "--drop-unusable"]),
    "nobody left": (lambda r: r[r["group"] == "control"], ["--control", "control", "--treatment", "treatment"],
                    ["column 'group' has no label 'treatment'"]),
    "one row": (lambda r: r.head(1), [], ["not obvious", "(1 row)"]),
    "nothing usable": (lambda r: r.groupby(["creator_id", "group"]).head(1), ["--drop-unusable"],
                       ["no unit is left", "give more rows"]),
    "no rows": (lambda r: r.head(0), [], ["no row below the header"]),
    "empty file": (lambda r: "", [], ["the file is empty"]),
    "first line blank": (lambda r: "\n" + text(r), [], ["the first line is blank", "names of the columns"]),
    "semicolons, and no such column": (lambda r: text(r, sep=";"), ["--unit", "nope"], ["it has 'creator_id', 'genre',"]),
    "thousands": (lambda r: put(r, "revenue", 7, "1,234.5"), [], ["row 8", "'1,234.5' is not", "thousands without a comma"]),
    "column twice": (lambda r: text(r.assign(z=1)).replace("group,revenue,z", "group,revenue,revenue", 1), [],
                     ["column 'revenue' stands in the header 2 times"]),
    "two roles": (lambda r: r, ["--unit", "genre"], ["column 'genre' has two roles"]),
    "not UTF-8": (lambda r: text(r).replace("g1", "ä").encode("latin-1"), [], ["in.csv"]),
    "UTF-16": (lambda r: text(r).encode("utf-16"), [], ["UTF-16", "save the table as CSV"]),
    "Excel": (lambda r: b"PK\x03\x04rest", [], ["Excel", "save the table as CSV"]),
    "damaged Parquet": (lambda r: b"PAR1 and no more", [], ["it cannot be read"]),
    "too many fields": (lambda r: text(r).replace("\n0,", "\n0,1,2,3,4,5,", 1), [], ["cannot be read"]),
    "digits of another script": (lambda r: put(r, "revenue", 7, "٣"), [], ["row 8", "is not a number", "(digits 0 to 9)"]),
    "equal but for rounding": (lambda r: hardly(r), [], ["unit '1' cannot", "hardly any spread", "less than a millionth of the "
                                                         "largest", "--drop-unusable"]),
    "squares vanish": (lambda r: r.assign(revenue=1e-300 * r["revenue"]), [], ["column 'revenue'", "too small to compute with"]),
    "JSON": (lambda r: r.to_json(orient="records"), [], ["JSON text", "save the table as CSV"]),
    "a page of the web": (lambda r: "<!doctype html><p>Log in", [], ["an HTML page", "save the table as CSV"]),
    "a thousand columns": (lambda r: ",".join(f"c{i}" for i in range(1000)) + "\n", [], ["'c29' and 970 more;"]),
    "level next to 1": (lambda r: r, ["--level", "0.9999999999999999"], ["--level: 0.9999999999999999 is too near to 1"]),
    "level next to 0": (lambda r: r, ["--level", "1e-300"], ["--level: 1e-300 is too near to 0"]),
    "prior scale far too small": (lambda r: r, ["--prior-scale", "1e-300"], ["--prior-scale: 1e-300 is out of proportion",
                                                                            "standard deviation is"]),
    "prior scale far too large": (lambda r: r, ["--prior-scale", "1e300"], ["--prior-scale: 1e+300 is out of proportion"]),
    "level": (lambda r: r, ["--level", "95"], ["--level: 95 is not between 0 and 1"]),
    "threshold": (lambda r: r, ["--threshold", "nan"], ["--threshold"]),
    "prior scale": (lambda r: r, ["--prior-scale", "0"], ["--prior-scale: a number above 0"]),
    "format": (lambda r: r, ["--format", "xlsx"], ["--format: 'xlsx' is not known; csv or parquet"]),
}


@pytest.fixture(params=["duckdb", "pandas"])
def reader(request, monkeypatch):
    """Read with DuckDB, and as if it were not installed."""
    if request.param == "pandas":
        found = read.find_spec
        monkeypatch.setattr(read, "find_spec", lambda name: None if name == "duckdb" else found(name))

        def refuse(*args):
            raise AssertionError("DuckDB is not to be used here")

        monkeypatch.setattr(by_duckdb, "rows", refuse)
    return request.param


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_and_nothing_is_written(rows, tmp_path, reader, case):
    change, options, words = BAD[case]
    result = call(change(rows), tmp_path, *options)
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for part in words:
        assert part in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("kind", [bool, "datetime64[ns]"])
def test_a_parquet_column_that_holds_no_numbers(rows, tmp_path, reader, kind):
    result = call(rows.assign(revenue=(rows["revenue"] > 5).astype(int).astype(kind)), tmp_path, file="in.parquet")
    assert result.exit_code == 2
    assert "column 'revenue': its values are no numbers but" in result.output


def test_a_short_line_is_named_and_not_the_readers_settings(rows, tmp_path):
    lines = text(rows).split("\n")
    lines[4] = "0,g0"
    result = call("\n".join(lines), tmp_path)
    assert result.exit_code == 2
    assert "line 5 (the header is 1) does not have as many columns as the header, 4; mend the line" in result.output
    assert "strict" not in result.output


def test_a_quotation_mark_that_is_never_closed(rows, tmp_path):
    result = call(text(rows).replace("\n0,", '\n"0,', 1), tmp_path)
    assert result.exit_code == 2
    assert "line 2 (the header is 1) begins with a quotation mark" in result.output


@pytest.mark.parametrize("zipped", [True, False])
def test_the_bytes_say_what_is_zipped_and_not_the_name(rows, tmp_path, reader, zipped):
    assert call(rows, tmp_path).exit_code == 0
    plain = table(tmp_path)
    content, file = (gzip.compress(text(rows).encode()), "in.csv") if zipped else (text(rows), "in.csv.gz")
    assert call(content, tmp_path, file=file).exit_code == 0
    pd.testing.assert_frame_equal(table(tmp_path), plain)


def test_the_prior_scale_may_be_far_off_and_the_readout_goes_to_its_limits(rows, tmp_path):
    """A tiny one: all effects are 0. A huge one: as good as none, so no unit is pooled where groups are alike."""
    assert call(rows, tmp_path, "--prior-scale", 1e-5).exit_code == 0
    assert table(tmp_path)["pooled_effect"].abs().max() < 1e-4
    assert call(rows, tmp_path, "--prior-scale", 1e4).exit_code == 0
    first = table(tmp_path)["pooled_effect"]
    assert call(rows, tmp_path, "--prior-scale", 2e4).exit_code == 0
    np.testing.assert_allclose(table(tmp_path)["pooled_effect"], first, atol=0.2)


def test_ctrl_c_ends_the_pass_and_leaves_nothing(rows, tmp_path, monkeypatch):
    """The file is not read to its end, as a pool that waits for its worker would."""
    stopped = []

    def pressed(*args):
        raise KeyboardInterrupt

    def opened(*args, original=by_duckdb.rows, **kwargs):
        frame, numbered, _, errors, stop = original(*args, **kwargs)
        return frame, numbered, pressed, errors, lambda: (stopped.append(True), stop())

    monkeypatch.setattr(by_duckdb, "rows", opened)
    monkeypatch.setattr(cells, "ThreadPoolExecutor", Late)
    result = call(rows, tmp_path)
    assert result.exit_code == 130, result.output
    assert "stopped; no file is half-written" in result.output
    assert stopped == [True]
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


class Late(ThreadPoolExecutor):
    """A pool whose work is not done before somebody has looked."""

    def submit(self, work):
        return super().submit(lambda: (time.sleep(0.2), work())[1])


@pytest.mark.parametrize("at", ["save", "move"])
def test_ctrl_c_while_writing_leaves_what_was_there(rows, tmp_path, monkeypatch, at):
    assert call(rows, tmp_path).exit_code == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}

    def pressed(source, target, original=os.replace):
        if os.path.basename(target) == "report.html" and "old" not in os.fspath(source):
            raise KeyboardInterrupt
        original(source, target)

    def half(self, path, **kwargs):
        path.write_text("half")
        raise KeyboardInterrupt

    if at == "move":
        monkeypatch.setattr(write.os, "replace", pressed)
    else:
        monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    result = call(None, tmp_path, "--level", 0.5)
    assert result.exit_code == 130, result.output
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    assert "there is no such file" in call(None, tmp_path).output
    (tmp_path / "in.csv").mkdir()
    assert "a folder" in call(None, tmp_path).output


def test_the_row_is_right_in_a_long_file(tmp_path, reader):
    rows = users(np.random.default_rng(2), units=2000, n=100)
    at = 150_000
    result = call(put(rows, "revenue", at, "oops"), tmp_path)
    assert f"row {at + 1:,} " in result.output


@pytest.mark.parametrize("place", ["file", "below a file", "report is a folder", "input"])
def test_a_place_that_cannot_be_written_to(rows, tmp_path, place):
    path = tmp_path / "out"
    options = []
    if place in ("file", "below a file"):
        path.write_text("mine")
        options = ["--out", path / "deeper"] if place == "below a file" else []
    elif place == "report is a folder":
        (path / "report.html").mkdir(parents=True)
    else:
        options = ["--out", tmp_path]
    before = sorted(p.name for p in tmp_path.rglob("*"))
    result = call(rows, tmp_path, *options, file="readout.csv")
    assert result.exit_code == 2
    assert "--out" in result.output
    assert sorted(p.name for p in tmp_path.rglob("*")) == sorted([*before, "readout.csv"])


def test_a_folder_that_may_not_be_written_to(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(write.os, "access", lambda path, mode, **more: not mode & os.W_OK)  # root may write everywhere
    assert "may not be written to" in call(rows, tmp_path).output


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("fails", ["save", "move"])
def test_a_full_disk_leaves_everything_as_it_was(rows, tmp_path, monkeypatch, there, fails):
    out = tmp_path / "out"
    if there:
        out.mkdir()
        for name in ("readout.csv", "report.html"):
            (out / name).write_text("old")
    moved = []

    def replace(source, target, original=os.replace):
        moved.append(target)
        if os.path.basename(target) == "report.html" and "old" not in os.fspath(source):
            raise OSError(errno.ENOSPC, "No space left on device")
        original(source, target)

    def half(self, *args, original=pd.DataFrame.to_csv, **kwargs):
        original(self.head(2), *args, **kwargs)
        raise OSError(errno.ENOSPC, "No space left on device")

    rows.to_csv(tmp_path / "in.csv", index=False)
    if fails == "move":
        monkeypatch.setattr(write.os, "replace", replace)
    else:
        monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    result = call(None, tmp_path)
    assert result.exit_code == 2, result.output
    assert "No space left on device" in result.output
    assert "nothing was changed" in result.output
    if there:
        assert sorted(p.name for p in out.iterdir()) == ["readout.csv", "report.html"]
        assert all(p.read_text() == "old" for p in out.iterdir())
    else:
        assert not out.exists()


def test_what_is_not_installed_is_named_with_its_extra(rows, tmp_path, monkeypatch):
    def refuse(name, original=run.import_module):
        if name == "matplotlib":
            raise ModuleNotFoundError(name)
        return original(name)

    monkeypatch.setattr(run, "import_module", refuse)
    result = call(rows, tmp_path)
    assert result.exit_code == 2
    assert "the report needs matplotlib: pip install 'hbm-lib[readout]'" in result.output
    assert call(rows, tmp_path, "--no-report").exit_code == 0
    assert not (tmp_path / "out" / "report.html").exists()


def test_units_left_out_are_listed_and_the_others_are_as_if_alone(rows, tmp_path):
    bad = flat(arm(rows, 2, "control"))
    assert call(bad, tmp_path, "--drop-unusable").exit_code == 0
    got, html = table(tmp_path), page(tmp_path)
    assert list(got["unit"]) == ["0", "3"]
    for words in ("Units left out", "no spread in arm", "0 rows in arm"):
        assert words in html
    shutil.rmtree(tmp_path / "out")
    assert call(rows[rows["creator_id"].isin([0, 3])], tmp_path).exit_code == 0
    pd.testing.assert_frame_equal(got, table(tmp_path))


def test_rows_of_an_ignored_arm_are_as_if_not_there(rows, tmp_path):
    more = pd.concat([rows, rows.assign(group="third", revenue="no number")])
    assert call(more, tmp_path, "--ignore-arm", "third").exit_code == 0
    got = table(tmp_path)
    assert "Rows in other arms" in page(tmp_path)
    assert call(rows, tmp_path).exit_code == 0
    pd.testing.assert_frame_equal(got, table(tmp_path), rtol=1e-9)


@pytest.mark.parametrize(("treated", "other"), [("1", "0"), ("TREATED", "Placebo"), ("true", "false"), ("variant", "baseline"),
                                                ("1.0", "0.0")])
def test_obvious_labels_are_found(rows, tmp_path, treated, other):
    assert call(rows, tmp_path).exit_code == 0
    first = table(tmp_path)
    assert call(rows.assign(group=rows["group"].map({"treatment": treated, "control": other})), tmp_path).exit_code == 0
    pd.testing.assert_frame_equal(first, table(tmp_path))
    swapped = rows.assign(group=rows["group"].map({"treatment": "A", "control": "B"}))
    assert call(swapped, tmp_path, "--treatment", "B").exit_code == 0
    np.testing.assert_allclose(table(tmp_path)["raw_effect"], -first["raw_effect"])
