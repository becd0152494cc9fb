"""Skewed outcomes with the models that fit them, and random points at which to look; the names are those of ``makers``."""

import numpy as np
import pandas as pd
from pytensor.compile.mode import Mode

from hbm_lib.models import skewed
from hbm_lib.models.skewed import Coefficient, generative, numpyro_model, pymc_model
from hbm_lib.priors import Gamma, HalfCauchy, HalfNormal, LogNormal, Normal, Uniform

__all__ = ["CASES", "FORMS", "MODE", "ROWS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# five creators in three genres; "e" has an arm in which nobody paid, "d" one user an arm; rows mixed
GENRE = {"a": "music", "b": "comedy", "c": "music", "d": "gaming", "e": "comedy"}
_AMOUNTS = {
    ("a", "control"): [0, 0, 3.5, 0, 12.25], ("a", "treatment"): [0, 7, 0, 0.5], ("b", "control"): [0, 0, 0, 41],
    ("b", "treatment"): [0, 1.5, 1.5, 8, 0, 0], ("c", "control"): [2, 0], ("c", "treatment"): [0, 0, 90, 4],
    ("d", "control"): [0], ("d", "treatment"): [6], ("e", "control"): [0, 0, 0], ("e", "treatment"): [0, 2.5, 0],
}
ROWS = pd.DataFrame([(c, GENRE[c], arm, x) for (c, arm), found in _AMOUNTS.items() for x in found],
                    columns=["creator_id", "genre", "group", "revenue"]).sample(frac=1, random_state=4, ignore_index=True)
COUNTS = ROWS.drop(columns="revenue").assign(purchases=np.ceil(ROWS["revenue"] / 4))
DATA, NUMBERS = skewed.Data.from_frame(ROWS), skewed.Counts.from_frame(COUNTS)

_OTHER = Coefficient(Normal(1, 2), HalfCauchy(1), Gamma(2, 3))
CASES = {
    "lognormal": (skewed.hurdle_lognormal(), DATA),
    "gamma": (skewed.hurdle_gamma(), DATA),
    "negative_binomial": (skewed.negative_binomial(), NUMBERS),
    "lognormal_other_priors": (skewed.hurdle_lognormal().with_prior(share_effect=_OTHER, shape=Uniform(0.1, 4)), DATA),
    "gamma_other_priors": (skewed.hurdle_gamma().with_prior(mean_level=_OTHER, shape=HalfNormal(2)), DATA),
    "counts_other_priors": (skewed.negative_binomial().with_prior(mean_effect=_OTHER, shape=LogNormal(1, 2)), NUMBERS),
}
FORMS = ("noncentered", "centered")
# a sum of two dozen log densities has too many operands once it is fused, so PyTensor is to run the graph as it is written
MODE = Mode(linker="py", optimizer=None)
LEVELS = ("sigma_genre", "sigma_creator")


def _scales(prior):
    return {f"{c}_{n}": getattr(getattr(prior, c), n) for c in prior.coefficients for n in LEVELS} | {"shape": prior.shape}


def points(seed, data, prior, n=24):
    """Draw n sets of parameters, scales and shape evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    out = {}
    for name, law in _scales(prior).items():
        low, high = law.support
        out[name] = np.exp(rng.uniform(np.log(max(1.01 * low, 0.1)), np.log(min(0.99 * high, 2.0)), n))
    for c in prior.coefficients:
        out[f"{c}_mu"] = rng.normal(0, 1, n)
        out[f"{c}_genre"] = out[f"{c}_mu"][:, None] + out[f"{c}_sigma_genre"][:, None] * rng.standard_normal((n, data.n_genres))
        gap = out[f"{c}_sigma_creator"][:, None] * rng.standard_normal((n, data.n_creators))
        out[c] = out[f"{c}_genre"][:, data.index] + gap
    return out


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out, factor = dict(draws), 0.0
    for c in prior.coefficients:
        out[f"{c}_genre_eta"] = (draws[f"{c}_genre"] - draws[f"{c}_mu"][:, None]) / draws[f"{c}_sigma_genre"][:, None]
        del out[f"{c}_genre"]
        factor = factor + data.n_genres * np.log(draws[f"{c}_sigma_genre"])
        if form == "noncentered" or c.endswith("effect"):
            out[f"{c}_eta"] = (draws[c] - draws[f"{c}_genre"][:, data.index]) / draws[f"{c}_sigma_creator"][:, None]
            del out[c]
            factor = factor + data.n_creators * np.log(draws[f"{c}_sigma_creator"])
    return out, factor


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: law.support for n, law in _scales(prior).items()}
