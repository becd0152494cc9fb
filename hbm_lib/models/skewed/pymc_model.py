"""Skewed outcomes in PyMC, on the sums of users' rows."""

import numpy as np
import pymc as pm

from hbm_lib.models.skewed.spec import Counts, Data, Prior


def build(data: Data | Counts, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model.

    ``form`` is "centered", where creators' levels are and their effects and all genres are not (users say much of a level and
    little of an effect), or "noncentered", where nothing is centered.
    """
    with pm.Model(coords=data.coords()) as model:
        c = {name: _coefficient(name, getattr(prior, name), data, form) for name in prior.coefficients}
        shape = prior.shape.pymc("shape")
        log_m = pm.math.stack([c["mean_level"], c["mean_level"] + c["mean_effect"]])
        if prior.hurdle:
            eta = pm.math.stack([c["share_level"], c["share_level"] + c["share_effect"]])
            pm.Potential("payers", (data.payers * eta - data.users * pm.math.log1pexp(eta)).sum())
        find = {"lognormal": _lognormal, "gamma": _gamma, "negative_binomial": _negative_binomial}[prior.positive]
        pm.Potential("outcomes", find(log_m, shape, data))
    return model


def _coefficient(name: str, prior: object, data: Data | Counts, form: str) -> object:
    """Return one coefficient of every creator."""
    mu = prior.mu.pymc(f"{name}_mu")
    between, within = (getattr(prior, f"sigma_{level}").pymc(f"{name}_sigma_{level}") for level in ("genre", "creator"))
    eta = pm.Normal(f"{name}_genre_eta", 0, 1, dims="genre")
    genre = pm.Deterministic(f"{name}_genre", mu + between * eta, dims="genre")
    if form == "centered" and name.endswith("level"):
        return pm.Normal(name, genre[data.index], within, dims="creator")
    eta = pm.Normal(f"{name}_eta", 0, 1, dims="creator")
    return pm.Deterministic(name, genre[data.index] + within * eta, dims="creator")


def _lognormal(log_m: object, shape: object, data: Data) -> object:
    """Return the log density of payers' revenues: normal logs, whose mean is below log m by half their variance."""
    squares = data.squares + data.payers * (data.mean_log - (log_m - shape**2 / 2)) ** 2
    constant = data.payers.sum() * np.log(2 * np.pi) / 2 + data.sum_log.sum()
    return -data.payers.sum() * pm.math.log(shape) - squares.sum() / (2 * shape**2) - constant


def _gamma(log_m: object, shape: object, data: Data) -> object:
    """Return the log density of payers' revenues: Gamma with that shape and mean m."""
    each = shape * (data.payers * log_m + data.y * pm.math.exp(-log_m))
    k = data.payers.sum() * (shape * pm.math.log(shape) - pm.math.gammaln(shape))
    return k + (shape - 1) * data.sum_log.sum() - each.sum()


def _negative_binomial(log_m: object, shape: object, data: Counts) -> object:
    """Return the log probability of all counts; the values are needed only as one histogram of the platform."""
    log_sum = pm.math.logaddexp(pm.math.log(shape), log_m)
    total = data.users * shape * (pm.math.log(shape) - log_sum) + data.y * (log_m - log_sum)
    value, times = (np.asarray(v, float) for v in data.histogram)
    each = pm.math.gammaln(value + shape) - pm.math.gammaln(shape) - pm.math.gammaln(value + 1)
    return total.sum() + (times * each).sum()
