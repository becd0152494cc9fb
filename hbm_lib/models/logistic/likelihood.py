"""Maximum likelihood of logistic regression in groups, by adaptive Gauss-Hermite quadrature.

The groups' intercepts are integrated out of the likelihood, and what is left is maximized:

    log L(mu, beta, tau) = sum_j log of the integral of p(y_j | alpha = mu + tau z, beta) N(z | 0, 1) dz.

Each integral has its nodes about its own mode, spaced by the curvature there (Pinheiro & Bates 1995, "Approximations to the
log-likelihood function in the nonlinear mixed-effects model", JCGS 4, section 2.3); one node alone is Laplace's
approximation. No prior stands anywhere: this is what R's ``lme4::glmer`` computes with as many ``nAGQ``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from hbm_lib import arguments
from hbm_lib.data import door
from hbm_lib.models.logistic import separation
from hbm_lib.models.logistic.generative import log_coefficient, softplus
from hbm_lib.models.logistic.integrals import LOG_2PI, modes, offsets
from hbm_lib.models.logistic.spec import Data
from hbm_lib.models.logistic.tau_range import unit

_SLOPE_STEP = 1e-3
_CURVE_STEP = 0.02
_FARTHEST = 3.0
_ENOUGH = 1e-9
_ROUNDS = 60
_BOUNDARY = 1e-3
_RUNS_AWAY = 50.0
_CELLS = 200_000
_MOST_CASES = 200_000


@dataclass(frozen=True)
class Estimates:
    """The maximum of the likelihood, and how sharp it is.

    Attributes
    ----------
    data : Data
        What was observed.
    nodes : int
        Of each group's integral.
    b : array of shape (1 + P,)
        mu and beta, logits.
    tau : float
        Standard deviation of the groups' logits; 0 where the likelihood is largest at the boundary.
    covariance : array of shape (2 + P, 2 + P)
        Inverse of minus the Hessian at (mu, beta, tau). At the boundary, row and column of tau are not a number: its estimate
        is not normal there.
    log_likelihood : float
        With the binomial coefficients of the data's rows.
    """

    data: Data
    nodes: int
    b: np.ndarray
    tau: float
    covariance: np.ndarray
    log_likelihood: float

    @property
    def mu(self) -> float:
        """The estimated mean of the groups' logits, at covariates 0."""
        return float(self.b[0])

    @property
    def beta(self) -> np.ndarray:
        """The estimated coefficients, (P,)."""
        return self.b[1:]

    @property
    def se(self) -> np.ndarray:
        """Standard errors of mu, beta and tau, (2 + P,)."""
        return np.sqrt(np.diag(self.covariance))

    def table(self) -> pd.DataFrame:
        """Return columns ``estimate`` and ``se``, rows ``mu``, ``beta[name]`` for each covariate, and ``tau``."""
        names = ["mu", *[f"beta[{name}]" for name in self.data.covariates], "tau"]
        return pd.DataFrame({"estimate": np.append(self.b, self.tau), "se": self.se}, index=names)

    def __repr__(self) -> str:
        """Return the estimates with their standard errors."""
        said = ", ".join(f"{name} {row.estimate:.4g} ({row.se:.2g})" for name, row in self.table().iterrows())
        return f"Estimates({said}; log likelihood {self.log_likelihood:.2f}, {self.nodes} nodes)"


def log_likelihood(b: np.ndarray, tau: np.ndarray, data: Data, nodes: int = 25) -> np.ndarray:
    """Return log p(y | mu, beta, tau) with the groups' intercepts integrated out.

    Parameters
    ----------
    b : array of shape (N, 1 + P)
        mu and beta.
    tau : array of shape (N,)
        Its sign does not matter.
    data : Data
        The counts.
    nodes : int
        Of each group's integral, at least 1.

    Returns
    -------
    array of shape (N,)
    """
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    size = max(1, _CELLS // (data.n_rows * nodes))
    tau = np.abs(tau)

    def some(b: np.ndarray, tau: np.ndarray) -> np.ndarray:
        offset = offsets(b, data)
        z0, scale = modes(offset, tau, data)
        z = z0 + scale * x[:, None, None]
        logit = offset + (tau[:, None] * z)[..., data.index]
        terms = data.by_group(data.y * logit - data.trials * softplus(logit)) - 0.5 * z**2 + 0.5 * x[:, None, None] ** 2
        top = terms.max(0)
        total = (w[:, None, None] * np.exp(terms - top)).sum(0)
        return (top + np.log(total) + np.log(scale) - 0.5 * LOG_2PI).sum(1)

    found = np.concatenate([some(b[i : i + size], tau[i : i + size]) for i in range(0, len(b), size)])
    return found + log_coefficient(data).sum()


def maximum_likelihood(data: Data, nodes: int = 25) -> Estimates:
    """Estimate mu, beta and tau by maximum likelihood.

    Newton's method. The likelihood is an even function of tau, so that tau may pass through 0 and no boundary
    stands in the way; where it comes to rest at 0, the estimate is 0.

    Parameters
    ----------
    data : Data
        Counts, with any number of covariates.
    nodes : int
        Of each group's integral; 1 is Laplace's approximation.

    Returns
    -------
    Estimates

    Raises
    ------
    ValueError
        If ``nodes`` is no whole number of at least 1, or there is no finite maximum: all outcomes alike, a
        covariate that separates them, or groups that all have outcomes of one kind; or a group has more than 200,000 cases.
    """
    if not arguments.is_whole(nodes) or not 1 <= nodes <= 200:
        raise ValueError(f"nodes: a whole number from 1 to 200 is needed, got {nodes!r}")
    door.one_data_set(data, Data)
    _refuse_separation(data)
    place, scale = _start(data)
    height = log_likelihood(place[None, :-1], place[-1:], data, nodes)[0]
    for _ in range(_ROUNDS):
        slope, curve = _slope(place, scale, data, nodes), _curve(place, scale, data, nodes)
        value, vector = np.linalg.eigh(curve)
        step = vector @ ((vector.T @ slope) / np.maximum(np.abs(value), 1e-3))
        gain = slope @ step
        step *= min(1.0, _FARTHEST / np.linalg.norm(step))
        for _ in range(30):
            trial = place + scale * step
            new = log_likelihood(trial[None, :-1], trial[-1:], data, nodes)[0]
            if new >= height - 1e-10 * abs(height):
                break
            step = step / 2
        place, height = trial, new
        scale = np.where(np.diag(curve) > 0.1, scale / np.sqrt(np.maximum(np.diag(curve), 0.1)), scale)
        if abs(place[-1]) > _RUNS_AWAY:
            break
        if gain < _ENOUGH:
            return _estimates(place, scale, data, nodes)
    raise ValueError("data: no finite maximum was found; where the outcomes of every group are all alike, tau runs away: "
                     "fit the model with its priors instead")


def _refuse_separation(data: Data) -> None:
    """Say which data has no finite maximum, before the search."""
    total, cases = data.y.sum(), data.trials.sum()
    if total in (0, cases):
        raise ValueError(f"data: every outcome is {'a success' if total else 'a failure'}; the likelihood has no finite maximum: "
                         "fit the model with its priors instead")
    largest = int(data.cases.argmax())
    if data.cases[largest] > _MOST_CASES:
        raise ValueError(f"data: group {data.labels[largest]!r} has {data.cases[largest]:,.0f} cases; above "
                         f"{_MOST_CASES:,} the differences of the likelihood that the search needs are lost to rounding: "
                         "use fit_exact")
    if not data.covariates and np.all((data.successes == 0) | (data.successes == data.cases)):
        raise ValueError("data: the outcomes of every group are all alike, so that tau runs away; the likelihood has no finite "
                         "maximum: fit the model with its priors instead")
    if data.covariates:
        found = separation.find(np.column_stack([np.ones(data.n_rows), data.x]), data.y, data.trials)
        if found.pushed.any():
            raise ValueError(f"data: the covariates {', '.join(data.covariates)} separate successes from failures "
                             f"in {int(found.pushed.sum())} rows; the likelihood has no finite maximum: fit the model with its "
                             "priors instead")


def _start(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return where the search starts, (mu, beta, tau), and the scale of each."""
    x = np.column_stack([np.ones(data.n_rows), data.x])
    rate = data.y.sum() / data.trials.sum()
    info = np.einsum("r,rp,rp->p", data.trials * rate * (1 - rate), x, x)
    place = np.zeros(x.shape[1] + 1)
    place[[0, -1]] = special.logit(rate), 0.5
    return place, np.append(1 / np.sqrt(info), unit(data))


def _slope(place: np.ndarray, scale: np.ndarray, data: Data, nodes: int) -> np.ndarray:
    """Return the gradient of the log likelihood in units of ``scale``, by central differences."""
    e = _SLOPE_STEP * np.eye(len(place))
    at = place + scale * np.concatenate([e, -e])
    up, down = np.split(log_likelihood(at[:, :-1], at[:, -1], data, nodes), 2)
    return (up - down) / (2 * _SLOPE_STEP)


def _curve(place: np.ndarray, scale: np.ndarray, data: Data, nodes: int) -> np.ndarray:
    """Return minus the Hessian of the log likelihood in units of ``scale``, by central differences."""
    size = len(place)
    e = _CURVE_STEP * np.eye(size)
    first, second = np.triu_indices(size)
    moves = np.concatenate([s * e[first] + t * e[second] for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))])
    at = place + scale * moves
    pp, pm, mp, mm = np.split(log_likelihood(at[:, :-1], at[:, -1], data, nodes), 4)
    out = np.empty((size, size))
    out[first, second] = out[second, first] = -(pp - pm - mp + mm) / (4 * _CURVE_STEP**2)
    return out


def _estimates(place: np.ndarray, scale: np.ndarray, data: Data, nodes: int) -> Estimates:
    """Read the estimates and their covariance off the place where the search came to rest."""
    tau = float(abs(place[-1]))
    boundary = tau < _BOUNDARY * unit(data)
    place = np.append(place[:-1], 0.0 if boundary else tau)
    used = slice(None, -1) if boundary else slice(None)
    curve = _curve(place, scale, data, nodes)[used, used]
    covariance = np.full((len(place), len(place)), np.nan)
    covariance[used, used] = np.linalg.inv(curve) * np.outer(scale[used], scale[used])
    height = float(log_likelihood(place[None, :-1], place[-1:], data, nodes)[0])
    return Estimates(data, int(nodes), place[:-1], float(place[-1]), covariance, height)
