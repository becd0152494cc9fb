"""Regression with groups: one line for all rows, and an offset for every group.

    y_i     | beta, gamma, sigma2 ~ Normal(x_i' beta + gamma_g(i), sigma2)
    beta    | sigma2              ~ Normal(mean, sigma2 precision^-1)
    gamma_j | tau2                ~ Normal(0, tau2)

Three forms of Gibbs sampling (``form=`` of ``fit``): ``"separate"`` draws beta given gamma and gamma given
beta, ``"blocked"`` draws beta with gamma integrated out and then gamma, ``"interwoven"`` does that and moves
tau2 a second time with gamma / tau held. NUTS takes ``form="centered"`` or ``"noncentered"``.
"""

from hbm_lib.model import Model
from hbm_lib.models.regression.spec import Data, Prior

__all__ = ["Data", "Prior", "hierarchical"]

_FOLDER = "hbm_lib.models.regression"
_DIMS = {"beta": ("coefficient",), "gamma": ("group",), "sigma2": (), "tau2": (), "sigma": (), "tau": ()}
_ENGINES = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}


def hierarchical(prior: Prior) -> Model:
    """Return the model with the given priors.

    Parameters
    ----------
    prior : Prior
        Mean and precision of beta, and laws of sigma2 and of tau2 or tau.
    """
    if not isinstance(prior, Prior):
        raise ValueError(f"prior: a regression.Prior is needed, got {prior!r}")
    return Model("regression.hierarchical", "Regression with groups", _FOLDER, prior, "centered", dict(_DIMS), dict(_ENGINES))
