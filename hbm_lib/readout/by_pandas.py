"""A file's rows held in memory by pandas, where DuckDB is not installed; only the columns that are used."""

import warnings

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.data.checks import FARTHEST
from hbm_lib.readout.files import Layout, check_names

_SPACE = " \t\r\n"


def rows(layout: Layout, names: dict[str, str | None]) -> tuple[nw.LazyFrame, nw.LazyFrame, None, tuple]:
    """Return the table, and the table with row numbers; what a running pass has done is not known.

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
    used = [name for name in names.values() if name is not None]
    try:
        table = _csv(layout, used) if layout.kind == "csv" else _parquet(layout, used)
    except ImportError:
        raise ValueError(f"{layout.path}: Parquet needs DuckDB or pyarrow: pip install 'hbm-lib[duckdb]'") from None
    except (OSError, EOFError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(f"{layout.path}: it cannot be read: {str(error).splitlines()[0]}") from None
    outcome = table[names["outcome"]]
    out = pd.DataFrame({role: "all" if names[role] is None else _label(table[names[role]]) for role in ("unit", "group", "arm")},
                       index=table.index)
    x = _number(outcome, names["outcome"])
    out["raw"], out["x"] = outcome, x.where(np.isfinite(x) & (x.abs() <= FARTHEST))
    frame = nw.from_native(out).lazy()
    return frame, nw.from_native(out.assign(row=np.arange(1, len(out) + 1))).lazy(), None, ()


def _csv(layout: Layout, used: list[str]) -> pd.DataFrame:
    """Return the columns as text, nothing taken for missing but an empty field."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a row with too many fields
        at = [f"c{i}" for i in range(len(layout.columns))]
        table = pd.read_csv(layout.path, sep=layout.delimiter, header=0, names=at, index_col=False, dtype=str, encoding="utf-8",
                            keep_default_na=False, compression="gzip" if layout.zipped else None)
    return pd.DataFrame({name: table[at[layout.columns.index(name)]] for name in used}, index=table.index)


def _parquet(layout: Layout, used: list[str]) -> pd.DataFrame:
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(layout.path)
        check_names(file.schema_arrow.names, used)
        table = file.read(columns=used).to_pandas(ignore_metadata=True)
    except pyarrow.ArrowException as error:
        raise ValueError(f"{layout.path}: it cannot be read: {error}") from None
    coded = [name for name in used if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.astype({name: table[name].cat.categories.dtype for name in coded})


def _label(values: pd.Series) -> pd.Series:
    """Return labels as text: whole numbers without a decimal point, "" where one is missing."""
    missing = values.isna()
    if pd.api.types.is_bool_dtype(values.dtype):
        text = values.astype(str).str.lower()
    elif pd.api.types.is_float_dtype(values.dtype):
        whole = ~missing & (values == np.floor(values)) & (values.abs() < FARTHEST)
        text = values.astype(str)
        text[whole] = values[whole].astype("int64").astype(str)
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        text = _moment(values)
    else:
        text = values.astype(str)
    return text.where(~missing, "").str.strip(_SPACE)


def _moment(values: pd.Series) -> pd.Series:
    """Return moments as text: at midnight the date alone, those with a time zone in UTC."""
    zoned = isinstance(values.dtype, pd.DatetimeTZDtype)
    plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else values
    text = plain.dt.strftime("%Y-%m-%d %H:%M:%S") + plain.dt.strftime(".%f").str.rstrip("0").str.rstrip(".")
    return text.str.removesuffix(" 00:00:00") + " UTC" * zoned


def _number(values: pd.Series, name: str | None) -> pd.Series:
    """Return the outcome as floats, missing where it is none.

    Raises
    ------
    ValueError
        If its type is neither number nor text.
    """
    kind = values.dtype
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return values.astype(float)
    if not (pd.api.types.is_string_dtype(kind) or _decimals(values)):
        raise ValueError(f"column {name!r}: its values are no numbers but {kind}; convert the column first (a yes or no: to 1 "
                         f"and 0)")
    return pd.to_numeric(values, errors="coerce").astype(float)


def _decimals(values: pd.Series) -> bool:
    """Return whether a column of objects holds decimals, as Parquet has them."""
    return values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) in ("decimal", "string", "empty")
