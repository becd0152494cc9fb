"""The exact posterior: theta, mu and beta integrate out by algebra, tau by quadrature.

Given tau, b = (mu, beta) has a normal posterior with precision
V0^-1 + X' W X, W = diag(1 / (sigma_j^2 + s(tau)^2)), and theta given b and tau
is normal group by group (Gelman et al., BDA3, section 5.4, eqs 5.17-5.21,
extended by a normal prior on b and by covariates).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hbm_lib import tables
from hbm_lib.model import EngineError, Model
from hbm_lib.models.eight_schools.spec import Data, Prior
from hbm_lib.samplers import quadrature
from hbm_lib.samplers.mixture import NormalMixture

LOG_2PI = np.log(2 * np.pi)


def coefficients(tau: np.ndarray, data: Data, prior: Prior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean (K, 1+P) and covariance (K, 1+P, 1+P) of b given tau and y, and log p(y | tau) (K,).

    Raises
    ------
    EngineError
        If the prior of mu or beta is not normal: the algebra needs it.
    """
    for name in ("mu", "beta"):
        given = getattr(prior, name)
        if given is not None and given.family != "Normal":
            raise EngineError(f"engine 'exact' needs a Normal prior on {name}, got {given}; use pymc or numpyro")
    x = data.design
    priors = [prior.mu] + [prior.beta] * (x.shape[1] - 1)
    m0 = np.array([p.mu for p in priors])
    p0 = np.diag([p.sigma**-2.0 for p in priors])
    variance = data.sigma**2 + np.asarray(prior.scale(tau))[:, None] ** 2
    weighted = x / variance[:, :, None]
    precision = p0 + np.einsum("jp,kjq->kpq", x, weighted)
    covariance = np.linalg.inv(precision)
    right = p0 @ m0 + np.einsum("kjp,j->kp", weighted, data.y)
    mean = np.einsum("kpq,kq->kp", covariance, right)
    # squares of what is left over, not a difference of squares: that would lose the digits of large y
    left, moved = data.y - mean @ x.T, mean - m0
    log_y = -0.5 * (
        data.n_groups * LOG_2PI + np.log(variance).sum(1) - np.linalg.slogdet(p0)[1]
        + np.linalg.slogdet(precision)[1] + (left**2 / variance).sum(1)
        + np.einsum("kp,pq,kq->k", moved, p0, moved)
    )
    return mean, covariance, log_y


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    line : quadrature.Line or None
        The posterior of tau; None when tau is fixed at 0.
    """

    model: Model
    data: Data
    line: quadrature.Line | None

    @cached_property
    def _given_tau(self) -> dict[str, np.ndarray]:
        """Return the normal laws at each node: b, its covariance, theta's pieces."""
        tau = np.zeros(1) if self.line is None else self.line.tau
        weight = np.ones(1) if self.line is None else self.line.weight
        mean, cov, _ = coefficients(tau, self.data, self.model.prior)
        spread = np.asarray(self.model.prior.scale(tau))[:, None]
        pull = self.data.sigma**2 / (self.data.sigma**2 + spread**2)
        x = self.data.design
        theta = pull * (mean @ x.T) + (1 - pull) * self.data.y
        own = pull * spread**2
        return {"weight": weight, "mean": mean, "cov": cov, "pull": pull, "theta": theta, "own": own}

    @cached_property
    def _halved(self) -> "ExactPosterior":
        """The same posterior with every panel halved."""
        return _posterior(self.model, self.data, halve=True)

    @property
    def log_evidence(self) -> float:
        """Log p(y), with no constant left out."""
        if self.line is None:
            return float(coefficients(np.zeros(1), self.data, self.model.prior)[2][0])
        return self.line.log_evidence

    def contrast(self, weights: np.ndarray) -> NormalMixture:
        """Return the law of a weighted sum of the effects theta, weights of shape (J,)."""
        g, c = self._given_tau, np.asarray(weights, float)
        through = np.einsum("kj,jp->kp", g["pull"] * c, self.data.design)
        variance = (g["own"] * c**2).sum(1) + np.einsum("kp,kpq,kq->k", through, g["cov"], through)
        return NormalMixture(g["weight"], g["theta"] @ c, np.sqrt(variance))

    def law(self, name: str, index: int = 0) -> NormalMixture | quadrature.Line:
        """Return the marginal law of ``mu``, ``tau``, ``beta`` [index] or ``theta`` [index]."""
        g = self._given_tau
        if not 0 <= index < self._size(name):
            raise ValueError(f"index: {name} has entries 0 to {self._size(name) - 1}, got {index!r}")
        if name == "tau" and self.line is not None:
            return self.line
        if name == "theta":
            return self.contrast(np.eye(self.data.n_groups)[index])
        if name in ("mu", "beta") and name in self.model.dims:
            p = 0 if name == "mu" else 1 + index
            return NormalMixture(g["weight"], g["mean"][:, p], np.sqrt(g["cov"][:, p, p]))
        raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")

    def predictive(self, index: int) -> NormalMixture:
        """Return the law of a replicated y of one group: theta plus its sampling error."""
        law = self.law("theta", index)
        return NormalMixture(law.weight, law.centre, np.hypot(law.spread, self.data.sigma[index]))

    def _size(self, name: str) -> int:
        """Return how many entries a variable has, or refuse a name that the model has not."""
        if name not in self.model.dims:
            raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")
        return {"theta": self.data.n_groups, "beta": len(self.data.covariates)}.get(name, 1)

    def _each(self, name: str, value: object) -> np.ndarray | float:
        """Apply a function of the law to every entry of a variable."""
        out = np.array([value(self.law(name, i)) for i in range(self._size(name))])
        return out if self.model.dims[name] else out[0]

    def _values(self, name: str) -> np.ndarray | None:
        """Return a function of tau at the nodes, or None if the name is not one."""
        if self.line is None or name not in ("tau", "theta_sd"):
            return None
        return self.line.tau if name == "tau" else np.asarray(self.model.prior.scale(self.line.tau))

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, or an array (J,) for theta."""
        values = self._values(name)
        return self._each(name, lambda law: law.mean) if values is None else float(self.line.weight @ values)

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        values = self._values(name)
        if values is None:
            return self._each(name, lambda law: law.sd)
        return float(np.sqrt(self.line.weight @ (values - self.line.weight @ values) ** 2))

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        if name == "theta_sd":
            raise ValueError("theta_sd: ask for quantiles of tau and map them, or use draws")
        return self._each(name, lambda law: float(law.quantile(q)))

    def cdf(self, name: str, x: float) -> np.ndarray | float:
        """Return the posterior probability of being at or below ``x``."""
        return self._each(name, lambda law: float(law.cdf(np.array(x))))

    def error(self, name: str) -> np.ndarray | float:
        """Return the estimated quadrature error of the mean: the change when panels are halved."""
        if self.line is None:
            size = self._size(name)
            return np.zeros(size) if self.model.dims[name] else 0.0
        return np.abs(self.mean(name) - self._halved.mean(name))

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        return tables.summary(self, [name for name in self.model.dims if name != "theta_sd"])

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        data, prior = self.data, self.model.prior
        tau = np.zeros(n) if self.line is None else self.line.sample(rng, n)
        mean, cov, _ = coefficients(tau, data, prior)
        b = mean + np.einsum("npq,nq->np", np.linalg.cholesky(cov), rng.standard_normal(mean.shape))
        spread = np.asarray(prior.scale(tau))[:, None]
        pull = data.sigma**2 / (data.sigma**2 + spread**2)
        theta = pull * (b @ data.design.T) + (1 - pull) * data.y
        theta = theta + np.sqrt(pull) * spread * rng.standard_normal(theta.shape)
        out = {"mu": b[:, 0], "theta": theta}
        if prior.beta is not None:
            out["beta"] = b[:, 1:]
        if self.line is not None:
            out["tau"] = tau
            if "theta_sd" in self.model.dims:
                out["theta_sd"] = spread[:, 0]
        return out


def _posterior(model: Model, data: Data, halve: bool = False) -> ExactPosterior:
    """Compute the posterior, with every panel halved if asked."""
    prior = model.prior
    if prior.tau is None:
        coefficients(np.zeros(1), data, prior)
        return ExactPosterior(model, data, None)
    log_density = lambda tau: prior.tau.logpdf(tau) + coefficients(tau, data, prior)[2]  # noqa: E731
    support = prior.tau.support
    return ExactPosterior(model, data, quadrature.line(log_density, support=support, breaks=prior.scale.breaks, halve=halve))


def posterior(model: Model, data: Data) -> ExactPosterior:
    """Compute the exact posterior of a model with normal errors.

    Parameters
    ----------
    model : Model
        Any model of the family but the Student-t one.
    data : Data
        Effects and standard errors, shape (J,).

    Returns
    -------
    ExactPosterior

    Raises
    ------
    EngineError
        If mu or beta has a prior that is not normal.
    """
    return _posterior(model, data)


def leave_one_out(model: Model, data: Data) -> np.ndarray:
    """Return log p(y_j | the other groups) for every group, exactly, shape (J,).

    A ratio of evidences: log p(y) - log p(y without j). Covariates keep their
    values, so the design of the others is unchanged.
    """
    whole = posterior(model, data).log_evidence
    return np.array([whole - posterior(model, data.without(j)).log_evidence for j in range(data.n_groups)])
