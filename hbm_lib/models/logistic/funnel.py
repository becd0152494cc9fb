"""Control limits of a funnel plot: how far from the common rate chance alone takes a group of so many cases.

The limits are exact: of counts, from the binomial distribution and no normal approximation (Spiegelhalter 2005,
Statistics in Medicine 24, appendix A.1.1).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.data import door
from hbm_lib.models.logistic.rows import counts
from hbm_lib.models.logistic.spec import Data


@dataclass(frozen=True)
class Limits:
    """Limits of the rate for each number of cases.

    Attributes
    ----------
    cases : array of shape (K,)
        Numbers of cases.
    lower, upper : array of shape (K,)
        The least and the largest rate that is inside: below and above it lies at most (1 - level) / 2 each.
    """

    cases: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def limits(rate: float, cases: np.ndarray, level: float = 0.95) -> Limits:
    """Return the limits that a group of the common rate leaves with probability at most 1 - level.

    Parameters
    ----------
    rate : float
        The common probability of success, strictly between 0 and 1.
    cases : array of shape (K,)
        Whole numbers of at least 1.
    level : float
        Probability inside, at least.

    Returns
    -------
    Limits

    Raises
    ------
    ValueError
        If the rate, a number of cases or the level makes no sense.
    """
    n, tail = _checked(rate, cases, level)
    # ppf(q) is the least count with P(Y <= count) >= q; a count is outside below if P(Y <= count) <= tail
    low, high = stats.binom.ppf(tail, n, rate), stats.binom.isf(tail, n, rate)
    low = low + (stats.binom.cdf(low, n, rate) <= tail)
    high = high - (stats.binom.sf(high - 1, n, rate) <= tail)
    return Limits(n, low / n, high / n)


def table(data: Data, rate: float | None = None, level: float = 0.95) -> pd.DataFrame:
    """Hold every group against the limits.

    Parameters
    ----------
    data : Data
        Without covariates the raw counts; covariates are not looked at.
    rate : float, optional
        The common rate; that of all cases together unless given.
    level : float
        Probability inside, at least.

    Returns
    -------
    pandas.DataFrame
        Columns ``group``, ``cases``, ``successes``, ``rate``, ``lower``, ``upper``, ``outside`` (``""``, ``"below"`` or
        ``"above"``) and ``p_value``, two-sided: twice the smaller tail, at most 1. Of many groups of the common rate a
        share of up to 1 - level is outside by chance.

    Raises
    ------
    ValueError
        If ``data`` is of another kind, as ``limits``, and if all cases together are all successes or all failures.
    """
    door.one_data_set(data, Data)
    y, n = data.successes, data.cases
    centre = float(y.sum() / n.sum()) if rate is None else rate
    found = limits(centre, n, level)
    own = y / n
    outside = np.where(own < found.lower, "below", np.where(own > found.upper, "above", ""))
    tails = np.minimum(stats.binom.cdf(y, n, centre), stats.binom.sf(y - 1, n, centre))
    return pd.DataFrame({"group": list(data.labels), "cases": n.astype(int), "successes": y.astype(int), "rate": own,
                         "lower": found.lower, "upper": found.upper, "outside": outside, "p_value": np.minimum(1, 2 * tails)})


def _checked(rate: float, cases: np.ndarray, level: float) -> tuple[np.ndarray, float]:
    """Return the numbers of cases and the probability of one tail."""
    arguments.between_0_and_1("rate", rate)
    arguments.between_0_and_1("level", level)
    return counts(cases, "cases", 1), (1 - level) / 2
