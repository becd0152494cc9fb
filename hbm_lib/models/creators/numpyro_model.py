"""Creators in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.creators.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y.

    ``form`` is "mixed" (genres non-centered, creators centered), "noncentered" or "centered".
    """

    def model(y: object = None) -> None:
        index, se = jnp.asarray(data.index), jnp.asarray(data.se)
        mu = numpyro.sample("mu_global", prior.mu_global.numpyro())
        between = numpyro.sample("sigma_genre", prior.sigma_genre.numpyro())
        within = numpyro.sample("sigma_creator", prior.sigma_creator.numpyro())
        if form == "centered":
            genre = numpyro.sample("mu_genre", dist.Normal(mu, between).expand([data.n_genres]).to_event(1))
        else:
            eta = numpyro.sample("eta_genre", dist.Normal(0, 1).expand([data.n_genres]).to_event(1))
            genre = numpyro.deterministic("mu_genre", mu + between * eta)
        if form == "noncentered":
            eta = numpyro.sample("eta_creator", dist.Normal(0, 1).expand([data.n_creators]).to_event(1))
            tau = numpyro.deterministic("tau", genre[index] + within * eta)
        else:
            tau = numpyro.sample("tau", dist.Normal(genre[index], within).to_event(1))
        numpyro.sample("y", dist.Normal(tau, se).to_event(1), obs=y)

    return model
