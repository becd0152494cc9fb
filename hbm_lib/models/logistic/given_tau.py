"""The law of b = (mu, beta) given tau: nodes, weights and the evidence, for many tau at once.

Given tau the density of b is log-concave (Prékopa 1973: what is jointly log-concave stays so when
alpha is integrated out). So it has one mode, found by Newton's method, and along every line it
falls on both sides. Gauss-Legendre nodes lie where it is within 30 natural-log units of its
mode: first over beta, then over mu given beta.
"""

from dataclasses import dataclass

import numpy as np

from hbm_lib.models.logistic.integrals import groups
from hbm_lib.models.logistic.spec import Data, Prior

_DROP = 30.0


@dataclass(frozen=True)
class Rule:
    """How many nodes: over tau, over mu, over beta, and in each group's integral."""

    tau: int = 24
    mu: int = 41
    beta: int = 37
    alpha: int = 49

    def refined(self) -> "Rule":
        """Return half as many nodes again, for the error estimate."""
        return Rule(*(3 * n // 2 for n in (self.tau, self.mu, self.beta, self.alpha)))


@dataclass(frozen=True)
class Nodes:
    """What is known at K values of tau, B of beta given tau (1 without a covariate), M of mu given both.

    Attributes
    ----------
    tau : array of shape (K,)
        Given.
    log_evidence : array of shape (K,)
        Log p(y | tau).
    mu : array of shape (K, B, M)
        Nodes, increasing along the last axis.
    beta : array of shape (K, B)
        Nodes, increasing; zeros without a covariate.
    weight : array of shape (K, B, M)
        Probability given tau, adding to 1 for each.
    log_g : array of shape (K, B, M)
        Log p(y, mu, beta | tau).
    log_z : array of shape (K, B, M, J)
        Log p(y_j | mu, beta, tau).
    moments : array of shape (4, K, B, M, J)
        Conditional means of alpha, alpha², p, p².
    """

    tau: np.ndarray
    log_evidence: np.ndarray
    mu: np.ndarray
    beta: np.ndarray
    weight: np.ndarray
    log_g: np.ndarray
    log_z: np.ndarray
    moments: np.ndarray


def prior_of_b(prior: Prior, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return prior mean and precision of b, both (Q,)."""
    laws = [prior.mu] + [prior.beta] * (size - 1)
    return np.array([law.mu for law in laws]), np.array([law.sigma**-2.0 for law in laws])


def log_prior(b: np.ndarray, prior: Prior) -> np.ndarray:
    """Return log p(b), (N,)."""
    out = prior.mu.logpdf(b[:, 0])
    return out + prior.beta.logpdf(b[:, 1:]).sum(1) if b.shape[1] > 1 else out


def log_g(b: np.ndarray, tau: np.ndarray, data: Data, prior: Prior, nodes: int) -> np.ndarray:
    """Return log p(y, b | tau), (N,)."""
    return groups(b, tau, data, nodes).log_z.sum(1) + log_prior(b, prior)


def peak(tau: np.ndarray, data: Data, prior: Prior, nodes: int, start: np.ndarray | None = None,
         free: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mode of b given each tau (N, Q), minus the Hessian there (N, F, F), and log p(y, b | tau) (N,).

    Newton's method with halved steps. With ``free=1`` only mu moves, from ``start``, and F is 1.
    """
    size = 1 + data.x.shape[1]
    m0, p0 = prior_of_b(prior, size)
    if start is None:
        total, cases = data.y.sum(), data.trials.sum()
        start = np.zeros((len(tau), size))
        start[:, 0] = np.log((total + 0.5) / (cases - total + 0.5))
    b, f = np.array(start), slice(0, free)
    height = np.full(len(tau), -np.inf)
    step = np.zeros_like(b)
    for _ in range(30):  # at a tau in the thousands rounding keeps it from settling, and nothing depends on it
        found = groups(b, tau, data, nodes, derivatives=True)
        now = found.log_z.sum(1) + log_prior(b, prior)
        worse = now < height - 1e-9 * (1 + np.abs(height))
        if worse.any():  # go half of the way back
            step = np.where(worse[:, None], step / 2, 0)
            b = b - step
            continue
        height = now
        curve = np.diag(p0[f]) - found.curve[:, f, f]
        slope = (found.slope - p0 * (b - m0))[:, f]
        step = np.zeros_like(b)
        step[:, f] = np.linalg.solve(curve, slope[..., None])[..., 0]
        if np.all(np.einsum("np,np->n", step[:, f], slope) < 1e-10):
            break
        b = b + step
    return b, curve, height


def _bounds(at: np.ndarray, along: np.ndarray, top: np.ndarray, tau: np.ndarray, data: Data, prior: Prior,
            nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how far to go from a maximum along a direction, left and right, until log g has fallen by ``_DROP``."""
    out = []
    for sign in (-1, 1):
        far = np.full(len(at), np.sqrt(2 * _DROP))
        for _ in range(4):
            fallen = top - log_g(at + sign * far[:, None] * along, tau, data, prior, nodes)
            far *= np.clip(np.sqrt(_DROP / np.maximum(fallen, 1e-3)), 0.4, 2.5)  # exact for a normal density
        out.append(far)
    return out[0], out[1]


def legendre(low: np.ndarray, high: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Gauss-Legendre nodes and log weights between bounds, along a new last axis."""
    x, w = np.polynomial.legendre.leggauss(count)
    half = (high - low)[..., None] / 2
    with np.errstate(divide="ignore"):  # an empty interval has weight 0
        return low[..., None] + half * (x + 1), np.log(half * w)


def nodes_at(tau: np.ndarray, data: Data, prior: Prior, rule: Rule) -> Nodes:
    """Integrate b out at each tau.

    Parameters
    ----------
    tau : array of shape (K,)
        At least 0.
    data, prior : Data, Prior
        With at most one covariate, and normal priors on mu and beta.
    rule : Rule
        How many nodes.

    Returns
    -------
    Nodes
    """
    b, curve, top = peak(tau, data, prior, rule.alpha)
    count = 1
    beta, log_beta = np.zeros((len(tau), 1)), np.zeros((len(tau), 1))
    start = b[:, None]
    if data.x.shape[1]:
        count = rule.beta
        cov = np.linalg.inv(curve)
        along = cov[:, 1] / np.sqrt(cov[:, 1, 1])[:, None]  # the line of best mu for each beta, to first order
        left, right = _bounds(b, along, top, tau, data, prior, rule.alpha)
        t, log_beta = legendre(-left, right, count)
        start = b[:, None] + t[..., None] * along[:, None]
        beta = start[..., 1]
        log_beta = log_beta + np.log(along[:, 1:])
    flat, each = start.reshape(-1, start.shape[-1]), np.repeat(tau, count)
    if count > 1:
        flat, curve, top = peak(each, data, prior, rule.alpha, start=flat, free=1)
    along = np.zeros_like(flat)
    along[:, 0] = 1 / np.sqrt(curve[:, 0, 0])
    left, right = _bounds(flat, along, top, each, data, prior, rule.alpha)
    mu, log_mu = legendre(flat[:, 0] - left * along[:, 0], flat[:, 0] + right * along[:, 0], rule.mu)
    many = np.repeat(flat, rule.mu, 0)
    many[:, 0] = mu.ravel()
    found = groups(many, np.repeat(each, rule.mu), data, rule.alpha)
    shape = (len(tau), count, rule.mu)
    height = (found.log_z.sum(1) + log_prior(many, prior)).reshape(shape)
    terms = height + log_mu.reshape(shape) + log_beta[..., None]
    highest = terms.max((1, 2), keepdims=True)
    weight = np.exp(terms - highest)
    total = weight.sum((1, 2), keepdims=True)
    return Nodes(tau, (highest + np.log(total))[:, 0, 0], mu.reshape(shape), beta, weight / total, height,
                 found.log_z.reshape(*shape, -1), found.moments.reshape(4, *shape, -1))
