"""Drift: genres' mean effects that move from period to period, and creators about them."""

from hbm_lib.model import Model
from hbm_lib.models.drift.spec import Data, Prior
from hbm_lib.priors import HalfNormal, Normal, Uniform

__all__ = ["Data", "Prior", "autoregressive", "random_walk"]

_FOLDER = "hbm_lib.models.drift"
_ENGINES = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
_DIMS = {"mu_global": (), "sigma_genre": (), "sigma_drift": (), "sigma_creator": (),
         "mu_genre": ("genre", "period"), "tau": ("creator",)}


def random_walk() -> Model:
    """Return the model whose genres walk: mu_global ~ N(0, 1), sigma_genre, sigma_creator ~ HN(1), sigma_drift ~ HN(0.3).

    For effects whose size is of the order of 1 in the outcome's units; give others with ``with_prior``.
    """
    prior = Prior(Normal(0, 1), HalfNormal(1), HalfNormal(0.3), HalfNormal(1))
    return Model("drift.random_walk", "Genres that drift", _FOLDER, prior, "noncentered", _DIMS, _ENGINES)


def autoregressive() -> Model:
    """Return the model whose genres are pulled back to mu_global: as ``random_walk``, with phi ~ Uniform(0, 1)."""
    prior = Prior(Normal(0, 1), HalfNormal(1), HalfNormal(0.3), HalfNormal(1), Uniform(0, 1))
    return Model("drift.autoregressive", "Genres that drift and come back", _FOLDER, prior, "noncentered",
                 _DIMS | {"phi": ()}, _ENGINES)
