"""Three levels: pupils of teachers of schools of a district."""

from hbm_lib.model import Model
from hbm_lib.models.three_levels.spec import Data, Prior
from hbm_lib.priors import Exponential, Normal

__all__ = ["Data", "Prior", "three_levels"]


def three_levels() -> Model:
    """Return the model: mu ~ N(75, 15), and an Exponential(0.1) prior on the sd of each level.

    Scores are points of a test out of 100.
    """
    scales = {name: Exponential(0.1) for name in ("tau_school", "tau_teacher", "sigma")}
    return Model(
        "three_levels.three_levels", "Pupils, teachers, schools", "hbm_lib.models.three_levels",
        Prior(Normal(75, 15), **scales), "noncentered",
        dims={"mu": (), "tau_school": (), "tau_teacher": (), "sigma": (), "theta": ("school",), "alpha": ("teacher",)},
        engines={"gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"},
        cannot={"exact": "it has three scales, and quadrature here goes over two"},
    )
