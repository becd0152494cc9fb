"""One pass over users' rows: what each unit's arm needs for its effect, its standard error and the check of its tails."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.readout.read import Rows

_LOOK = 1000
_WAIT = 0.1
KEYS = ["unit", "group", "arm"]


def cells(rows: Rows, tell: Callable[[float], object] = lambda share: None) -> pd.DataFrame:
    """Return one row for each unit, group and arm, in no particular order.

    The powers are taken about one rough middle of all outcomes, so that one pass gives the fourth moment about each cell's
    own mean without the rounding that powers of large numbers would bring (as in Pébay 2008, "Formulas for robust, one-pass
    parallel computation of covariances and arbitrary-order statistical moments").

    Parameters
    ----------
    rows : Rows
        The file.
    tell : callable
        Is told the share of the pass that is done, from 0 to 1, where it is known.

    Returns
    -------
    pandas.DataFrame
        unit, group, arm, n, bad (rows whose outcome is no finite number), mean, var (ddof 1), low, high, and m4, the mean
        fourth power of the distance from the mean.

    Raises
    ------
    ValueError
        If there is no row or the reader meets a damaged one.
    """
    try:
        middle = rows.frame.select("x").head(_LOOK).collect(backend="pandas").to_native()["x"].astype(float).median()
        x, y = nw.col("x"), nw.col("x") - (0.0 if np.isnan(middle) else float(middle))
        found = rows.frame.with_columns(s2=y**2, s3=y**3, s4=y**4).group_by(*KEYS).agg(
            nw.len().alias("n"), x.count().alias("good"), x.mean().alias("mean"), x.var(ddof=1).alias("var"),
            x.min().alias("low"), x.max().alias("high"), nw.col("s2").sum(), nw.col("s3").sum(), nw.col("s4").sum())
        out = _watched(found, rows, tell)
    except rows.errors as error:
        raise ValueError(_damaged(str(error))) from None
    if out.empty:
        raise ValueError(f"column {rows.names['outcome']!r}: there is no row below the header; each unit needs two rows in "
                         f"each arm")
    out = out.astype(dict.fromkeys(("mean", "var", "low", "high", "s2", "s3", "s4"), float))
    n, d = out["good"], out["mean"] - (0.0 if np.isnan(middle) else float(middle))
    m4 = (out["s4"] - 4 * d * out["s3"] + 6 * d**2 * out["s2"]) / n.where(n > 0) - 3 * d**4
    keep = [*KEYS, "n", "bad", "mean", "var", "low", "high", "m4"]
    return out.assign(m4=m4.clip(lower=0), bad=out["n"] - n)[keep]


def _damaged(error: str) -> str:
    """Return what is wrong with a damaged file, in the reader's words where they are known."""
    line = re.search(r"CSV Error on Line: (\d+)", error)
    columns = re.search(r"Expected Number of Columns: (\d+)", error)
    if line and columns:
        return (f"it cannot be read: line {int(line[1]):,} (the header is 1) does not have as many columns as the header, "
                f"{int(columns[1]):,}; mend the line")
    if "unterminated quote" in error:
        at = f"line {int(line[1]):,} (the header is 1)" if line else "the file"
        return f'it cannot be read: a field in {at} begins with a quotation mark (") that is never closed; mend the line'
    return f"it cannot be read: {' '.join(error.split('Possible fixes')[0].split())[:300]}"


def _watched(lazy: nw.LazyFrame, rows: Rows, tell: Callable[[float], object]) -> pd.DataFrame:
    """Collect a table and tell how far it is, where the reader knows."""
    if rows.done is None:
        return lazy.collect(backend="pandas").to_native()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(lambda: lazy.collect(backend="pandas").to_native())
        wait = 0.001
        try:
            while not running.done():
                time.sleep(wait)
                wait = min(2 * wait, _WAIT)
                tell(max(0.0, rows.done() / 100))
        except BaseException:  # the reader pressed Ctrl-C: do not wait for the end of the file
            if rows.stop is not None:
                rows.stop()
            raise
        return running.result()
