"""The handle: names, hints, the solution, and where the exercises are found."""

import subprocess
import sys

import pytest

from hbm_lib.exercises import bank, exercise, progress
from hbm_lib.exercises.material import solved

NAME = "eight_schools/01_shrinkage_factor"


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("HBM_PROGRESS", str(tmp_path / "progress.json"))


def record():
    return progress.load()[0].get(NAME, {})


def test_a_part_of_the_name_will_do():
    assert exercise("shrinkage_factor").name == NAME


@pytest.mark.parametrize("name", ["", "eight_schools", "schrinkage_factor"])
def test_an_unknown_name_lists_near_ones(name):
    with pytest.raises(ValueError, match=r"did you mean .*eight_schools/"):
        exercise(name)


def test_a_name_like_none_lists_some_that_there_are():
    """Which ones are near to it depends on the exercises of all chapters."""
    with pytest.raises(ValueError, match="did you mean") as said:
        exercise("nothing like it")
    assert set(str(said.value).split("did you mean ")[1].rstrip("?").split(", ")) <= set(bank.names())


def test_check_shows_its_outcome_and_returns_it(capsys):
    ex = exercise(NAME)
    outcome = ex.check(*solved(ex.folder).values())
    assert outcome.right
    assert outcome.exercise == NAME
    assert capsys.readouterr().out == f"{outcome}\n"
    assert repr(outcome) == "<Outcome: right>"
    assert progress.status(record()) == "right"


def test_hints_are_numbered_and_counted(capsys):
    ex = exercise(NAME)
    assert ex.hint(2).title == "Hint 2 of 3."
    assert ex.hint().title == "Hint 1 of 3."
    assert ex.hint().title == "Hint 3 of 3."
    assert ex.hint(4).title == "There are 3 hints."
    assert ex.hint(0).title == "There are 3 hints."
    assert record()["hints"] == [1, 2, 3]


def test_the_solution_waits_for_the_answer_or_for_insisting():
    ex = exercise(NAME)
    assert ex.solution().code == ""
    assert "insist=True" in ex.solution().text
    assert "solution_seen" not in record()
    assert "def shrinkage" in ex.solution(insist=True).code
    assert record()["solution_seen"] is True
    assert progress.status(record()) == "not attempted"


def test_the_solution_appears_after_passing():
    ex = exercise(NAME)
    ex.check(*solved(ex.folder).values())
    assert "def shrinkage" in ex.solution().code


def test_repr_says_how_to_go_on():
    text = repr(exercise(NAME))
    assert "ex.check(shrinkage, shrunken_estimate)" in text
    assert "How far is each school pulled?" in text


def test_the_environment_names_the_place(tmp_path, monkeypatch):
    (tmp_path / "chapter" / "01_one").mkdir(parents=True)
    monkeypatch.setenv("HBM_EXERCISES", str(tmp_path))
    assert bank.names() == ["chapter/01_one"]
    monkeypatch.setenv("HBM_EXERCISES", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="not a folder"):
        bank.root()


def test_a_foreign_folder_beside_the_library_is_not_taken(tmp_path, monkeypatch):
    library = tmp_path / "site" / "hbm_lib" / "exercises"
    (tmp_path / "site" / "exercises" / "somebody_elses").mkdir(parents=True)
    library.mkdir(parents=True)
    monkeypatch.delenv("HBM_EXERCISES", raising=False)
    monkeypatch.setattr(bank, "__file__", str(library / "bank.py"))
    with pytest.raises(FileNotFoundError, match="HBM_EXERCISES"):
        bank.root()
    inside = library / "bank" / "chapter" / "01_one"
    inside.mkdir(parents=True)
    (inside / "check.py").write_text("")
    assert bank.root() == library / "bank"


def test_loading_leaves_no_compiled_files():
    folder = bank.root() / NAME
    bank.checker(folder)
    assert not (folder / "__pycache__").exists()


def test_the_engine_loads_no_chapter_and_nothing_heavy():
    code = (
        "import sys, hbm_lib.exercises; "
        "heavy = {'pymc', 'jax', 'matplotlib', 'arviz_stats', 'IPython', 'hbm_lib.models'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
