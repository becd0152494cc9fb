"""Gibbs sampling for creators, in NumPy: all chains in one sweep.

1. mu_global given the scales, with mu_genre and tau integrated out; mu_genre given mu_global, with tau
   integrated out; tau given mu_genre: one draw of the block, all normal.
2. sigma_creator and sigma_genre, each by slice steps on its logarithm in two coordinates: with the means held
   (*centered*) and with the standardized gaps held, so that the means move along (*noncentered*);
   *interwoven* does both (Yu & Meng 2011), *mixed* holds creators' means and genres' standardized gaps.
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.models.creators.exact import needs_normal
from hbm_lib.models.creators.spec import Data, Prior
from hbm_lib.priors import Dist
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "mixed", "interwoven")


class State(NamedTuple):
    """What is carried: scales and mu (C,), genre = mu_genre - mu (C, G), creator = tau - mu_genre (C, N)."""

    sigma_genre: np.ndarray
    sigma_creator: np.ndarray
    mu: np.ndarray
    genre: np.ndarray
    creator: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def by_genre(values: np.ndarray, data: Data) -> np.ndarray:
    """Return the sums over each genre's creators: (..., N) to (..., G)."""
    order = np.argsort(data.index, kind="stable")
    starts = np.concatenate([[0], np.cumsum(data.counts)[:-1]])
    return np.add.reduceat(values[..., order], starts, axis=-1)


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the effects' spread, the rest by one block draw.

    Raises
    ------
    EngineError
        If the prior of mu_global is not normal: its conditional would not be.
    """
    needs_normal(prior, "gibbs")
    scale = np.sqrt(np.var(data.effect, axis=-1) + np.median(data.se) ** 2)
    starts = []
    for law in (prior.sigma_genre, prior.sigma_creator):
        low, high = law.support
        free = scale * np.exp(rng.uniform(-2, 2, chains))
        starts.append(free if np.isinf(high) else low + (high - low) * rng.uniform(0.05, 0.95, chains))
    empty = (np.zeros(chains), np.zeros((chains, data.n_genres)), np.zeros((chains, data.n_creators)))
    return draw_block(rng, State(*starts, *empty), data, prior)


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (mu_global, mu_genre, tau) given the scales and the effects, each with what is below it integrated out."""
    noise, within = data.se**2, state.sigma_creator[:, None] ** 2
    spread = within + noise
    weight = by_genre(1 / spread, data)
    means = by_genre(data.effect / spread, data) / weight
    between = state.sigma_genre[:, None] ** 2
    total = between + 1 / weight
    precision = prior.mu_global.sigma**-2.0 + (1 / total).sum(-1)
    mu = (prior.mu_global.mu * prior.mu_global.sigma**-2.0 + (means / total).sum(-1)) / precision
    mu = mu + rng.standard_normal(mu.shape) / np.sqrt(precision)
    share = between / total
    genre = share * (means - mu[:, None]) + np.sqrt(share / weight) * rng.standard_normal(share.shape)
    share = within / spread
    left = data.effect - (mu[:, None] + genre)[:, data.index]
    creator = share * left + np.sqrt(share * noise) * rng.standard_normal(share.shape)
    return state._replace(mu=mu, genre=genre, creator=creator)


def residual(state: State, data: Data) -> np.ndarray:
    """Return each creator's observed effect minus tau, shape (C, N)."""
    return data.effect - (state.mu[:, None] + state.genre)[:, data.index] - state.creator


def scale_given_gaps(log_scale: np.ndarray, gaps: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log scale | gaps), gaps (C, J) normal about 0 with that sd: the centered coordinate."""
    return law.logpdf(np.exp(log_scale)) + (1 - gaps.shape[1]) * log_scale - 0.5 * (
        (gaps / np.exp(log_scale)[:, None]) ** 2).sum(-1)


def scale_given_eta(log_scale: np.ndarray, eta: np.ndarray, left: np.ndarray, data: Data, law: Dist) -> np.ndarray:
    """Return log p(log scale | eta, d): the non-centered coordinate; eta and left (C, N), left = residual without scale eta."""
    total = (((left - np.exp(log_scale)[:, None] * eta) / data.se) ** 2).sum(-1)
    return law.logpdf(np.exp(log_scale)) + log_scale - 0.5 * total


def draw_scale(rng: np.random.Generator, state: State, data: Data, prior: Prior, which: str, form: str) -> tuple[State, int]:
    """Draw sigma_genre or sigma_creator; ``which`` is "genre" or "creator"."""
    name, calls = f"sigma_{which}", 0
    law, to_creator = getattr(prior, name), data.index if which == "genre" else slice(None)
    if form == "mixed":
        form = "centered" if which == "creator" else "noncentered"
    if form in ("centered", "interwoven"):
        gaps = getattr(state, which)
        u, n = slice_step(rng, np.log(getattr(state, name)), lambda u: scale_given_gaps(u, gaps, law))
        state, calls = state._replace(**{name: np.exp(u)}), n
    if form in ("noncentered", "interwoven"):
        scale, gaps = getattr(state, name)[:, None], getattr(state, which)
        eta = gaps / scale
        left, seen = residual(state, data) + gaps[:, to_creator], eta[:, to_creator]
        u, n = slice_step(rng, np.log(scale[:, 0]), lambda u: scale_given_eta(u, seen, left, data, law))
        state, calls = state._replace(**{name: np.exp(u), which: np.exp(u)[:, None] * eta}), calls + n
    return state, calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    calls = 0
    for which in ("creator", "genre"):
        state, more = draw_scale(rng, state, data, prior, which, form)
        calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    genre = state.mu[:, None] + state.genre
    return {"mu_global": state.mu, "sigma_genre": state.sigma_genre, "mu_genre": genre, "sigma_creator": state.sigma_creator,
            "tau": genre[:, data.index] + state.creator}
