"""Gibbs sampling for three levels, in NumPy: sufficient statistics, all chains in one sweep.

1. mu given the scales, with theta and alpha integrated out; theta given mu, with alpha integrated out;
   alpha given theta: one draw of the block (mu, theta, alpha), all normal.
2. sigma, by a slice step on its logarithm.
3. tau_teacher and tau_school, each by slice steps on its logarithm in two coordinates: with the means held
   (*centered*) and with the standardized gaps held, so that the means move along (*noncentered*);
   *interwoven* does both (Yu & Meng 2011).
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.three_levels.spec import Data, Prior
from hbm_lib.priors import Dist
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: scales and mu (C,), school = theta - mu (C, S), teacher = alpha - theta (C, T)."""

    tau_school: np.ndarray
    tau_teacher: np.ndarray
    sigma: np.ndarray
    mu: np.ndarray
    school: np.ndarray
    teacher: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the pupils' sd, the rest by one block draw.

    Raises
    ------
    EngineError
        If the prior of mu is not normal: its conditional would not be.
    """
    if prior.mu.family != "Normal":
        raise EngineError(f"engine 'gibbs' needs a Normal prior on mu, got {prior.mu}; use pymc or numpyro")
    scale = np.sqrt(np.maximum(data.within / (data.n_pupils - len(data.teachers)), 1e-12))
    starts = []
    for law in (prior.tau_school, prior.tau_teacher, prior.sigma):
        low, high = law.support
        free = scale * np.exp(rng.uniform(-2, 2, chains))
        starts.append(free if np.isinf(high) else low + (high - low) * rng.uniform(0.05, 0.95, chains))
    empty = (np.zeros(chains), np.zeros((chains, len(data.schools))), np.zeros((chains, len(data.teachers))))
    return draw_block(rng, State(*starts, *empty), data, prior)


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (mu, theta, alpha) given the scales and y, each with what is below it integrated out."""
    noise = state.sigma[:, None] ** 2 / data.counts
    spread = state.tau_teacher[:, None] ** 2 + noise
    weight = (1 / spread) @ data.membership
    means = (data.means / spread) @ data.membership / weight
    between = state.tau_school[:, None] ** 2
    total = between + 1 / weight
    precision = prior.mu.sigma**-2.0 + (1 / total).sum(-1)
    mu = (prior.mu.mu * prior.mu.sigma**-2.0 + (means / total).sum(-1)) / precision
    mu = mu + rng.standard_normal(mu.shape) / np.sqrt(precision)
    share = between / total
    school = share * (means - mu[:, None]) + np.sqrt(share / weight) * rng.standard_normal(share.shape)
    share = state.tau_teacher[:, None] ** 2 / spread
    left = data.means - (mu[:, None] + school)[:, data.of_teacher]
    teacher = share * left + np.sqrt(share * noise) * rng.standard_normal(share.shape)
    return state._replace(mu=mu, school=school, teacher=teacher)


def residual(state: State, data: Data) -> np.ndarray:
    """Return each teacher's mean score minus alpha, shape (C, T)."""
    return data.means - (state.mu[:, None] + state.school)[:, data.of_teacher] - state.teacher


def sigma_given_rest(log_sigma: np.ndarray, total: np.ndarray, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log sigma | alpha, y), ``total`` the sum of squared residuals of all pupils."""
    return prior.sigma.logpdf(np.exp(log_sigma)) + (1 - data.n_pupils) * log_sigma - 0.5 * total * np.exp(-2 * log_sigma)


def scale_given_gaps(log_tau: np.ndarray, gaps: np.ndarray, law: Dist) -> np.ndarray:
    """Return log p(log tau | gaps), gaps (C, J) normal about 0 with sd tau: the centered coordinate."""
    return law.logpdf(np.exp(log_tau)) + (1 - gaps.shape[1]) * log_tau - 0.5 * ((gaps / np.exp(log_tau)[:, None]) ** 2).sum(-1)


def scale_given_eta(
    log_tau: np.ndarray, eta: np.ndarray, left: np.ndarray, sigma: np.ndarray, data: Data, law: Dist
) -> np.ndarray:
    """Return log p(log tau | eta, y): the non-centered coordinate; eta and left (C, T), left = residual without tau eta."""
    total = (data.counts * (left - np.exp(log_tau)[:, None] * eta) ** 2).sum(-1)
    return law.logpdf(np.exp(log_tau)) + log_tau - 0.5 * total / sigma**2


def draw_scale(
    rng: np.random.Generator, state: State, data: Data, prior: Prior, which: str, form: str
) -> tuple[State, int]:
    """Draw tau_school or tau_teacher; ``which`` is "school" or "teacher"."""
    name, calls = f"tau_{which}", 0
    law, to_teacher = getattr(prior, name), data.of_teacher if which == "school" else slice(None)
    if form in ("centered", "interwoven"):
        gaps = getattr(state, which)
        u, n = slice_step(rng, np.log(getattr(state, name)), lambda u: scale_given_gaps(u, gaps, law))
        state, calls = state._replace(**{name: np.exp(u)}), n
    if form in ("noncentered", "interwoven"):
        tau, gaps = getattr(state, name)[:, None], getattr(state, which)
        eta = gaps / tau
        left = residual(state, data) + gaps[:, to_teacher]
        seen = eta[:, to_teacher]
        u, n = slice_step(rng, np.log(tau[:, 0]), lambda u: scale_given_eta(u, seen, left, state.sigma, data, law))
        state, calls = state._replace(**{name: np.exp(u), which: np.exp(u)[:, None] * eta}), calls + n
    return state, calls


def draw_sigma(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> tuple[State, int]:
    """Draw sigma given the rest."""
    total = data.within + (data.counts * residual(state, data) ** 2).sum(-1)
    width = 4 / np.sqrt(2 * data.n_pupils)  # about four posterior standard deviations of log sigma
    u, calls = slice_step(rng, np.log(state.sigma), lambda u: sigma_given_rest(u, total, data, prior), width=width)
    return state._replace(sigma=np.exp(u)), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    state, calls = draw_sigma(rng, state, data, prior)
    for which in ("teacher", "school"):
        state, more = draw_scale(rng, state, data, prior, which, form)
        calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    theta = state.mu[:, None] + state.school
    return {"mu": state.mu, "tau_school": state.tau_school, "tau_teacher": state.tau_teacher, "sigma": state.sigma,
            "theta": theta, "alpha": theta[:, data.of_teacher] + state.teacher}
