"""Schools in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.schools.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered"."""

    def model(y: object = None) -> None:
        mu = numpyro.sample("mu", prior.mu.numpyro())
        sigma = numpyro.sample("sigma", prior.sigma.numpyro())
        tau = numpyro.sample("tau", prior.tau.numpyro()) if prior.tau is not None else prior.fixed_tau
        if prior.tau is None and prior.fixed_tau == 0:
            theta = numpyro.deterministic("theta", mu + jnp.zeros(data.n_groups))
        elif form == "centered":
            theta = numpyro.sample("theta", dist.Normal(mu, tau).expand([data.n_groups]).to_event(1))
        else:
            eta = numpyro.sample("eta", dist.Normal(0, 1).expand([data.n_groups]).to_event(1))
            theta = numpyro.deterministic("theta", mu + tau * eta)
        mean = theta[jnp.asarray(data.index)]
        if prior.beta is not None:
            beta = numpyro.sample("beta", prior.beta.numpyro().expand([data.x.shape[1]]).to_event(1))
            mean = mean + jnp.asarray(data.x) @ beta
        numpyro.sample("y", dist.Normal(mean, sigma).to_event(1), obs=y)

    return model
