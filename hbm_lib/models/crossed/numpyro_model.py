"""Crossed effects in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.crossed.spec import SCALES, Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "centered" or "noncentered", of all levels at once."""
    g, s = data.n_genres, data.n_segments
    shapes = {"genre_effect": (g,), "segment_effect": (s,), "interaction": (g, s)}

    def model(y: object = None) -> None:
        index, segment_index, se = jnp.asarray(data.index), jnp.asarray(data.segment_index), jnp.asarray(data.se)
        mu = numpyro.sample("mu_global", prior.mu_global.numpyro())
        *scales, within = [numpyro.sample(name, getattr(prior, name).numpyro()) for name in SCALES]
        effects = []
        for (name, shape), scale in zip(shapes.items(), scales, strict=True):
            if form == "centered":
                effects.append(numpyro.sample(name, dist.Normal(0, scale).expand(shape).to_event(len(shape))))
            else:
                eta = numpyro.sample(f"eta_{name}", dist.Normal(0, 1).expand(shape).to_event(len(shape)))
                effects.append(numpyro.deterministic(name, scale * eta))
        genre, segment, cell = effects
        mean = mu + genre[index] + segment[segment_index] + cell[index, segment_index]
        if form == "centered":
            tau = numpyro.sample("tau", dist.Normal(mean, within).to_event(1))
        else:
            eta = numpyro.sample("eta_tau", dist.Normal(0, 1).expand([data.n_creators]).to_event(1))
            tau = numpyro.deterministic("tau", mean + within * eta)
        numpyro.sample("y", dist.Normal(tau, se).to_event(1), obs=y)

    return model
