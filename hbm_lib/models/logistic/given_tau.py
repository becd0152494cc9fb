"""The law of b = (mu, beta) given tau: nodes, weights and the evidence, for many tau at once.

Given tau the density of b is log-concave (Prékopa 1973: what is jointly log-concave stays so when
alpha is integrated out). So it has one mode, found by Newton's method, and along every line it
falls on both sides. Gauss-Legendre nodes lie where it is within 30 natural-log units of its
mode: first over beta, then over mu given beta.
"""

from dataclasses import dataclass

import numpy as np

from hbm_lib.models.logistic.integrals import groups
from hbm_lib.models.logistic.laws import interpolator
from hbm_lib.models.logistic.many_mu import over_mu
from hbm_lib.models.logistic.spec import Data, Prior

_DROP = 30.0
PLACING = 21
"""Nodes of a group's integral that are enough to place other nodes."""
CLOSE = 1e-5
"""How well a peak is to be known for that."""
_PILOTS = -np.cos(np.pi * np.arange(5) / 4)
_BARYCENTRIC = np.array([0.5, -1.0, 1.0, -1.0, 0.5])


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
         free: int | None = None, settled: float = 1e-10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mode of b given each tau (N, Q), minus the Hessian there (N, F, F), and log p(y, b | tau) (N,).

    Newton's method with halved steps. With ``free=1`` only mu moves, from ``start``, and F is 1.
    It ends where the log density is known to ``settled``.
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
        worse = now < height - 10 * settled * (1 + np.abs(height))
        if worse.any():  # go half of the way back
            step = np.where(worse[:, None], step / 2, 0)
            b = b - step
            continue
        height = now
        curve = np.diag(p0[f]) + _convex(-found.curve[:, f, f])
        slope = (found.slope - p0 * (b - m0))[:, f]
        step = np.zeros_like(b)
        step[:, f] = np.linalg.solve(curve, slope[..., None])[..., 0]
        if np.all(np.einsum("np,np->n", step[:, f], slope) < settled):
            break
        b = b + step
    return b, curve, height


def _convex(curve: np.ndarray) -> np.ndarray:
    """Return curvatures (N, F, F) not below 0 in any direction: the evidence is log-concave, its quadrature only nearly."""
    values, vectors = np.linalg.eigh(curve)
    if values.min() >= 0:
        return curve
    return (vectors * np.maximum(values, 0)[:, None]) @ np.swapaxes(vectors, 1, 2)


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
    mu, log_mu, beta, log_beta = _place(tau, data, prior, rule)
    b = np.stack([mu, np.broadcast_to(beta[..., None], mu.shape)], -1).reshape(-1, 2)[:, : 1 + data.x.shape[1]]
    if data.x.shape[1]:
        each = [over_mu(*given, data, rule.alpha) for given in zip(tau, beta, mu, strict=True)]
        log_z, moments = np.stack([e[0] for e in each]), np.stack([e[1] for e in each], 1)
    else:
        found = groups(b, np.repeat(tau, rule.mu), data, rule.alpha)
        log_z, moments = found.log_z.reshape(*mu.shape, -1), found.moments.reshape(4, *mu.shape, -1)
    height = log_z.sum(-1) + log_prior(b, prior).reshape(mu.shape)
    terms = height + log_mu + log_beta[..., None]
    highest = terms.max((1, 2), keepdims=True)
    weight = np.exp(terms - highest)
    total = weight.sum((1, 2), keepdims=True)
    return Nodes(tau, (highest + np.log(total))[:, 0, 0], mu, beta, weight / total, height, log_z, moments)


def _place(tau: np.ndarray, data: Data, prior: Prior, rule: Rule) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return nodes and log weights of mu, (K, B, M), and of beta, (K, B).

    Where mu's nodes begin and end is found at five values of beta; between them both ends are polynomials in beta.
    """
    few = min(rule.alpha, PLACING)
    b, curve, top = peak(tau, data, prior, few, settled=CLOSE)
    if not data.x.shape[1]:
        none = np.zeros((len(tau), 1))
        low, high = _ends(b, curve, top, tau, data, prior, few)
        return *legendre(low[:, None], high[:, None], rule.mu), none, none
    cov = np.linalg.inv(curve)
    along = cov[:, 1] / np.sqrt(cov[:, 1, 1])[:, None]  # the line of best mu for each beta, to first order
    left, right = _bounds(b, along, top, tau, data, prior, few)
    t, log_beta = legendre(-left, right, rule.beta)
    pilots = (right - left)[:, None] / 2 + (right + left)[:, None] / 2 * _PILOTS
    flat = (b[:, None] + pilots[..., None] * along[:, None]).reshape(-1, 2)
    each = np.repeat(tau, len(_PILOTS))
    ends = _ends(*peak(each, data, prior, few, start=flat, free=1, settled=CLOSE), each, data, prior, few)
    to_all = interpolator(np.polynomial.legendre.leggauss(rule.beta)[0], _PILOTS, _BARYCENTRIC)
    low, high = (end.reshape(len(tau), -1) @ to_all.T for end in ends)
    return *legendre(low, high, rule.mu), b[:, 1:] + t * along[:, 1:], log_beta + np.log(along[:, 1:])


def _ends(b: np.ndarray, curve: np.ndarray, top: np.ndarray, tau: np.ndarray, data: Data, prior: Prior,
          nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where the nodes over mu begin and end, from the peaks along mu."""
    along = np.zeros_like(b)
    along[:, 0] = 1 / np.sqrt(curve[:, 0, 0])
    left, right = _bounds(b, along, top, tau, data, prior, nodes)
    return b[:, 0] - left * along[:, 0], b[:, 0] + right * along[:, 0]
