"""Regression with groups in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.regression.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "centered" (gamma itself) or "noncentered" (gamma = tau eta)."""
    size = data.x.shape[1]
    mean, root = prior.mean_of(size), np.linalg.cholesky(np.linalg.inv(prior.precision_of(size)))

    def model(y: object = None) -> None:
        sigma2 = numpyro.sample("sigma2", prior.sigma2.numpyro())
        sigma = numpyro.deterministic("sigma", jnp.sqrt(sigma2))
        if prior.tau is None:
            tau2 = numpyro.sample("tau2", prior.tau2.numpyro())
            tau = numpyro.deterministic("tau", jnp.sqrt(tau2))
        else:
            tau = numpyro.sample("tau", prior.tau.numpyro())
            numpyro.deterministic("tau2", tau**2)
        beta = numpyro.sample("beta", dist.MultivariateNormal(jnp.asarray(mean), scale_tril=sigma * jnp.asarray(root)))
        if form == "centered":
            gamma = numpyro.sample("gamma", dist.Normal(0, tau).expand([data.n_groups]).to_event(1))
        else:
            eta = numpyro.sample("eta", dist.Normal(0, 1).expand([data.n_groups]).to_event(1))
            gamma = numpyro.deterministic("gamma", tau * eta)
        line = jnp.asarray(data.x) @ beta + gamma[jnp.asarray(data.index)]
        numpyro.sample("y", dist.Normal(line, sigma).to_event(1), obs=y)

    return model
