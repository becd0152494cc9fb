"""Gibbs sampling for drift: the paths in one block by the Kalman filter, then the scales, then the creators.

One sweep:

1. mu_global given the scales, paths and tau integrated out; then all paths given it, filtered forward and sampled backward.
2. sigma_creator given the paths, tau integrated out; sigma_genre and sigma_drift by slice steps on the logarithm,
   *centered* (the paths held) or *noncentered* (the standardized starts and steps held); *interwoven* does both
   (Yu & Meng 2011, "To Center or Not to Center"). phi given the paths, which is centered in every form.
3. tau given all the rest, last: no step above looks at it (van Dyk & Park 2008, partially collapsed Gibbs).
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.drift import kalman
from hbm_lib.models.drift.generative import unwalk, walk
from hbm_lib.models.drift.spec import SCALES, Data, Prior
from hbm_lib.priors import Dist
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: scales (C, 3) in the order of SCALES, phi and mu (C,), path (C, G, T) and tau (C, N)."""

    scales: np.ndarray
    phi: np.ndarray
    mu: np.ndarray
    path: np.ndarray
    tau: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the effects' spread, the rest drawn given them.

    Raises
    ------
    EngineError
        If the prior of mu_global is not normal.
    """
    if prior.mu_global.family != "Normal":
        raise EngineError(f"engine 'gibbs' needs a Normal prior on mu_global, got {prior.mu_global}; use pymc or numpyro")
    spread = np.sqrt(np.var(data.effect, axis=-1) + np.median(data.se) ** 2)
    starts = []
    for name in SCALES:
        low, high = getattr(prior, name).support
        free = np.maximum(spread * np.exp(rng.uniform(-2, 2, chains)), 1.01 * low)
        starts.append(free if np.isinf(high) else low + (high - low) * rng.uniform(0.05, 0.95, chains))
    low, high = (1.0, 1.0) if prior.phi is None else prior.phi.support
    phi = low + (high - low) * rng.uniform(0.05, 0.95, chains)
    state = State(np.stack(starts, 1), phi, np.zeros(chains), np.zeros((chains, data.n_genres, data.n_periods)),
                  np.zeros((chains, data.n_creators)))
    return draw_tau(rng, draw_paths(rng, state, data, prior), data)


def draw_paths(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw mu_global and all paths in one block."""
    genre, drift, creator = state.scales.T
    found = kalman.run(genre, drift, state.phi, kalman.cells(creator, data))
    mean, variance, _ = kalman.platform(found, prior.mu_global)
    mu = mean + np.sqrt(variance) * rng.standard_normal(mean.shape)
    path = kalman.draw(rng, found, mu, drift, state.phi)
    return state._replace(mu=mu, path=np.swapaxes(path, 1, 2))


def draw_tau(rng: np.random.Generator, state: State, data: Data) -> State:
    """Draw every creator's effect given all the rest."""
    mean, within = state.path[:, data.index, data.time], state.scales[:, 2:] ** 2
    share = within / (within + data.se**2)
    return state._replace(tau=mean + share * (data.effect - mean) + data.se * np.sqrt(share) * rng.standard_normal(mean.shape))


def scale_given_steps(log_scale: np.ndarray, steps: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log scale | steps), steps (C, J): the centered coordinate."""
    scale = np.exp(log_scale)
    return law.logpdf(scale) + (1 - steps.shape[1]) * log_scale - 0.5 * ((steps / scale[:, None]) ** 2).sum(-1)


def scale_given_eta(log_scale: np.ndarray, square: np.ndarray, cross: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log scale | eta, d), tau integrated out: the noncentered coordinate.

    With seen, a creator's path per unit of the scale, and left, d minus all else, ``square`` and ``cross`` (C,) are
    the sums over creators of seen² and of seen times left, each over the variance SE² + sigma_creator².
    """
    scale = np.exp(log_scale)
    return law.logpdf(scale) + log_scale + scale * (cross - 0.5 * scale * square)


def creator_scale(log_scale: np.ndarray, left: np.ndarray, data: Data, law: Dist) -> np.ndarray:
    """Return log p(log sigma_creator | paths, d), tau integrated out; left (C, N) is d minus the genre's mean."""
    scale = np.exp(log_scale)
    variance = data.se**2 + scale[:, None] ** 2
    return law.logpdf(scale) + log_scale - 0.5 * (np.log(variance) + left**2 / variance).sum(-1)


def phi_given_path(logit: np.ndarray, gap: np.ndarray, sigma_drift: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(logit of phi's share of its range | paths); gap (C, G, T) is the path minus mu_global."""
    low, high = law.support
    share = 1 / (1 + np.exp(-logit))
    phi = low + (high - low) * share
    steps = gap[..., 1:] - phi[:, None, None] * gap[..., :-1]
    return law.logpdf(phi) + np.log(share) + np.log1p(-share) - 0.5 * ((steps / sigma_drift[:, None, None]) ** 2).sum((1, 2))


def draw_scales(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str) -> tuple[State, int]:
    """Draw the three scales in turn, sigma_creator first."""
    scales, path = state.scales.copy(), state.path
    left = data.effect - path[:, data.index, data.time]
    u, calls = slice_step(rng, np.log(scales[:, 2]), lambda u: creator_scale(u, left, data, prior.sigma_creator))
    scales[:, 2] = np.exp(u)
    variance = data.se**2 + scales[:, 2:] ** 2
    zero = np.zeros_like(state.mu)
    for k, law in enumerate((prior.sigma_genre, prior.sigma_drift)):
        parts = list(unwalk({"mu_genre": path, "mu_global": state.mu, "phi": state.phi}))
        if form != "noncentered":
            held = parts[k].reshape(len(scales), -1)
            u, n = slice_step(rng, np.log(scales[:, k]), lambda u: scale_given_steps(u, held, law))  # noqa: B023
            scales[:, k], calls = np.exp(u), calls + n
        if form != "centered":
            eta = parts[k] / scales[:, k].reshape(-1, *[1] * (parts[k].ndim - 1))
            parts[k], parts[1 - k] = eta, 0 * parts[1 - k]
            unit = walk(zero, *parts, state.phi)  # what one unit of this scale adds to the path
            rest = path - scales[:, k, None, None] * unit
            seen, away = unit[:, data.index, data.time], data.effect - rest[:, data.index, data.time]
            square, cross = (seen**2 / variance).sum(-1), (seen * away / variance).sum(-1)
            u, n = slice_step(rng, np.log(scales[:, k]), lambda u: scale_given_eta(u, square, cross, law))  # noqa: B023
            scales[:, k], calls = np.exp(u), calls + n
            path = rest + scales[:, k, None, None] * unit
    return state._replace(scales=scales, path=path), calls


def draw_phi(rng: np.random.Generator, state: State, prior: Prior) -> tuple[State, int]:
    """Draw phi given the paths; a random walk has none."""
    if prior.phi is None:
        return state, 0
    low, high = prior.phi.support
    share, gap = (state.phi - low) / (high - low), state.path - state.mu[:, None, None]
    share = np.clip(share, 1e-12, 1 - 1e-12)
    logit, calls = slice_step(rng, np.log(share / (1 - share)),
                              lambda u: phi_given_path(u, gap, state.scales[:, 1], prior.phi))
    return state._replace(phi=low + (high - low) / (1 + np.exp(-logit))), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state, calls = draw_scales(rng, draw_paths(rng, state, data, prior), data, prior, form)
    state, more = draw_phi(rng, state, prior)
    return draw_tau(rng, state, data), Info(calls + more)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    out = {"mu_global": state.mu} | {name: state.scales[:, k] for k, name in enumerate(SCALES)}
    return out | ({"phi": state.phi} if prior.phi is not None else {}) | {"mu_genre": state.path, "tau": state.tau}
