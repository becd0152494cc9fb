"""Linear regression with the conjugate prior: the posterior in closed form, and four ways to compute it."""

from hbm_lib.model import Model
from hbm_lib.models.linear.spec import Data, Prior

__all__ = ["Data", "Prior", "conjugate"]

_FOLDER = "hbm_lib.models.linear"
_ENGINES = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
_DIMS = {"beta": ("coefficient",), "sigma2": (), "sigma": ()}


def conjugate(prior: Prior) -> Model:
    """Return the model y ~ N(X beta, sigma2), beta | sigma2 ~ N(mean, sigma2 precision^-1), sigma2 ~ ``prior.sigma2``.

    Parameters
    ----------
    prior : Prior
        With an InverseGamma on sigma2 the exact engine and Gibbs answer; any other needs pymc or numpyro.

    Returns
    -------
    Model
        Its posterior has ``beta`` (coefficient), ``sigma2`` and its root ``sigma``.
    """
    if not isinstance(prior, Prior):
        raise ValueError(f"prior: a linear.Prior is needed, got {prior!r}")
    return Model("linear.conjugate", "Linear regression", _FOLDER, prior, "noncentered", _DIMS, _ENGINES)
