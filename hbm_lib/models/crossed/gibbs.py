"""Gibbs sampling for crossed effects, in NumPy: all chains in one sweep.

1. All location effects (mu_global, genres, segments, interaction) given the scales, tau integrated out: one draw from a
   normal whose precision matrix is built from the cells' weights, so that its cost does not grow with creators.
2. sigma_creator given the locations, tau integrated out; the other three scales by slice steps on the logarithm, *centered*
   (the effects held) or *noncentered* (the standardized effects held); *interwoven* does both (Yu & Meng 2011).
3. tau given all the rest, last: no step above looks at it (van Dyk & Park 2008, partially collapsed Gibbs).
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.crossed.spec import SCALES, Data, Prior
from hbm_lib.priors import Dist
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: scales (C, 4) in the order of SCALES, location (C, 1 + G + S + GS) and tau (C, N)."""

    scales: np.ndarray
    location: np.ndarray
    tau: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def blocks(data: Data) -> dict[str, slice]:
    """Return where each block of effects stands in the location vector."""
    g, s = data.n_genres, data.n_segments
    return {"sigma_genre": slice(1, 1 + g), "sigma_segment": slice(1 + g, 1 + g + s), "sigma_cell": slice(1 + g + s, None)}


def cells(data: Data) -> np.ndarray:
    """Return which effects add up to each cell's mean, shape (GS, P)."""
    g, s = data.n_genres, data.n_segments
    return np.hstack([np.ones((g * s, 1)), np.repeat(np.eye(g), s, axis=0), np.tile(np.eye(s), (g, 1)), np.eye(g * s)])


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
    size = 1 + data.n_genres + data.n_segments + data.n_genres * data.n_segments
    state = State(np.stack(starts, 1), np.zeros((chains, size)), np.zeros((chains, data.n_creators)))
    return draw_tau(rng, draw_location(rng, state, data, prior), data)


def location_law(scales: np.ndarray, data: Data, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean (C, P) and precision (C, P, P) of all location effects given scales (C, 4), tau integrated out."""
    design = cells(data)
    weight = 1 / (data.se**2 + scales[:, 3:] ** 2)
    member = np.arange(len(design))[:, None] == data.cell
    total, seen = weight @ member.T, (weight * data.effect) @ member.T
    before = np.empty((len(scales), design.shape[1]))
    before[:, 0] = prior.mu_global.sigma**-2.0
    for k, block in enumerate(blocks(data).values()):
        before[:, block] = scales[:, k : k + 1] ** -2.0
    precision = np.einsum("kp,ck,kq->cpq", design, total, design, optimize=True)
    precision[:, np.arange(design.shape[1]), np.arange(design.shape[1])] += before
    right = seen @ design
    right[:, 0] += prior.mu_global.mu * before[:, 0]
    return np.linalg.solve(precision, right[..., None])[..., 0], precision


def draw_location(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw all location effects in one block."""
    mean, precision = location_law(state.scales, data, prior)
    upper = np.swapaxes(np.linalg.cholesky(precision), 1, 2)
    noise = np.linalg.solve(upper, rng.standard_normal((*mean.shape, 1)))[..., 0]
    return state._replace(location=mean + noise)


def draw_tau(rng: np.random.Generator, state: State, data: Data) -> State:
    """Draw every creator's effect given all the rest."""
    mean, within = (state.location @ cells(data).T)[:, data.cell], state.scales[:, 3:] ** 2
    share = within / (within + data.se**2)
    return state._replace(tau=mean + share * (data.effect - mean) + data.se * np.sqrt(share) * rng.standard_normal(mean.shape))


def scale_given_effects(log_scale: np.ndarray, effects: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log scale | effects), effects (C, J): the centered coordinate."""
    scale = np.exp(log_scale)
    return law.logpdf(scale) + (1 - effects.shape[1]) * log_scale - 0.5 * ((effects / scale[:, None]) ** 2).sum(-1)


def scale_given_eta(log_scale: np.ndarray, square: np.ndarray, cross: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log scale | eta, d), tau integrated out: the noncentered coordinate.

    With eta of each creator and left = d minus all else, ``square`` and ``cross`` (C,) are the
    sums over creators of eta² and of eta times left, each over the variance SE² + sigma_creator².
    """
    scale = np.exp(log_scale)
    return law.logpdf(scale) + log_scale + scale * (cross - 0.5 * scale * square)


def creator_scale(log_scale: np.ndarray, left: np.ndarray, data: Data, law: Dist) -> np.ndarray:
    """Return log p(log sigma_creator | locations, d), tau integrated out; left (C, N) is d minus the cell's mean."""
    scale = np.exp(log_scale)
    variance = data.se**2 + scale[:, None] ** 2
    return law.logpdf(scale) + log_scale - 0.5 * (np.log(variance) + left**2 / variance).sum(-1)


def draw_scales(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str) -> tuple[State, int]:
    """Draw the four scales in turn; sigma_creator first."""
    design, scales, location = cells(data), state.scales.copy(), state.location.copy()
    left = data.effect - (location @ design.T)[:, data.cell]
    u, calls = slice_step(rng, np.log(scales[:, 3]), lambda u: creator_scale(u, left, data, prior.sigma_creator))
    scales[:, 3] = np.exp(u)
    variance = data.se**2 + scales[:, 3:] ** 2
    for k, (name, block) in enumerate(blocks(data).items()):
        law = getattr(prior, name)
        if form != "noncentered":
            held = location[:, block]
            u, n = slice_step(rng, np.log(scales[:, k]), lambda u: scale_given_effects(u, held, law))  # noqa: B023
            scales[:, k], calls = np.exp(u), calls + n
        if form != "centered":
            eta = location[:, block] / scales[:, k : k + 1]
            seen = (eta @ design[:, block].T)[:, data.cell]
            rest = data.effect - (location @ design.T)[:, data.cell] + scales[:, k : k + 1] * seen
            square, cross = (seen**2 / variance).sum(-1), (seen * rest / variance).sum(-1)
            u, n = slice_step(rng, np.log(scales[:, k]), lambda u: scale_given_eta(u, square, cross, law))  # noqa: B023
            scales[:, k], calls = np.exp(u), calls + n
            location[:, block] = scales[:, k : k + 1] * eta
    return state._replace(scales=scales, location=location), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state, calls = draw_scales(rng, draw_location(rng, state, data, prior), data, prior, form)
    return draw_tau(rng, state, data), Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    at, shape = blocks(data), (-1, data.n_genres, data.n_segments)
    out = {"mu_global": state.location[:, 0]} | {name: state.scales[:, k] for k, name in enumerate(SCALES)}
    return out | {"genre_effect": state.location[:, at["sigma_genre"]], "segment_effect": state.location[:, at["sigma_segment"]],
                  "interaction": state.location[:, at["sigma_cell"]].reshape(shape), "tau": state.tau}
