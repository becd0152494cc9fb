"""The progress file: plain, written aside, never lost without a word."""

import json
import os

import pytest

from hbm_lib.exercises import Outcome, exercise, progress

NAME = "eight_schools/01_shrinkage_factor"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("HBM_PROGRESS", str(tmp_path / "deep" / "progress.json"))
    monkeypatch.setattr(progress, "_TOLD", set())
    return tmp_path / "deep" / "progress.json"


def outcome(kind, reason=""):
    return Outcome(kind, "words", reason)


def test_default_place_is_the_readers_own(monkeypatch, tmp_path):
    monkeypatch.delenv("HBM_PROGRESS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert progress.path() == tmp_path / ".local" / "share" / "hbm" / "progress.json"


def test_a_check_is_kept_in_plain_json(file):
    assert progress.note_check(NAME, outcome("wrong", "weight of the data")) == ""
    record = json.loads(file.read_text())[NAME]
    assert (record["status"], record["reason"], record["tries"]) == (
        "wrong",
        "weight of the data",
        1,
    )
    assert list(file.parent.iterdir()) == [file]


def test_looking_at_a_stub_leaves_no_trace(file):
    progress.note_check(NAME, outcome("not attempted"))
    assert not file.exists()


def test_right_stays_right(file):
    progress.note_check(NAME, outcome("right"))
    progress.note_check(NAME, outcome("wrong", "different"))
    progress.note_check(NAME, outcome("not attempted"))
    record = progress.load()[0][NAME]
    assert progress.status(record) == "right"
    assert record["reason"] == ""
    assert record["tries"] == 2


def test_help_is_noted(file):
    progress.note_help(NAME, "hints", 2)
    progress.note_help(NAME, "hints", 1)
    progress.note_help(NAME, "hints", 2)
    progress.note_help(NAME, "solution_seen", True)
    record = progress.load()[0][NAME]
    assert record["hints"] == [1, 2]
    assert record["solution_seen"] is True


@pytest.mark.parametrize(
    "damage",
    [
        "{",
        "",
        "[]",
        '{"a": 1}',
        '{"a": {"status": "great"}}',
        '{"a": {"hints": 3}}',
        '{"a": {"tries": "x"}}',
        "\udcff",
    ],
)
def test_a_damaged_file_is_set_aside_and_told_of(file, damage):
    file.parent.mkdir()
    content = damage.encode("utf-8", "surrogateescape")
    file.write_bytes(content)
    notice = progress.note_check(NAME, outcome("right"))
    (kept,) = [path for path in file.parent.iterdir() if path != file]
    assert kept.read_bytes() == content
    assert str(kept) in notice
    assert progress.status(progress.load()[0][NAME]) == "right"
    assert progress.note_check(NAME, outcome("right")) == ""


def test_what_the_reader_added_by_hand_is_kept(file):
    file.parent.mkdir()
    file.write_text('{"a/01_b": {"status": "right", "note": "on the train"}}')
    progress.note_check(NAME, outcome("right"))
    assert progress.load()[0]["a/01_b"]["note"] == "on the train"


def test_a_file_that_cannot_be_written_is_told_of_once(tmp_path, monkeypatch):
    blocked = tmp_path / "a file where a folder should be"
    blocked.write_text("")
    monkeypatch.setenv("HBM_PROGRESS", str(blocked / "progress.json"))
    monkeypatch.setattr(progress, "_TOLD", set())
    first = progress.note_check(NAME, outcome("right"))
    assert "not kept" in first or "cannot be read" in first
    assert progress.note_check(NAME, outcome("right")) == ""


def test_a_read_only_folder_does_not_stop_a_check(file, monkeypatch):
    def read_only(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "write_text", read_only)
    assert "cannot be written (Permission denied)" in progress.note_check(NAME, outcome("right"))
    assert exercise(NAME).check(..., ...).kind == "not attempted"


def test_a_write_that_fails_half_way_leaves_the_old_file(file, monkeypatch):
    progress.note_check(NAME, outcome("right"))
    before = file.read_text()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    assert "No space left" in progress.note_check("a/01_b", outcome("right"))
    assert file.read_text() == before


def test_reset_forgets_one_or_all(file):
    for name in (NAME, "a/01_b"):
        progress.note_check(name, outcome("right"))
    progress.reset(NAME)
    assert set(progress.load()[0]) == {"a/01_b"}
    progress.reset()
    assert progress.load()[0] == {}


def test_the_notice_reaches_the_reader(file, capsys):
    file.parent.mkdir()
    file.write_text("damaged")
    ex = exercise(NAME)
    result = ex.check(lambda tau, sigma: 0.5, ...)
    assert result.kind == "wrong"
    assert "was damaged" in result.notice
    assert "was damaged" in capsys.readouterr().out
