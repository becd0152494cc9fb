"""Schools in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.schools.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered"."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="pupil")
        mu, sigma = prior.mu.pymc("mu"), prior.sigma.pymc("sigma")
        tau = prior.tau.pymc("tau") if prior.tau is not None else prior.fixed_tau
        if prior.tau is None and prior.fixed_tau == 0:
            theta = pm.Deterministic("theta", mu + pt.zeros(data.n_groups), dims="school")
        elif form == "centered":
            theta = pm.Normal("theta", mu, tau, dims="school")
        else:
            eta = pm.Normal("eta", 0, 1, dims="school")
            theta = pm.Deterministic("theta", mu + tau * eta, dims="school")
        mean = theta[data.index]
        if prior.beta is not None:
            mean = mean + pt.dot(pt.as_tensor(data.x), prior.beta.pymc("beta", dims="covariate"))
        pm.Normal("y", mean, sigma, observed=y, dims="pupil")
    return model
