"""Gibbs sampling for groups with their own coefficients, in NumPy: sums of q numbers a group, all chains in one sweep.

Sigma has an inverse-Wishart prior and is carried as its lower Cholesky factor L; the coefficients are carried as
standardized gaps eta, beta_j = mu + L eta_j. One sweep draws

1. mu, with all beta integrated out (*blocked*, *interwoven*) or given beta (*separate*); then beta given mu.
2. sigma2 given beta: InverseGamma(a + n/2, b + rss/2), or a slice step on log sigma under any other prior.
3. Sigma given beta and mu: InverseWishart(nu + G, scale + sum_j (beta_j - mu)(beta_j - mu)').
4. *interwoven* only: each tau_k a second time, with eta and the correlations held, so that the coefficients move along
   (Yu & Meng 2011). It helps where a tau_k is small beside what a group's rows tell of its coefficient, and where the
   correlations are near -1 or 1.
"""

from typing import NamedTuple

import numpy as np

from hbm_lib.model import EngineError
from hbm_lib.models.varying.covariance import InverseWishart
from hbm_lib.models.varying.generative import named
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data
from hbm_lib.models.varying.triangles import solve_lower, solve_upper, triangle
from hbm_lib.samplers.slices import slice_step

FORMS = ("separate", "blocked", "interwoven")
DEFAULT_FORM = "interwoven"


class State(NamedTuple):
    """What is carried: mu (C, q), root L (C, q, q), eta (C, G, q), sigma2 (C,)."""

    mu: np.ndarray
    root: np.ndarray
    eta: np.ndarray
    sigma2: np.ndarray


class Info(NamedTuple):
    """What a sweep says of itself: density evaluations of the slice steps."""

    evaluations: int


def turned(a: np.ndarray) -> np.ndarray:
    """Return the transpose of every matrix."""
    return np.swapaxes(a, -1, -2)


def gaps(state: State) -> np.ndarray:
    """Return beta_j - mu of every group, (C, G, q)."""
    return state.eta @ turned(state.root)


def residual(state: State, data: Data) -> np.ndarray:
    """Return Q'y - R beta of every group, (C, G, q): its squares and ``rss`` are the rows'."""
    beta = state.mu[:, None] + gaps(state)
    return data.sums.along - (data.sums.root @ beta[..., None])[..., 0]


def init(rng: np.random.Generator, data: Data, prior: Prior, chains: int) -> State:
    """Start ``chains`` chains: scales from a seventh to seven times the data's, any correlations, the rest by a block draw.

    Raises
    ------
    EngineError
        If the covariance matrix has an LKJ prior: its conditional is none that can be drawn from directly.
    """
    if not isinstance(prior.covariance, InverseWishart):
        raise EngineError("engine 'gibbs' needs an InverseWishart prior of the covariance; under LKJ use pymc or numpyro, "
                          "or with an intercept and one slope hbm_lib.models.slopes")
    q, lowest = prior.size, 1e-12
    left = data.y - (data.y @ np.linalg.pinv(data.x).T) @ data.x.T
    noise = np.broadcast_to(np.maximum((left**2).mean(-1), lowest), chains)
    low, high = getattr(prior, prior.noise).support
    sigma = np.sqrt(noise) * np.exp(rng.uniform(-2, 2, chains))
    if not np.isinf(high):
        free = low + (high - low) * rng.uniform(0.05, 0.95, chains)
        sigma = free if prior.noise == "sigma" else np.sqrt(free)
    rows = np.tril(rng.standard_normal((chains, q, q)))
    rows = rows / np.sqrt((rows**2).sum(-1, keepdims=True))
    rows[:, range(q), range(q)] = np.abs(rows[:, range(q), range(q)])
    size = np.sqrt((data.x**2).mean(0))
    tau = np.sqrt(noise)[:, None] / size * np.exp(rng.uniform(-2, 2, (chains, q)))
    zero = np.zeros((chains, q)), tau[..., None] * rows, np.zeros((chains, data.n_groups, q))
    return draw_beta(rng, draw_mu(rng, State(*zero, sigma**2), data, prior), data)


def draw_mu(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> State:
    """Draw mu with all beta integrated out.

    Q'y has mean R mu and covariance sigma2 (I + K K') with K = R L / sigma. Every group adds q rows that see
    z = S^-1 (mu - center), standard normal before the data.
    """
    sigma = np.sqrt(state.sigma2)[:, None, None, None]
    k = data.sums.root @ state.root[:, None] / sigma
    u = triangle(turned(k))  # u' u = I + K K'
    seen = data.sums.along - data.sums.root @ prior.center
    right = np.concatenate([np.broadcast_to(data.sums.root @ prior.spread, k.shape), np.broadcast_to(
        seen, (*k.shape[:-1],))[..., None]], -1)
    half = (solve_lower(u, right) / sigma).reshape(len(k), -1, prior.size + 1)
    return state._replace(mu=prior.center + _normal(rng, half[..., :-1], half[..., -1:]) @ prior.spread.T)


def draw_mu_given_beta(rng: np.random.Generator, state: State, beta: np.ndarray, prior: Prior) -> State:
    """Draw mu given all beta; they stay and eta follows."""
    groups, root = beta.shape[1], turned(state.root)  # upper triangular
    rows = np.sqrt(groups) * solve_lower(root, np.broadcast_to(prior.spread, root.shape))
    seen = np.sqrt(groups) * solve_lower(root, (beta.mean(1) - prior.center)[..., None])
    mu = prior.center + _normal(rng, rows, seen) @ prior.spread.T
    return state._replace(mu=mu, eta=turned(solve_lower(root, turned(beta - mu[:, None]))))


def _normal(rng: np.random.Generator, rows: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Draw z (..., q) ~ Normal(0, I) given ``seen`` = rows z + standard normal noise; rows (..., m, q), seen (..., m, 1)."""
    u = triangle(rows)
    z = rng.standard_normal((*rows.shape[:-2], rows.shape[-1]))
    return solve_upper(u, solve_lower(u, turned(rows) @ seen) + z[..., None])[..., 0]


def draw_beta(rng: np.random.Generator, state: State, data: Data) -> State:
    """Draw all beta given mu, Sigma, sigma2, as eta: rows K = R L / sigma see it. No group's R is inverted."""
    sigma = np.sqrt(state.sigma2)[:, None, None, None]
    k = data.sums.root @ state.root[:, None] / sigma
    seen = data.sums.along - (data.sums.root @ state.mu[:, None, :, None])[..., 0]
    return state._replace(eta=_normal(rng, k, seen[..., None] / sigma))


def draw_sigma2(rng: np.random.Generator, state: State, data: Data, prior: Prior) -> tuple[State, int]:
    """Draw sigma2 given beta."""
    total = data.sums.rss + (residual(state, data) ** 2).sum((-1, -2))
    law, n = getattr(prior, prior.noise), data.sums.rows
    if prior.noise == "sigma2" and law.family == "InverseGamma":
        return state._replace(sigma2=(law.scale + total / 2) / rng.gamma(law.shape + n / 2, size=total.shape)), 0
    power = 2 if prior.noise == "sigma2" else 1

    def along(u: np.ndarray) -> np.ndarray:
        return law.logpdf(np.exp(power * u)) + (power - n) * u - 0.5 * total * np.exp(-2 * u)

    u, calls = slice_step(rng, 0.5 * np.log(state.sigma2), along, width=4 / np.sqrt(2 * n))
    return state._replace(sigma2=np.exp(2 * u)), calls


def draw_covariance(rng: np.random.Generator, state: State, prior: Prior) -> State:
    """Draw Sigma given beta and mu, by Bartlett's triangle: L = C W^-1 with C C' the scale; beta stays and eta follows."""
    gap, law = gaps(state), prior.covariance
    chains, groups, q = gap.shape
    c = turned(triangle(gap, law.root.T))  # C C' = scale + sum of gap gap'
    w = np.zeros((chains, q, q))
    w[:, range(q), range(q)] = np.sqrt(2 * rng.gamma((law.degrees() + groups) / 2, size=(chains, q)))
    i, j = np.tril_indices(q, -1)
    w[:, i, j] = rng.standard_normal((chains, len(i)))
    root = turned(solve_upper(turned(w), turned(c)))  # W' L' = C'
    return state._replace(root=root, eta=turned(solve_lower(turned(root), turned(gap))))


def draw_tau(rng: np.random.Generator, state: State, data: Data, prior: Prior, k: int) -> tuple[State, int]:
    """Draw tau_k with eta and the correlations held: row k of L and the k-th gap of every group are multiplied by exp(v).

    In v the prior is exp(-nu v - tr(scale Sigma^-1) / 2), a Jacobian of q + 1 included, and the likelihood is a
    quadratic in exp(v) about where it is.
    """
    scale, nu = np.array(prior.covariance.scale), prior.covariance.nu
    half = solve_lower(turned(state.root), np.broadcast_to(np.eye(prior.size), state.root.shape))
    row = (turned(half)[:, k, None] @ half)[:, 0] * scale[k]  # entries of Sigma^-1 and the scale, row k
    own, others = row[:, k], row.sum(-1) - row[:, k]
    move = gaps(state)[..., k, None] * data.sums.root[..., k]
    slope = (move * residual(state, data)).sum((-1, -2)) / state.sigma2
    square = (move**2).sum((-1, -2)) / state.sigma2

    def along(v: np.ndarray) -> np.ndarray:
        step = np.expm1(v)
        return -nu * v - 0.5 * own * np.exp(-2 * v) - others * np.exp(-v) + step * slope - 0.5 * step**2 * square

    v, calls = slice_step(rng, np.zeros(len(state.mu)), along, width=1.0)
    root = state.root.copy()
    root[:, k] *= np.exp(v)[:, None]
    return state._replace(root=root), calls


def step(rng: np.random.Generator, state: State, data: Data, prior: Prior, form: str = DEFAULT_FORM) -> tuple[State, Info]:
    """Do one sweep over all conditionals."""
    if form == "separate":
        state = draw_mu_given_beta(rng, state, state.mu[:, None] + gaps(state), prior)
    else:
        state = draw_mu(rng, state, data, prior)
    state = draw_beta(rng, state, data)
    state, calls = draw_sigma2(rng, state, data, prior)
    state = draw_covariance(rng, state, prior)
    if form == "interwoven":
        for k in range(prior.size):
            state, more = draw_tau(rng, state, data, prior, k)
            calls += more
    return state, Info(calls)


def record(state: State, data: Data, prior: Prior) -> dict[str, np.ndarray]:
    """Return the named variables of the state."""
    return named(state.mu, state.mu[:, None] + gaps(state), state.root @ turned(state.root), state.sigma2)
