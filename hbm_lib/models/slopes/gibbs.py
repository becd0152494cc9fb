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
from hbm_lib.models.slopes.triangles import solve_lower, solve_upper, triangle
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


def spreads(t0: np.ndarray, t1: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return the entries t0, t1 rho, t1 sqrt(1 - rho²) of the lower Cholesky factor of Sigma: (C,) each to (C, 3)."""
    return np.stack([t0, t1 * rho, t1 * np.sqrt((1 - rho) * (1 + rho))], -1)


def factor(state: State) -> np.ndarray:
    """Return the lower Cholesky factor L of Sigma, shape (C, 2, 2)."""
    out = np.zeros((len(state.rho), 2, 2))
    out[:, [0, 1, 1], [0, 0, 1]] = spreads(*(getattr(state, n) for n in SHAPE))
    return out


def gaps(state: State) -> np.ndarray:
    """Return (a, b)_g - (mu, beta), shape (C, G, 2)."""
    return state.eta @ np.swapaxes(factor(state), -1, -2)


def residual(state: State, data: Data) -> np.ndarray:
    """Return R' (y's own line - the group's line) of every group, shape (C, G, 2): its squares and ``rss`` are the rows'."""
    left = data.lines - state.mean[:, None] - gaps(state)
    return np.einsum("gqp,cgq->cgp", data.root, left)


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
    """Draw (mu, beta) with the lines integrated out, then the lines.

    y's own lines have covariance Sigma + sigma² (R R')^-1 about (mu, beta), so precision
    R (I + K K')^-1 R' / sigma² with K = R' L / sigma. Nothing is subtracted and no group's R is
    inverted: tiny and huge scales, and groups with one x, keep their digits.
    """
    sigma, turned = state.sigma[:, None, None, None], np.swapaxes(data.root, -1, -2)
    k = turned @ factor(state)[:, None] / sigma
    half = solve_lower(triangle(np.swapaxes(k, -1, -2)), np.broadcast_to(turned, k.shape)) / sigma
    m0, s0 = np.array([prior.mu.mu, prior.beta.mu]), np.array([prior.mu.sigma, prior.beta.sigma])
    # in units of the prior: eta0 = ((mu, beta) - m0) / s0 is standard normal, and every group adds two rows that see it
    rows = (half * s0).reshape(len(k), -1, 2)
    seen = (half @ (data.lines - m0)[..., None]).reshape(len(k), -1, 1)
    u0, flipped = triangle(rows), np.swapaxes(rows, -1, -2)
    eta0 = solve_upper(u0, solve_lower(u0, flipped @ seen) + rng.standard_normal((len(k), 2))[..., None])
    mean = m0 + s0 * eta0[..., 0]
    u, left = triangle(k), turned @ (data.lines - mean[:, None])[..., None] / sigma
    noise = rng.standard_normal(k.shape[:-1])[..., None]
    eta = solve_upper(u, solve_lower(u, np.swapaxes(k, -1, -2) @ left) + noise)
    return state._replace(mean=mean, eta=eta[..., 0])


def sigma_given_rest(log_sigma: np.ndarray, total: np.ndarray, data: Data, prior: Prior) -> np.ndarray:
    """Return log p(log sigma | lines, y), ``total`` the sum of squared residuals."""
    return prior.sigma.logpdf(np.exp(log_sigma)) + (1 - data.n_rows) * log_sigma - 0.5 * total * np.exp(-2 * log_sigma)


def shape_prior(name: str, u: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Return a scale or rho at its free coordinate u, and the log prior density of u.

    Beyond an atanh rho of 18, 1 - rho² is no longer a floating-point number: the density is cut there.
    """
    if name == "rho":
        rho = np.tanh(np.clip(u, -18, 18))
        inside = rho_logpdf(rho, prior.eta) + np.log((1 - rho) * (1 + rho))
        return rho, np.where(np.abs(u) <= 18, inside, -np.inf)
    return np.exp(u), getattr(prior, name).logpdf(np.exp(u)) + u


def with_lines_held(state: State) -> Callable[..., np.ndarray]:
    """Return log p(lines | t0, t1, rho) as a function of them, all (C,): three sums over groups are all it needs."""
    z, groups = correlated(state), state.eta.shape[1]
    first, cross, second = (z[..., 0] ** 2).sum(-1), (z[..., 0] * z[..., 1]).sum(-1), (z[..., 1] ** 2).sum(-1)

    def density(t0: np.ndarray, t1: np.ndarray, rho: np.ndarray) -> np.ndarray:
        r0, r1, rest = state.tau_intercept / t0, state.tau_slope / t1, (1 - rho) * (1 + rho)
        form = (first * r0**2 - 2 * rho * cross * r0 * r1 + second * r1**2) / rest
        return -groups * (np.log(t0) + np.log(t1) + 0.5 * np.log(rest)) - 0.5 * form

    return density


def with_eta_held(state: State, data: Data) -> Callable[..., np.ndarray]:
    """Return log p(y | eta, t0, t1, rho) as a function of them, all (C,): a quadratic in the spreads, about where they are."""
    here, left = spreads(*(getattr(state, n) for n in SHAPE)), residual(state, data)
    one, x = data.root[:, 0], data.root[:, 1]  # the columns of R'
    z0, z1 = state.eta[..., :1], state.eta[..., 1:]
    moves = np.stack([one * z0, x * z0, x * z1], -1).reshape(len(here), -1, 3)
    square = np.swapaxes(moves, -1, -2) @ moves
    slope = (left.reshape(len(here), 1, -1) @ moves)[:, 0]

    def density(t0: np.ndarray, t1: np.ndarray, rho: np.ndarray) -> np.ndarray:
        step = spreads(t0, t1, rho) - here
        return (step * slope - 0.5 * step * (square @ step[..., None])[..., 0]).sum(-1) / state.sigma**2

    return density


def correlated(state: State) -> np.ndarray:
    """Return the gaps of intercept and slope, each over its own sd, shape (C, G, 2)."""
    rho = state.rho[:, None]
    second = rho * state.eta[..., 0] + np.sqrt((1 - rho) * (1 + rho)) * state.eta[..., 1]
    return np.stack([state.eta[..., 0], second], -1)


def moved(state: State, name: str, value: np.ndarray) -> State:
    """Return the state with one of the three moved and the lines where they were."""
    z, after = correlated(state), state._replace(**{name: value})
    z0 = z[..., 0] * (state.tau_intercept / after.tau_intercept)[:, None]
    rho = after.rho[:, None]
    z1 = (z[..., 1] * (state.tau_slope / after.tau_slope)[:, None] - rho * z0) / np.sqrt((1 - rho) * (1 + rho))
    return after._replace(eta=np.stack([z0, z1], -1))


def draw_shape(rng: np.random.Generator, state: State, data: Data, prior: Prior, name: str, form: str) -> tuple[State, int]:
    """Draw one of tau_intercept, tau_slope and rho in the coordinates of ``form``."""
    calls = 0
    for held in ("centered", "noncentered") if form == "interwoven" else (form,):
        density = with_lines_held(state) if held == "centered" else with_eta_held(state, data)

        def along(u: np.ndarray, density: Callable = density, state: State = state) -> np.ndarray:
            value, log_prior = shape_prior(name, u, prior)
            return log_prior + density(*(value if n == name else getattr(state, n) for n in SHAPE))

        now = getattr(state, name)
        u, n = slice_step(rng, np.arctanh(now) if name == "rho" else np.log(now), along, width=1.0)
        value, calls = shape_prior(name, u, prior)[0], calls + n
        state = moved(state, name, value) if held == "centered" else state._replace(**{name: value})
    return state, calls


def draw_sigma(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> tuple[State, int]:
    """Draw sigma given the rest."""
    total = data.rss + (residual(state, data) ** 2).sum((-1, -2))
    width = 4 / np.sqrt(2 * data.n_rows)  # about four posterior standard deviations of log sigma
    u, calls = slice_step(rng, np.log(state.sigma), lambda u: sigma_given_rest(u, total, data, prior), width=width)
    return state._replace(sigma=np.exp(u)), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = "interwoven") -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    state = draw_block(rng, state, data, prior)
    state, calls = draw_sigma(rng, state, data, prior)
    for name in SHAPE:
        state, more = draw_shape(rng, state, data, prior, name, form)
        calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    lines = state.mean[:, None] + gaps(state)
    out = {name: getattr(state, name) for name in (*SHAPE, "sigma")}
    return out | {"mu": state.mean[:, 0], "beta": state.mean[:, 1], "a": lines[..., 0], "b": lines[..., 1]}
