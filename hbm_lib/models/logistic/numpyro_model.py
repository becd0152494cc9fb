"""Hierarchical logistic regression in NumPyro."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

from hbm_lib.models.logistic.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered"."""

    def model(y: object = None) -> None:
        mu = numpyro.sample("mu", prior.mu.numpyro())
        if prior.tau is None:
            alpha = numpyro.deterministic("alpha", mu + jnp.zeros(data.n_groups))
        else:
            tau = numpyro.sample("tau", prior.tau.numpyro())
            if form == "centered":
                alpha = numpyro.sample("alpha", dist.Normal(mu, tau).expand([data.n_groups]).to_event(1))
            else:
                eta = numpyro.sample("eta", dist.Normal(0, 1).expand([data.n_groups]).to_event(1))
                alpha = numpyro.deterministic("alpha", mu + tau * eta)
        numpyro.deterministic("p", jax.nn.sigmoid(alpha))
        logit = alpha[jnp.asarray(data.index)]
        if prior.beta is not None:
            beta = numpyro.sample("beta", prior.beta.numpyro().expand([data.x.shape[1]]).to_event(1))
            logit = logit + jnp.asarray(data.x) @ beta
        observed = None if y is None else jnp.asarray(y)  # NumPyro checks a NumPy array by NumPy, which cannot read traced trials
        numpyro.sample("y", dist.Binomial(jnp.asarray(data.trials), logits=logit).to_event(1), obs=observed)

    return model
