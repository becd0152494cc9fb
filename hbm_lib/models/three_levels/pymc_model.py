"""Three levels in PyMC."""

import pymc as pm

from hbm_lib.models.three_levels.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered", for both levels."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="pupil")
        mu, sigma = prior.mu.pymc("mu"), prior.sigma.pymc("sigma")
        tau_school, tau_teacher = prior.tau_school.pymc("tau_school"), prior.tau_teacher.pymc("tau_teacher")
        if form == "centered":
            theta = pm.Normal("theta", mu, tau_school, dims="school")
            alpha = pm.Normal("alpha", theta[data.of_teacher], tau_teacher, dims="teacher")
        else:
            theta = pm.Deterministic("theta", mu + tau_school * pm.Normal("eta_school", 0, 1, dims="school"), dims="school")
            eta = pm.Normal("eta_teacher", 0, 1, dims="teacher")
            alpha = pm.Deterministic("alpha", theta[data.of_teacher] + tau_teacher * eta, dims="teacher")
        pm.Normal("y", alpha[data.index], sigma, observed=y, dims="pupil")
    return model
