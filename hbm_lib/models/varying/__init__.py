"""Coefficients that differ between groups: random intercepts and slopes, any number of them."""

from hbm_lib.model import Model
from hbm_lib.models.varying.covariance import LKJ, InverseWishart
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data

__all__ = ["LKJ", "Data", "InverseWishart", "Prior", "random_slopes"]


def random_slopes(prior: Prior) -> Model:
    """Return the model in which every group has its own coefficients, beta_j ~ Normal(mu, Sigma).

    Parameters
    ----------
    prior : Prior
        With ``InverseWishart`` for Sigma every engine but the exact one serves; with ``LKJ`` PyMC and NumPyro.

    Returns
    -------
    Model
        Variables mu, beta, covariance (Sigma), tau (its standard deviations), rho (its correlations), sigma, sigma2.

    Raises
    ------
    ValueError
        If the prior is of another kind.
    """
    if not isinstance(prior, Prior):
        raise ValueError(f"prior: a varying.Prior is needed, got {prior!r}")
    conjugate = isinstance(prior.covariance, InverseWishart)
    dims = {"mu": ("coefficient",), "beta": ("group", "coefficient"), "covariance": ("coefficient", "other"),
            "tau": ("coefficient",), "rho": ("pair",), "sigma": (), "sigma2": ()}
    if prior.size == 1:
        del dims["rho"]
    engines = {"gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
    cannot = {"exact": "it has a covariance matrix, and quadrature here goes over two numbers"}
    if not conjugate:
        del engines["gibbs"]
        cannot["gibbs"] = ("an LKJ prior is not conjugate; for an intercept and one slope hbm_lib.models.slopes is this model "
                           "with a Gibbs sampler, and under InverseWishart this one has its own")
    name = "inverse_wishart" if conjugate else "lkj"
    return Model(f"varying.{name}", f"Random slopes, {'inverse-Wishart' if conjugate else 'LKJ'}", "hbm_lib.models.varying",
                 prior, "centered", dims=dims, engines=engines, cannot=cannot)
