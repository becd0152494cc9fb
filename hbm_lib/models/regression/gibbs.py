"""Gibbs sampling for regression with groups, in NumPy: sufficient statistics, all chains in one sweep.

Each conditional is the joint density read as a function of one block:

1. beta given gamma, sigma2 and y (normal); in the forms "blocked" and "interwoven" gamma is integrated out.
2. gamma given beta, sigma2, tau2 and y (normal, group by group).
3. sigma2 given beta, gamma and y: inverse gamma, and the prior of beta counts as p more squares.
4. tau2 given gamma: inverse gamma; in the form "interwoven" a second time given gamma / tau.

"separate" draws 1 given the last gamma. Where groups are large, beta's level and the mean of gamma are
strongly correlated given the data, and it walks slowly; "blocked" draws both at once, as (beta, gamma) given the
scales. Where tau may be small, gamma holds tau2 and tau2 holds gamma; "interwoven" moves both (Yu & Meng 2011).
No step looks at a row: a sweep costs the same for a thousand rows and a million.
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.models.regression.gibbs_scales import draw_sigma2, draw_tau2, rescale
from hbm_lib.models.regression.spec import Data, Prior
from hbm_lib.models.regression.turned import seen, turned
from hbm_lib.samplers.many_normals import draw_normals

FORMS = ("separate", "blocked", "interwoven")
DEFAULT_FORM = "interwoven"


class State(NamedTuple):
    """What is carried: beta (C, p), gamma (C, J), sigma2 (C,), tau2 (C,)."""

    beta: np.ndarray
    gamma: np.ndarray
    sigma2: np.ndarray
    tau2: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps, 0 where every law is drawn directly."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the data's, the rest by one block draw."""
    sums, size = data.sums, data.x.shape[1]
    rest = np.maximum(1, data.n_rows - data.n_groups - size)
    whole = sums.left(prior.mean_of(size)) / data.n_rows
    scale2 = np.maximum(np.maximum(sums.rss / rest, 1e-6 * whole), 1e-24)
    sigma2 = _start(rng, scale2, prior.sigma2, chains, 2)
    power = 2 if prior.tau is None else 1
    spread = _start(rng, scale2 ** (power / 2), prior.of_tau, chains, power)
    tau2 = spread ** (2 / power)
    empty = State(np.zeros((chains, size)), np.zeros((chains, data.n_groups)), sigma2, tau2)
    return draw_gamma(rng, draw_beta(rng, empty, data, prior), data, prior)


def _start(rng: np.random.Generator, scale: np.ndarray, law: object, chains: int, power: int) -> np.ndarray:
    """Return starts about the data's scale, kept inside the support of the prior."""
    low, high = law.support
    if np.isfinite(high):
        return low + (high - low) * rng.uniform(0.05, 0.95, chains)
    return scale * np.exp(power * rng.uniform(-2, 2, chains))


def draw_beta(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw beta given sigma2, tau2 and y, with gamma integrated out.

    In the coordinates u of ``turned``: u ~ Normal(P^-1 h, sigma2 P^-1), P and h the sums of what is fixed and,
    group by group, what is seen through a variance of sigma2 + n_j tau2 instead of sigma2.
    """
    t, s = turned(data.groups, prior), seen(data, prior)
    size = len(t.mean)
    weight = 1 / (1 + t.sizes[:, None] * (state.tau2 / state.sigma2))
    precision = (t.fixed + t.moving @ weight).reshape(size, size, -1)
    right = s.fixed + (weight.T @ s.moving if s.moving.ndim == 2 else (weight.T[:, None] @ s.moving)[:, 0])
    noise = np.sqrt(state.sigma2) * rng.standard_normal((size, weight.shape[1]))
    u = draw_normals(precision, right.T, noise)
    return state._replace(beta=t.mean + (t.turn @ u).T)


def draw_beta_given_gamma(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw beta given gamma, sigma2 and y: in the coordinates u of ``turned`` it is Normal(h, sigma2 I)."""
    t, s = turned(data.groups, prior), seen(data, prior)
    right = s.fixed + (s.gap - np.sqrt(data.counts) * state.gamma) @ t.z
    u = right.T + np.sqrt(state.sigma2) * rng.standard_normal(right.T.shape)
    return state._replace(beta=t.mean + (t.turn @ u).T)


def draw_gamma(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw gamma given beta, sigma2, tau2 and y.

    gamma_j has precision n_j / sigma2 + 1 / tau2, and its mean is the share n_j rho / (1 + n_j rho),
    rho = tau2 / sigma2, of what the group's mean has beside the line.
    """
    t = turned(data.groups, prior)
    odds = t.sizes[:, None] * (state.tau2 / state.sigma2)
    weight = 1 / (1 + odds)
    share, sd = odds * weight, np.sqrt(state.tau2 * weight)
    # groups along the first axis in memory: a group takes its size's row as it stands
    gamma = data.sums.gaps(state.beta)
    gamma *= share[t.kind]
    noise = rng.standard_normal(gamma.shape)
    noise *= sd[t.kind]
    gamma += noise
    return state._replace(gamma=gamma.T)


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = DEFAULT_FORM) -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    beta = draw_beta_given_gamma if form == "separate" else draw_beta
    state = draw_gamma(rng, beta(rng, state, data, prior), data, prior)
    sigma2, calls = draw_sigma2(rng, state, data, prior)
    tau2, more = draw_tau2(rng, state, data, prior)
    state = state._replace(sigma2=sigma2, tau2=tau2)
    if form != "interwoven":
        return state, Info(calls + more)
    k, again = rescale(rng, state, data, prior)
    return state._replace(tau2=k**2 * state.tau2, gamma=k[:, None] * state.gamma), Info(calls + more + again)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    return {**state._asdict(), "sigma": np.sqrt(state.sigma2), "tau": np.sqrt(state.tau2)}
