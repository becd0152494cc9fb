"""Crossed effects in PyMC."""

import pymc as pm

from hbm_lib.models.crossed.spec import SCALES, Data, Prior

EFFECTS = {"genre_effect": ("genre",), "segment_effect": ("segment",), "interaction": ("genre", "segment")}


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "centered" or "noncentered", of all levels at once."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.effect, dims="creator")
        mu = prior.mu_global.pymc("mu_global")
        *scales, within = [getattr(prior, name).pymc(name) for name in SCALES]
        effects = []
        for (name, dims), scale in zip(EFFECTS.items(), scales, strict=True):
            if form == "centered":
                effects.append(pm.Normal(name, 0, scale, dims=dims))
            else:
                effects.append(pm.Deterministic(name, scale * pm.Normal(f"eta_{name}", 0, 1, dims=dims), dims=dims))
        genre, segment, cell = effects
        mean = mu + genre[data.index] + segment[data.segment_index] + cell[data.index, data.segment_index]
        if form == "centered":
            tau = pm.Normal("tau", mean, within, dims="creator")
        else:
            tau = pm.Deterministic("tau", mean + within * pm.Normal("eta_tau", 0, 1, dims="creator"), dims="creator")
        pm.Normal("y", tau, data.se, observed=y, dims="creator")
    return model
