"""Tables in files: opened by DuckDB, so that rows stream through and none stays; written a part at a time."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

_READERS = {".parquet": "read_parquet", ".pq": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv", ".gz": "read_csv"}


def scan(path: str | Path, *, memory: str | None = None, spill: str | Path | None = None) -> "DuckDBPyRelation":
    """Open a CSV or Parquet file, or many of one kind, as one lazy table.

    Parameters
    ----------
    path : str or Path
        A file (.parquet, .pq, .csv, .tsv, .csv.gz) or a pattern such as "rows/*.parquet".
    memory : str, optional
        What DuckDB may use, as "2GB"; by default four fifths of the machine's.
    spill : str or Path, optional
        The folder for what does not fit; by default DuckDB's own choice.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Lazy; with a connection of its own.

    Raises
    ------
    ValueError
        If the ending is of no known kind, or nothing can be read there.
    ImportError
        If DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as missing:
        raise ImportError("DuckDB is not installed: pip install 'hbm-lib[duckdb]'") from missing
    kind = _READERS.get(Path(path).suffix.lower())
    if kind is None:
        raise ValueError(f"path: a file ending in {', '.join(_READERS)} is needed, got {str(path)!r}")
    config = {name: str(value) for name, value in (("memory_limit", memory), ("temp_directory", spill)) if value is not None}
    try:
        connection = duckdb.connect(config=config)
        connection.execute("SET enable_progress_bar = false")  # in a notebook DuckDB would draw one
        return getattr(connection, kind)(str(path))
    except duckdb.Error as error:
        raise ValueError(f"path: {str(path)!r} cannot be read: {str(error).splitlines()[0]}") from None


def write_parts(parts: Iterable[pd.DataFrame], path: str | Path) -> int:
    """Write tables of the same columns below each other into one Parquet file: aside first, then renamed.

    Parameters
    ----------
    parts : iterable of pandas.DataFrame
        At least one; taken one at a time.
    path : str or Path
        The file; one that stands there is replaced at the end.

    Returns
    -------
    int
        The number of rows written.

    Raises
    ------
    ValueError
        If there is no part.
    ImportError
        If PyArrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise ImportError("PyArrow is not installed: pip install 'hbm-lib[duckdb]'") from missing
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    rows, writer = 0, None
    try:
        for part in parts:
            table = pa.Table.from_pandas(part, schema=None if writer is None else writer.schema, preserve_index=False)
            text = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
            writer = writer or pq.ParquetWriter(aside, table.schema, use_dictionary=text)
            writer.write_table(table)
            rows += len(part)
        if writer is None:
            raise ValueError("parts: there is nothing to write")
        writer.close()
        aside.replace(path)
    finally:
        if writer is not None:
            writer.close()
        aside.unlink(missing_ok=True)
    return rows
