"""What kind of file it is, and the names of its columns, before any row is read."""

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")
MOST = 30
_NOT_TEXT = {b"PK\x03\x04": "an Excel or zip file", b"\xd0\xcf\x11\xe0": "an old Excel file", b"\xff\xfe": "UTF-16 text",
             b"\xfe\xff": "UTF-16 text", b"ARRO": "an Arrow file", b"SQLi": "an SQLite file", b"[{": "JSON text",
             b'{"': "JSON text", b"<!do": "an HTML page", b"<!DO": "an HTML page", b"<htm": "an HTML page",
             b"<?xm": "an XML file"}


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        "csv" or "parquet".
    delimiter : str
        Of a CSV file.
    columns : tuple of str
        Its column names in order; empty for Parquet, whose reader knows them.
    zipped : bool
        Whether a CSV file is gzipped, whatever its name.
    """

    path: Path
    kind: str
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    zipped: bool = False


def look(path: Path, names: Sequence[str]) -> Layout:
    """Tell CSV from Parquet by the file's first bytes, and read the header of a CSV file.

    Parameters
    ----------
    path : Path
        The reader's file; CSV may be gzipped.
    names : sequence of str
        The columns that are needed: the delimiter (comma, semicolon, tab, bar) is the one that finds them.

    Returns
    -------
    Layout

    Raises
    ------
    ValueError
        If there is no such file, it is empty or of another kind, is not UTF-8, or has one column name twice.
    """
    try:
        if not path.is_file():
            raise ValueError(f"{path}: there is no such file" if not path.exists() else f"{path}: this is no file but a folder")
        with path.open("rb") as file:
            start = file.read(4)
        if not start:
            raise ValueError(f"{path}: the file is empty; it needs a header and rows")
        if start == b"PAR1":
            return Layout(path, "parquet")
        for magic, what in _NOT_TEXT.items():
            if start.startswith(magic):
                raise ValueError(f"{path}: this is {what}; save the table as CSV (UTF-8) or Parquet")
        zipped = start.startswith(b"\x1f\x8b")
        return Layout(path, "csv", *_header(path, zipped, names), zipped)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: it is not UTF-8 ({error.reason} at byte {error.start}); save it as CSV in UTF-8") from None
    except (OSError, EOFError, csv.Error) as error:
        raise ValueError(f"{path}: it cannot be read: {error}") from None


def _header(path: Path, zipped: bool, names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return delimiter and column names."""
    first = ()
    for delimiter in DELIMITERS:
        with (gzip.open(path, "rb") if zipped else path.open("rb")) as raw, \
                io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            columns = tuple(next(csv.reader(text, delimiter=delimiter), ()))
        first = max(first, columns, key=len)
        if set(names) <= set(columns):
            check_names(columns, names)
            return delimiter, columns
    check_names(first, names)
    raise AssertionError("a name is missing from every header, so the check has raised")


def _short(name: str, most: int = 80) -> str:
    """Return a column's name in quotes, cut where it is long."""
    return repr(name if len(name) <= most else name[: most - 1] + "…")


def check_names(columns: Sequence[str], names: Sequence[str]) -> None:
    """Refuse a header without one of the names, or with one of them twice.

    Raises
    ------
    ValueError
        Naming the column, and those that are there.
    """
    if not any(name.strip() for name in columns):
        raise ValueError("the first line is blank; it must hold the names of the columns")
    for name in names:
        if name not in columns:
            more = f" and {len(columns) - MOST:,} more" * (len(columns) > MOST)
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(map(_short, columns[:MOST]))}{more}; name "
                             "one of its columns, spaces included")
        if list(columns).count(name) > 1:
            raise ValueError(f"column {name!r} stands in the header {list(columns).count(name)} times; give every column its "
                             f"own name")
