"""The command `hbm`."""

import pytest
from typer.testing import CliRunner

from hbm_lib import __version__
from hbm_lib.cli import app
from hbm_lib.exercises import bank, exercise, progress
from hbm_lib.exercises.material import solved

NAME = "eight_schools/01_shrinkage_factor"


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("HBM_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COLUMNS", "160")


def hbm(*words, code=0, given=None):
    done = CliRunner().invoke(app, words, input=given)
    assert done.exit_code == code, done.output
    return done.output


def pass_it():
    ex = exercise(NAME)
    ex.check(*solved(ex.folder).values())


def test_version():
    assert hbm("--version") == f"hbm {__version__}\n"


def test_engines_are_listed():
    text = hbm("engines")
    assert all(engine in text for engine in ("exact", "gibbs", "pymc", "numpyro"))


def test_the_listing_says_where_the_reader_stands():
    text = hbm("exercises")
    assert all(word in text for name in bank.names() for word in name.split("/"))
    assert f"0 of {len(bank.names())} right" in text
    pass_it()
    exercise(NAME).hint(1)
    text = hbm("exercises")
    (row,) = [line for line in text.splitlines() if NAME.split("/")[1] in line]
    assert "✓ right" in row
    assert "1 of 3" in row
    assert f"1 of {len(bank.names())} right" in text


def test_the_listing_tells_of_a_damaged_file():
    progress.path().write_text("damaged")
    assert "is kept as" in hbm("exercises")


def test_show_prints_the_prompt_and_not_the_header():
    text = hbm("exercises", "show", NAME)
    assert "How far is each school pulled?" in text
    assert "shrunken_estimate(y, sigma, mu, tau)" in text
    assert "jupytext" not in text
    assert "exercise.ipynb" in text


def test_show_prints_formulas_that_can_be_read():
    text = hbm("exercises", "show", NAME)
    assert "yⱼ | θⱼ ~ Normal(θⱼ, σⱼ)" in text
    assert "$" not in text
    assert "\\theta" not in text


def test_hint():
    assert "Hint 2 of 3." in hbm("exercises", "hint", NAME, "2")
    assert "Hint 1 of 3." in hbm("exercises", "hint", NAME)


def test_solution_waits():
    assert "def shrinkage" not in hbm("exercises", "solution", NAME, code=1)
    assert "def shrinkage" in hbm("exercises", "solution", NAME, "--insist")


def test_solution_after_passing():
    pass_it()
    assert "def shrinkage" in hbm("exercises", "solution", NAME)


def test_reset_asks_first():
    pass_it()
    hbm("exercises", "reset", code=1, given="n\n")
    assert progress.load()[0]
    hbm("exercises", "reset", NAME, given="y\n")
    assert progress.load()[0] == {}
    pass_it()
    hbm("exercises", "reset", "--yes")
    assert progress.load()[0] == {}


@pytest.mark.parametrize("command", ["show", "hint", "solution", "reset"])
def test_an_unknown_name_is_one_sentence(command):
    text = hbm("exercises", command, "no_such_thing", code=2)
    assert "did you mean" in text
    assert "Traceback" not in text


def test_no_exercises_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HBM_EXERCISES", str(tmp_path / "nowhere"))
    assert "not a folder" in hbm("exercises", code=2)


def test_prove_passes_one_and_fails_with_complaints(monkeypatch, tmp_path):
    assert "1 exercise, 0 complaints" in hbm("exercises", "prove", NAME)
    (tmp_path / "chapter" / "02_one").mkdir(parents=True)
    (tmp_path / "chapter" / "02_one" / "solution.py").write_text("")
    monkeypatch.setenv("HBM_EXERCISES", str(tmp_path))
    text = hbm("exercises", "prove", code=1)
    assert "chapter/02_one: files: check.py is missing" in text
    assert "chapter is numbered [2]" in text
