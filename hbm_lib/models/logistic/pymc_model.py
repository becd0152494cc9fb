"""Hierarchical logistic regression in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.logistic.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered"."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="row")
        mu = prior.mu.pymc("mu")
        if prior.tau is None:
            alpha = pm.Deterministic("alpha", mu + pt.zeros(data.n_groups), dims="group")
        elif form == "centered":
            alpha = pm.Normal("alpha", mu, prior.tau.pymc("tau"), dims="group")
        else:
            eta = pm.Normal("eta", 0, 1, dims="group")
            alpha = pm.Deterministic("alpha", mu + prior.tau.pymc("tau") * eta, dims="group")
        pm.Deterministic("p", pm.math.invlogit(alpha), dims="group")
        logit = alpha[data.index]
        if prior.beta is not None:
            logit = logit + pt.dot(pt.as_tensor(data.x), prior.beta.pymc("beta", dims="covariate"))
        pm.Binomial("y", n=data.trials.astype(int), logit_p=logit, observed=y, dims="row")
    return model
