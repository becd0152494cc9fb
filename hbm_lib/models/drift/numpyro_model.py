"""Genres that drift in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax

from hbm_lib.models.drift.spec import SCALES, Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "centered" or "noncentered", of starts, steps and creators."""
    g, count = data.n_genres, data.n_periods - 1

    def normal(name: str, mean: object, scale: object, shape: tuple[int, ...]) -> object:
        """Sample normals in the form asked for."""
        if form == "centered":
            return numpyro.sample(name, dist.Normal(mean, scale).expand(shape).to_event(len(shape)))
        return mean + scale * numpyro.sample(f"eta_{name}", dist.Normal(0, 1).expand(shape).to_event(len(shape)))

    def model(y: object = None) -> None:
        index, time, se = jnp.asarray(data.index), jnp.asarray(data.time), jnp.asarray(data.se)
        mu = numpyro.sample("mu_global", prior.mu_global.numpyro())
        first, drift, within = (numpyro.sample(name, getattr(prior, name).numpyro()) for name in SCALES)
        phi = numpyro.sample("phi", prior.phi.numpyro()) if prior.phi is not None else 1.0
        gap = normal("start", 0.0, first, (g,))
        gaps = gap[None]
        if count:
            steps = normal("steps", 0.0, drift, (g, count))

            def onward(before: object, step: object) -> tuple[object, object]:
                """Go one period further."""
                now = phi * before + step
                return now, now

            gaps = jnp.concatenate([gaps, lax.scan(onward, gap, steps.T)[1]])
        path = numpyro.deterministic("mu_genre", mu + gaps.T)
        tau = normal("tau", path[index, time], within, (data.n_creators,))
        if form != "centered":
            tau = numpyro.deterministic("tau", tau)
        numpyro.sample("y", dist.Normal(tau, se).to_event(1), obs=y)

    return model
