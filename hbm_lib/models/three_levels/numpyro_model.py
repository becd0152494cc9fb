"""Three levels in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.three_levels.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered", for both levels."""
    n_schools, n_teachers = len(data.schools), len(data.teachers)

    def model(y: object = None) -> None:
        of_teacher, index = jnp.asarray(data.of_teacher), jnp.asarray(data.index)
        mu, sigma = numpyro.sample("mu", prior.mu.numpyro()), numpyro.sample("sigma", prior.sigma.numpyro())
        tau_school = numpyro.sample("tau_school", prior.tau_school.numpyro())
        tau_teacher = numpyro.sample("tau_teacher", prior.tau_teacher.numpyro())
        if form == "centered":
            theta = numpyro.sample("theta", dist.Normal(mu, tau_school).expand([n_schools]).to_event(1))
            alpha = numpyro.sample("alpha", dist.Normal(theta[of_teacher], tau_teacher).to_event(1))
        else:
            eta = numpyro.sample("eta_school", dist.Normal(0, 1).expand([n_schools]).to_event(1))
            theta = numpyro.deterministic("theta", mu + tau_school * eta)
            eta = numpyro.sample("eta_teacher", dist.Normal(0, 1).expand([n_teachers]).to_event(1))
            alpha = numpyro.deterministic("alpha", theta[of_teacher] + tau_teacher * eta)
        numpyro.sample("y", dist.Normal(alpha[index], sigma).to_event(1), obs=y)

    return model
