"""A file's rows as a DuckDB query: only what is asked of it is read, so the file may be larger than memory."""

import glob
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import narwhals as nw

from hbm_lib.data.checks import FARTHEST
from hbm_lib.readout.files import Layout, check_names

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_FLOAT = ("FLOAT", "DOUBLE")
_SPACE = r"E' \t\r\n'"


def rows(layout: Layout, names: dict[str, str | None]) -> tuple[nw.LazyFrame, nw.LazyFrame, Callable[[], float], tuple]:
    """Return the table, the table with row numbers, how far a running pass is in percent, DuckDB's errors, and what ends a pass.

    Parameters
    ----------
    layout : Layout
        Of the file.
    names : dict of str
        The column of each role.

    Raises
    ------
    ValueError
        If the file is damaged, or the outcome's column has a type that is no number.
    """
    import duckdb

    connection = duckdb.connect(config={
        "temp_directory": str(Path(tempfile.gettempdir()) / f"hbm-duckdb-{os.getpid()}"), "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false"})
    path = glob.escape(str(layout.path))
    try:
        if layout.kind == "csv":
            columns = layout.columns
            types = {f"c{i}": "VARCHAR" for i in range(len(columns))}
            said = ", ".join(f"'{c}': '{kind}'" for c, kind in types.items())
            source = connection.sql(
                f"SELECT * FROM read_csv($path, auto_detect=false, header=true, delim=$delim, "
                f"quote='\"', escape='\"', nullstr='', compression='{'gzip' if layout.zipped else 'none'}', "
                f"columns={{{said}}})", params={"path": path, "delim": layout.delimiter})
        else:
            source = connection.sql("SELECT * FROM read_parquet($path)", params={"path": path})
            columns, types = _parquet(connection, path, source)
            check_names(columns, [name for name in names.values() if name is not None])
            at = ", ".join(f"c{i}" for i in range(len(columns)))
            source = connection.sql(f"SELECT * FROM read_parquet($path) AS t({at})", params={"path": path})
    except duckdb.Error as error:
        raise ValueError(f"{layout.path}: it cannot be read: {str(error).splitlines()[0]}") from None
    at = {role: None if name is None else f"c{columns.index(name)}" for role, name in names.items()}
    x = at["outcome"]
    parts = [f"{_label(at[role], types)} AS {role}" for role in ("unit", "group", "arm")]
    parts += [f"{_number(x, types[x], names['outcome'])} AS v", f"CAST({x} AS VARCHAR) AS raw"]
    parts = [p.replace(" AS group", ' AS "group"') for p in parts]
    plain = source.project(", ".join(parts))
    finite = f"CASE WHEN isfinite(v) AND abs(v) <= {FARTHEST!r} THEN v END AS x"
    frame = plain.project(f'unit, "group", arm, raw, {finite}')
    numbered = plain.project(f'row_number() OVER () AS row, unit, "group", arm, raw, {finite}')
    return nw.from_native(frame), nw.from_native(numbered), connection.query_progress, (duckdb.Error,), connection.interrupt


def _parquet(connection: object, path: str, source: object) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the file's own column names (DuckDB renames those that differ in case alone) and their types by place."""
    found = connection.sql("SELECT name, num_children FROM parquet_schema($path)", params={"path": path}).fetchall()
    own = tuple(name for name, _ in found[1:])
    flat = len(own) == len(source.columns) and not any(children for _, children in found[1:])
    return own if flat else tuple(source.columns), {f"c{i}": str(kind) for i, kind in enumerate(source.types)}


def _label(column: str | None, types: dict[str, str]) -> str:
    """Return the expression of a label: text, whole numbers without a decimal point, "" where it is missing."""
    if column is None:
        return "'all'"
    text = f"coalesce(trim({_as_text(column, types[column])}, {_SPACE}), '')"
    if types[column] not in _FLOAT:
        return text
    whole = f"{column} = floor({column}) AND abs({column}) < {FARTHEST!r}"
    return (f"CASE WHEN {column} IS NULL OR isnan({column}) THEN '' WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) "
            f"ELSE {text} END")


def _as_text(column: str, kind: str) -> str:
    """Return the expression of a value as text: of a moment at midnight the date alone, of one with a time zone that of UTC."""
    if not kind.startswith("TIMESTAMP"):
        return f"CAST({column} AS VARCHAR)"
    zoned = kind == "TIMESTAMP WITH TIME ZONE"
    moment = f"make_timestamp(epoch_us({column}))" if zoned else column
    return f"regexp_replace(CAST({moment} AS VARCHAR), ' 00:00:00$', '')" + " || ' UTC'" * zoned


def _number(column: str, kind: str, name: str | None) -> str:
    """Return the expression of the outcome.

    Raises
    ------
    ValueError
        If its type is neither number nor text.
    """
    if kind == "VARCHAR":
        return f"CASE WHEN contains({column}, '_') THEN NULL ELSE TRY_CAST({column} AS DOUBLE) END"
    if kind not in (*_WHOLE, *_FLOAT) and not kind.startswith("DECIMAL"):
        raise ValueError(f"column {name!r}: its values are no numbers but {kind}; convert the column first (a yes or no: to 1 "
                         f"and 0)")
    return f"CAST({column} AS DOUBLE)"
