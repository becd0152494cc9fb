"""Linear regression in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.linear.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y.

    ``form`` is "noncentered" (beta = mean + sigma C z, C C' = precision^-1) or "centered".
    """
    prior_mean, prior_root = prior.coefficients(data.n_columns)[0], prior.covariance_root(data.n_columns)

    def model(y: object = None) -> None:
        mean, root = jnp.asarray(prior_mean), jnp.asarray(prior_root)  # here, where JAX is in double precision
        sigma2 = numpyro.sample("sigma2", prior.sigma2.numpyro())
        sigma = numpyro.deterministic("sigma", jnp.sqrt(sigma2))
        if form == "centered":
            beta = numpyro.sample("beta", dist.MultivariateNormal(mean, scale_tril=sigma * root))
        else:
            z = numpyro.sample("z", dist.Normal(0, 1).expand([data.n_columns]).to_event(1))
            beta = numpyro.deterministic("beta", mean + sigma * root @ z)
        numpyro.sample("y", dist.Normal(jnp.asarray(data.x) @ beta, sigma).to_event(1), obs=y)

    return model
