"""Gibbs sampling for logistic regression in groups: Pólya-Gamma augmentation, all chains in one sweep.

Given omega_r ~ PG(n_r, logit_r) each row is a normal observation of its logit, with value
(y_r - n_r / 2) / omega_r and variance 1 / omega_r (Polson, Scott & Windle 2013, section 3).

1. omega given alpha, beta.
2. b = (mu, beta) given tau, omega and y, with alpha integrated out (normal), then alpha given b (normal,
   group by group): together one draw of the block (b, alpha).
3. tau: a slice step on log tau in one of two coordinates; *centered*, given alpha; *noncentered*, given
   eta = (alpha - mu) / tau, with omega held, so that alpha moves along; *interwoven*, both (Yu & Meng 2011).
"""

from typing import NamedTuple

import numpy as np
from scipy import special

from hbm_lib.models.logistic.exact import needs_normal
from hbm_lib.models.logistic.given_tau import prior_of_b
from hbm_lib.models.logistic.spec import Data, Prior
from hbm_lib.samplers import polya_gamma
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")


class State(NamedTuple):
    """What is carried: tau (C,), b (C, 1 + P), gap = alpha - mu (C, J), omega (C, rows).

    The gap is carried instead of alpha: where tau is tiny, subtracting mu from alpha would round it to 0.
    """

    tau: np.ndarray
    b: np.ndarray
    gap: np.ndarray
    omega: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: tau from a seventh to seven times a half, mu two units about the pooled logit.

    Raises
    ------
    EngineError
        If the prior of mu or beta is not normal: its conditional would not be.
    """
    needs_normal(prior, "gibbs")
    tau = np.zeros(chains)
    if prior.tau is not None:
        low, high = prior.tau.support
        tau = 0.5 * np.exp(rng.uniform(-2, 2, chains))
        if np.isfinite(high) or low > 0:
            tau = low + (min(high, low + 5.0) - low) * rng.uniform(0.05, 0.95, chains)
    b = np.zeros((chains, 1 + data.x.shape[1]))
    rate = (data.y.sum(-1) + 0.5) / (data.trials.sum() + 1)
    b[:, 0] = np.log(rate / (1 - rate)) + rng.uniform(-2, 2, chains)
    gap = tau[:, None] * rng.standard_normal((chains, data.n_groups))
    return draw_omega(rng, State(tau, b, gap, np.empty((chains, data.n_rows))), data)


def logits(state: State, data: Data) -> np.ndarray:
    """Return the logit of every row, (C, rows)."""
    return state.b[:, :1] + state.gap[:, data.index] + state.b[:, 1:] @ data.x.T


def draw_omega(rng: np.random.Generator, state: State, data: Data) -> State:
    """Draw omega given alpha and beta."""
    return state._replace(omega=polya_gamma.draw(rng, data.trials, logits(state, data)))


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (b, alpha) given tau, omega and y: first b with alpha integrated out, then alpha.

    A group's rows have weight omega; integrating its intercept out takes tau² s s' / (1 + tau² w) from the
    precision of b, where w and s are the sums of omega and of omega times (1, x) over its rows.
    """
    x = np.column_stack([np.ones(data.n_rows), data.x])
    m0, p0 = prior_of_b(prior, x.shape[1])
    kappa, spread2 = data.y - data.trials / 2, state.tau[:, None] ** 2
    weight = data.by_group(state.omega)
    share = spread2 / (1 + spread2 * weight)
    lean = np.stack([data.by_group(state.omega * x[:, q]) for q in range(x.shape[1])], axis=-1)
    total = data.by_group(kappa)
    precision = np.einsum("cr,rp,rq->cpq", state.omega, x, x) - np.einsum("cj,cjp,cjq->cpq", share, lean, lean) + np.diag(p0)
    right = p0 * m0 + kappa @ x - np.einsum("cj,cjp->cp", share * total, lean)
    root = np.linalg.cholesky(precision)
    mean = np.linalg.solve(precision, right[..., None])[..., 0]
    noise = np.linalg.solve(np.swapaxes(root, -1, -2), rng.standard_normal(mean.shape)[..., None])[..., 0]
    b = mean + noise
    gap = share * (total - np.einsum("cjp,cp->cj", lean, b)) + np.sqrt(share) * rng.standard_normal(share.shape)
    return state._replace(b=b, gap=gap)


def tau_given_alpha(log_tau: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | alpha, mu): the centered coordinate."""
    eta2 = ((state.gap / np.exp(log_tau)[:, None]) ** 2).sum(-1)
    return prior.tau.logpdf(np.exp(log_tau)) + (1 - data.n_groups) * log_tau - 0.5 * eta2


def tau_given_eta(log_tau: np.ndarray, eta: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log tau | eta, b, omega, y): the non-centered coordinate."""
    gap = (np.exp(log_tau)[:, None] * eta)[:, data.index]
    rest = state.b[:, :1] + state.b[:, 1:] @ data.x.T
    log_y = ((data.y - data.trials / 2) * gap - 0.5 * state.omega * (rest + gap) ** 2).sum(-1)
    return prior.tau.logpdf(np.exp(log_tau)) + log_tau + log_y


def draw_tau(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str) -> tuple[State, int]:
    """Draw tau in the coordinates of ``form``; alpha moves with it in the non-centered one."""
    calls = 0
    if form in ("centered", "interwoven"):
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_alpha(u, state, data, prior))
        state, calls = state._replace(tau=np.exp(u)), n
    if form in ("noncentered", "interwoven"):
        eta = state.gap / state.tau[:, None]
        u, n = slice_step(rng, np.log(state.tau), lambda u: tau_given_eta(u, eta, state, data, prior))
        state = state._replace(tau=np.exp(u), gap=np.exp(u)[:, None] * eta)
        calls += n
    return state, calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, draw_omega(rng, state, data), data, prior)
    if prior.tau is None:
        return state, Info(0)
    state, calls = draw_tau(rng, state, data, prior, form)
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    alpha = state.b[:, :1] + state.gap
    out = {"mu": state.b[:, 0], "alpha": alpha, "p": special.expit(alpha)}
    if prior.beta is not None:
        out["beta"] = state.b[:, 1:]
    return out | ({"tau": state.tau} if prior.tau is not None else {})
