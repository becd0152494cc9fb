import shutil

import pytest

from hbm_lib.exercises import bank


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    """No test touches the reader's own progress file."""
    monkeypatch.setenv("HBM_PROGRESS", str(tmp_path / "progress.json"))


@pytest.fixture
def skeleton(tmp_path):
    """A copy of the skeleton, as someone begins a new exercise: chapter/01_your_slug."""
    folder = tmp_path / "exercises" / "chapter" / "01_your_slug"
    shutil.copytree(bank.root() / "_skeleton" / "01_your_slug", folder)
    for name in ("exercise.md", "exercise.ipynb"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(
            text.replace("_chapter/01_your_slug", "chapter/01_your_slug"), encoding="utf-8"
        )
    return folder
