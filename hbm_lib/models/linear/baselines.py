"""Least squares, as a table."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.models.linear.spec import Data

_SINGULAR = 1e-9


def ols(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate the coefficients by ordinary least squares.

    Parameters
    ----------
    data : Data
        Rows.
    level : float
        Probability of the confidence interval.

    Returns
    -------
    pandas.DataFrame
        One row a coefficient: ``estimate``, ``se``, ``lower``, ``upper``, each in units of y per unit of the
        column; the residual standard deviation is in ``attrs["sigma"]``, its degrees of freedom in ``attrs["df"]``.

    Raises
    ------
    ValueError
        If there are no more rows than columns, or columns depend on each other: least squares has no answer there.
    """
    arguments.between_0_and_1("level", level)
    sums, df = data.sums, data.n_rows - data.n_columns
    if df <= 0:
        raise ValueError(f"data: {data.n_rows} rows for {data.n_columns} columns leave nothing to estimate the noise from; "
                         "least squares needs more rows than columns, a prior does not")
    _, size, turn = np.linalg.svd(sums.root / np.maximum(np.sqrt((sums.root**2).sum(0)), np.finfo(float).tiny))
    if size[-1] < _SINGULAR * size[0]:
        which = [name for name, share in zip(data.names, np.abs(turn[-1]), strict=True) if share > 1e-3]
        raise ValueError(f"x: columns {', '.join(map(repr, which))} depend on each other, so least squares has no single answer; "
                         "drop one, or use a prior")
    estimate = np.linalg.solve(sums.root, sums.along)
    sigma = float(np.sqrt(sums.rss / df))
    se = sigma * np.sqrt((np.linalg.inv(sums.root) ** 2).sum(1))
    half = stats.t.isf((1 - level) / 2, df) * se
    table = pd.DataFrame({"estimate": estimate, "se": se, "lower": estimate - half, "upper": estimate + half},
                         index=pd.Index(data.names, name="coefficient"))
    table.attrs |= {"sigma": sigma, "df": df}
    return table
