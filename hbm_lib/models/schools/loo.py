"""Leaving out, exactly: a pupil at a time, and a school at a time.

Given (tau, sigma) all scores are jointly normal, so a pupil's density given all others is
known in closed form; what the pupil tells of (tau, sigma) is taken out by weights 1 / that density.
"""

from dataclasses import dataclass

import numpy as np

from hbm_lib.model import Model
from hbm_lib.models.schools.exact import ExactPosterior, posterior
from hbm_lib.models.schools.spec import Data
from hbm_lib.samplers.mixture import NormalMixture

_AT_ONCE = 256


def pupils(found: ExactPosterior) -> np.ndarray:
    """Return log p(y_i | all other scores) for every pupil, shape (n,).

    Parameters
    ----------
    found : ExactPosterior
        Of ``fit_exact``.

    Returns
    -------
    numpy.ndarray
        Leave-one-out log predictive densities; their sum is elpd_loo.
    """
    data, g, (tau, sigma, weight) = found.data, found.given, found.nodes
    heavy = weight > 1e-13
    tau, sigma, weight, mean, cov = tau[heavy], sigma[heavy], weight[heavy], g["mean"][heavy], g["cov"][heavy]
    share = tau[:, None] ** 2 / (tau[:, None] ** 2 + sigma[:, None] ** 2 / data.counts)
    left_mean = data.sums.means - mean @ data.sums.design.T
    x = np.column_stack([np.ones(data.n_pupils), data.x])
    out = np.empty(data.n_pupils)
    variance = sigma[:, None] ** 2
    for start in range(0, data.n_pupils, _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        j = data.index[rows]
        lean = (x[rows] - share[:, j, None] * data.sums.design[j]) / variance[:, :, None]
        precision = (1 - share[:, j] / data.counts[j]) / variance - np.einsum("kip,kpq,kiq->ki", lean, cov, lean, optimize=True)
        pull = (data.y[rows] - mean @ x[rows].T - share[:, j] * left_mean[:, j]) / variance
        log_density = 0.5 * (np.log(precision / (2 * np.pi)) - pull**2 / precision)
        low = (-log_density).max(0)
        out[rows] = -(low + np.log(weight @ np.exp(-log_density - low)))
    return out


@dataclass(frozen=True)
class LeftOut:
    """What the other schools say of each school.

    Attributes
    ----------
    elpd : array of shape (J,)
        log p(all scores of school j | the other schools).
    tail : array of shape (J,)
        P(its mean score would be at most the observed one | the other schools).
    expected, sd : array of shape (J,)
        Mean and sd of its mean score, predicted from the others, in points.
    """

    elpd: np.ndarray
    tail: np.ndarray
    expected: np.ndarray
    sd: np.ndarray


def schools(model: Model, data: Data) -> LeftOut:
    """Leave out one school at a time, and predict it from the others exactly.

    Parameters
    ----------
    model : Model
        One of the family.
    data : Data
        Pupils' scores, at least three schools.

    Returns
    -------
    LeftOut
        The elpd are ratios of evidences: log p(y) - log p(y without j).

    Raises
    ------
    ValueError
        If there are fewer than three schools. Where the others have one pupil each, only their
        priors tell pupils and schools apart.
    """
    if data.n_groups < 3:
        raise ValueError(f"data: at least three schools are needed to leave one out, got {data.n_groups}")
    whole = posterior(model, data).log_evidence
    rows = []
    for j, name in enumerate(data.labels):
        others = posterior(model, data.without(name))
        g, (tau, sigma, weight) = others.given, others.nodes
        lean = np.broadcast_to(data.sums.design[j], g["mean"].shape)
        centre = (lean * g["mean"]).sum(1)
        variance = np.einsum("kp,kpq,kq->k", lean, g["cov"], lean) + tau**2 + sigma**2 / data.counts[j]
        law = NormalMixture(weight, centre, np.sqrt(variance))
        rows.append((whole - others.log_evidence, float(law.cdf(data.sums.means[j])), law.mean, law.sd))
    return LeftOut(*np.array(rows).T)
