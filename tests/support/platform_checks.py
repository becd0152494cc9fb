"""What the made-up platforms and their figures owe, as checks that a planted bug must fail."""

import numpy as np
from pictures import platform as drawn
from scipy import stats

from hbm_lib.models import creators
from hbm_lib.models.creators import exact
from hbm_lib.models.creators.sums import take
from hbm_lib.priors import HalfNormal, Normal


def least_p_value(module, seed):
    """Return the least of five Kolmogorov-Smirnov p-values: means, variances and effects sent through their laws."""
    s, effect, genre = module.platform(np.random.default_rng(seed), genres=300, creators_per_genre=100)
    n = {name: s[f"n_{name}"].to_numpy() for name in ("control", "treatment")}
    parts = [stats.norm.cdf((s["mean_control"] - 5) * np.sqrt(n["control"]) / 2),
             stats.norm.cdf((s["mean_treatment"] - 5 - effect) * np.sqrt(n["treatment"]) / 2),
             stats.norm.cdf((effect - genre) / 0.4),
             *(stats.chi2.cdf(s[f"var_{k}"] * (v - 1) / 4, v - 1) for k, v in n.items())]
    return min(stats.kstest(u, "uniform").pvalue for u in parts)


def slider_error(module, sigma):
    """Return how far the slider's groups and effects are from the exact engine's, genres left free."""
    p = drawn()
    data = creators.Data(p["own"], p["se"], [f"g{g}" for g in p["index"]])
    prior = creators.Prior(Normal(0, 1), HalfNormal(1), HalfNormal(1))
    given = exact.given_scales(np.array([1e6]), np.array([sigma]), take(data, 8.0), prior)
    mean, pooled = module.pooled_effects(sigma, p["own"], p["se"], p["index"])
    pull = p["se"] ** 2 / (p["se"] ** 2 + sigma**2)
    right = pull * given.genre[0, 0][p["index"]] + (1 - pull) * p["own"]
    return max(np.abs(mean - given.genre[0, 0]).max(), np.abs(pooled - right).max())
