"""What a reader should be warned of, and the unit in which the priors are stated."""

import numpy as np
import pandas as pd

FEW_UNITS, TINY_ARM, HEAVY, LARGE = 10, 30, 10.0, 3.0


def pooled_sd(sums: pd.DataFrame) -> float:
    """Return the outcome's sd within arms, from the table of ``summarize``."""
    arms = ("control", "treatment")
    squares = sum(((sums[f"n_{a}"] - 1) * sums[f"var_{a}"]).sum() for a in arms)
    return float(np.sqrt(squares / sum((sums[f"n_{a}"] - 1).sum() for a in arms)))


def unit_of_priors(effect: np.ndarray, sums: pd.DataFrame) -> float:
    """Return 1, or the outcome's pooled sd where the median size of the effects is above ``LARGE``."""
    return pooled_sd(sums) if np.median(np.abs(effect)) > LARGE else 1.0


def caveats(rows: pd.DataFrame, sums: pd.DataFrame, unit: float) -> list[str]:
    """Return the warnings whose condition holds, in plain words."""
    found = []
    if len(sums) < FEW_UNITS:
        found.append(f"Few units: {len(sums)}. How much units differ is hardly known, and the priors matter.")
    tiny = int((sums[["n_control", "n_treatment"]].min(axis=1) < TINY_ARM).sum())
    if tiny:
        found.append(f"Tiny arms: {tiny} units have an arm of fewer than {TINY_ARM} rows. Their standard errors are guesses.")
    alone = int((sums.groupby("genre").size() == 1).sum())
    if alone:
        found.append(f"A group of one: {alone} groups have a single unit, so group and unit cannot be told apart.")
    x = rows["revenue"].astype(float)
    x = x - x.groupby([rows["creator_id"], rows["group"]]).transform("mean")
    kurtosis = float((x**4).mean() / (x**2).mean() ** 2)
    if kurtosis > HEAVY:
        found.append(f"Heavy tails: the outcome's kurtosis is {kurtosis:.0f} (a normal one has 3). A few rows move the means.")
    if unit != 1:
        found.append(f"Scaled priors: the effects are large, so everything was divided by the outcome's pooled sd, {unit:.4g}, "
                     "for the fit and multiplied by it afterwards.")
    return found
