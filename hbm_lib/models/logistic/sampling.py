"""Independent draws from the posterior: (mu, beta) given tau, and each group's intercept given all."""

import numpy as np
from scipy import special

from hbm_lib.models.logistic.generative import softplus
from hbm_lib.models.logistic.given_tau import log_g, peak
from hbm_lib.models.logistic.integrals import modes, offsets
from hbm_lib.models.logistic.spec import Data, Prior
from hbm_lib.samplers import log_concave

_DF = 5.0
_WIDER = 1.15


def draw_b(rng: np.random.Generator, tau: np.ndarray, data: Data, prior: Prior, nodes: int) -> np.ndarray:
    """Draw b = (mu, beta) given each tau: (N,) to (N, Q).

    Rejection from a multivariate t around the mode. The bound on the ratio of the densities
    is the largest ratio met so far; where a proposal exceeds it, it is raised and all
    is drawn anew.
    """
    centre, curve, top = peak(tau, data, prior, nodes)
    root = _WIDER * np.linalg.cholesky(np.linalg.inv(curve))
    size = centre.shape[1]

    def propose(which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        e = rng.standard_normal((len(which), size))
        e *= np.sqrt(_DF / rng.chisquare(_DF, len(which)))[:, None]
        b = centre[which] + np.einsum("npq,nq->np", root[which], e)
        log_t = -0.5 * (_DF + size) * np.log1p((e**2).sum(1) / _DF)
        return b, log_g(b, tau[which], data, prior, nodes) - top[which] - log_t

    every = np.arange(len(tau))
    bound = max(0.0, propose(np.resize(every, max(2000, len(tau))))[1].max()) + 0.1
    out, todo = np.empty_like(centre), every
    while len(todo):
        b, ratio = propose(todo)
        if ratio.max() > bound:
            bound, todo = ratio.max() + 0.1, every
            continue
        ok = np.log(rng.uniform(size=len(todo))) < ratio - bound
        out[todo[ok]] = b[ok]
        todo = todo[~ok]
    return out


def draw_z(rng: np.random.Generator, b: np.ndarray, tau: np.ndarray, data: Data) -> np.ndarray:
    """Draw z = (alpha - mu) / tau of every group given b, tau and y: (N, J)."""
    offset, each = offsets(b, data), tau[:, None]

    def log_density(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logit = offset + each * z[:, data.index]
        value = data.by_group(data.y * logit - data.trials * softplus(logit)) - 0.5 * z**2
        return value, each * data.by_group(data.y - data.trials * special.expit(logit)) - z

    return log_concave.draw(rng, log_density, *modes(offset, tau, data))[0]
