"""How far a PyMC or NumPyro model is from the one definition in NumPy, point by point.

Each function returns the largest relative distance between two log densities,
constants and Jacobians included, over 24 random points. There is no Monte Carlo
error in it: anything beyond rounding is a wrong model.
"""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
from eight import eta, log_spread, points
from numpyro.infer.util import log_density, potential_energy

from hbm_lib.models.eight_schools import generative, numpyro_model, pymc_model

LIMIT = 1e-9


def _reference(draws, data, prior, form):
    """The log density in the coordinates the engine samples, before any transform to the real line."""
    value = generative.log_joint(draws, data, prior)
    return value + log_spread(draws, data, prior) if "tau" in draws and form == "noncentered" else value


def _sampled(draws, data, prior, form):
    """The values of what the engine samples: mu, tau, beta, nu and theta or eta."""
    out = {k: v for k, v in draws.items() if k in ("mu", "tau", "beta", "nu")}
    if prior.tau is not None:
        out |= {"theta": draws["theta"]} if form == "centered" else {"eta": eta(draws, data, prior)}
    return out


def _positive(draws):
    """What PyMC and NumPyro move to the log scale."""
    return [n for n in ("tau", "nu") if n in draws]


def _distance(found, wanted):
    return float(np.max(np.abs(np.asarray(found) - wanted) / np.maximum(1.0, np.abs(wanted))))


def pymc_gap(seed, data, prior, form, build=pymc_model.build):
    """Distance of the PyMC model, with and without the Jacobian of its transforms."""
    draws = points(seed, data, prior)
    values = _sampled(draws, data, prior, form)
    positive = _positive(draws)
    model = build(data, prior, form)
    inputs = {(f"{n}_log__" if n in positive else n): (np.log(v) if n in positive else v) for n, v in values.items()}
    names = {v.name for v in model.value_vars}
    if names != set(inputs):
        return np.inf
    wanted = _reference(draws, data, prior, form)
    gaps = []
    for jacobian in (False, True):
        run = model.compile_fn(model.logp(jacobian=jacobian), mode="FAST_COMPILE")
        found = [float(run({n: v[i] for n, v in inputs.items()})) for i in range(len(wanted))]
        gaps.append(_distance(found, wanted + jacobian * sum(np.log(draws[n]) for n in positive)))
    return max(gaps)


def numpyro_gap(seed, data, prior, form, build=numpyro_model.build):
    """Distance of the NumPyro model, with and without the Jacobian of its transforms."""
    draws = points(seed, data, prior)
    values = _sampled(draws, data, prior, form)
    positive = _positive(draws)
    wanted = _reference(draws, data, prior, form)
    model = build(data, prior, form)  # where fit builds it: JAX is in single precision here
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = jnp.asarray(data.y)
        sites = log_density(model, (y,), {}, {n: v[0] for n, v in values.items()})[1]
        if set(values) != {n for n, site in sites.items() if site["type"] == "sample" and not site["is_observed"]}:
            return np.inf
        plain = jax.vmap(lambda p: log_density(model, (y,), {}, p)[0])({n: jnp.asarray(v) for n, v in values.items()})
        free = {n: jnp.asarray(np.log(v) if n in positive else v) for n, v in values.items()}
        moved = -jax.vmap(lambda p: potential_energy(model, (y,), {}, p))(free)
    return max(_distance(plain, wanted), _distance(moved, wanted + sum(np.log(draws[n]) for n in positive)))
