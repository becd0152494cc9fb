"""Crossed: effects in genres and segments at once, with an interaction of the two."""

from hbm_lib.model import Model
from hbm_lib.models.crossed.spec import Data, Prior
from hbm_lib.priors import HalfNormal, Normal

__all__ = ["Data", "Prior", "genre_by_segment"]


def genre_by_segment() -> Model:
    """Return the crossed model: mu_global ~ N(0, 1), all four scales half-normal(1).

    For effects whose size is of the order of 1 in the outcome's units; give others with ``with_prior``.
    """
    dims = {"mu_global": (), "sigma_genre": (), "sigma_segment": (), "sigma_cell": (), "sigma_creator": (),
            "genre_effect": ("genre",), "segment_effect": ("segment",), "interaction": ("genre", "segment"),
            "tau": ("creator",)}
    engines = {"gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
    cannot = {"exact": "four scales are left when the rest is integrated out, too many for quadrature"}
    prior = Prior(Normal(0, 1), *(HalfNormal(1) for _ in range(4)))
    return Model("crossed.genre_by_segment", "Genres crossed with segments", "hbm_lib.models.crossed", prior, "centered",
                 dims, engines, cannot)
