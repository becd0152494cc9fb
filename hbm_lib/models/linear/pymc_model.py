"""Linear regression in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.linear.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" (beta = mean + sigma C z, C C' = precision^-1) or "centered"."""
    mean, root = prior.coefficients(data.n_columns)[0], prior.covariance_root(data.n_columns)
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="row")
        sigma2 = prior.sigma2.pymc("sigma2")
        sigma = pm.Deterministic("sigma", pt.sqrt(sigma2))
        if form == "centered":
            beta = pm.MvNormal("beta", mean, chol=sigma * root, dims="coefficient")
        else:
            z = pm.Normal("z", 0, 1, dims="coefficient")
            beta = pm.Deterministic("beta", mean + sigma * pt.dot(root, z), dims="coefficient")
        pm.Normal("y", pt.dot(pt.as_tensor(data.x), beta), sigma, observed=y, dims="row")
    return model
