"""The exact posterior: beta and gamma integrate out by algebra, tau and sigma by quadrature.

``given_scales`` has log p(y | tau, sigma) and the normal law of beta; given beta and the scales, group by group,

    gamma_j ~ Normal(s_j (ybar_j - xbar_j' beta), tau2 (1 - s_j)),  s_j = n_j rho / (1 + n_j rho),  rho = tau2 / sigma2.

So beta and every gamma_j are mixtures of normals over the nodes of the quadrature, with whatever priors sigma2 and
tau2 (or tau) have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hbm_lib import tables
from hbm_lib.model import Model
from hbm_lib.models.regression.given_scales import Whole, coefficients, log_likelihood, prepare
from hbm_lib.models.regression.spec import Data, Prior
from hbm_lib.models.regression.squared import Squared, moment
from hbm_lib.priors import Dist
from hbm_lib.samplers.mixture import NormalMixture
from hbm_lib.samplers.plane import Plane, plane
from hbm_lib.samplers.quadrature import Line

_BLOCK = 256


def log_prior(tau: np.ndarray, sigma: np.ndarray, prior: Prior) -> np.ndarray:
    """Return the log prior density of (tau, sigma), from those of the variances: d tau2 = 2 tau d tau."""
    return prior.tau2_logpdf(tau**2) + np.log(2 * tau) + prior.sigma2.logpdf(sigma**2) + np.log(2 * sigma)


def within(law: Dist, power: float) -> tuple[float, float]:
    """Return the ends of a law's support to a power, moved in by more than what rounding can move a point out."""
    low, high = law.support
    return low**power * (1 + 1e-14), high**power * (1 - 1e-14)


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    whole : Whole
        The data in the coordinates of ``given_scales``.
    scales : Plane
        The joint posterior of (tau, sigma).
    """

    model: Model
    data: Data
    whole: Whole
    scales: Plane

    @property
    def log_evidence(self) -> float:
        """Log p(y), with no constant left out."""
        return self.scales.log_evidence

    @property
    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """tau, sigma and probability at the nodes, each (K,)."""
        return self.scales.nodes

    @cached_property
    def given(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean (K, p) and root (K, p, p) of the covariance of u at each node."""
        tau, sigma, _ = self.nodes
        return coefficients(tau, sigma, self.whole)

    def mixture(self, start: np.ndarray, lean: np.ndarray, own: np.ndarray) -> NormalMixture:
        """Return the law of start + lean' beta + noise of variance own, for m scalars.

        Parameters
        ----------
        start, own : array of shape (K, m), or what broadcasts to it
            At each node of the scales.
        lean : array of shape (m, p)
            Weights of the coefficients.
        """
        centre, root = self.given
        turned = lean @ self.whole.turn
        middle = start + lean @ self.whole.mean + centre @ turned.T
        return NormalMixture(self.nodes[2], middle.T, np.sqrt(own + ((turned @ root) ** 2).sum(-1)).T)

    def share(self, groups: slice) -> np.ndarray:
        """Return s_j, how much of a group's own mean enters its offset, at each node: (K, m)."""
        tau, sigma, _ = self.nodes
        rho = (tau / sigma)[:, None] ** 2 * self.data.counts[groups]
        return rho / (1 + rho)

    def offsets(self, groups: slice) -> NormalMixture:
        """Return the laws of gamma of some groups."""
        sums, share = self.data.sums, self.share(groups)
        x, (centre, root) = sums.x_means[groups], self.given
        turned = x @ self.whole.turn
        middle = share * (sums.means[groups] - x @ self.whole.mean - centre @ turned.T)
        spread = share**2 * ((turned @ root) ** 2).sum(-1)
        # of a share that rounds to 1, 1 - share has no digits
        tau, sigma, weight = self.nodes
        own = 1 / (1 / tau[:, None] ** 2 + self.data.counts[groups] / sigma[:, None] ** 2)
        return NormalMixture(weight, middle.T, np.sqrt(own + spread).T)

    def law(self, name: str) -> NormalMixture | Line | Squared:
        """Return the marginal law of ``beta``, ``gamma``, ``sigma2``, ``tau2``, ``sigma``, ``tau`` or ``tau / sigma``."""
        lines = {"tau": "first", "sigma": "second", "tau / sigma": "ratio"}
        if name in lines:
            return getattr(self.scales, lines[name])
        if name in ("tau2", "sigma2"):
            return Squared(self.law(name[:-1]))
        if name == "beta":
            return self.mixture(0.0, np.eye(len(self.whole.mean)), 0.0)
        if name == "gamma":
            return self.offsets(slice(None))
        raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")

    def _over_groups(self, ask: Callable[[NormalMixture], np.ndarray]) -> np.ndarray:
        """Ask the laws of gamma something, a few hundred groups at a time, so that memory stays small."""
        starts = range(0, self.data.n_groups, _BLOCK)
        return np.concatenate([ask(self.offsets(slice(i, i + _BLOCK))) for i in starts])

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: (p,) for beta, (J,) for gamma, else a number; infinite where there is none."""
        if name == "gamma":
            return self._over_groups(lambda law: law.mean)
        law = self.law(name)
        return law.mean if isinstance(law, NormalMixture | Squared) else moment(law, 1)

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation; infinite where there is none."""
        if name == "gamma":
            return self._over_groups(lambda law: law.sd)
        law = self.law(name)
        if isinstance(law, NormalMixture | Squared):
            return law.sd
        return float(np.sqrt(max(0.0, moment(law, 2, about=moment(law, 1)))))

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        if name == "gamma":
            return self._over_groups(lambda law: law.quantile(q))
        found = self.law(name).quantile(q)
        return float(found) if np.ndim(found) == 0 else found

    @cached_property
    def _halved(self) -> "ExactPosterior":
        """The same posterior with everything refined once more."""
        return posterior(self.model, self.data, halve=True)

    def error(self, name: str) -> np.ndarray | float:
        """Return the quadrature error of the mean: its change when everything is refined once more."""
        with np.errstate(invalid="ignore"):
            change = np.abs(np.subtract(self.mean(name), self._halved.mean(name)))
        return np.where(np.isnan(change), 0.0, change)[()]  # where both are infinite

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        return tables.summary(self, self.model.dims)

    def icc(self) -> dict[str, float]:
        """Return mean, sd, median and 95 % interval of tau2 / (tau2 + sigma2), the share of variance between groups."""
        tau, sigma, weight = self.nodes
        share = tau**2 / (tau**2 + sigma**2)
        mean = float(weight @ share)
        ends = self.law("tau / sigma").quantile(np.array([0.025, 0.5, 0.975])) ** 2
        low, mid, high = (float(v / (1 + v)) for v in ends)
        return {"mean": mean, "sd": float(np.sqrt(weight @ (share - mean) ** 2)), "2.5%": low, "median": mid, "97.5%": high}

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        sums = self.data.sums
        tau, sigma = self.scales.sample(rng, n)
        centre, root = coefficients(tau, sigma, self.whole)
        u = centre + (root @ rng.standard_normal(centre.shape)[..., None])[..., 0]
        beta = self.whole.mean + u @ self.whole.turn.T
        rho = (tau / sigma)[:, None] ** 2 * sums.counts
        own = 1 / (1 / tau[:, None] ** 2 + sums.counts / sigma[:, None] ** 2)
        gamma = rho / (1 + rho) * (sums.means - beta @ sums.x_means.T) + np.sqrt(own) * rng.standard_normal(rho.shape)
        return {"beta": beta, "gamma": gamma, "sigma2": sigma**2, "tau2": tau**2, "sigma": sigma, "tau": tau}


def posterior(model: Model, data: Data, halve: bool = False) -> ExactPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        ``regression.hierarchical`` with any priors of sigma2 and of tau2 or tau.
    data : Data
        Rows in groups.
    halve : bool
        Whether everything is refined once more, for the error estimate.

    Returns
    -------
    ExactPosterior
    """
    prior, whole = model.prior, prepare(data, model.prior)
    power = 1.0 if prior.tau is not None else 0.5
    support = within(prior.of_tau, power), within(prior.sigma2, 0.5)
    joint = lambda t, s: log_prior(t, s, prior) + log_likelihood(t, s, whole)  # noqa: E731
    return ExactPosterior(model, data, whole, plane(joint, support=support, halve=halve))
