"""The exact posterior: theta, mu and beta integrate out by algebra, tau and sigma by quadrature.

Given (tau, sigma), a school's mean score has variance v_j = tau² + sigma²/n_j about
mu + xbar_j' beta, and the scores about their school's mean carry what else is known of
beta and sigma. So b = (mu, beta) has a normal posterior with precision

    P = V0^-1 + sum_j x_j x_j' / v_j + W / sigma²,

x_j = (1, xbar_j), W the within-school cross products (Lindley & Smith 1972, section 3;
Gelman et al., BDA3, section 15.1), and theta_j given b is normal, school by school.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hbm_lib import tables
from hbm_lib.model import EngineError, Model
from hbm_lib.models.schools.spec import Data, Prior
from hbm_lib.samplers import quadrature
from hbm_lib.samplers.mixture import NormalMixture
from hbm_lib.samplers.plane import Plane, plane

LOG_2PI = np.log(2 * np.pi)


def needs_normal(prior: Prior, engine: str) -> None:
    """Refuse a prior of mu or beta that the algebra has no answer for.

    Raises
    ------
    EngineError
        Naming the prior and the engines that can.
    """
    for name in ("mu", "beta"):
        given = getattr(prior, name)
        if given is not None and given.family != "Normal":
            raise EngineError(f"engine {engine!r} needs a Normal prior on {name}, got {given}; use pymc or numpyro")


def normal_prior(prior: Prior, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the prior mean (Q,) and precision (Q,) of b = (mu, beta)."""
    laws = [prior.mu] + [prior.beta] * (size - 1)
    return np.array([law.mu for law in laws]), np.array([law.sigma**-2.0 for law in laws])


def coefficients(tau: np.ndarray, sigma: np.ndarray, data: Data, prior: Prior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean (K, Q) and covariance (K, Q, Q) of b given tau, sigma and y, and log p(y | tau, sigma) (K,)."""
    sums = data.sums
    x, size = sums.design, sums.design.shape[1]
    m0, p0 = normal_prior(prior, size)
    tau, variance = np.asarray(tau, float), np.asarray(sigma, float) ** 2
    spread = tau[:, None] ** 2 + variance[:, None] / data.counts
    precision = ((1 / spread) @ (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)).reshape(-1, size, size)
    precision[:, 1:, 1:] += sums.within_xx / variance[:, None, None]
    right = p0 * m0 + (sums.means / spread) @ x
    right[:, 1:] += (sums.within_xx @ sums.slope) / variance[:, None]
    diagonal = np.arange(size)
    precision[:, diagonal, diagonal] += p0
    covariance = np.linalg.inv(precision)
    mean = np.einsum("kpq,kq->kp", covariance, right)
    moved, within = mean - m0, data.n_pupils - data.n_groups
    log_y = -0.5 * (
        data.n_pupils * LOG_2PI + within * np.log(variance) + np.log(data.counts).sum() + np.log(spread).sum(1)
        + sums.rss(mean[:, 1:]) / variance + ((sums.means - mean @ x.T) ** 2 / spread).sum(1)
        + (moved**2) @ p0 - np.log(p0).sum() + np.linalg.slogdet(precision)[1]
    )
    return mean, covariance, log_y


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    scales : Plane or Line
        The joint posterior of (tau, sigma), or that of sigma where tau is fixed.
    """

    model: Model
    data: Data
    scales: Plane | quadrature.Line

    @property
    def log_evidence(self) -> float:
        """Log p(y), with no constant left out."""
        return self.scales.log_evidence

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """tau, sigma and probability at the nodes, each (K,)."""
        if isinstance(self.scales, Plane):
            return self.scales.nodes
        return np.full(len(self.scales.tau), self.model.prior.fixed_tau), self.scales.tau, self.scales.weight

    @cached_property
    def given(self) -> dict[str, np.ndarray]:
        """The normal laws at each node: b, its covariance, and theta_j = start_j + lean_j' b + noise."""
        tau, sigma, weight = self.nodes
        mean, cov, _ = coefficients(tau, sigma, self.data, self.model.prior)
        noise = sigma[:, None] ** 2 / self.data.counts
        pull = noise / (tau[:, None] ** 2 + noise)
        lean = -(1 - pull)[:, :, None] * self.data.sums.design
        lean[:, :, 0] = pull
        return {"weight": weight, "mean": mean, "cov": cov, "pull": pull, "lean": lean,
                "start": (1 - pull) * self.data.sums.means, "own": pull * tau[:, None] ** 2}

    def mixture(self, start: np.ndarray, lean: np.ndarray, own: np.ndarray) -> NormalMixture:
        """Return the law of start + lean' b + noise of variance own: (K, ...), (K, ..., Q), (K, ...)."""
        g = self.given
        centre = start + np.einsum("k...p,kp->k...", lean, g["mean"])
        variance = own + np.einsum("k...p,kpq,k...q->k...", lean, g["cov"], lean, optimize=True)
        return NormalMixture(g["weight"], np.moveaxis(centre, 0, -1), np.sqrt(np.moveaxis(variance, 0, -1)))

    def law(self, name: str) -> NormalMixture | quadrature.Line:
        """Return the marginal law of ``mu``, ``beta``, ``theta``, ``theta - mu``, ``tau``, ``sigma`` or ``tau / sigma``."""
        g, two = self.given, isinstance(self.scales, Plane)
        if name == "sigma":
            return self.scales.second if two else self.scales
        if name in ("tau", "tau / sigma") and two:
            return self.scales.first if name == "tau" else self.scales.ratio
        if name in ("theta", "theta - mu"):
            lean = g["lean"].copy()
            lean[:, :, 0] -= name == "theta - mu"
            return self.mixture(g["start"], lean, g["own"])
        if name in ("mu", "beta") and name in self.model.dims:
            which = slice(1, None) if name == "beta" else 0
            eye = np.broadcast_to(np.eye(g["mean"].shape[1])[which], (len(g["weight"]), *np.eye(g["mean"].shape[1])[which].shape))
            zero = np.zeros(eye.shape[:-1])
            return self.mixture(zero, eye, zero)
        raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, or an array (J,) for theta and (P,) for beta."""
        law = self.law(name)
        return law.mean if isinstance(law, NormalMixture) else float(law.weight @ law.tau)

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        law = self.law(name)
        return law.sd if isinstance(law, NormalMixture) else float(np.sqrt(law.weight @ (law.tau - law.weight @ law.tau) ** 2))

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        found = self.law(name).quantile(q)
        return float(found) if np.ndim(found) == 0 else found

    @cached_property
    def _halved(self) -> "ExactPosterior":
        """The same posterior with everything refined once more."""
        return posterior(self.model, self.data, halve=True)

    def error(self, name: str) -> np.ndarray | float:
        """Return the quadrature error of the mean: its change when everything is refined once more."""
        return np.abs(self.mean(name) - self._halved.mean(name))

    def icc_cdf(self, value: float) -> float:
        """Return P(ICC <= value), ICC = tau² / (tau² + sigma²) the share of variance between schools."""
        if not 0 < value < 1:
            if np.isnan(value):
                raise ValueError("value: a number is needed, got nan")
            return float(value >= 1)
        return float(self.law("tau / sigma").cdf(np.sqrt(value / (1 - value))))

    def icc(self) -> dict[str, float]:
        """Return mean, sd, median and 95 % interval of the ICC."""
        tau, sigma, weight = self.nodes
        share = tau**2 / (tau**2 + sigma**2)
        mean = float(weight @ share)
        low, mid, high = self.law("tau / sigma").quantile(np.array([0.025, 0.5, 0.975])) ** 2
        ends = {"2.5%": low, "median": mid, "97.5%": high}
        sd = float(np.sqrt(weight @ (share - mean) ** 2))
        return {"mean": mean, "sd": sd} | {k: float(v / (1 + v)) for k, v in ends.items()}

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        return tables.summary(self, self.model.dims)

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        data, prior = self.data, self.model.prior
        if isinstance(self.scales, Plane):
            tau, sigma = self.scales.sample(rng, n)
        else:
            tau, sigma = np.full(n, prior.fixed_tau), self.scales.sample(rng, n)
        mean, cov, _ = coefficients(tau, sigma, data, prior)
        b = mean + np.einsum("npq,nq->np", np.linalg.cholesky(cov), rng.standard_normal(mean.shape))
        noise = sigma[:, None] ** 2 / data.counts
        pull = noise / (tau[:, None] ** 2 + noise)
        own = data.sums.means - b[:, 1:] @ data.sums.design[:, 1:].T
        theta = pull * b[:, :1] + (1 - pull) * own + np.sqrt(pull) * tau[:, None] * rng.standard_normal(own.shape)
        out = {"mu": b[:, 0], "sigma": sigma, "theta": theta}
        if prior.beta is not None:
            out["beta"] = b[:, 1:]
        return out | ({"tau": tau} if prior.tau is not None else {})


def posterior(model: Model, data: Data, halve: bool = False) -> ExactPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        Any model of the family with normal priors on mu and beta.
    data : Data
        Pupils' scores.
    halve : bool
        Whether everything is refined once more, for the error estimate.

    Returns
    -------
    ExactPosterior

    Raises
    ------
    EngineError
        If mu or beta has a prior that is not normal.
    """
    prior = model.prior
    needs_normal(prior, "exact")
    if prior.tau is None:
        log_density = lambda s: prior.sigma.logpdf(s) + coefficients(np.full(len(s), prior.fixed_tau), s, data, prior)[2]  # noqa: E731
        return ExactPosterior(model, data, quadrature.line(log_density, support=prior.sigma.support, halve=halve))
    joint = lambda t, s: prior.tau.logpdf(t) + prior.sigma.logpdf(s) + coefficients(t, s, data, prior)[2]  # noqa: E731
    return ExactPosterior(model, data, plane(joint, support=(prior.tau.support, prior.sigma.support), halve=halve))
