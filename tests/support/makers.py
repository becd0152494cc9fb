"""Creators' models with data that fits them, and random points at which to look; the names are those of ``teachers``."""

import numpy as np

from hbm_lib.models import creators
from hbm_lib.models.creators import generative, numpyro_model, pymc_model
from hbm_lib.priors import Gamma, HalfCauchy, HalfNormal, LogNormal, Normal, Uniform

__all__ = ["CASES", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# three genres of one to four creators, rows mixed
GENRE = ["music", "comedy", "music", "gaming", "comedy", "music", "music", "comedy"]
EFFECT = [0.9, 0.1, 1.4, -0.6, 0.5, 0.2, 0.7, 1.1]
SE = [0.5, 0.2, 0.9, 0.4, 0.1, 0.3, 0.6, 0.8]
DATA = creators.Data(EFFECT, SE, GENRE)

_MODEL = creators.partial_pooling()
SCALES = ("sigma_genre", "sigma_creator")
CASES = {
    "partial_pooling": (_MODEL, DATA),
    "other_priors": (_MODEL.with_prior(mu_global=Normal(2, 3), sigma_genre=HalfCauchy(2), sigma_creator=Gamma(2, 3)), DATA),
    "bounded": (_MODEL.with_prior(sigma_genre=Uniform(0, 3), sigma_creator=LogNormal(-1, 0.7)), DATA),
    "narrow": (_MODEL.with_prior(sigma_genre=HalfNormal(0.3), sigma_creator=Uniform(0.1, 2)), DATA),
}
FORMS = ("noncentered", "centered", "mixed")


def points(seed, data, prior, n=24):
    """Draw n sets of parameters, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = {"mu_global": prior.mu_global.sample(rng, (n,))}
    for name in SCALES:
        low, high = getattr(prior, name).support
        draws[name] = np.exp(rng.uniform(np.log(max(1.01 * low, 0.1)), np.log(min(0.99 * high, 3.0)), n))
    draws["mu_genre"] = draws["mu_global"][:, None] + draws["sigma_genre"][:, None] * rng.standard_normal((n, data.n_genres))
    gap = draws["sigma_creator"][:, None] * rng.standard_normal((n, data.n_creators))
    return draws | {"tau": draws["mu_genre"][:, data.index] + gap}


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out, factor = dict(draws), 0.0
    if form != "centered":
        out["eta_genre"] = (draws["mu_genre"] - draws["mu_global"][:, None]) / draws["sigma_genre"][:, None]
        del out["mu_genre"]
        factor = data.n_genres * np.log(draws["sigma_genre"])
    if form == "noncentered":
        out["eta_creator"] = (draws["tau"] - draws["mu_genre"][:, data.index]) / draws["sigma_creator"][:, None]
        del out["tau"]
        factor = factor + data.n_creators * np.log(draws["sigma_creator"])
    return out, factor


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: getattr(prior, n).support for n in SCALES}
