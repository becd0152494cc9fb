"""Variational inference by PyMC (ADVI) and by NumPyro (SVI): the nearest normal, found by climbing the ELBO.

All parameters are moved to the real line (scales by their logarithm); there a normal distribution q is fitted that
makes E_q[log p(theta, y) - log q(theta)], the ELBO, as large as it can (Kucukelbir et al. 2017, "Automatic
differentiation variational inference", JMLR). *Mean-field* gives q a diagonal covariance, *full-rank* any. The
gradient is a noisy one, so Adam's step size is held for three quarters of the steps, and falls to a hundredth in the last
quarter to still the noise.

Whether it has arrived is judged where the step size is still held: a falling step size flattens any climb.
"""

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hbm_lib import seeds

FAMILIES = ("mean-field", "full-rank")
_HELD, _LAST = 0.75, 0.01
_BLOCKS = 10
TOLERANCE = 1.0
Result = tuple[dict[str, np.ndarray], np.ndarray]


class NotConvergedError(ValueError):
    """A run of variational inference that may not be used."""


class Trend(NamedTuple):
    """What the ELBO gained from one window to the next, and the standard error of that, in nats."""

    gain: float
    error: float


def trend(elbo: np.ndarray) -> Trend:
    """Compare the last two windows of the steps with a held step size, each three sixteenths of all steps.

    Parameters
    ----------
    elbo : array of shape (steps,)
        The noisy ELBO at each step, in nats.

    Returns
    -------
    Trend
        The standard error comes from the means of ten blocks in each window, which may be correlated inside.
    """
    end = int(_HELD * len(elbo))
    width = end // 4 // _BLOCKS * _BLOCKS
    before, after = (np.asarray(w, float).reshape(_BLOCKS, -1).mean(1)
                     for w in (elbo[end - 2 * width : end - width], elbo[end - width : end]))
    error = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / _BLOCKS)
    return Trend(float(after.mean() - before.mean()), float(error))


def refuse(elbo: np.ndarray, tolerance: float = TOLERANCE) -> Trend:
    """Return the trend, or refuse a run whose ELBO has not settled.

    Parameters
    ----------
    elbo : array of shape (steps,)
        The noisy ELBO at each step, in nats.
    tolerance : float
        The largest change of the ELBO between the windows that is accepted, in nats; the noise (two standard
        errors) must be below it too, so that an imprecise trend cannot pass.

    Raises
    ------
    NotConvergedError
        Saying what was seen and what to do.
    """
    if not np.all(np.isfinite(elbo)):
        first = int(np.flatnonzero(~np.isfinite(elbo))[0])
        raise NotConvergedError(f"the ELBO is not a finite number at step {first}; lower `rate`")
    found = trend(elbo)
    if not abs(found.gain) < tolerance:
        way = "rose" if found.gain > 0 else "fell"
        raise NotConvergedError(f"the ELBO still {way} by {abs(found.gain):.3g} nats from one window to the next, "
                           f"{tolerance:g} is accepted; raise `steps`" + ("" if found.gain > 0 else " and lower `rate`"))
    if not 2 * found.error < tolerance:
        raise NotConvergedError(f"the ELBO is known to {2 * found.error:.3g} nats only, {tolerance:g} is needed to see a trend; "
                           "raise `steps` or lower `rate`")
    return found


def _rate(step: object, steps: int, rate: float, least: Callable) -> object:
    """Return Adam's step size at a step: held, then falling; ``least`` is the library's minimum."""
    return rate * _LAST ** (-least(0.0, _HELD - step / steps) / (1 - _HELD))


def fit_pymc(
    model: object, names: Sequence[str], *, family: str, seed: int, draws: int, chains: int, steps: int, rate: float,
) -> Result:
    """Fit a PyMC model by ADVI.

    Parameters
    ----------
    model : pymc.Model
        What to fit.
    names : sequence of str
        The variables to return.
    family : {"mean-field", "full-rank"}
        What q may be.
    seed, draws, chains : int
        Of everything random; independent draws from q, and into how many rows they are put.
    steps : int
        Of Adam, each with one draw of the gradient.
    rate : float
        Adam's step size while it is held.

    Returns
    -------
    tuple of dict and array
        Draws ``{name: (chains, draws, …)}`` and the ELBO at each step, shape (steps,).

    Raises
    ------
    NotConvergedError
        If the climb left the numbers.
    """
    import pymc as pm
    import pytensor

    logging.getLogger("pymc").setLevel(logging.WARNING)
    held = pytensor.shared(np.float64(rate))
    make = {"mean-field": pm.ADVI, "full-rank": pm.FullRankADVI}[family]
    with warnings.catch_warnings(), model:
        warnings.simplefilter("ignore")
        climb = make(random_seed=seeds.integer(seed, "advi"))
        try:
            found = climb.fit(steps, obj_optimizer=pm.adam(learning_rate=held), progressbar=False,
                              callbacks=[lambda _, __, step: held.set_value(np.float64(_rate(step, steps, rate, min)))])
        except FloatingPointError as error:
            raise NotConvergedError("the ELBO is not a finite number; lower `rate`") from error
        flat = found.sample(chains * draws, random_seed=seeds.integer(seed, "advi draws"), return_inferencedata=False)
    kept = {n: np.asarray(flat[n]).reshape(chains, draws, *flat[n].shape[1:]) for n in names}
    return kept, -np.asarray(found.hist)


def fit_numpyro(
    model: Callable, names: Sequence[str], *args: object,
    family: str, seed: int, draws: int, chains: int, steps: int, rate: float,
) -> Result:
    """Fit a NumPyro model by SVI; parameters and result as of ``fit_pymc``, ``args`` is what the model is called with."""
    import jax
    import jax.numpy as jnp
    from numpyro.infer import SVI, Predictive, Trace_ELBO, autoguide
    from numpyro.optim import Adam

    make = {"mean-field": autoguide.AutoNormal, "full-rank": autoguide.AutoMultivariateNormal}[family]
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        guide = make(model)
        climb = SVI(model, guide, Adam(lambda step: _rate(step, steps, rate, jnp.minimum)), Trace_ELBO())
        found = climb.run(seeds.jax_key(seed, "svi"), steps, *args, progress_bar=False)
        flat = guide.sample_posterior(seeds.jax_key(seed, "svi draws"), found.params, sample_shape=(chains * draws,))
        if any(n not in flat for n in names):
            derived = Predictive(model, flat)(seeds.jax_key(seed, "svi derived"), *args)
            flat = flat | {n: derived[n] for n in names if n not in flat}
    kept = {n: np.asarray(flat[n]).reshape(chains, draws, *flat[n].shape[1:]) for n in names}
    return kept, -np.asarray(found.losses)
