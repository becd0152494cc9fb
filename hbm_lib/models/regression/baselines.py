"""Least squares without groups, in each group by itself, and with a dummy for every group, as tables."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.models.regression.spec import Data

_SINGULAR = 1e-9


def _solve(x: np.ndarray, y: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, list[str], int]:
    """Return estimates (p,), the covariance (p, p) for noise of variance 1, a note a coefficient and the rank.

    A coefficient that the rows do not determine is nan, and its note says why.
    """
    size = np.sqrt((x**2).sum(0))
    scale = np.where(size > 0, size, 1.0)
    left, found, right = np.linalg.svd(x / scale, full_matrices=False)
    full = np.zeros(len(names))
    full[: len(found)] = found
    kept = found > _SINGULAR * found.max(initial=0.0)
    turn = right[kept].T / found[kept] / scale[:, None]
    estimate, covariance = turn @ (left[:, kept].T @ y), turn @ turn.T
    known = (right[kept] ** 2).sum(0) > 1 - 1e-9
    note = []
    for k, ok in enumerate(known):
        why = f"{len(x)} rows for {len(names)} columns" if len(x) < len(names) else "its column depends on the others here"
        note.append("" if ok else f"no estimate: {why}")
        if not ok:
            estimate[k] = covariance[k, k] = np.nan
    return estimate, covariance, note, int(kept.sum())


def _rows(estimate: np.ndarray, unit: np.ndarray, note: list[str], rss: float, df: int, level: float) -> dict[str, object]:
    """Return the columns of a table: estimate, se, interval and note."""
    arguments.between_0_and_1("level", level)
    if df > 0:
        se = np.sqrt(rss / df * unit)
        half = stats.t.isf((1 - level) / 2, df) * se
    else:
        se = half = np.full(len(estimate), np.nan)
        note = [n or "no standard error: no row is left over" for n in note]
    return {"estimate": estimate, "se": se, "lower": estimate - half, "upper": estimate + half, "note": note}


def ols(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate the coefficients by least squares as if there were no groups.

    Parameters
    ----------
    data : Data
        Rows; their groups are not used, so that standard errors are too small where groups differ.
    level : float
        Probability of the confidence interval.

    Returns
    -------
    pandas.DataFrame
        One row a coefficient: ``estimate``, ``se``, ``lower``, ``upper`` in units of y per unit of the column, and
        ``note``: why there is no estimate, where there is none. ``attrs`` holds ``sigma`` and ``df``.
    """
    estimate, covariance, note, rank = _solve(data.x, data.y, data.names)
    rss = float(((data.y - data.x @ np.nan_to_num(_any(data.x, data.y))) ** 2).sum())
    table = _rows(estimate, np.diag(covariance), note, rss, data.n_rows - rank, level)
    out = pd.DataFrame(table, index=pd.Index(data.names, name="coefficient"))
    out.attrs |= {"sigma": _sigma(rss, data.n_rows - rank), "df": data.n_rows - rank}
    return out


def _any(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return one least-squares solution, whether or not it is the only one."""
    size = np.sqrt((x**2).sum(0))
    scale = np.where(size > 0, size, 1.0)
    return np.linalg.lstsq(x / scale, y, rcond=_SINGULAR)[0] / scale


def _sigma(rss: float, df: int) -> float:
    """Return the residual standard deviation, nan where no row is left over."""
    return float(np.sqrt(rss / df)) if df > 0 else np.nan


def within_groups(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate every group's own line from its rows alone.

    Parameters and columns are those of ``ols``; the index is (group, coefficient) and ``rows`` is the group's
    number of rows. Where a group cannot have an estimate or a standard error, ``note`` says why.
    """
    order = np.argsort(data.index, kind="stable")
    ends = np.concatenate([[0], data.counts.cumsum()])
    tables = []
    for j in range(data.n_groups):
        rows = order[ends[j] : ends[j + 1]]
        x, y = data.x[rows], data.y[rows]
        estimate, covariance, note, rank = _solve(x, y, data.names)
        rss = float(((y - x @ _any(x, y)) ** 2).sum())
        table = {"rows": len(rows)} | _rows(estimate, np.diag(covariance), note, rss, len(rows) - rank, level)
        tables.append(pd.DataFrame(table, index=pd.Index(data.names, name="coefficient")))
    return pd.concat(tables, keys=data.labels, names=["group"])


def dummies(data: Data, level: float = 0.95) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate one line for all and a level for every group, by least squares: no group tells of another.

    Parameters
    ----------
    data : Data
        Rows.
    level : float
        Probability of the confidence intervals.

    Returns
    -------
    tuple of pandas.DataFrame
        The coefficients, with the columns of ``ols``; a column that is constant within every group, as the
        intercept is, has no estimate beside the groups' levels. And the groups: ``rows``, and the level, y where all
        columns with an estimate are 0, in the same columns.
    """
    sums, p = data.sums, data.x.shape[1]
    estimate, covariance, note, rank = _solve(sums.root, sums.seen, data.names)
    constant = np.sqrt((sums.root**2).sum(0)) <= 1e-12 * np.sqrt(data.n_rows) * np.maximum(np.abs(data.x).max(0), 1e-300)
    note = [("no estimate: constant within every group" if c else "no estimate: its column depends on the others within groups")
            if n else "" for n, c in zip(note, constant, strict=True)]
    chosen = _any(sums.root, sums.seen)
    rss = float(sums.rss + ((sums.seen - sums.root @ chosen) ** 2).sum())
    df = data.n_rows - data.n_groups - rank
    line = pd.DataFrame(_rows(estimate, np.diag(covariance), note, rss, df, level),
                        index=pd.Index(data.names, name="coefficient"))
    known = np.flatnonzero(~np.isnan(estimate))
    x = sums.x_means[:, known]
    unit = 1 / sums.counts + np.einsum("jp,pq,jq->j", x, covariance[np.ix_(known, known)], x)
    text = "" if len(known) == p or not any(n and not c for n, c in zip(note, constant, strict=True)) else (
        "columns without an estimate are in it")
    columns = _rows(sums.means - x @ estimate[known], unit, [text] * data.n_groups, rss, df, level)
    levels = pd.DataFrame({"rows": data.counts} | columns, index=pd.Index(data.labels, name="group"))
    for table in (line, levels):
        table.attrs |= {"sigma": _sigma(rss, df), "df": df}
    return line, levels
