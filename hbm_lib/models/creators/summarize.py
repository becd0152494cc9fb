"""Users' rows summed up to each creator's n, mean and variance in both arms: one group-by, wherever the rows are.

pandas, Polars, Arrow, DuckDB and Spark do it by the same narwhals expressions. Dask does it partition by partition with them
and merges the parts (Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance", eq. 2.1): its own variance is
a difference of sums of squares, which rounds to nothing where the mean is large.
"""

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.data import checks

ARMS = ("control", "treatment")
_KEYS = ["creator_id", "genre", "arm"]


def summarize(
    df: object, *, unit: str = "creator_id", group: str = "genre", arm: str = "group", outcome: str = "revenue",
) -> pd.DataFrame:
    """Sum up users' rows to each creator's n, mean and variance in both arms.

    Parameters
    ----------
    df : data frame
        pandas, Polars (lazy too), Arrow, a DuckDB relation (as of ``hbm_lib.data.files.scan``), Dask or Spark;
        one row a user. What is lazy is never loaded: only a row for each creator and arm leaves the engine.
    unit, group, arm, outcome : str
        The columns of creators, genres, arms ("control" or "treatment") and outcomes.

    Returns
    -------
    pandas.DataFrame
        One row a creator: creator_id, genre, and n, mean and var (ddof 1) of each arm, as ``n_control``.

    Raises
    ------
    ValueError
        If it is no table, has no row or lacks a column; if an outcome is not a finite number; if an arm is
        unknown, empty, of one row or without any spread; or if a creator stands in two genres.
        The error names the column, and the first bad row (a lazy table: the creator) or the creator.
    """
    columns = {"creator_id": unit, "genre": group, "arm": arm, "x": outcome}
    table = table_of(df, list(columns.values()), numbers=(outcome,))
    cells = _in_parts(table, columns) if table.implementation.is_dask() else _cells(table, columns)
    bad = cells["bad"].astype(bool) | ~(cells[["low", "high"]].astype(float).abs().max(axis=1) <= checks.FARTHEST)
    if bad.any():
        if isinstance(table, nw.DataFrame):
            checks.numbers(table.get_column(outcome).to_numpy(), f"column {outcome!r}")
        raise ValueError(f"column {outcome!r}: creator {_shown(cells['creator_id'][bad])} has a value that is missing, "
                         "infinite or too large; drop the row or mend it")
    return _wide(cells, columns, table)


def _cells(table: nw.DataFrame | nw.LazyFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return n, mean, variance, ends and whether a value is bad, one row a creator, genre and arm."""
    value = nw.col(columns["x"]).cast(nw.Float64)
    labels = (nw.col(columns[c]).cast(nw.String).alias(c) for c in ("genre", "arm"))
    rows = table.lazy().select(nw.col(columns["creator_id"]).alias("creator_id"), *labels, value.alias("x"),
                               (~value.is_finite()).fill_null(True).alias("bad"))
    x = nw.col("x")
    # moments about each cell's own mean: a sum of squares about 0 would round where the mean is large
    found = rows.group_by(_KEYS).agg(
        nw.len().alias("n"), x.mean().alias("mean"), x.var(ddof=1).alias("var"), x.min().alias("low"), x.max().alias("high"),
        nw.col("bad").max().alias("bad")).collect()
    return pd.DataFrame({name: found.get_column(name).to_numpy() for name in found.columns})


def _merged(parts: pd.DataFrame) -> pd.DataFrame:
    """Merge the cells of several parts of the rows: counts add up, and squares about each part's mean and of the means' gaps."""
    groups = parts.groupby(_KEYS, sort=False, dropna=False)
    n = groups["n"].transform("sum")
    mean = (parts["mean"] * parts["n"] / n).groupby([parts[k] for k in _KEYS], sort=False, dropna=False).transform("sum")
    squares = (parts["n"] - 1) * parts["var"].fillna(0) + parts["n"] * (parts["mean"] - mean) ** 2
    found = parts.assign(mean=mean, var=squares).groupby(_KEYS, sort=False, dropna=False)
    out = found.agg({"n": "sum", "mean": "first", "var": "sum", "low": "min", "high": "max", "bad": "max"}).reset_index()
    return out.assign(var=out["var"] / (out["n"] - 1).where(out["n"] > 1))


def _in_parts(table: nw.LazyFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return the cells of a Dask data frame: of each partition, then merged four at a time."""
    native = table.to_native()[list(columns.values())]
    own = lambda part: _cells(nw.from_native(part), columns)  # noqa: E731
    return native.reduction(own, combine=_merged, aggregate=_merged, meta=own(native._meta), split_every=4).compute()


def table_of(df: object, names: list[str], numbers: tuple[str, ...]) -> nw.DataFrame | nw.LazyFrame:
    """Return a table that has the columns, some of them numbers; a lazy one stays lazy.

    Parameters
    ----------
    df : data frame
        pandas, Polars (lazy too), Arrow, DuckDB, Dask or Spark.
    names : list of str
        The columns that must be there.
    numbers : tuple of str
        Those that must hold numbers.

    Raises
    ------
    ValueError
        If it is no table, or a column is missing or holds no numbers.
    """
    if isinstance(df, pd.DataFrame) or not isinstance(nw.from_native(df, pass_through=True), nw.LazyFrame):
        table = checks.frame(df, names)
        for name in (n for n in numbers if not table.schema[n].is_numeric()):  # objects, text, booleans: row by row
            values = checks.numbers(table.get_column(name).to_numpy(), f"column {name!r}").copy()
            table = table.with_columns(nw.new_series(name, values, nw.Float64, backend=table.implementation))
        return table
    table = nw.from_native(df)
    have = table.collect_schema()
    for name in names:
        if name not in have.names():
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(have.names())}")
    for name in numbers:
        if not have[name].is_numeric():
            raise ValueError(f"column {name!r}: its values are no numbers but {have[name]}; convert the column first")
    return table


def _shown(labels: pd.Series) -> str:
    """Return the first label as a reader writes it."""
    label = labels.iloc[0]
    return repr(label.item() if isinstance(label, np.generic) else label)


def _at(table: nw.DataFrame | nw.LazyFrame, name: str, bad: nw.Expr) -> str:
    """Return "column" with the first row that is bad; a lazy table has no rows to count."""
    if isinstance(table, nw.LazyFrame):
        return f"column {name!r}"
    return f"column {name!r}, row {int(np.argmax(table.select(bad.alias('bad')).get_column('bad').to_numpy()))}"


def _wide(cells: pd.DataFrame, columns: dict[str, str], table: nw.DataFrame | nw.LazyFrame) -> pd.DataFrame:
    """Check the cells (creator, genre, arm) and put the two arms side by side."""
    if cells.empty:
        raise ValueError(f"column {columns['x']!r}: there is no row; each creator needs two rows in each arm")
    for column in ("creator_id", "genre", "arm"):
        name, text = columns[column], nw.col(columns[column]).cast(nw.String).str.strip_chars()
        if (cells[column].isna() | (cells[column].astype(str).str.strip() == "")).any():
            raise ValueError(f"{_at(table, name, (text == '').fill_null(True) | nw.col(name).is_null())}: the label is missing; "
                             "name it or drop the row")
    unknown = ~cells["arm"].isin(ARMS)
    if unknown.any():
        where = _at(table, columns["arm"], ~nw.col(columns["arm"]).cast(nw.String).is_in(ARMS))
        raise ValueError(f"{where}: {_shown(cells['arm'][unknown])} is not an arm; known are {', '.join(ARMS)}")
    genres = cells.groupby("creator_id", sort=False)["genre"].nunique()
    if (genres > 1).any():
        raise ValueError(f"column {columns['genre']!r}: creator {_shown(genres.index[genres > 1].to_series())} stands in two "
                         "genres; give each one genre")
    wide = cells.set_index(["creator_id", "genre", "arm"])[["n", "mean", "var", "low", "high"]].unstack("arm").sort_index()
    who = wide.index.get_level_values(0).to_series().reset_index(drop=True)
    for name in ARMS:
        n = wide["n"].get(name, pd.Series(0, wide.index)).fillna(0).to_numpy()
        if (n < 2).any():
            raise ValueError(f"column {columns['arm']!r}: creator {_shown(who[n < 2])} has {int(n[n < 2][0])} rows in arm "
                             f"{name!r}; a standard error needs 2")
    for name in ARMS:
        flat = (wide["low"][name] == wide["high"][name]).to_numpy()  # the variance of equal numbers may round to above 0
        if flat.any():
            raise ValueError(f"column {columns['x']!r}: creator {_shown(who[flat])} has no spread in arm {name!r}, so no "
                             "standard error; leave the creator out or give more rows")
    out = pd.DataFrame({f"{what}_{name}": wide[what][name] for name in ARMS for what in ("n", "mean", "var")})
    return out.astype({f"n_{name}": int for name in ARMS}).reset_index()
