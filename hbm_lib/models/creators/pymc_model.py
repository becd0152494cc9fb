"""Creators in PyMC."""

import pymc as pm

from hbm_lib.models.creators.spec import Data, Prior


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "mixed" (genres non-centered, creators centered), "noncentered" or "centered"."""
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.effect, dims="creator")
        mu, between = prior.mu_global.pymc("mu_global"), prior.sigma_genre.pymc("sigma_genre")
        within = prior.sigma_creator.pymc("sigma_creator")
        if form == "centered":
            genre = pm.Normal("mu_genre", mu, between, dims="genre")
        else:
            genre = pm.Deterministic("mu_genre", mu + between * pm.Normal("eta_genre", 0, 1, dims="genre"), dims="genre")
        if form == "noncentered":
            eta = pm.Normal("eta_creator", 0, 1, dims="creator")
            tau = pm.Deterministic("tau", genre[data.index] + within * eta, dims="creator")
        else:
            tau = pm.Normal("tau", genre[data.index], within, dims="creator")
        pm.Normal("y", tau, data.se, observed=y, dims="creator")
    return model
