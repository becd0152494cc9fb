"""Groups with their own lines in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.slopes.spec import Data, Prior
from hbm_lib.priors import Beta


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered"."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="row")
        mu, beta, sigma = prior.mu.pymc("mu"), prior.beta.pymc("beta"), prior.sigma.pymc("sigma")
        t0, t1 = prior.tau_intercept.pymc("tau_intercept"), prior.tau_slope.pymc("tau_slope")
        # LKJ of a 2 x 2 matrix: (rho + 1) / 2 is Beta(eta, eta)
        rho = pm.Deterministic("rho", 2 * Beta(prior.eta, prior.eta).pymc("rho_share") - 1)
        left = t1 * pt.sqrt(1 - rho**2)
        if form == "centered":
            a = pm.Normal("a", mu, t0, dims="group")
            b = pm.Normal("b", beta + rho * t1 / t0 * (a - mu), left, dims="group")
        else:
            z0, z1 = pm.Normal("eta_a", 0, 1, dims="group"), pm.Normal("eta_b", 0, 1, dims="group")
            a = pm.Deterministic("a", mu + t0 * z0, dims="group")
            b = pm.Deterministic("b", beta + t1 * rho * z0 + left * z1, dims="group")
        pm.Normal("y", a[data.index] + b[data.index] * data.x, sigma, observed=y, dims="row")
    return model
