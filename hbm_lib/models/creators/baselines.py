"""From users' rows to each creator's effect: no pooling, complete pooling, and the table of partial pooling."""

import narwhals as nw
import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

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
        If a column is missing, an outcome is not finite, an arm is unknown, empty, of one row or
        without any spread, or a creator stands in two genres.
    """
    lazy = nw.from_native(df).lazy()
    have = lazy.collect_schema().names()
    for name in (unit, group, arm, outcome):
        if name not in have:
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(map(str, have))}")
    label, value = nw.col(arm).cast(nw.String), nw.col(outcome).cast(nw.Float64)
    rows = lazy.select(nw.col(unit).alias("creator_id"), nw.col(group).cast(nw.String).alias("genre"), label.alias("arm"),
                       value.alias("x"), (~value.is_finite()).fill_null(True).alias("bad"))
    # moments about each cell's own mean: a sum of squares about 0 would round where the mean is large
    found = rows.group_by("creator_id", "genre", "arm").agg(
        nw.len().alias("n"), nw.col("x").mean().alias("mean"), nw.col("x").var(ddof=1).alias("var"),
        nw.col("bad").max().alias("bad")).collect()
    cells = pd.DataFrame({name: found.get_column(name).to_numpy() for name in found.columns})
    bad = cells["bad"].astype(bool) | ~np.isfinite(cells["mean"].astype(float))
    if bad.any():
        raise ValueError(f"column {outcome!r}: creator {cells['creator_id'][bad].iloc[0]!r} has a value that is missing or "
                         "infinite; drop the row or mend it")
    return _wide(cells, unit, group, arm)


def _wide(cells: pd.DataFrame, unit: str, group: str, arm: str) -> pd.DataFrame:
    """Check the cells (creator, genre, arm) and put the two arms side by side."""
    for name, column in ((unit, "creator_id"), (group, "genre"), (arm, "arm")):
        if cells[column].isna().any():
            raise ValueError(f"column {name!r}: a label is missing; name it or drop the row")
    unknown = sorted(set(cells["arm"]) - set(ARMS))
    if unknown:
        raise ValueError(f"column {arm!r}: {unknown[0]!r} is not an arm; known are {', '.join(ARMS)}")
    genres = cells.groupby("creator_id", sort=False)["genre"].nunique()
    if (genres > 1).any():
        raise ValueError(f"column {group!r}: creator {genres.index[genres > 1][0]!r} stands in two genres; give each one genre")
    wide = cells.set_index(["creator_id", "genre", "arm"])[["n", "mean", "var"]].unstack("arm").sort_index()
    for name in ARMS:
        n = wide["n"].get(name, pd.Series(0, wide.index)).fillna(0)
        if (n < 2).any():
            who = wide.index[n < 2][0][0]
            raise ValueError(f"creator {who!r} has {int(n[n < 2].iloc[0])} rows in arm {name!r}; a standard error needs 2")
        flat = wide["var"][name] <= 0
        if flat.any():
            raise ValueError(f"creator {wide.index[flat][0][0]!r}: arm {name!r} has no spread, so no standard error")
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
