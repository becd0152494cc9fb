"""Where the reader stands, kept in one JSON file that they can read, edit and delete."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .outcome import NOT_ATTEMPTED, RIGHT, WRONG, Outcome

_TOLD: set[str] = set()


def path() -> Path:
    """Return the file: `$HBM_PROGRESS`, else ``~/.local/share/hbm/progress.json``."""
    named = os.environ.get("HBM_PROGRESS")
    return Path(named) if named else Path.home() / ".local" / "share" / "hbm" / "progress.json"


def load() -> tuple[dict[str, dict[str, Any]], str]:
    """Return the records by exercise name, and a notice (empty when all is well).

    A file that cannot be understood is set aside under another name, never deleted.
    """
    file = path()
    try:
        records = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, _once(f"The progress file {file} cannot be read: {error.strerror}.")
    except ValueError:
        return {}, _set_aside(file)
    sound = isinstance(records, dict) and all(_sound(one) for one in records.values())
    return (records, "") if sound else ({}, _set_aside(file))


def save(records: dict[str, dict[str, Any]]) -> str:
    """Write the records aside, then put them in place; return a notice (empty when all is well).

    Parameters
    ----------
    records : dict
        Records by exercise name.
    """
    file = path()
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(aside, file)
    except OSError as error:
        return _once(f"Your progress is not kept: {file} cannot be written ({error.strerror}).")
    return ""


def note_check(name: str, outcome: Outcome) -> str:
    """Record the outcome of a check; once right, an exercise stays right. Return a notice.

    Parameters
    ----------
    name : str
        The exercise.
    outcome : Outcome
        What came of the check.
    """
    records, notice = load()
    record = records.setdefault(name, {})
    if outcome.kind == NOT_ATTEMPTED and not record:
        return notice
    if outcome.kind != NOT_ATTEMPTED:
        record["tries"] = record.get("tries", 0) + 1
    if outcome.kind == RIGHT:
        record.setdefault("right_since", _now())
    if status(record) != RIGHT or outcome.kind == RIGHT:
        record["status"] = outcome.kind
        record["reason"] = outcome.reason
    record["last"] = _now()
    return _both(notice, save(records))


def note_help(name: str, key: str, value: int | bool) -> str:
    """Record that a hint (its number) or the solution was looked at. Return a notice.

    Parameters
    ----------
    name : str
        The exercise.
    key : str
        ``"hints"`` or ``"solution_seen"``.
    value : int or bool
        Number of the hint, or True.
    """
    records, notice = load()
    record = records.setdefault(name, {})
    if key == "hints":
        record["hints"] = sorted({*record.get("hints", []), value})
    else:
        record[key] = value
    record["last"] = _now()
    return _both(notice, save(records))


def reset(name: str | None = None) -> str:
    """Forget one exercise or all of them. Return a notice.

    Parameters
    ----------
    name : str, optional
        The exercise; all if left out.
    """
    records, notice = load()
    kept = {} if name is None else {key: one for key, one in records.items() if key != name}
    return _both(notice, save(kept))


def status(record: dict[str, Any]) -> str:
    """Return ``"right"``, ``"wrong"`` or ``"not attempted"``.

    Parameters
    ----------
    record : dict
        One exercise's record; empty if there is none.
    """
    return record.get("status", NOT_ATTEMPTED)


def _sound(record: Any) -> bool:
    """Return whether a record has the form this module writes."""
    return (
        isinstance(record, dict)
        and record.get("status", NOT_ATTEMPTED) in (NOT_ATTEMPTED, WRONG, RIGHT)
        and isinstance(record.get("tries", 0), int)
        and isinstance(record.get("hints", []), list)
        and all(isinstance(number, int) for number in record.get("hints", []))
    )


def _set_aside(file: Path) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    copy = file.with_name(f"{file.name}.unreadable-{stamp}")
    try:
        os.replace(file, copy)
    except OSError as error:
        return _once(f"{file} is damaged and cannot be set aside ({error.strerror}).")
    return f"The progress file was damaged. It is kept as {copy}; a new one is begun."


def _once(notice: str) -> str:
    """Return the notice the first time, then nothing: one remark is enough."""
    if notice in _TOLD:
        return ""
    _TOLD.add(notice)
    return notice


def _both(first: str, second: str) -> str:
    return " ".join(part for part in (first, second) if part)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
