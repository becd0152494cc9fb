"""Skewed outcomes in NumPyro, on the sums of users' rows."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import gammaln

from hbm_lib.models.skewed.spec import Counts, Data, Prior


def build(data: Data | Counts, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of each arm's total y (2, N); what else is needed it takes from the data.

    ``form`` is "centered", where creators' levels are and their effects and all genres are not (users say much of a level and
    little of an effect), or "noncentered", where nothing is centered.
    """

    def model(y: object = None) -> None:
        c = {name: _coefficient(name, getattr(prior, name), data, form) for name in prior.coefficients}
        shape = numpyro.sample("shape", prior.shape.numpyro())
        log_m = jnp.stack([c["mean_level"], c["mean_level"] + c["mean_effect"]])
        if prior.hurdle:
            eta = jnp.stack([c["share_level"], c["share_level"] + c["share_effect"]])
            numpyro.factor("payers", jnp.sum(data.payers * eta - data.users * jnp.logaddexp(0.0, eta)))
        find = {"lognormal": _lognormal, "gamma": _gamma, "negative_binomial": _negative_binomial}[prior.positive]
        numpyro.factor("outcomes", find(log_m, shape, data, y))

    return model


def _coefficient(name: str, prior: object, data: Data | Counts, form: str) -> object:
    """Return one coefficient of every creator."""
    index = jnp.asarray(data.index)
    mu = numpyro.sample(f"{name}_mu", prior.mu.numpyro())
    between, within = (numpyro.sample(f"{name}_sigma_{level}", getattr(prior, f"sigma_{level}").numpyro())
                       for level in ("genre", "creator"))
    eta = numpyro.sample(f"{name}_genre_eta", dist.Normal(0, 1).expand([data.n_genres]).to_event(1))
    genre = numpyro.deterministic(f"{name}_genre", mu + between * eta)
    if form == "centered" and name.endswith("level"):
        return numpyro.sample(name, dist.Normal(genre[index], within).to_event(1))
    eta = numpyro.sample(f"{name}_eta", dist.Normal(0, 1).expand([data.n_creators]).to_event(1))
    return numpyro.deterministic(name, genre[index] + within * eta)


def _lognormal(log_m: object, shape: object, data: Data, y: object) -> object:
    """Return the log density of payers' revenues: normal logs, whose mean is below log m by half their variance."""
    squares = data.squares + data.payers * (data.mean_log - (log_m - shape**2 / 2)) ** 2
    constant = data.payers.sum() * np.log(2 * np.pi) / 2 + data.sum_log.sum()
    return -data.payers.sum() * jnp.log(shape) - squares.sum() / (2 * shape**2) - constant


def _gamma(log_m: object, shape: object, data: Data, y: object) -> object:
    """Return the log density of payers' revenues: Gamma with that shape and mean m."""
    each = shape * (data.payers * log_m + y * jnp.exp(-log_m))
    k = data.payers.sum() * (shape * jnp.log(shape) - gammaln(shape))
    return k + (shape - 1) * data.sum_log.sum() - each.sum()


def _negative_binomial(log_m: object, shape: object, data: Counts, y: object) -> object:
    """Return the log probability of all counts; the values are needed only as one histogram of the platform."""
    log_sum = jnp.logaddexp(jnp.log(shape), log_m)
    total = data.users * shape * (jnp.log(shape) - log_sum) + y * (log_m - log_sum)
    value, times = (np.asarray(v, float) for v in data.histogram)
    return total.sum() + (times * (gammaln(value + shape) - gammaln(shape) - gammaln(value + 1))).sum()
