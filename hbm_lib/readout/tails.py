"""Heavy tails: the outcome's kurtosis within arms, and what it does to each unit's estimate."""

import numpy as np
import pandas as pd

ARMS = ("control", "treatment")


def kurtosis(table: pd.DataFrame) -> float:
    """Return the outcome's kurtosis within arms: 3 for a normal one, 9 for an exponential one.

    The ratio of two unbiased estimates, each summed over all arms: kappa_4 by the fourth k-statistic, and sigma⁴ as
    (n - 1) / (n + 1) (k_2² - k_4 / n). Neither arms of different spread nor small arms pull it off, as both would a mean of
    sample kurtoses, which cannot exceed n (Kendall & Stuart, The Advanced Theory of Statistics, vol. 1, ch. 12).

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``units``.

    Returns
    -------
    float
        3 where no arm has 4 rows: nothing is known.
    """
    top = bottom = 0.0
    for arm in ARMS:
        n, m4, k2 = (table[f"{what}_{arm}"].to_numpy(float) for what in ("n", "m4", "var"))
        n, m4, k2 = (v[n >= 4] for v in (n, m4, k2))
        m2 = k2 * (n - 1) / n
        k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
        top += float((n * k4).sum())
        bottom += float((n * (n - 1) / (n + 1) * (k2**2 - k4 / n)).sum())
    return 3 + top / bottom if bottom > 0 else 3.0


def of_estimates(table: pd.DataFrame, outcome: float) -> np.ndarray:
    """Return the excess kurtosis of each unit's raw effect, shape (N,), where the outcome's kurtosis is ``outcome``.

    A mean of n has excess kurtosis (kappa - 3) / n; a difference of two has that of both, weighted by their squared variances.
    """
    parts = [(table[f"var_{arm}"] / table[f"n_{arm}"], table[f"n_{arm}"]) for arm in ARMS]
    top = sum(v**2 / n for v, n in parts)
    return ((outcome - 3) * top / sum(v for v, _ in parts) ** 2).to_numpy(float)


def one_row(table: pd.DataFrame) -> np.ndarray:
    """Return the largest share of an arm's sum of squares that a single row makes up, shape (N,)."""
    shares = []
    for arm in ARMS:
        n, mean, var = (table[f"{what}_{arm}"] for what in ("n", "mean", "var"))
        far = np.maximum(table[f"high_{arm}"] - mean, mean - table[f"low_{arm}"])
        shares.append((far**2 / ((n - 1) * var)).where(n > 4, 0).to_numpy(float))
    return np.maximum(*shares)
