"""Gibbs sampling for groups with their own lines, in NumPy: cross products, all chains in one sweep.

1. (mu, beta) given the scales, with all lines integrated out; then the lines, as standardized gaps
   eta with (a, b)_g = (mu, beta) + L eta_g, L the Cholesky factor of Sigma: one normal draw of the block.
2. sigma, by a slice step on its logarithm.
3. log tau_intercept, log tau_slope and atanh rho, each by slice steps in two coordinates: with the lines
   held (*centered*) and with eta held, so that the lines move along (*noncentered*); *interwoven*
   does both (Yu & Meng 2011).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.slopes.generative import rho_logpdf
from hbm_lib.models.slopes.spec import Data, Prior
from hbm_lib.samplers.slices import slice_step

FORMS = ("noncentered", "centered", "interwoven")
SHAPE = ("tau_intercept", "tau_slope", "rho")


class State(NamedTuple):
    """What is carried: tau_intercept, tau_slope, rho, sigma (C,), mean = (mu, beta) (C, 2), eta (C, G, 2)."""

    tau_intercept: np.ndarray
    tau_slope: np.ndarray
    rho: np.ndarray
    sigma: np.ndarray
    mean: np.ndarray
    eta: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def factor(t0: np.ndarray, t1: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return the lower Cholesky factor of Sigma, (C,) each to (C, 2, 2)."""
    zero = np.zeros_like(t0)
    return np.stack([np.stack([t0, zero], -1), np.stack([t1 * rho, t1 * np.sqrt(1 - rho**2)], -1)], -2)


def gaps(state: State) -> np.ndarray:
    """Return (a, b)_g - (mu, beta), shape (C, G, 2)."""
    return np.einsum("cpq,cgq->cgp", factor(state.tau_intercept, state.tau_slope, state.rho), state.eta)


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the noise's, the rest by one block draw.

    Raises
    ------
    EngineError
        If the prior of mu or beta is not normal: its conditional would not be.
    """
    for name in ("mu", "beta"):
        if getattr(prior, name).family != "Normal":
            raise EngineError(f"engine 'gibbs' needs a Normal prior on {name}, got {getattr(prior, name)}; use pymc or numpyro")
    noise = np.sqrt(np.maximum(data.rss / data.n_rows, 1e-12))
    scales = []
    for law, scale in ((prior.tau_intercept, noise), (prior.tau_slope, noise / data.x.std()), (prior.sigma, noise)):
        low, high = law.support
        free = scale * np.exp(rng.uniform(-2, 2, chains))
        scales.append(free if np.isinf(high) else low + (high - low) * rng.uniform(0.05, 0.95, chains))
    rho = rng.uniform(-0.8, 0.8, chains)
    empty = State(scales[0], scales[1], rho, scales[2], np.zeros((chains, 2)), np.zeros((chains, data.n_groups, 2)))
    return draw_block(rng, empty, data, prior)


def draw_block(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw (mu, beta) with the lines integrated out, then the lines."""
    root = factor(state.tau_intercept, state.tau_slope, state.rho)
    about = data.cross / state.sigma[:, None, None, None] ** 2
    turned = np.einsum("cqp,cgqr,crs->cgps", root, about, root) + np.eye(2)
    inverse = np.linalg.inv(turned)
    # (Sigma + cross^-1)^-1 without inverting either: cross - cross L (I + L' cross L)^-1 L' cross
    side = np.einsum("cgpq,cqr->cgpr", about, root)
    seen = about - np.einsum("cgpq,cgqr,cgsr->cgps", side, inverse, side)
    m0 = np.array([prior.mu.mu, prior.beta.mu])
    p0 = np.diag([prior.mu.sigma**-2.0, prior.beta.sigma**-2.0])
    precision = p0 + seen.sum(1)
    right = p0 @ m0 + np.einsum("cgpq,cgq->cp", seen, np.broadcast_to(data.lines, (len(root), data.n_groups, 2)))
    spread = np.linalg.cholesky(np.linalg.inv(precision))
    mean = np.linalg.solve(precision, right[..., None])[..., 0]
    mean = mean + np.einsum("cpq,cq->cp", spread, rng.standard_normal(mean.shape))
    left = data.lines - mean[:, None]
    middle = np.einsum("cgpq,cgqr,cgr->cgp", inverse, np.swapaxes(side, -1, -2), left)
    eta = middle + np.einsum("cgpq,cgq->cgp", np.linalg.cholesky(inverse), rng.standard_normal(middle.shape))
    return state._replace(mean=mean, eta=eta)


def squares(gap: np.ndarray, mean: np.ndarray, data: Data) -> np.ndarray:
    """Return the sum of squared residuals of all rows, shape (C,)."""
    left = data.lines - mean[:, None] - gap
    return data.rss + np.einsum("cgp,gpq,cgq->c", left, data.cross, left)


def sigma_given_rest(log_sigma: np.ndarray, total: np.ndarray, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log sigma | lines, y), ``total`` the sum of squared residuals."""
    return prior.sigma.logpdf(np.exp(log_sigma)) + (1 - data.n_rows) * log_sigma - 0.5 * total * np.exp(-2 * log_sigma)


def shape_prior(name: str, u: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Return a scale or rho at its free coordinate u, and the log prior density of u."""
    if name == "rho":
        rho = np.tanh(u)
        return rho, rho_logpdf(rho, prior.eta) + np.log1p(-(rho**2))
    return np.exp(u), getattr(prior, name).logpdf(np.exp(u)) + u


def given_lines(name: str, u: np.ndarray, gap: np.ndarray, state: State, prior: Prior) -> np.ndarray:
    """Return log p(u | lines), u the free coordinate of ``name``: the centered coordinate."""
    value, log_prior = shape_prior(name, u, prior)
    t0, t1, rho = (value if n == name else getattr(state, n) for n in SHAPE)
    z0 = gap[..., 0] / t0[:, None]
    z1 = (gap[..., 1] / t1[:, None] - rho[:, None] * z0) / np.sqrt(1 - rho**2)[:, None]
    size = gap.shape[1] * (np.log(t0) + np.log(t1) + 0.5 * np.log1p(-(rho**2)))
    return log_prior - size - 0.5 * (z0**2 + z1**2).sum(-1)


def given_eta(name: str, u: np.ndarray, state: State, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(u | eta, y), u the free coordinate of ``name``: the non-centered coordinate."""
    value, log_prior = shape_prior(name, u, prior)
    total = squares(gaps(state._replace(**{name: value})), state.mean, data)
    return log_prior - 0.5 * total / state.sigma**2


def draw_shape(rng: np.random.Generator, state: State, data: Data, prior: Prior, name: str, form: str) -> tuple[State, int]:
    """Draw one of tau_intercept, tau_slope and rho."""
    free: Callable = np.arctanh if name == "rho" else np.log
    calls = 0
    if form in ("centered", "interwoven"):
        gap = gaps(state)
        u, n = slice_step(rng, free(getattr(state, name)), lambda u: given_lines(name, u, gap, state, prior), width=1.0)
        state, calls = state._replace(**{name: shape_prior(name, u, prior)[0]}), n
        z0 = gap[..., 0] / state.tau_intercept[:, None]
        z1 = (gap[..., 1] / state.tau_slope[:, None] - state.rho[:, None] * z0) / np.sqrt(1 - state.rho**2)[:, None]
        state = state._replace(eta=np.stack([z0, z1], -1))
    if form in ("noncentered", "interwoven"):
        u, n = slice_step(rng, free(getattr(state, name)), lambda u: given_eta(name, u, state, data, prior), width=1.0)
        state, calls = state._replace(**{name: shape_prior(name, u, prior)[0]}), calls + n
    return state, calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    total = squares(gaps(state), state.mean, data)
    width = 4 / np.sqrt(2 * data.n_rows)  # about four posterior standard deviations of log sigma
    u, calls = slice_step(rng, np.log(state.sigma), lambda u: sigma_given_rest(u, total, data, prior), width=width)
    state = state._replace(sigma=np.exp(u))
    for name in SHAPE:
        state, more = draw_shape(rng, state, data, prior, name, form)
        calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    lines = state.mean[:, None] + gaps(state)
    out = {name: getattr(state, name) for name in (*SHAPE, "sigma")}
    return out | {"mu": state.mean[:, 0], "beta": state.mean[:, 1], "a": lines[..., 0], "b": lines[..., 1]}
