"""The exact fit, and the table of readouts: raw and pooled effect of each unit, and how far to trust it."""

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators.exact import ExactPosterior
from hbm_lib.priors import HalfNormal, Normal
from hbm_lib.readout.score import score

ARMS = ("control", "treatment")
MEANING = {
    "unit": "The unit's label.",
    "group": "The group whose units it borrows from.",
    "n_control": "Rows in the control arm.",
    "n_treatment": "Rows in the treatment arm.",
    "n_total": "Rows in both.",
    "raw_effect": "Mean of the treatment arm minus mean of the control arm: what the unit's own rows say.",
    "se": "The raw effect's standard error (Welch's: each arm has its own variance).",
    "raw_low": "Lower end of the raw effect's interval.",
    "raw_high": "Its upper end.",
    "pooled_effect": "The readout: the unit's own rows and its group's other units, each weighted by what it is worth.",
    "pooled_sd": "The standard deviation of what is still not known of the effect.",
    "pooled_low": "Lower end of the pooled interval: the effect lies in it with the stated probability.",
    "pooled_high": "Its upper end.",
    "shrinkage": "The share of the readout that is the group's, from 0 (left alone) to 1 (the group's mean).",
    "moved": "How many standard errors the model moved the raw effect.",
    "confidence": "The share of the readout that is the unit's own data: 1 minus shrinkage. Not a probability of an effect.",
    "p_above": "The probability that the effect is above the threshold.",
    "reason": "How much the model moved the estimate, and why, in one sentence.",
}


def pooled_sd(table: pd.DataFrame) -> float:
    """Return the outcome's standard deviation within arms, over all units of the table of ``units``."""
    top = sum((table[f"n_{a}"] - 1) * table[f"var_{a}"] for a in ARMS).sum()
    return float(np.sqrt(top / sum(table[f"n_{a}"] - 1 for a in ARMS).sum()))


def raw_effects(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's difference of means and Welch's standard error."""
    effect = table["mean_treatment"] - table["mean_control"]
    return effect.to_numpy(float), np.sqrt(sum(table[f"var_{a}"] / table[f"n_{a}"] for a in ARMS)).to_numpy(float)


def fitted(table: pd.DataFrame, scale: float, prior_scale: float | None = None) -> ExactPosterior:
    """Fit the three-level model exactly, everything measured in ``scale``.

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``units``.
    scale : float
        What effects are divided by, in the unit of the outcome.
    prior_scale : float, optional
        The priors' scale in the unit of the outcome, ``scale`` if left out: mu_global ~ Normal(0, prior_scale), both standard
        deviations half-normal(prior_scale).

    Returns
    -------
    ExactPosterior
        In units of ``scale``.
    """
    effect, se = raw_effects(table)
    width = 1.0 if prior_scale is None else prior_scale / scale
    model = creators.partial_pooling().with_prior(
        mu_global=Normal(0, width), sigma_genre=HalfNormal(width), sigma_creator=HalfNormal(width))
    data = creators.Data(effect / scale, se / scale, table["group"].to_numpy(object), table["unit"].to_numpy(object))
    return fit_exact(model, data)


def readouts(
    table: pd.DataFrame, found: ExactPosterior, *, scale: float, threshold: float = 0.0, level: float = 0.95,
) -> pd.DataFrame:
    """Return one row a unit, the columns of ``MEANING``, in the unit of the outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``units``.
    found : ExactPosterior
        Of ``fitted``.
    scale : float
        The one that ``fitted`` was given.
    threshold : float
        ``p_above`` is the posterior probability of an effect above it; in the unit of the outcome.
    level : float
        Of both intervals.
    """
    effect, se = raw_effects(table)
    tail, half = (1 - level) / 2, stats.norm.ppf((1 + level) / 2) * se
    pooled, sd = scale * np.asarray(found.mean("tau")), scale * np.asarray(found.sd("tau"))
    out = pd.DataFrame({
        "unit": _whole(table["unit"]), "group": table["group"], "n_control": table["n_control"],
        "n_treatment": table["n_treatment"], "n_total": table["n_control"] + table["n_treatment"],
        "raw_effect": effect, "se": se, "raw_low": effect - half, "raw_high": effect + half,
        "pooled_effect": pooled, "pooled_sd": sd, "pooled_low": scale * found.quantile("tau", tail),
        "pooled_high": scale * found.quantile("tau", 1 - tail)})
    spread = scale * float(found.mean("sigma_creator"))
    return out.assign(**score(effect, se, pooled, spread), p_above=np.clip(found.above(threshold / scale), 0, 1))[list(MEANING)]


def _whole(labels: pd.Series) -> pd.Series:
    """Return labels that are whole numbers as such, so that the table joins with the reader's own."""
    numbers = pd.to_numeric(labels, errors="coerce")
    if numbers.isna().any() or (numbers.abs() > 2**53).any() or (numbers != np.floor(numbers)).any():
        return labels
    whole = numbers.astype("int64")
    return whole if (whole.astype(str) == labels.astype(str)).all() else labels
