"""Eight schools in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.eight_schools.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered"."""
    design, groups = data.design[:, 1:], data.n_groups

    def model(y: object = None) -> None:
        centre = numpyro.sample("mu", prior.mu.numpyro())
        if prior.beta is not None:
            prior_beta = prior.beta.numpyro().expand([design.shape[1]]).to_event(1)
            centre = centre + jnp.asarray(design) @ numpyro.sample("beta", prior_beta)
        if prior.tau is None:
            theta = numpyro.deterministic("theta", centre + jnp.zeros(groups))
        else:
            tau = numpyro.sample("tau", prior.tau.numpyro())
            spread = prior.scale(tau, where=jnp.where, exp=jnp.exp)
            if prior.scale.kind != "identity":
                numpyro.deterministic("theta_sd", spread)
            if form == "centered":
                law = dist.Normal(centre, spread).expand([groups]) if prior.beta is None else dist.Normal(centre, spread)
                theta = numpyro.sample("theta", law.to_event(1))
            else:
                eta = numpyro.sample("eta", dist.Normal(0, 1).expand([groups]).to_event(1))
                theta = numpyro.deterministic("theta", centre + spread * eta)
        sigma = jnp.asarray(data.sigma)
        if prior.nu is None:
            errors = dist.Normal(theta, sigma)
        else:
            errors = dist.StudentT(numpyro.sample("nu", prior.nu.numpyro()), theta, sigma)
        numpyro.sample("y", errors.to_event(1), obs=y)

    return model
