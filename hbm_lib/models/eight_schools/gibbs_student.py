"""Gibbs sampling with Student-t errors: a scale mixture of normals around the normal sampler.

y_j | theta_j ~ N(theta_j, sigma_j^2 / lambda_j) with lambda_j ~ Gamma(nu/2, nu/2)
gives a Student-t with nu degrees of freedom (Gelman et al., BDA3, section 17.2).
Given lambda the sweep is the normal one with its variances changed.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from hbm_lib.models.eight_schools import gibbs
from hbm_lib.models.eight_schools.gibbs import Info
from hbm_lib.models.eight_schools.spec import Data, Prior
from hbm_lib.samplers.slices import slice_step

FORMS = gibbs.FORMS


class State(NamedTuple):
    """What is carried: the normal sampler's state and nu (C,)."""

    normal: gibbs.State
    nu: np.ndarray


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start the normal sampler's chains and spread nu over 2 to 50."""
    inner = gibbs.init(rng, data, prior, chains)
    inner = inner._replace(variance=np.broadcast_to(data.sigma**2, inner.theta.shape).copy())
    return State(inner, np.exp(rng.uniform(np.log(2), np.log(50), chains)))


def log_nu_density(log_nu: np.ndarray, y: np.ndarray, theta: np.ndarray, sigma: np.ndarray, prior: Prior) -> np.ndarray:
    """Return log p(log nu | theta, y), with the mixing weights lambda integrated out."""
    nu = np.exp(log_nu)
    return prior.nu.logpdf(nu) + log_nu + stats.t.logpdf((y - theta) / sigma, nu[:, None]).sum(-1)


def draw_errors(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> tuple[State, int]:
    """Draw nu given theta, then the weights lambda given nu and theta; the error variances are sigma² / lambda."""
    theta = state.normal.theta
    log_nu, calls = slice_step(rng, np.log(state.nu), lambda u: log_nu_density(u, data.y, theta, data.sigma, prior))
    nu = np.exp(log_nu)
    z2 = ((data.y - theta) / data.sigma) ** 2
    mixing = rng.gamma((nu[:, None] + 1) / 2, size=z2.shape) / ((nu[:, None] + z2) / 2)
    return State(state.normal._replace(variance=data.sigma**2 / mixing), nu), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "noncentered") -> tuple[State, Info]:
    """Draw (nu, lambda) as a block given theta, then sweep the normal sampler."""
    state, calls = draw_errors(rng, state, data, prior)
    inner, info = gibbs.step(rng, state.normal, data, prior, form)
    return State(inner, state.nu), Info(calls + info.evaluations)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    return gibbs.record(state.normal, data, prior) | {"nu": state.nu}
