"""How far a PyMC or NumPyro model is from the one definition in NumPy, point by point.

Each function returns the largest relative distance between two log densities,
constants and Jacobians included, over 24 random points. There is no Monte Carlo
error in it: anything beyond rounding is a wrong model. ``study`` is a module of
models with data that fits them: ``eight`` or ``pupils``.
"""

import warnings

import eight
import jax
import jax.numpy as jnp
import numpy as np
from numpyro.infer.util import log_density, potential_energy

LIMIT = 1e-9


def _to_real(value, support):
    """A positive value on the real line, and the log Jacobian of the way back: a log, or between two bounds a logit."""
    low, high = support
    total = lambda jacobian: np.reshape(jacobian, (len(value), -1)).sum(1)  # noqa: E731 -- a vector's entries together
    if np.isinf(high):
        return np.log(value), total(np.log(value))
    return np.log((value - low) / (high - value)), total(np.log((value - low) * (high - value) / (high - low)))


def _distance(found, wanted):
    return float(np.max(np.abs(np.asarray(found) - wanted) / np.maximum(1.0, np.abs(wanted))))


def pymc_gap(seed, data, prior, form, build=None, study=eight):
    """Distance of the PyMC model, with and without the Jacobian of its transforms."""
    draws = study.points(seed, data, prior)
    values, factor = study.sampled(draws, data, prior, form)
    wanted = study.generative.log_joint(draws, data, prior) + factor
    moved = {n: _to_real(values[n], support) for n, support in study.positive(prior).items()}
    ending = {n: "log" if np.isinf(support[1]) else "interval" for n, support in study.positive(prior).items()}
    ending |= getattr(study, "ENDINGS", {})
    inputs = {n: v for n, v in values.items() if n not in moved} | {f"{n}_{ending[n]}__": v for n, (v, _) in moved.items()}
    model = (build or study.pymc_model.build)(data, prior, form)
    if {v.name for v in model.value_vars} != set(inputs):
        return np.inf
    gaps = []
    for jacobian in (False, True):
        run = model.compile_fn(model.logp(jacobian=jacobian), mode=getattr(study, "MODE", "FAST_COMPILE"))
        found = [float(run({n: v[i] for n, v in inputs.items()})) for i in range(len(wanted))]
        gaps.append(_distance(found, wanted + jacobian * sum(j for _, j in moved.values())))
    return max(gaps)


def numpyro_gap(seed, data, prior, form, build=None, study=eight):
    """Distance of the NumPyro model, with and without the Jacobian of its transforms."""
    draws = study.points(seed, data, prior)
    values, factor = study.sampled(draws, data, prior, form)
    wanted = study.generative.log_joint(draws, data, prior) + factor
    moved = {n: _to_real(values[n], support) for n, support in study.positive(prior).items()}
    model = (build or study.numpyro_model.build)(data, prior, form)  # where fit builds it: JAX is in single precision here
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = jnp.asarray(data.observed()["y"])
        sites = log_density(model, (y,), {}, {n: v[0] for n, v in values.items()})[1]
        if set(values) != {n for n, site in sites.items() if site["type"] == "sample" and not site["is_observed"]}:
            return np.inf
        plain = jax.vmap(lambda p: log_density(model, (y,), {}, p)[0])({n: jnp.asarray(v) for n, v in values.items()})
        free = {n: jnp.asarray(moved[n][0] if n in moved else v) for n, v in values.items()}
        energy = -jax.vmap(lambda p: potential_energy(model, (y,), {}, p))(free)
    return max(_distance(plain, wanted), _distance(energy, wanted + sum(j for _, j in moved.values())))
