"""Densities of mu, of the coefficient and of each group's intercept, from what is known at the nodes.

At every value of tau and beta that holds mass, log g is a polynomial in mu through its nodes; a marginal
density is the sum of such polynomials over the values of tau and beta.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.models.logistic.generative import log_coefficient, softplus
from hbm_lib.models.logistic.given_tau import Nodes, legendre
from hbm_lib.models.logistic.laws import interpolator
from hbm_lib.models.logistic.spec import Data

LOG_2PI = np.log(2 * np.pi)
_HEAVY = 1e-9
_WINDOW = 9.0
_WIDE, _NODES = 0.06, 41  # 41 nodes have a normal curve this wide, in parts of their range, to about 1e-15


@dataclass(frozen=True)
class Marginals:
    """The marginal densities behind one exact posterior.

    Attributes
    ----------
    data : Data
        What was observed.
    nodes : Nodes
        What is known given tau at K values.
    share : array of shape (K,)
        Weight of each of these values in an integral over tau.
    """

    data: Data
    nodes: Nodes
    share: np.ndarray

    def _outer(self, x: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, ...]:
        """For values x and outer nodes: interpolation matrices over mu, whether inside, and what is interpolated."""
        n = self.nodes
        count = n.mu.shape[-1]
        t, w = np.polynomial.legendre.leggauss(count)
        bary = (-1.0) ** np.arange(count) * np.sqrt((1 - t**2) * w)
        low, high = self._ends
        centre, half = ((high + low) / 2).ravel()[which], ((high - low) / 2).ravel()[which]
        at = (x - centre.reshape(-1, *[1] * (x.ndim - 1))) / half.reshape(-1, *[1] * (x.ndim - 1))
        return interpolator(at, t, bary), np.abs(at) <= 1, n.log_g.reshape(-1, count)[which]

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the nodes over mu begin and end, both (K, B)."""
        mu = self.nodes.mu
        t = np.polynomial.legendre.leggauss(mu.shape[-1])[0]
        half = (mu[..., -1] - mu[..., 0]) / (t[-1] - t[0])
        centre = (mu[..., 0] + mu[..., -1]) / 2
        return centre - half, centre + half

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which pairs (tau, beta) hold mass, the share of their tau, and the log of what g is to be divided by."""
        n = self.nodes
        mass = self.share[:, None] * n.weight.sum(-1)
        which = np.flatnonzero(np.abs(mass.ravel()) > _HEAVY * np.abs(mass).max())
        low, high = self._ends
        _, log_w = legendre(low, high, n.mu.shape[-1])
        middle = n.mu.shape[-1] // 2
        log_norm = log_w[..., middle] - np.log(n.weight[..., middle]) + n.log_g[..., middle]  # what g is divided by
        return which, np.repeat(self.share, n.beta.shape[1])[which], log_norm.ravel()[which]

    def mu(self, x: np.ndarray) -> np.ndarray:
        """Return the density of mu at x, (K,)."""
        which, share, log_norm = self._pairs
        matrix, inside, log_g = self._outer(np.broadcast_to(x, (len(which), len(x))), which)
        value = np.einsum("oam,om->oa", matrix, log_g) - log_norm[:, None]
        return share @ np.exp(np.where(inside, value, -np.inf))

    def beta(self, x: np.ndarray) -> np.ndarray:
        """Return the density of the one coefficient at x, (K,)."""
        n = self.nodes
        count = n.beta.shape[1]
        t, w = np.polynomial.legendre.leggauss(count)
        bary = (-1.0) ** np.arange(count) * np.sqrt((1 - t**2) * w)
        half = (n.beta[:, -1] - n.beta[:, 0]) / (t[-1] - t[0])
        at = (x - (n.beta[:, :1] + n.beta[:, -1:]) / 2) / half[:, None]
        log_f = np.log(np.maximum(n.weight.sum(-1), np.finfo(float).tiny)) - np.log(half[:, None] * w)
        value = np.einsum("kam,km->ka", interpolator(at, t, bary), log_f)
        return self.share @ np.exp(np.where(np.abs(at) <= 1, value, -np.inf))

    def alpha(self, j: int) -> Callable[[np.ndarray], np.ndarray]:
        """Return the density of one group's intercept.

        At each (tau, beta) it is L_j(x) times the integral over mu of N(x | mu, tau) g(mu) / Z_j(mu): what the
        other groups say of this one. Where N(x | mu, tau) is wide beside the distance of mu's nodes, these nodes
        serve; where it is narrow, nodes of its own are placed where both factors are.
        """
        n, data = self.nodes, self.data
        which, _, _ = self._pairs
        tau, (low, high) = np.repeat(n.tau, n.beta.shape[1])[which], (v.ravel()[which] for v in self._ends)
        wide = tau > _WIDE * (high - low) * _NODES / n.mu.shape[-1]
        rows = np.flatnonzero(data.index == j)
        slope = data.x[rows, 0] if data.x.shape[1] else np.zeros(len(rows))
        constant = log_coefficient(data)[rows].sum()

        def own(x: np.ndarray, pairs: np.ndarray) -> np.ndarray:
            """Return log L_j(x), (pairs, K)."""
            logit = x[:, None] + n.beta.ravel()[which[pairs]][:, None, None] * slope
            return (data.y[rows] * logit - data.trials[rows] * softplus(logit)).sum(-1) + constant - 0.5 * LOG_2PI

        parts = [(find(j, pairs), pairs) for find, pairs in ((self._by_nodes, np.flatnonzero(wide)),
                                                             (self._by_own, np.flatnonzero(~wide))) if len(pairs)]

        def density(x: np.ndarray) -> np.ndarray:
            some = np.array_split(x, max(1, len(x) * len(which) // 2000))
            return np.concatenate([sum(find(v, own(v, pairs)) for find, pairs in parts) for v in some])

        return density

    def _by_nodes(self, j: int, pairs: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Integrate over mu with the nodes that are there: from x (K,) and log L_j (pairs, K) to the density (K,)."""
        n, (which, share, _) = self.nodes, self._pairs
        count = n.mu.shape[-1]
        tau = np.repeat(n.tau, n.beta.shape[1])[which[pairs]][:, None]
        mu, mass, log_z = (v.reshape(-1, count)[which[pairs]] for v in (n.mu, n.weight, n.log_z[..., j]))
        log_w = np.log(np.maximum(mass, np.finfo(float).tiny)) - log_z - np.log(tau)

        def find(x: np.ndarray, own: np.ndarray) -> np.ndarray:
            gap = (x[:, None] - mu[:, None]) / tau[..., None]
            return share[pairs] @ np.exp(own[..., None] + log_w[:, None] - 0.5 * gap**2).sum(-1)

        return find

    def _by_own(self, j: int, pairs: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Do the same with nodes over mu that lie within reach of x, between which g / Z_j is a polynomial's exponential."""
        n, (which, share, log_norm) = self.nodes, self._pairs
        which, share, log_norm = which[pairs], share[pairs], log_norm[pairs]
        tau = np.repeat(n.tau, n.beta.shape[1])[which]
        low, high = (v.ravel()[which] for v in self._ends)
        others = (n.log_g - n.log_z[..., j]).reshape(-1, n.mu.shape[-1])[which]

        def find(x: np.ndarray, own: np.ndarray) -> np.ndarray:
            start = np.maximum(low[:, None], x - _WINDOW * tau[:, None])
            stop = np.minimum(high[:, None], x + _WINDOW * tau[:, None])
            mu, log_w = legendre(start, np.maximum(stop, start), n.mu.shape[-1])
            matrix, _, _ = self._outer(mu, which)
            log_f = np.einsum("oanm,om->oan", matrix, others) + log_w
            log_f -= 0.5 * ((x[:, None] - mu) / tau[:, None, None]) ** 2 + np.log(tau)[:, None, None]
            inside = np.exp(log_f + (own - log_norm[:, None])[..., None]).sum(-1)
            return share @ np.where(stop > start, inside, 0.0)

        return find
