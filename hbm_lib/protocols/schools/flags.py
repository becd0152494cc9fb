"""Schools called exceptional: how many of the calls are false, with and without pooling."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib import arguments, seeds
from hbm_lib.fitting import fit_exact
from hbm_lib.models.schools import Data, partial_pooling, simulate


@dataclass(frozen=True)
class Flags:
    """Which schools were called exceptional in each of many districts, schools sorted by size.

    Attributes
    ----------
    naive, pooled : array of shape (R, J)
        -1 (called low), 0 (not called) or 1 (called high), by each school's own interval and by the posterior.
    gap : array of shape (R, J)
        The true distance of the school from the district's mean, in points.
    """

    naive: np.ndarray
    pooled: np.ndarray
    gap: np.ndarray

    def table(self) -> pd.DataFrame:
        """Return what came of the calls, one row a way of calling.

        Columns ``how``, ``any_call`` (share of districts with at least one call), ``calls`` (a district),
        ``wrong`` (calls on the wrong side of the mean, or of no difference, over all districts).
        """
        rows = []
        for how, called in (("own interval", self.naive), ("posterior", self.pooled)):
            wrong = (called != 0) & (called != np.sign(self.gap))
            rows.append((how, float(called.any(1).mean()), float((called != 0).sum(1).mean()), int(wrong.sum())))
        return pd.DataFrame(rows, columns=["how", "any_call", "calls", "wrong"])


def exceptional(
    seed: int, districts: int, *, tau: float, schools: int = 24, mu: float = 75.0, sigma: float = 12.0, level: float = 0.95
) -> Flags:
    """Make up districts and call schools exceptional, by their own interval and by the posterior.

    Parameters
    ----------
    seed : int
        Of everything random here.
    districts : int
        How many.
    tau : float
        The true sd between schools, in points; 0 when there is nothing to find.
    schools, mu, sigma : int, float, float
        Schools of each district, and the other true hyperparameters.
    level : float
        A school is called when its interval of this probability for its distance from the mean excludes 0.

    Returns
    -------
    Flags

    Raises
    ------
    ValueError
        If districts is below 1, level no probability, or a standard deviation negative.
    """
    arguments.whole("districts", districts)
    arguments.between_0_and_1("level", level)
    simulate.check_spreads(tau, sigma)
    sizes = simulate.sizes(schools)
    labels = np.repeat([f"{j + 1}" for j in range(schools)], sizes)
    naive, pooled, gaps = (np.zeros((districts, schools)) for _ in range(3))
    tail = (1 - level) / 2
    for r in range(districts):
        rng = seeds.rng(seed, "exceptional", r)
        gaps[r] = tau * rng.standard_normal(schools)
        data = Data(simulate.scores(rng, mu + gaps[r], sizes, sigma), labels)
        df = data.n_pupils - schools
        z = (data.sums.means - data.y.mean()) / np.sqrt(data.sums.within_rss / df / sizes)
        naive[r] = np.sign(z) * (np.abs(z) > stats.t.isf(tail, df))
        below = fit_exact(partial_pooling(), data).law("theta - mu").cdf(np.zeros(schools))
        pooled[r] = 1.0 * (below < tail) - 1.0 * (below > 1 - tail)
    return Flags(naive, pooled, gaps)
