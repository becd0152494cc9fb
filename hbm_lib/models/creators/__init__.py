"""Creators: many noisy effects, partially pooled within genres and genres within the platform."""

from hbm_lib.model import Model
from hbm_lib.models.creators.spec import Data, Prior
from hbm_lib.priors import HalfNormal, Normal

__all__ = ["Data", "Prior", "partial_pooling"]


def partial_pooling() -> Model:
    """Return the three-level model: mu_global ~ N(0, 1), sigma_genre and sigma_creator ~ half-normal(1).

    For effects whose size is of the order of 1 in the outcome's units; give others with
    ``with_prior``.
    """
    dims = {"mu_global": (), "sigma_genre": (), "mu_genre": ("genre",), "sigma_creator": (), "tau": ("creator",)}
    engines = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
    prior = Prior(Normal(0, 1), HalfNormal(1), HalfNormal(1))
    folder = "hbm_lib.models.creators"
    return Model("creators.partial_pooling", "Creators within genres", folder, prior, "centered", dims, engines)
