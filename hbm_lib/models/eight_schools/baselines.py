"""What classical meta-analysis says of the same data: Q, I², tau², pooled mean."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from hbm_lib.models.eight_schools.spec import Data


@dataclass(frozen=True)
class Heterogeneity:
    """The classical summary of how much groups differ.

    Attributes
    ----------
    q, df, p_value : float, int, float
        Cochran's Q, its degrees of freedom, its chi-square tail probability.
    i_squared : float
        Share of Q beyond its expectation, floored at 0 (Higgins & Thompson 2002).
    tau_squared : float
        DerSimonian & Laird (1986) moment estimate, floored at 0, in squared units of y.
    pooled, pooled_se : float
        Inverse-variance weighted mean and its standard error, in units of y.
    variance_ratio : float
        Sample variance of y over the mean of sigma².
    """

    q: float
    df: int
    p_value: float
    i_squared: float
    tau_squared: float
    pooled: float
    pooled_se: float
    variance_ratio: float


def heterogeneity(data: Data) -> Heterogeneity:
    """Compute Cochran's Q, I², DerSimonian-Laird tau² and the pooled mean.

    Parameters
    ----------
    data : Data
        At least two groups.

    Returns
    -------
    Heterogeneity
    """
    weight = data.sigma**-2.0
    pooled = float(np.sum(weight * data.y) / weight.sum())
    q = float(np.sum(weight * (data.y - pooled) ** 2))
    df = data.n_groups - 1
    scale = weight.sum() - np.sum(weight**2) / weight.sum()
    return Heterogeneity(
        q=q,
        df=df,
        p_value=float(stats.chi2.sf(q, df)),
        i_squared=max(0.0, 1 - df / q) if q > 0 else 0.0,
        tau_squared=max(0.0, float((q - df) / scale)),
        pooled=pooled,
        pooled_se=float(weight.sum() ** -0.5),
        variance_ratio=float(np.var(data.y, ddof=1) / np.mean(data.sigma**2)),
    )


def no_pooling(data: Data) -> dict[str, np.ndarray]:
    """Return each group's own estimate with its standard error and 95 % interval, each (J,)."""
    half = stats.norm.ppf(0.975) * data.sigma
    return {"estimate": data.y, "se": data.sigma, "lower": data.y - half, "upper": data.y + half}
