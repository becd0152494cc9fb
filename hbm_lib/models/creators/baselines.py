"""From users' rows to each creator's effect: no pooling, complete pooling, and the table of partial pooling."""

import narwhals as nw
import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from hbm_lib.data import checks
from hbm_lib.models.creators.spec import Data

ARMS = ("control", "treatment")
COLUMNS = ["creator_id", "genre", "effect_hat", "se", "ci_lower", "ci_upper", "p_value", "n_total"]


def summarize(
    df: object, *, unit: str = "creator_id", group: str = "genre", arm: str = "group", outcome: str = "revenue",
) -> pd.DataFrame:
    """Sum up users' rows to each creator's n, mean and variance in both arms.

    Parameters
    ----------
    df : data frame
        pandas, Polars (lazy too) or Arrow; one row a user.
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
    table = _table(df, list(columns.values()))
    if isinstance(table, nw.DataFrame) and not table.schema[outcome].is_numeric():  # objects, text, booleans: row by row
        values = checks.numbers(table.get_column(outcome).to_numpy(), f"column {outcome!r}")
        table = table.with_columns(nw.new_series(outcome, values.copy(), nw.Float64, backend=table.implementation))
    value = nw.col(outcome).cast(nw.Float64)
    rows = table.lazy().select(nw.col(unit).alias("creator_id"), *(nw.col(columns[c]).cast(nw.String).alias(c)
                               for c in ("genre", "arm")), value.alias("x"), (~value.is_finite()).fill_null(True).alias("bad"))
    x = nw.col("x")
    # moments about each cell's own mean: a sum of squares about 0 would round where the mean is large
    found = rows.group_by("creator_id", "genre", "arm").agg(
        nw.len().alias("n"), x.mean().alias("mean"), x.var(ddof=1).alias("var"), x.min().alias("low"), x.max().alias("high"),
        nw.col("bad").max().alias("bad")).collect()
    cells = pd.DataFrame({name: found.get_column(name).to_numpy() for name in found.columns})
    bad = cells["bad"].astype(bool) | ~(cells[["low", "high"]].astype(float).abs().max(axis=1) <= checks.FARTHEST)
    if bad.any():
        if isinstance(table, nw.DataFrame):
            checks.numbers(table.get_column(outcome).to_numpy(), f"column {outcome!r}")
        raise ValueError(f"column {outcome!r}: creator {_shown(cells['creator_id'][bad])} has a value that is missing, "
                         "infinite or too large; drop the row or mend it")
    return _wide(cells, columns, table)


def _table(df: object, names: list[str]) -> nw.DataFrame | nw.LazyFrame:
    """Return a table that has the columns; a lazy one stays lazy."""
    if isinstance(df, pd.DataFrame) or not isinstance(nw.from_native(df, pass_through=True), nw.LazyFrame):
        return checks.frame(df, names)
    table = nw.from_native(df)
    have = table.collect_schema()
    for name in names:
        if name not in have.names():
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(have.names())}")
    if not have[names[-1]].is_numeric():
        raise ValueError(f"column {names[-1]!r}: its values are no numbers but {have[names[-1]]}; convert the column first")
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


def _welch(s: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return difference, Welch standard error, 95 % interval and p-value."""
    a, b = (s[f"var_{name}"] / s[f"n_{name}"] for name in ("treatment", "control"))
    effect, se = s["mean_treatment"] - s["mean_control"], np.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (s["n_treatment"] - 1) + b**2 / (s["n_control"] - 1))
    half = stats.norm.ppf(0.975) * se
    return {"effect_hat": effect, "se": se, "ci_lower": effect - half, "ci_upper": effect + half,
            "p_value": 2 * stats.t.sf(np.abs(effect / se), df), "n_total": s["n_treatment"] + s["n_control"]}


def no_pooling_estimates(df: object) -> pd.DataFrame:
    """Return each creator's difference of means with Welch's standard error; one row a creator, ``COLUMNS``."""
    s = summarize(df)
    return s[["creator_id", "genre"]].assign(**_welch(s))[COLUMNS]


def complete_pooling_estimates(df: object) -> pd.DataFrame:
    """Return the difference of all users of the genre for each of its creators; n_total is the creator's own."""
    s = summarize(df)
    pooled = {}
    for name in ARMS:
        n, mean = s[f"n_{name}"], s[f"mean_{name}"]
        total = n.groupby(s["genre"]).sum()
        center = (n * mean).groupby(s["genre"]).sum() / total
        squares = ((n - 1) * s[f"var_{name}"] + n * (mean - s["genre"].map(center)) ** 2).groupby(s["genre"]).sum()
        pooled |= {f"n_{name}": total, f"mean_{name}": center, f"var_{name}": squares / (total - 1)}
    genre = pd.DataFrame(_welch(pd.DataFrame(pooled))).drop(columns="n_total")
    out = s[["creator_id", "genre"]].join(genre, on="genre")
    return out.assign(n_total=s["n_treatment"] + s["n_control"])[COLUMNS]


def to_data(estimates: pd.DataFrame) -> Data:
    """Return what the model takes, from the table of ``no_pooling_estimates``."""
    return Data.from_frame(estimates, effect="effect_hat", se="se", genre="genre", creator="creator_id")


def extract_hbm_estimates(posterior: xr.DataTree, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return posterior mean, sd, 95 % interval and 2 min P(tau below or above 0) of each creator, ``COLUMNS``.

    Parameters
    ----------
    posterior : xarray.DataTree
        A result of ``fit`` on ``to_data(estimates)``.
    estimates : pandas.DataFrame
        Of ``no_pooling_estimates``: whose creators these are.

    Raises
    ------
    ValueError
        If the result has other creators than the table.
    """
    tau = posterior["posterior"]["tau"]
    if [str(v) for v in tau["creator"].values] != [str(v) for v in estimates["creator_id"]]:
        raise ValueError("posterior: its creators are not those of the estimates, in their order")
    draws = tau.stack(all=("chain", "draw")).transpose("creator", "all").to_numpy()
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    above = (draws > 0).mean(1)
    return estimates.assign(effect_hat=draws.mean(1), se=draws.std(1, ddof=1), ci_lower=low, ci_upper=high,
                            p_value=2 * np.minimum(above, 1 - above))[COLUMNS]
