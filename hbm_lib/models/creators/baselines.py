"""From users' rows to each creator's effect: no pooling, complete pooling, and the table of partial pooling."""

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from hbm_lib.models.creators.exact import ExactPosterior
from hbm_lib.models.creators.spec import Data
from hbm_lib.models.creators.summarize import ARMS, summarize

COLUMNS = ["creator_id", "genre", "effect_hat", "se", "ci_lower", "ci_upper", "p_value", "n_total"]


def _welch(s: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return difference, Welch standard error, 95 % interval and p-value."""
    a, b = (s[f"var_{name}"] / s[f"n_{name}"] for name in ("treatment", "control"))
    effect, se = s["mean_treatment"] - s["mean_control"], np.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (s["n_treatment"] - 1) + b**2 / (s["n_control"] - 1))
    half = stats.norm.ppf(0.975) * se
    return {"effect_hat": effect, "se": se, "ci_lower": effect - half, "ci_upper": effect + half,
            "p_value": 2 * stats.t.sf(np.abs(effect / se), df), "n_total": s["n_treatment"] + s["n_control"]}


def no_pooling_estimates(df: object) -> pd.DataFrame:
    """Return each creator's difference of means with Welch's standard error; one row a creator, ``COLUMNS``."""
    return no_pooling(summarize(df))


def no_pooling(s: pd.DataFrame) -> pd.DataFrame:
    """Return ``no_pooling_estimates`` from the table of ``summarize``."""
    return s[["creator_id", "genre"]].assign(**_welch(s))[COLUMNS]


def complete_pooling_estimates(df: object) -> pd.DataFrame:
    """Return the difference of all users of the genre for each of its creators; n_total is the creator's own."""
    return complete_pooling(summarize(df))


def complete_pooling(s: pd.DataFrame) -> pd.DataFrame:
    """Return ``complete_pooling_estimates`` from the table of ``summarize``."""
    pooled = {}
    for name in ARMS:
        n, mean = s[f"n_{name}"], s[f"mean_{name}"]
        total = n.groupby(s["genre"]).sum()
        center = (n * mean).groupby(s["genre"]).sum() / total
        squares = ((n - 1) * s[f"var_{name}"] + n * (mean - s["genre"].map(center)) ** 2).groupby(s["genre"]).sum()
        pooled |= {f"n_{name}": total, f"mean_{name}": center, f"var_{name}": squares / (total - 1)}
    genre = pd.DataFrame(_welch(pd.DataFrame(pooled))).drop(columns="n_total")
    out = s[["creator_id", "genre"]].join(genre, on="genre")
    return out.assign(n_total=s["n_treatment"] + s["n_control"])[COLUMNS]


def to_data(estimates: pd.DataFrame) -> Data:
    """Return what the model takes, from the table of ``no_pooling_estimates``."""
    return Data.from_frame(estimates, effect="effect_hat", se="se", genre="genre", creator="creator_id")


def exact_estimates(posterior: ExactPosterior, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return what ``extract_hbm_estimates`` returns, from an exact posterior on ``to_data(estimates)``: no draws, no luck.

    Raises
    ------
    ValueError
        If the posterior has other creators than the table.
    """
    if posterior.data.labels != [str(v) for v in estimates["creator_id"]]:
        raise ValueError("posterior: its creators are not those of the estimates, in their order")
    (mean, sd), above = posterior.moments, posterior.above(0.0)
    low, high = (posterior.quantile("tau", q) for q in (0.025, 0.975))
    return estimates.assign(effect_hat=mean, se=sd, ci_lower=low, ci_upper=high,
                            p_value=2 * np.minimum(above, 1 - above))[COLUMNS]


def extract_hbm_estimates(posterior: xr.DataTree, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return posterior mean, sd, 95 % interval and 2 min P(tau below or above 0) of each creator, ``COLUMNS``.

    Parameters
    ----------
    posterior : xarray.DataTree
        A result of ``fit`` on ``to_data(estimates)``.
    estimates : pandas.DataFrame
        Of ``no_pooling_estimates``: whose creators these are.

    Raises
    ------
    ValueError
        If the result has other creators than the table.
    """
    tau = posterior["posterior"]["tau"]
    if [str(v) for v in tau["creator"].values] != [str(v) for v in estimates["creator_id"]]:
        raise ValueError("posterior: its creators are not those of the estimates, in their order")
    draws = tau.stack(all=("chain", "draw")).transpose("creator", "all").to_numpy()
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    above = (draws > 0).mean(1)
    return estimates.assign(effect_hat=draws.mean(1), se=draws.std(1, ddof=1), ci_lower=low, ci_upper=high,
                            p_value=2 * np.minimum(above, 1 - above))[COLUMNS]
