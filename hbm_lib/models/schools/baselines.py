"""The three poolings as tables with the same columns, and the classical answers to two of them."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.models.schools.exact import ExactPosterior
from hbm_lib.models.schools.spec import Data

COLUMNS = ("school", "pupils", "estimate", "se", "lower", "upper")


def _table(data: Data, estimate: np.ndarray, se: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> pd.DataFrame:
    """Put one row a school into the common form."""
    each = (np.broadcast_to(v, data.n_groups) for v in (estimate, se, lower, upper))
    return pd.DataFrame(dict(zip(COLUMNS, (list(data.labels), data.counts, *each), strict=True)))


def no_pooling(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate every school by itself: its mean score, at covariates 0.

    The standard deviation of pupils is taken from all schools together, so that a school
    with one pupil has a standard error too.

    Parameters
    ----------
    data : Data
        Pupils' scores.
    level : float
        Probability of the confidence interval.

    Returns
    -------
    pandas.DataFrame
        Columns ``school``, ``pupils``, ``estimate``, ``se``, ``lower``, ``upper``; one row a school.
    """
    sums, p = data.sums, data.x.shape[1]
    df = data.n_pupils - data.n_groups - p
    variance = sums.within_rss / df if df > 0 else np.nan
    x = sums.design[:, 1:]
    estimate = sums.means - x @ sums.slope
    se = np.sqrt(variance * (1 / data.counts + np.einsum("jp,pq,jq->j", x, np.linalg.pinv(sums.within_xx), x)))
    half = stats.t.isf((1 - arguments.between_0_and_1("level", level)) / 2, max(df, 1)) * se
    return _table(data, estimate, se, estimate - half, estimate + half)


def complete_pooling(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Give every school the district's mean (least squares without schools), at covariates 0.

    Parameters and columns are those of ``no_pooling``.
    """
    design = np.column_stack([np.ones(data.n_pupils), data.x])
    b, _, _, _ = np.linalg.lstsq(design, data.y)
    df = data.n_pupils - design.shape[1]
    variance = float(((data.y - design @ b) ** 2).sum() / df)
    se = float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))
    half = stats.t.isf((1 - arguments.between_0_and_1("level", level)) / 2, df) * se
    return _table(data, b[0], se, b[0] - half, b[0] + half)


def partial_pooling(posterior: ExactPosterior, level: float = 0.95) -> pd.DataFrame:
    """Give every school its posterior mean, sd and central interval.

    Parameters
    ----------
    posterior : ExactPosterior
        Of ``fit_exact``.
    level : float
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        The columns of ``no_pooling``.
    """
    tail = (1 - arguments.between_0_and_1("level", level)) / 2
    law = posterior.law("theta")
    return _table(posterior.data, law.mean, law.sd, law.quantile(tail), law.quantile(1 - tail))
