"""What a readout must be, by another road: pandas' group-by and the library's own fit; how far a table is from it."""

import numpy as np
from scipy import stats

from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators.baselines import no_pooling_estimates
from hbm_lib.priors import HalfNormal, Normal
from hbm_lib.readout.settings import Settings

SETTINGS = Settings(group="genre", threshold=120.0, level=0.8)


def wanted(rows):
    """Return the columns that a readout with ``SETTINGS`` must have."""
    own = no_pooling_estimates(rows)
    x = rows["revenue"] - rows.groupby(["creator_id", "group"])["revenue"].transform("mean")
    scale = float(np.sqrt((x**2).sum() / (len(rows) - 2 * len(own))))
    effect, se = own["effect_hat"].to_numpy(), own["se"].to_numpy()
    width = scale / 100  # all is measured in hundreds for the fit
    model = creators.partial_pooling().with_prior(
        mu_global=Normal(0, width), sigma_genre=HalfNormal(width), sigma_creator=HalfNormal(width))
    found = fit_exact(model, creators.Data(effect / 100, se / 100, own["genre"].to_numpy(), own["creator_id"].to_numpy()))
    half = stats.norm.ppf(0.9) * se
    spread = 100 * found.mean("sigma_creator")
    return {"raw_effect": effect, "se": se, "raw_low": effect - half, "raw_high": effect + half,
            "pooled_effect": 100 * found.mean("tau"), "pooled_sd": 100 * found.sd("tau"),
            "pooled_low": 100 * found.quantile("tau", 0.1), "pooled_high": 100 * found.quantile("tau", 0.9),
            "p_above": 100 * found.above(1.2), "shrinkage": 100 * se**2 / (spread**2 + se**2),
            "confidence": 100 * spread**2 / (spread**2 + se**2), "moved": 100 * (100 * found.mean("tau") - effect) / se,
            "n_total": own["n_total"].to_numpy()}


def gap(table, rows):
    """Return the largest difference of a table from what it must be, in units of about 1 per cent of an effect."""
    times = dict.fromkeys(("p_above", "shrinkage", "confidence", "moved"), 100)
    far = {name: times.get(name, 1) * table[name].to_numpy(float) - truth for name, truth in wanted(rows).items()}
    return max(float(np.abs(one).max()) for one in far.values())
