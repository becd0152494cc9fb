"""The command `hbm`."""

import shutil

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


def test_show_says_where_answers_are_checked_and_leaves_the_checker_alone(monkeypatch):
    """Only `hint` and `ex.check` need the checker, which loads SciPy."""
    monkeypatch.setattr(bank, "checker", lambda folder: pytest.fail("the checker was loaded"))
    text = hbm("exercises", "show", NAME)
    assert "Answers are checked there, by ex.check(...)." in text
    assert "Copy that file" not in text
    hbm("exercises", "solution", NAME, "--insist")
    hbm("exercises", "reset", NAME, "--yes")
    assert "ex.check(...)" in hbm("exercises", "--help")


def test_the_notebook_of_an_installed_library_is_to_be_copied(tmp_path, monkeypatch):
    installed = tmp_path / "site-packages" / "bank"
    shutil.copytree(bank.root(), installed)
    monkeypatch.setenv("HBM_EXERCISES", str(installed))
    assert "Copy that file to a folder of your own first" in hbm("exercises", "show", NAME)


def test_a_solution_is_whole_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    folder = bank.find(NAME)
    words = (folder / "solution.py").read_text(encoding="utf-8").split()
    assert hbm("exercises", "solution", NAME, "--insist").split() == words


def test_proving_without_the_books_tools_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("hbm_lib.cli.find_spec", lambda name: None)
    assert "pip install 'hbm-lib[book]'" in hbm("exercises", "prove", NAME, code=2)


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
