"""Regression with groups in PyMC."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.regression.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "centered" (gamma itself) or "noncentered" (gamma = tau eta)."""
    size = data.x.shape[1]
    root = np.linalg.cholesky(np.linalg.inv(prior.precision_of(size)))
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="row")
        sigma2 = prior.sigma2.pymc("sigma2")
        sigma = pm.Deterministic("sigma", pt.sqrt(sigma2))
        if prior.tau is None:
            tau2 = prior.tau2.pymc("tau2")
            tau = pm.Deterministic("tau", pt.sqrt(tau2))
        else:
            tau = prior.tau.pymc("tau")
            pm.Deterministic("tau2", tau**2)
        beta = pm.MvNormal("beta", prior.mean_of(size), chol=sigma * root, dims="coefficient")
        if form == "centered":
            gamma = pm.Normal("gamma", 0, tau, dims="group")
        else:
            eta = pm.Normal("eta", 0, 1, dims="group")
            gamma = pm.Deterministic("gamma", tau * eta, dims="group")
        pm.Normal("y", pt.dot(pt.as_tensor(data.x), beta) + gamma[data.index], sigma, observed=y, dims="row")
    return model
