"""Eight schools in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.eight_schools.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered"."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="school")
        centre = prior.mu.pymc("mu")
        if prior.beta is not None:
            beta = prior.beta.pymc("beta", dims="covariate")
            centre = centre + pt.dot(pt.as_tensor(data.design[:, 1:]), beta)
        if prior.tau is None:
            theta = pm.Deterministic("theta", centre + pt.zeros(data.n_groups), dims="school")
        else:
            tau = prior.tau.pymc("tau")
            spread = prior.scale(tau, where=pt.switch, exp=pt.exp)
            if prior.scale.kind != "identity":
                pm.Deterministic("theta_sd", spread)
            if form == "centered":
                theta = pm.Normal("theta", centre, spread, dims="school")
            else:
                eta = pm.Normal("eta", 0, 1, dims="school")
                theta = pm.Deterministic("theta", centre + spread * eta, dims="school")
        if prior.nu is None:
            pm.Normal("y", theta, data.sigma, observed=y, dims="school")
        else:
            pm.StudentT("y", nu=prior.nu.pymc("nu"), mu=theta, sigma=data.sigma, observed=y, dims="school")
    return model
