"""What is reported of a creator: the effect on the mean per user, from the joint posterior."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from hbm_lib import arguments
from hbm_lib.models.skewed.generative import predictor
from hbm_lib.models.skewed.spec import Counts, Data


def per_user(draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the mean per user in both arms: share of payers times their mean, or the mean itself without a hurdle.

    Parameters
    ----------
    draws : mapping of str to array of shape (..., N)
        Coefficients; a tree's ``posterior`` serves.

    Returns
    -------
    array of shape (..., 2, N)
        In the outcome's unit.
    """
    mean = np.exp(predictor(draws, "mean"))
    return special.expit(predictor(draws, "share")) * mean if "share_level" in draws else mean


def effect(draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return each creator's difference of the mean per user, treatment minus control, (..., N)."""
    both = per_user(draws)
    return both[..., 1, :] - both[..., 0, :]


def estimates(tree: xr.DataTree, data: Data | Counts, level: float = 0.95) -> pd.DataFrame:
    """Return posterior mean, sd and central interval of each creator's effect.

    Parameters
    ----------
    tree : xarray.DataTree
        A result of ``fit``.
    data : Data or Counts
        What was fitted.
    level : float
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        Columns creator_id, genre, effect_hat, se, ci_lower, ci_upper, n_total, as in the creators' tables.

    Raises
    ------
    ValueError
        If the level is no probability, or the result has other creators than the data.
    """
    arguments.between_0_and_1("level", level)
    posterior = tree["posterior"]
    if [str(v) for v in posterior["creator"].values] != list(data.labels):
        raise ValueError("tree: its creators are not those of the data, in their order")
    found = effect(posterior).reshape(-1, data.n_creators)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({"creator_id": data.labels, "genre": [data.genres[g] for g in data.index], "effect_hat": found.mean(0),
                         "se": found.std(0, ddof=1), "ci_lower": low, "ci_upper": high,
                         "n_total": data.users.sum(0).astype(int)})
