"""The crossed model with data that fits it, and random points at which to look; the names are those of ``makers``."""

import numpy as np

from hbm_lib.models import crossed
from hbm_lib.models.crossed import generative, numpyro_model, pymc_model
from hbm_lib.models.crossed.spec import SCALES
from hbm_lib.priors import Gamma, HalfNormal, Normal

__all__ = ["CASES", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# two genres and three segments, one cell empty, rows mixed
DATA = crossed.Data([0.9, 0.1, 1.4, -0.6, 0.5, 0.2, 0.7, 1.1], [0.5, 0.2, 0.9, 0.4, 0.1, 0.3, 0.6, 0.8],
                    list("abaabbab"), list("xyzxxyyx"))
MODEL = crossed.genre_by_segment()
CASES = {"genre_by_segment": (MODEL, DATA),
         "other_priors": (MODEL.with_prior(mu_global=Normal(2, 3), sigma_cell=HalfNormal(0.2), sigma_creator=Gamma(2, 3)), DATA)}
FORMS = ("centered", "noncentered")
EFFECTS = {"genre_effect": "sigma_genre", "segment_effect": "sigma_segment", "interaction": "sigma_cell"}


def points(seed, data, prior, n=24):
    """Draw n sets of parameters, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(rng, data, prior, n)
    return draws | {name: np.exp(rng.uniform(np.log(0.1), np.log(3), n)) for name in SCALES}


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out, factor = dict(draws), 0.0
    if form == "noncentered":
        for name, scale in EFFECTS.items():
            value = out.pop(name)
            out[f"eta_{name}"] = value / draws[scale].reshape(-1, *[1] * (value.ndim - 1))
            factor = factor + value[0].size * np.log(draws[scale])
        out["eta_tau"] = (out.pop("tau") - generative.location(draws, data)) / draws["sigma_creator"][:, None]
        factor = factor + data.n_creators * np.log(draws["sigma_creator"])
    return out, factor


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: getattr(prior, n).support for n in SCALES}
