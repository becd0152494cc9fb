"""Genres that drift in PyMC."""

import pymc as pm
import pytensor.tensor as pt

from hbm_lib.models.drift.spec import SCALES, Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "centered" or "noncentered", of starts, steps and creators at once."""
    g, steps = data.n_genres, data.n_periods - 1
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.effect, dims="creator")
        mu = prior.mu_global.pymc("mu_global")
        first, drift, within = (getattr(prior, name).pymc(name) for name in SCALES)
        phi = prior.phi.pymc("phi") if prior.phi is not None else 1.0
        if form == "centered":
            gap = pm.Normal("start", 0, first, shape=g)
            step = pm.Normal("steps", 0, drift, shape=(g, steps)) if steps else None
        else:
            gap = first * pm.Normal("eta_start", 0, 1, shape=g)
            step = drift * pm.Normal("eta_steps", 0, 1, shape=(g, steps)) if steps else None
        gaps = [gap]
        for t in range(steps):
            gaps.append(phi * gaps[-1] + step[:, t])
        path = pm.Deterministic("mu_genre", mu + pt.stack(gaps, axis=1), dims=("genre", "period"))
        mean = path[data.index, data.time]
        if form == "centered":
            tau = pm.Normal("tau", mean, within, dims="creator")
        else:
            tau = pm.Deterministic("tau", mean + within * pm.Normal("eta_tau", 0, 1, dims="creator"), dims="creator")
        pm.Normal("y", tau, data.se, observed=y, dims="creator")
    return model
