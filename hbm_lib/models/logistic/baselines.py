"""Rates of groups without a hierarchy, and with it, as tables with the same columns.

Estimates and intervals are probabilities; ``logit`` and ``se`` are on the logit scale. A group with no success
or nothing else has no finite maximum-likelihood logit: it is minus or plus infinity, its standard error
is infinite, and ``separated`` says so.
"""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments
from hbm_lib.data import door
from hbm_lib.models.logistic.exact import ExactPosterior
from hbm_lib.models.logistic.spec import Data

COLUMNS = ("group", "cases", "successes", "estimate", "logit", "se", "lower", "upper", "separated")


def _table(data: Data, **columns: np.ndarray) -> pd.DataFrame:
    """Put one row a group into the common form."""
    y, n = data.successes, data.cases
    found = {"group": list(data.labels), "cases": n.astype(int), "successes": y.astype(int), "separated": (y == 0) | (y == n)}
    found |= {name: np.array(np.broadcast_to(v, data.n_groups)) for name, v in columns.items()}
    return pd.DataFrame(found)[list(COLUMNS)]


def _tail(level: float) -> float:
    """Return the probability of one tail, or refuse a level that is not a probability."""
    arguments.between_0_and_1("level", level)
    return (1 - level) / 2


def _refuse_covariates(data: Data) -> None:
    """Say that these estimates are of raw rates."""
    door.one_data_set(data, Data)
    if data.covariates:
        raise ValueError("data: these estimates are of raw rates; leave the covariates out")


def no_pooling(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate every group by itself by maximum likelihood: successes over cases.

    Parameters
    ----------
    data : Data
        Counts without covariates.
    level : float
        Probability of the interval (Clopper & Pearson 1934), which is finite for separated groups too.

    Returns
    -------
    pandas.DataFrame
        Columns ``group``, ``cases``, ``successes``, ``estimate``, ``logit``, ``se``, ``lower``, ``upper``,
        ``separated``; one row a group.
    """
    _refuse_covariates(data)
    tail, y, n = _tail(level), data.successes, data.cases
    with np.errstate(divide="ignore"):
        logit, se = np.log(y) - np.log(n - y), np.sqrt(1 / y + 1 / (n - y))
    lower = np.where(y > 0, stats.beta.ppf(tail, np.maximum(y, 1), n - y + 1), 0.0)
    upper = np.where(y < n, stats.beta.isf(tail, y + 1, np.maximum(n - y, 1)), 1.0)
    return _table(data, estimate=y / n, logit=logit, se=se, lower=lower, upper=upper)


def jeffreys(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Estimate every group by itself with half a success and half a failure added.

    This maximizes the likelihood times Jeffreys' prior on the logit scale, which for a single proportion
    is Firth's estimate (Firth 1993, Biometrika 80). The interval is that of the posterior Beta(y + 1/2, n - y + 1/2).
    Parameters and columns are those of ``no_pooling``.
    """
    _refuse_covariates(data)
    tail, a, b = _tail(level), data.successes + 0.5, data.cases - data.successes + 0.5
    return _table(data, estimate=a / (a + b), logit=np.log(a / b), se=np.sqrt(1 / a + 1 / b),
                  lower=stats.beta.ppf(tail, a, b), upper=stats.beta.isf(tail, a, b))


def complete_pooling(data: Data, level: float = 0.95) -> pd.DataFrame:
    """Give every group the rate of all cases together. Parameters and columns are those of ``no_pooling``."""
    _refuse_covariates(data)
    whole = Data([data.y.sum(), 0], [data.trials.sum(), 1], ["all", "nothing"])
    row = no_pooling(whole, level).iloc[0]
    return _table(data, **{name: row[name] for name in ("estimate", "logit", "se", "lower", "upper")})


def partial_pooling(posterior: ExactPosterior, level: float = 0.95) -> pd.DataFrame:
    """Give every group its posterior mean rate and central interval, and mean and sd of its logit.

    Parameters
    ----------
    posterior : ExactPosterior
        Of ``fit_exact``.
    level : float
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        The columns of ``no_pooling``; with a covariate the rates are those at 0.
    """
    if not isinstance(posterior, ExactPosterior):
        raise ValueError(f"posterior: what fit_exact gives is needed, got {type(posterior).__name__}")
    tail, p = _tail(level), posterior.law("p")
    return _table(posterior.data, estimate=p.mean, logit=posterior.mean("alpha"), se=posterior.sd("alpha"),
                  lower=p.quantile(tail), upper=p.quantile(1 - tail))
