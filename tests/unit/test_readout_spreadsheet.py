"""A table opened in a spreadsheet runs nothing, and says where a label was changed; the command's help is whole."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from readouts import call, page, users
from typer.testing import CliRunner

from hbm_lib.cli import app
from hbm_lib.readout.spreadsheet import guarded, runs

HARMFUL = ("=1+1", '=HYPERLINK("x";"y")', "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "\t=1", "＝1+1",
           "-a b(c)", "=a")
HARMLESS = ("anna", "@anna", "@anna_7", "-5", "+5", "-1.5e3", "-", "5=5", "a@b.c", "'=1", "ünï", "日本", "-anna", 7, -7)


@pytest.mark.parametrize("label", HARMFUL)
def test_what_could_be_run_is_shown_as_text(label):
    table = pd.DataFrame({"unit": [label, "a"], "group": ["b", label], "raw_effect": [-1.0, 2.0]})
    assert runs(label)
    pd.testing.assert_frame_equal(guarded(table), table.assign(unit=[f"'{label}", "a"], group=["b", f"'{label}"]))


@pytest.mark.parametrize("label", HARMLESS)
def test_names_and_numbers_stay(label):
    table = pd.DataFrame({"unit": [label], "group": [label], "raw_effect": [-1.0]})
    assert not runs(label)
    pd.testing.assert_frame_equal(guarded(table), table)


def test_the_file_is_guarded_and_the_reader_is_told(tmp_path):
    rows = users(np.random.default_rng(1), units=4)
    rows = rows.assign(creator_id=np.array(["=1+1", "@anna", "b", "-7"])[rows["creator_id"]], genre="+f(x)")
    result = call(rows, tmp_path)
    assert result.exit_code == 0, result.output
    got = pd.read_csv(tmp_path / "out" / "readout.csv")
    assert sorted(got["unit"]) == ["'=1+1", "-7", "@anna", "b"]
    assert set(got["group"]) == {"'+f(x)"}
    told = "Labels that a spreadsheet would run. 2 labels begin as a formula does (‘=1+1’, ‘+f(x)’)"
    assert told in result.output
    assert "Labels that a spreadsheet would run" in page(tmp_path)
    result = call(rows, tmp_path, "--format", "parquet")
    assert "spreadsheet" not in result.output + page(tmp_path)
    assert sorted(pd.read_parquet(tmp_path / "out" / "readout.parquet")["unit"]) == ["-7", "=1+1", "@anna", "b"]


def test_nothing_is_said_where_nothing_could_be_run(tmp_path):
    result = call(users(np.random.default_rng(1), units=4), tmp_path)
    assert "spreadsheet" not in result.output + page(tmp_path)


def test_the_report_needs_matplotlib_and_jinja_and_no_other_package_of_figures(tmp_path):
    """What the extra of the readout does not install, the readout must do without."""
    users(np.random.default_rng(1), units=4).to_csv(tmp_path / "in.csv", index=False)
    code = """
import sys
from importlib.abc import MetaPathFinder
class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("altair", "vl_convert"):
            raise ModuleNotFoundError(name, name=name)
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "altair" else found(name, package)
sys.meta_path.insert(0, Refuse())
from hbm_lib.cli import app
app()
"""
    done = subprocess.run([sys.executable, "-c", code, "readout", "in.csv", "--group", "genre"], cwd=tmp_path,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "readout" / "report.html").exists()


def test_the_help_has_an_example_that_runs_and_a_sentence_for_every_option(tmp_path, monkeypatch):
    text = CliRunner().invoke(app, ["readout", "--help"], terminal_width=200, env={"COLUMNS": "200"}).output
    plain = " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())
    (command,) = re.findall(r"Example: hbm (readout .*)$", plain)
    words = command.split()
    rows = users(np.random.default_rng(1), units=4).assign(group=lambda r: r["group"].map({"treatment": "B", "control": "A"}))
    monkeypatch.chdir(tmp_path)
    names = {"creator_id": words[words.index("--unit") + 1], "genre": words[words.index("--group") + 1],
             "group": words[words.index("--arm") + 1]}
    rows.rename(columns=names).to_csv(words[1], index=False)
    assert CliRunner().invoke(app, words).exit_code == 0
    options = app.registered_commands
    (said,) = [c for c in options if c.callback.__name__ == "readout"]
    for name, kind in said.callback.__annotations__.items():
        if name != "return":
            told = kind.__metadata__[0].help
            assert told[0].isupper() or told.startswith("p_above"), name
            assert told.endswith("."), name
            assert len(told.split()) > 5, name
            assert " ".join(told.split())[:40] in plain, name
