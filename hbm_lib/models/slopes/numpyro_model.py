"""Groups with their own lines in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.slopes.spec import Data, Prior
from hbm_lib.priors import Beta


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered"."""

    def model(y: object = None) -> None:
        index, x = jnp.asarray(data.index), jnp.asarray(data.x)
        mu, beta = numpyro.sample("mu", prior.mu.numpyro()), numpyro.sample("beta", prior.beta.numpyro())
        sigma = numpyro.sample("sigma", prior.sigma.numpyro())
        t0 = numpyro.sample("tau_intercept", prior.tau_intercept.numpyro())
        t1 = numpyro.sample("tau_slope", prior.tau_slope.numpyro())
        # LKJ of a 2 x 2 matrix: (rho + 1) / 2 is Beta(eta, eta)
        rho = numpyro.deterministic("rho", 2 * numpyro.sample("rho_share", Beta(prior.eta, prior.eta).numpyro()) - 1)
        left = t1 * jnp.sqrt(1 - rho**2)
        if form == "centered":
            a = numpyro.sample("a", dist.Normal(mu, t0).expand([data.n_groups]).to_event(1))
            b = numpyro.sample("b", dist.Normal(beta + rho * t1 / t0 * (a - mu), left).to_event(1))
        else:
            standard = dist.Normal(0, 1).expand([data.n_groups]).to_event(1)
            z0, z1 = numpyro.sample("eta_a", standard), numpyro.sample("eta_b", standard)
            a = numpyro.deterministic("a", mu + t0 * z0)
            b = numpyro.deterministic("b", beta + t1 * rho * z0 + left * z1)
        numpyro.sample("y", dist.Normal(a[index] + b[index] * x, sigma).to_event(1), obs=y)

    return model
