"""Gibbs sampling for schools, in NumPy: sufficient statistics, all chains in one sweep.

1. b = (mu, beta) given tau, sigma and y, with theta integrated out (normal), then theta given b
   (normal, school by school): together one draw of the block (b, theta).
2. sigma given theta, b and y: a slice step on log sigma, whatever its prior.
3. tau: a slice step on log tau in one of two coordinates; *centered*, given theta; *noncentered*,
   given eta = (theta - mu) / tau, so that theta moves along with tau; *interwoven*, both in
   turn (Yu & Meng 2011).

No step looks at a pupil: a sweep costs the same for a thousand pupils and a million.
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.models.schools.exact import needs_normal, normal_prior
from hbm_lib.models.schools.spec import Data, Prior
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: tau (C,), sigma (C,), b (C, 1+P), gap = theta - mu (C, J).

    The gap is carried instead of theta: where tau is tiny, subtracting mu from theta would
    round it to 0, and tau given a gap of 0 falls for ever.
    """

    tau: np.ndarray
    sigma: np.ndarray
    b: np.ndarray
    gap: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the data's, the rest by one block draw.

    Raises
    ------
    EngineError
        If the prior of mu or beta is not normal: its conditional would not be.
    """
    needs_normal(prior, "gibbs")
    scale = np.sqrt(np.maximum(data.sums.within_rss / max(1, data.n_pupils - data.n_groups), 1e-12))
    tau, sigma = (_start(rng, scale, law, chains) for law in (prior.tau, prior.sigma))
    tau = np.full(chains, prior.fixed_tau) if prior.tau is None else tau
    empty = State(tau, sigma, np.zeros((chains, data.sums.design.shape[1])), np.zeros((chains, data.n_groups)))
    return draw_block(rng, empty, data, prior)


def _start(rng: np.random.Generator, scale: np.ndarray, law: object, chains: int) -> np.ndarray:
    """Return starts about the data's scale, kept inside the support of the prior."""
    if law is not None and np.isfinite(law.support[1]):
        low, high = law.support
        return low + (high - low) * rng.uniform(0.05, 0.95, chains)
    return scale * np.exp(rng.uniform(-2, 2, chains))


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (b, theta) given tau, sigma and y: first b with theta integrated out, then theta."""
    sums, size = data.sums, data.sums.design.shape[1]
    x, variance = sums.design, state.sigma[:, None] ** 2
    m0, p0 = normal_prior(prior, size)
    noise, spread2 = variance / data.counts, state.tau[:, None] ** 2
    weight = 1 / (noise + spread2)
    precision = (weight @ (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)).reshape(-1, size, size) + np.diag(p0)
    precision[:, 1:, 1:] += sums.within_xx / variance[:, :, None]
    right = p0 * m0 + (sums.means * weight) @ x
    right[:, 1:] += (sums.slope @ sums.within_xx) / variance
    root = np.linalg.cholesky(precision)
    mean = np.linalg.solve(precision, right[..., None])[..., 0]
    noise_b = np.linalg.solve(np.swapaxes(root, -1, -2), rng.standard_normal(mean.shape)[..., None])[..., 0]
    b = mean + noise_b
    share = spread2 * weight
    gap = share * (sums.means - b @ x.T) + np.sqrt(share * noise) * rng.standard_normal(noise.shape)
    return state._replace(b=b, gap=gap)


def squares(gap: np.ndarray, b: np.ndarray, data: Data) -> np.ndarray:
    """Return the sum of squared residuals of all pupils, shape (C,)."""
    left = data.sums.means - b @ data.sums.design.T - gap
    return data.sums.rss(b[:, 1:]) + (data.counts * left**2).sum(-1)


def sigma_given_rest(log_sigma: np.ndarray, total: np.ndarray, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log sigma | theta, b, y), ``total`` the sum of squared residuals."""
    return prior.sigma.logpdf(np.exp(log_sigma)) + (1 - data.n_pupils) * log_sigma - 0.5 * total * np.exp(-2 * log_sigma)


def tau_given_theta(log_tau: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | theta, mu): the centered coordinate."""
    eta2 = ((state.gap / np.exp(log_tau)[:, None]) ** 2).sum(-1)
    return prior.tau.logpdf(np.exp(log_tau)) + (1 - data.n_groups) * log_tau - 0.5 * eta2


def tau_given_eta(log_tau: np.ndarray, eta: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | eta, b, sigma, y): the non-centered coordinate."""
    left = data.sums.means - state.b @ data.sums.design.T - np.exp(log_tau)[:, None] * eta
    total = (data.counts * left**2).sum(-1)
    return prior.tau.logpdf(np.exp(log_tau)) + log_tau - 0.5 * total / state.sigma**2


def draw_sigma(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> tuple[State, int]:
    """Draw sigma given the rest."""
    total = squares(state.gap, state.b, data)
    width = 4 / np.sqrt(2 * data.n_pupils)  # about four posterior standard deviations of log sigma
    u, calls = slice_step(rng, np.log(state.sigma), lambda u: sigma_given_rest(u, total, data, prior), width=width)
    return state._replace(sigma=np.exp(u)), calls


def draw_tau(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str) -> tuple[State, int]:
    """Draw tau in the coordinates of ``form``; theta moves with it in the non-centered one."""
    calls = 0
    if form in ("centered", "interwoven"):
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_theta(u, state, data, prior))
        state, calls = state._replace(tau=np.exp(u)), n
    if form in ("noncentered", "interwoven"):
        eta = state.gap / state.tau[:, None]
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_eta(u, eta, state, data, prior))
        state = state._replace(tau=np.exp(u), gap=np.exp(u)[:, None] * eta)
        calls += n
    return state, calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    state, calls = draw_sigma(rng, state, data, prior)
    if prior.tau is not None:
        state, more = draw_tau(rng, state, data, prior, form)
        calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    out = {"mu": state.b[:, 0], "sigma": state.sigma, "theta": state.b[:, :1] + state.gap}
    if prior.beta is not None:
        out["beta"] = state.b[:, 1:]
    return out | ({"tau": state.tau} if prior.tau is not None else {})
