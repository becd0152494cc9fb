"""Gibbs sampling for eight schools, in NumPy, all chains in one sweep.

A sweep has three conditionals; their derivation is the chapter's.

1. b = (mu, beta) given tau and y, with theta integrated out (normal).
2. theta given b, tau and y (normal, group by group). Steps 1 and 2 together
   draw the block (b, theta) given tau.
3. tau, by a slice step on log tau, in one of two coordinates:
   *centered*, given theta; *noncentered*, given eta = (theta - x'b) / s(tau), so
   that theta moves along with tau; *interwoven*, both in turn (Yu & Meng 2011).
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.eight_schools.spec import Data, Prior
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: tau (C,), b (C, 1+P), theta (C, J), error variances (C or 1, J), gap = theta - x'b (C, J).

    The gap is kept beside theta. Where tau is tiny the subtraction would round it
    to 0, and tau given a gap of 0 falls for ever.
    """

    tau: np.ndarray
    b: np.ndarray
    theta: np.ndarray
    variance: np.ndarray
    gap: np.ndarray | None = None


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: tau from a seventh to seven times the data's scale, the rest by one block draw.

    Raises
    ------
    EngineError
        If the prior of mu or beta is not normal: its conditional would not be.
    """
    for name in ("mu", "beta"):
        given = getattr(prior, name)
        if given is not None and given.family != "Normal":
            raise EngineError(f"engine 'gibbs' needs a Normal prior on {name}, got {given}; use pymc or numpyro")
    scale = np.sqrt(np.mean(data.sigma**2))
    tau = np.zeros(chains) if prior.tau is None else scale * np.exp(rng.uniform(-2, 2, chains))
    low, high = (0.0, np.inf) if prior.tau is None else prior.tau.support
    if np.isfinite(high):
        tau = low + (high - low) * rng.uniform(0.05, 0.95, chains)
    empty = State(tau, np.zeros((chains, data.design.shape[1])), np.zeros((chains, data.n_groups)), data.sigma[None] ** 2)
    return draw_block(rng, empty, data, prior)


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (b, theta) given tau and y: first b with theta integrated out, then theta."""
    x = data.design
    priors = [prior.mu] + [prior.beta] * (x.shape[1] - 1)
    m0 = np.array([p.mu for p in priors])
    p0 = np.diag([p.sigma**-2.0 for p in priors])
    spread2 = np.asarray(prior.scale(state.tau))[:, None] ** 2
    total = state.variance + spread2
    precision = p0 + np.einsum("jp,cj,jq->cpq", x, 1 / total, x)
    right = p0 @ m0 + (data.y / total) @ x
    root = np.linalg.cholesky(np.linalg.inv(precision))
    b = np.linalg.solve(precision, right[..., None])[..., 0]
    b = b + np.einsum("cpq,cq->cp", root, rng.standard_normal(b.shape))
    centre = b @ x.T
    if prior.tau is None:
        return state._replace(b=b, theta=centre, gap=np.zeros(centre.shape))
    share = spread2 / total
    gap = share * (data.y - centre) + np.sqrt(share * state.variance) * rng.standard_normal(centre.shape)
    return state._replace(b=b, theta=centre + gap, gap=gap)


def gaps(state: State, data: Data) -> np.ndarray:
    """Return theta - x'b of every group, shape (C, J): as carried, or by subtraction from a state made by hand."""
    return state.theta - state.b @ data.design.T if state.gap is None else state.gap


def tau_given_theta(log_tau: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | theta, b): the centered coordinate."""
    tau = np.exp(log_tau)
    spread = np.asarray(prior.scale(tau))
    eta2 = ((gaps(state, data) / spread[:, None]) ** 2).sum(-1)
    return prior.tau.logpdf(tau) + log_tau - data.n_groups * np.log(spread) - 0.5 * eta2


def tau_given_eta(log_tau: np.ndarray, eta: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | eta, b, y): the non-centered coordinate."""
    tau = np.exp(log_tau)
    theta = state.b @ data.design.T + np.asarray(prior.scale(tau))[:, None] * eta
    return prior.tau.logpdf(tau) + log_tau - 0.5 * ((data.y - theta) ** 2 / state.variance).sum(-1)


def draw_tau(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str) -> tuple[State, int]:
    """Draw tau in the coordinates of ``form``; theta moves with it in the non-centered one."""
    calls = 0
    if form in ("centered", "interwoven"):
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_theta(u, state, data, prior))
        state, calls = state._replace(tau=np.exp(u)), n
    if form in ("noncentered", "interwoven"):
        eta = gaps(state, data) / np.asarray(prior.scale(state.tau))[:, None]
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_eta(u, eta, state, data, prior))
        gap = np.asarray(prior.scale(np.exp(u)))[:, None] * eta
        state = state._replace(tau=np.exp(u), theta=state.b @ data.design.T + gap, gap=gap)
        calls += n
    return state, calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "noncentered") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    if prior.tau is None:
        return state, Info(0)
    state, calls = draw_tau(rng, state, data, prior, form)
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    out = {"mu": state.b[:, 0], "theta": state.theta}
    if prior.beta is not None:
        out["beta"] = state.b[:, 1:]
    if prior.tau is not None:
        out["tau"] = state.tau
        if prior.scale.kind != "identity":
            out["theta_sd"] = np.asarray(prior.scale(state.tau))
    return out
