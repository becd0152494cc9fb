"""The two plain readouts of skewed revenue: differences of means as if normal, and ratios of payers' geometric means."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib.models import creators
from hbm_lib.models.creators import exact
from hbm_lib.models.skewed import rows
from hbm_lib.models.skewed.cells import Data

_Z = stats.norm.ppf(0.975)
_SILENT = 1e3  # standard error of a creator without one, in standard deviations of all users' revenue


def differences(
    frame: object, *, unit: str = "creator_id", group: str = "genre", arm: str = "group", outcome: str = "revenue",
) -> pd.DataFrame:
    """Return each creator's difference of means with Welch's standard error.

    Parameters
    ----------
    frame : data frame
        One row a user.
    unit, group, arm, outcome : str
        Its columns.

    Returns
    -------
    pandas.DataFrame
        Columns creator_id, genre, effect_hat, se, ci_lower, ci_upper, n_total; ``flat``: how many of the arms have no spread, so
        that they add 0 to the squared standard error; where both are flat it is 0.
    """
    read = rows.read(frame, unit, group, arm, outcome)
    n, total = read.sum(np.ones(len(read.x))), read.sum(read.x)
    mean = total / n
    squares = read.sum((read.x - mean[read.arm, read.creator]) ** 2)
    se = np.sqrt((squares / np.maximum(n - 1, 1) / n).sum(0))
    effect = mean[1] - mean[0]
    return pd.DataFrame({"creator_id": read.creators, "genre": read.genres, "effect_hat": effect, "se": se,
                         "ci_lower": effect - _Z * se, "ci_upper": effect + _Z * se, "n_total": n.sum(0).astype(int),
                         "flat": (squares == 0).sum(0)})


def normal(frame: object, **columns: str) -> tuple[exact.ExactPosterior, pd.DataFrame]:
    """Return the creators' model on differences of means, and its estimates.

    A creator with an arm without spread has no standard error to be read. It is kept with one so large that it says nothing,
    and gets its genre's prediction.

    Parameters
    ----------
    frame, columns
        As for ``differences``.

    Returns
    -------
    tuple of ExactPosterior and pandas.DataFrame
        The table has the columns of ``differences``, with posterior mean, sd and 95 % interval.
    """
    own = differences(frame, **columns)
    spread = float(np.std(rows.read(frame, *({"unit": "creator_id", "group": "genre", "arm": "group", "outcome": "revenue"}
                                             | columns).values()).x))
    silent = own["flat"].to_numpy() > 0
    data = creators.Data(np.where(silent, 0, own["effect_hat"]), np.where(silent, _SILENT * spread, own["se"]), own["genre"],
                         own["creator_id"])
    posterior = exact.posterior(creators.partial_pooling(), data)
    low, high = (posterior.quantile("tau", q) for q in (0.025, 0.975))
    return posterior, own.assign(effect_hat=posterior.mean("tau"), se=posterior.sd("tau"), ci_lower=low, ci_upper=high)


def log_scale(data: Data) -> creators.Data:
    """Return each creator's log ratio of payers' geometric means, for the creators' model.

    It says how much more the typical payer spends. It says nothing of how many pay, and so nothing of revenue per user.

    Parameters
    ----------
    data : Data
        Revenue of at least one creator with payers in both arms; the others are left out.

    Returns
    -------
    creators.Data
        Standard errors are from the platform's pooled variance of logs.

    Raises
    ------
    ValueError
        If no creator has payers in both arms, or no arm has two payers.
    """
    k = data.payers
    seen = np.flatnonzero((k > 0).all(0))
    freedom = np.maximum(k - 1, 0).sum()
    if not len(seen) or not freedom:
        raise ValueError("data: no creator has payers in both arms, or no arm has two; the log scale has nothing to show")
    se = np.sqrt(data.squares.sum() / freedom * (1 / k[:, seen]).sum(0))
    return creators.Data((data.mean_log[1] - data.mean_log[0])[seen], se, [data.genres[g] for g in data.index[seen]],
                         [data.labels[i] for i in seen])
