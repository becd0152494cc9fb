"""Models of drift with data that fits them, and random points at which to look; the names are those of ``makers``."""

import numpy as np

from hbm_lib.models import drift
from hbm_lib.models.drift import generative, numpyro_model, pymc_model
from hbm_lib.models.drift.spec import SCALES
from hbm_lib.priors import Beta, Gamma, HalfNormal, Normal

__all__ = ["CASES", "ENDINGS", "FORMS", "dense", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# two genres, four periods, rows mixed; genre b misses the second period, nobody finished in the third
DATA = drift.Data([0.9, 0.1, 1.4, -0.6, 0.5, 0.2, 0.7, 1.1], [0.5, 0.2, 0.9, 0.4, 0.1, 0.3, 0.6, 0.8],
                  list("abaabbab"), [1, 1, 2, 4, 4, 1, 1, 4])
WALK, BACK = drift.random_walk(), drift.autoregressive()
CASES = {"random_walk": (WALK, DATA), "autoregressive": (BACK, DATA),
         "other_priors": (BACK.with_prior(mu_global=Normal(2, 3), sigma_drift=HalfNormal(0.2), sigma_creator=Gamma(2, 3),
                                          phi=Beta(3, 2)), DATA)}
FORMS = ("centered", "noncentered")
ENDINGS = {}


def points(seed, data, prior, n=24):
    """Draw n sets of parameters, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(rng, data, prior, n)
    return draws | {name: np.exp(rng.uniform(np.log(0.1), np.log(3), n)) for name in SCALES}


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    out, factor = dict(draws), 0.0
    start, steps = generative.unwalk(out)
    del out["mu_genre"]
    if form == "centered":
        return out | {"start": start, "steps": steps}, factor
    for name, value, scale in (("start", start, "sigma_genre"), ("steps", steps, "sigma_drift"),
                               ("tau", out.pop("tau") - generative.location(draws, data), "sigma_creator")):
        out[f"eta_{name}"] = value / draws[scale].reshape(-1, *[1] * (value.ndim - 1))
        factor = factor + value[0].size * np.log(draws[scale])
    return out, factor


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: getattr(prior, n).support for n in prior.names if n != "mu_global"}


def dense(scales, phi, data, prior, rows=None):
    """Brute force: mean and covariance of (mu_global, all paths, all tau, all d) before any data, written out."""
    genres, periods, n = data.n_genres, data.n_periods, data.n_creators
    first, drift_sd, within = scales
    # every variable as a row of loadings on independent standard normals
    size = 1 + genres * periods + 2 * n
    mu = np.zeros(size)
    mu[0] = prior.mu_global.sigma
    path = np.zeros((genres, periods, size))
    for g in range(genres):
        gap = np.zeros(size)
        gap[1 + g * periods] = first
        path[g, 0] = mu + gap
        for t in range(1, periods):
            gap = phi * gap
            gap[1 + g * periods + t] = drift_sd
            path[g, t] = mu + gap
    tau, seen = np.zeros((n, size)), np.zeros((n, size))
    for i in range(n):
        tau[i] = path[data.index[i], data.time[i]]
        tau[i, 1 + genres * periods + i] = within
        seen[i] = tau[i]
        seen[i, 1 + genres * periods + n + i] = data.se[i]
    hidden = np.vstack([mu[None], path.reshape(-1, size), tau])
    rows = np.arange(n) if rows is None else rows
    total, cross = seen[rows] @ seen[rows].T, hidden @ seen[rows].T
    left = data.effect[rows] - prior.mu_global.mu
    gain = cross @ np.linalg.inv(total)
    mean, cov = prior.mu_global.mu + gain @ left, hidden @ hidden.T - gain @ cross.T
    log_p = -0.5 * (left @ np.linalg.solve(total, left) + np.linalg.slogdet(2 * np.pi * total)[1])
    cut = 1 + genres * periods
    return log_p, mean, cov, cut
