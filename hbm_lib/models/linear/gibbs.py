"""Gibbs sampling for linear regression, in NumPy: sufficient statistics, all chains in one sweep.

Write V^-1 = precision + X'X and m = V (precision mean + X'y). The full conditionals are

1. beta | sigma2, y ~ Normal(m, sigma2 V): in one draw (*blocked*), or one coefficient at a time given the
   others (*separate*), which is slow where columns are correlated;
2. sigma2 | beta, y ~ InverseGamma(a + (n + p) / 2, b + (|y - X beta|² + (beta - mean)' precision (beta - mean)) / 2).

The p in the shape and the second square are the prior of beta, which has sigma2 in it. Source: Gelman et al.,
Bayesian Data Analysis (3rd ed.), section 14.2; Gelfand & Smith (1990). No sweep looks at a row.
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.models.linear.exact import needs_inverse_gamma, update
from hbm_lib.models.linear.spec import Data, Prior

FORMS = ("blocked", "separate")
DEFAULT_FORM = "blocked"


class State(NamedTuple):
    """What is carried: beta (C, p), sigma2 (C,)."""

    beta: np.ndarray
    sigma2: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: how many conditionals were drawn from."""

    updates: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: sigma2 from a seventh to seven times the data's, beta six of its sds about the estimate.

    Raises
    ------
    EngineError
        If the prior of sigma2 is not an inverse gamma: its conditional would not be.
    """
    needs_inverse_gamma(prior, "gibbs")
    found = update(data, prior)
    sigma2 = found.scale / found.shape * np.exp(rng.uniform(-2, 2, chains))
    z = 6 * rng.uniform(-1, 1, (chains, data.n_columns))
    return State(found.mean + np.sqrt(sigma2)[:, None] * np.linalg.solve(found.root, z[..., None])[..., 0], sigma2)


def draw_beta(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw all coefficients given sigma2."""
    found = update(data, prior)
    z = rng.standard_normal(state.beta.shape)
    step = np.linalg.solve(found.root, z[..., None])[..., 0]
    return state._replace(beta=found.mean + np.sqrt(state.sigma2)[:, None] * step)


def draw_coefficient(rng: np.random.Generator, j: int, state: State, data: Data, prior: Prior) -> State:
    """Draw coefficient j given the others and sigma2."""
    found = update(data, prior)
    row = found.root.T[j] @ found.root
    gap = state.beta - found.mean
    gap[:, j] = 0
    beta = state.beta.copy()
    centre = np.broadcast_to(found.mean, beta.shape)[:, j] - gap @ row / row[j]
    beta[:, j] = centre + np.sqrt(state.sigma2 / row[j]) * rng.standard_normal(len(beta))
    return state._replace(beta=beta)


def draw_sigma2(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw sigma2 given the coefficients."""
    mean, root = prior.coefficients(data.n_columns)
    squares = data.sums.squares(state.beta) + (((state.beta - mean) @ root.T) ** 2).sum(-1)
    shape = prior.sigma2.shape + (data.n_rows + data.n_columns) / 2
    scale = prior.sigma2.scale + squares / 2
    return state._replace(sigma2=scale / rng.gamma(shape, size=squares.shape))


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = DEFAULT_FORM) -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    if form == "separate":
        for j in range(data.n_columns):
            state = draw_coefficient(rng, j, state, data, prior)
    else:
        state = draw_beta(rng, state, data, prior)
    return draw_sigma2(rng, state, data, prior), Info(1 + (data.n_columns if form == "separate" else 1))


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    return {"beta": state.beta, "sigma2": state.sigma2, "sigma": np.sqrt(state.sigma2)}
