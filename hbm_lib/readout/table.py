"""The table of readouts: raw and pooled effect of each unit, and how far to trust it."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.readout.score import score


def readouts(estimates: pd.DataFrame, *, unit: float = 1.0, threshold: float = 0.0, level: float = 0.95) -> pd.DataFrame:
    """Fit the estimates of ``no_pooling_estimates`` and return one row a unit.

    Parameters
    ----------
    estimates : pandas.DataFrame
        In the units of the outcome.
    unit : float
        What everything is divided by for the fit.
    threshold : float
        In the units of the outcome; ``p_above`` is the posterior probability of an effect above it.
    level : float
        Of both intervals.
    """
    effect, se = (estimates[name].to_numpy(float) for name in ("effect_hat", "se"))
    data = creators.Data(effect / unit, se / unit, estimates["genre"].to_numpy(), estimates["creator_id"].to_numpy())
    found = fit_exact(creators.partial_pooling(), data)
    tail, half = (1 - level) / 2, stats.norm.ppf((1 + level) / 2) * se
    pooled, sd = unit * np.asarray(found.mean("tau")), unit * np.asarray(found.sd("tau"))
    spread = unit * float(found.mean("sigma_creator"))
    out = pd.DataFrame({
        "unit": estimates["creator_id"], "group": estimates["genre"], "n_total": estimates["n_total"],
        "raw_effect": effect, "se": se, "raw_low": effect - half, "raw_high": effect + half,
        "pooled_effect": pooled, "sd": sd, "low": unit * found.quantile("tau", tail),
        "high": unit * found.quantile("tau", 1 - tail)})
    return out.assign(**score(effect, se, pooled, spread), p_above=found.above(threshold / unit))[
        [*out.columns, "shrinkage", "moved", "confidence", "p_above", "reason"]]
