"""What is committed with the book is found from any folder inside its repository."""

import json

import pytest

from hbm_lib import repository
from hbm_lib.data.results import committed
from hbm_lib.diagnostics.calibration_results import load_results


def test_it_is_found_from_a_folder_below(tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "one.json").write_text(json.dumps({"seconds": 2}))
    deep = tmp_path / "chapters" / "one"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert repository.find("results") == tmp_path / "results"
    assert committed("results/one.json") == {"seconds": 2}


def test_the_nearest_one_counts(tmp_path, monkeypatch):
    for folder in (tmp_path, tmp_path / "inner"):
        (folder / "results").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "inner")
    assert repository.find("results") == tmp_path / "inner" / "results"


@pytest.mark.parametrize("read", [lambda: committed("results/none.json"), load_results])
def test_outside_the_repository_one_sentence_says_what_to_do(read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"(none.json|calibration/results): .*copy of the book's repository"):
        read()


def test_a_folder_without_results_says_how_to_make_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="no calibration results"):
        load_results(tmp_path)
