"""The exact posterior with any number of covariates: importance-weighted randomized quasi-Monte Carlo.

A product rule over (mu, beta, tau) grows as a power of the number of coefficients. Instead points of a
scrambled Sobol sequence (Owen 1997, "Scrambled net variance for integrals of smooth functions") are sent through a
``proposal`` that is close to the posterior, and weighted. Each group's intercept is integrated out at every point, as for one
covariate (``integrals``). Several independent scramblings give independent estimates, each unbiased for
the evidence; their spread is the error estimate.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special
from scipy.stats import qmc

from hbm_lib import seeds, tables
from hbm_lib.model import EngineError, Model
from hbm_lib.models.logistic import proposal
from hbm_lib.models.logistic.given_tau import log_prior
from hbm_lib.models.logistic.integrals import groups
from hbm_lib.models.logistic.laws import Law
from hbm_lib.models.logistic.proposal import Proposal
from hbm_lib.models.logistic.sampling import draw_z
from hbm_lib.models.logistic.smooth_laws import ProbitLine, from_knots, from_points, intercepts_below
from hbm_lib.models.logistic.spec import Data, Prior

_LARGEST_SHARE = 0.05
_KNOTS = np.linspace(-5, 5, 61)
_FOR_LAWS = 1024


@dataclass(frozen=True)
class Plan:
    """How many points, and how good is good enough.

    Parameters
    ----------
    scramblings : int
        Independent randomizations R, at least 4.
    first, most : int
        Points of each at the beginning and at most, powers of 2; they are doubled in between.
    aim, limit : float
        Standard error of the means of mu, beta and tau, in posterior standard deviations: where
        doubling ends, and above which the result is refused.
    alpha : int
        Nodes of each group's integral.
    seed : int
        Of the scramblings.
    """

    scramblings: int = 8
    first: int = 256
    most: int = 8192
    aim: float = 0.005
    limit: float = 0.05
    alpha: int = 25
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers of points that are no balanced design."""
        if self.scramblings < 4:
            raise ValueError(f"scramblings: at least 4 are needed for an error estimate, got {self.scramblings}")
        for name in ("first", "most"):
            value = getattr(self, name)
            if value < 2 or value & (value - 1):
                raise ValueError(f"{name}: a power of 2 is needed, got {value}")
        if not 0 < self.aim <= self.limit:
            raise ValueError(f"aim: a number above 0 and at most the limit {self.limit} is needed, got {self.aim}")


@dataclass(frozen=True)
class Cloud:
    """Weighted points: R scramblings of N each.

    Attributes
    ----------
    b : array of shape (R, N, Q)
        mu and beta.
    tau : array of shape (R, N)
        Zeros where tau is fixed.
    log_w : array of shape (R, N)
        Log of posterior over proposal, with the evidence in it.
    moments : array of shape (4, R, N, J)
        Conditional means of alpha, alpha², p, p² of every group.
    """

    b: np.ndarray
    tau: np.ndarray
    log_w: np.ndarray
    moments: np.ndarray

    def plus(self, other: "Cloud") -> "Cloud":
        """Return all points together."""
        join = lambda name, axis: np.concatenate([getattr(self, name), getattr(other, name)], axis)  # noqa: E731
        return Cloud(join("b", 1), join("tau", 1), join("log_w", 1), join("moments", 2))

    @cached_property
    def weight(self) -> np.ndarray:
        """Weights of all points, adding to 1, shape (R, N)."""
        w = np.exp(self.log_w - self.log_w.max())
        return w / w.sum()

    def mean(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the weighted mean of values (R, N, ...) and its standard error from the spread over scramblings."""
        w = self.weight
        found = np.tensordot(w, values, 2)
        each = np.einsum("rn,rn...->r...", w, values) - w.sum(1).reshape(-1, *[1] * np.ndim(found)) * found
        count = len(w)
        return found, np.sqrt((each**2).sum(0) * count / (count - 1))


@dataclass(frozen=True)
class ManyPosterior:
    """The posterior with an error estimate, for any number of covariates.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    proposal : Proposal
        Where the points came from.
    cloud : Cloud
        The points.
    plan : Plan
        How many were wanted.
    """

    model: Model
    data: Data
    proposal: Proposal
    cloud: Cloud
    plan: Plan

    @property
    def log_evidence(self) -> float:
        """Log p(y), with no constant left out: y are the counts of the data's binomial rows."""
        top = self.cloud.log_w.max()
        return float(top + np.log(np.exp(self.cloud.log_w - top).mean()))

    @property
    def log_evidence_error(self) -> float:
        """Standard error of the log evidence."""
        each = self.cloud.weight.sum(1)
        return float(each.std(ddof=1) / each.mean() / np.sqrt(len(each)))

    @cached_property
    def _moments(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Mean, standard error of the mean, and standard deviation of every variable."""
        c, out = self.cloud, {}
        values = {"mu": c.b[..., 0], "beta": c.b[..., 1:], "tau": c.tau, "alpha": c.moments[0], "p": c.moments[2]}
        inside = {"alpha": c.moments[1] - c.moments[0] ** 2, "p": c.moments[3] - c.moments[2] ** 2}  # variance given a point
        for name in self.model.dims:
            mean, error = c.mean(values[name])
            square = c.mean((values[name] - mean) ** 2 + inside.get(name, 0.0))[0]
            out[name] = (mean, error, np.sqrt(np.maximum(square, 0)))
        return out

    def _find(self, name: str, which: int) -> np.ndarray | float:
        """Return one of a variable's three numbers or say what there is."""
        if name not in self._moments:
            raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")
        found = self._moments[name][which]
        return float(found) if np.ndim(found) == 0 else found

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, or an array (J,) for alpha and p and (P,) for beta."""
        return self._find(name, 0)

    def error(self, name: str) -> np.ndarray | float:
        """Return the standard error of the mean: the spread over the scramblings, divided by the root of their number."""
        return self._find(name, 1)

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        return self._find(name, 2)

    @cached_property
    def _lines(self) -> dict[str, tuple[ProbitLine, ...]]:
        """The lines of every variable but alpha and p."""
        c, w = self.cloud, self.cloud.weight.ravel()
        b = c.b.reshape(-1, c.b.shape[-1])
        out = {"mu": (from_points(b[:, 0], w),), "beta": tuple(from_points(v, w) for v in b[:, 1:].T)}
        return out | ({"tau": (from_points(np.log(c.tau.ravel()), w),)} if self.model.prior.tau is not None else {})

    @cached_property
    def _intercepts(self) -> tuple[ProbitLine, ...]:
        """The lines of the groups' intercepts, from the first points of every scrambling."""
        if self.model.prior.tau is None:
            return self._lines["mu"] * self.data.n_groups
        c, few = self.cloud, max(1, _FOR_LAWS // len(self.cloud.b))
        at = self.mean("alpha") + _KNOTS[:, None] * self.sd("alpha")
        w = c.weight[:, :few].ravel()
        below = intercepts_below(at, c.b[:, :few].reshape(len(w), -1), c.tau[:, :few].ravel(), w / w.sum(), self.data)
        return tuple(from_knots(u, f) for u, f in zip(at.T, below.T, strict=True))

    def law(self, name: str) -> Law:
        """Return the marginal law of ``mu``, ``tau``, ``beta``, ``alpha`` (logits) or ``p`` (probabilities)."""
        mean, sd = self.mean(name), self.sd(name)
        lines = self._intercepts if name in ("alpha", "p") else self._lines[name]
        return Law(lines, {"tau": "positive", "p": "probability"}.get(name, "real"), mean, sd)

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        return self.law(name).quantile(q)

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and standard error of the mean of every variable as a table."""
        return tables.summary(self, self.model.dims)

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior.

        Rejection from the proposal. The bound on the ratio of the densities is the largest met so far; where a point
        exceeds it, it is raised and all is drawn anew.
        """
        bound, kept, count = self.cloud.log_w.max() + 0.1, [], 0
        while count < n:
            size = min(4096, max(64, 2 * (n - count)))
            b, tau, log_q = self.proposal.points(rng.uniform(size=(size, self.proposal.dimensions)))
            ratio = _log_target(b, tau, self.data, self.model.prior, self.plan.alpha)[0] - log_q
            if ratio.max() > bound:
                bound, kept, count = ratio.max() + 0.1, [], 0
                continue
            ok = np.log(rng.uniform(size=size)) < ratio - bound
            kept.append((b[ok], tau[ok]))
            count += ok.sum()
        b, tau = (np.concatenate(v)[:n] for v in zip(*kept, strict=True))
        alpha = b[:, :1] + tau[:, None] * draw_z(rng, b, tau, self.data)
        out = {"mu": b[:, 0], "alpha": alpha, "p": special.expit(alpha)}
        if "beta" in self.model.dims:
            out["beta"] = b[:, 1:]
        return out | ({"tau": tau} if "tau" in self.model.dims else {})


def _log_target(b: np.ndarray, tau: np.ndarray, data: Data, prior: Prior, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log p(y, b, tau), (N,), and the groups' conditional moments, (4, N, J)."""
    found = groups(b, tau, data, nodes)
    log_p = found.log_z.sum(1) + log_prior(b, prior)
    return log_p + (prior.tau.logpdf(tau) if prior.tau is not None else 0), found.moments


def posterior(model: Model, data: Data, plan: Plan | None = None) -> ManyPosterior:
    """Compute the posterior for any number of covariates.

    Parameters
    ----------
    model : Model
        Any model of the family with normal priors on mu and beta.
    data : Data
        Counts.
    plan : Plan, optional
        How many points.

    Returns
    -------
    ManyPosterior

    Raises
    ------
    EngineError
        If the error estimate stays above the plan's limit, or one point holds more than a twentieth of the weight.
    """
    prior, plan = model.prior, plan or Plan()
    made = proposal.build(data, prior)
    sequences = [qmc.Sobol(made.dimensions, rng=seeds.rng(plan.seed, "logistic.many", r)) for r in range(plan.scramblings)]

    def more(count: int) -> Cloud:
        b, tau, log_q = made.points(np.concatenate([s.random(count) for s in sequences]))
        log_p, moments = _log_target(b, tau, data, prior, plan.alpha)
        shape = (plan.scramblings, count)
        return Cloud(b.reshape(*shape, -1), tau.reshape(shape), (log_p - log_q).reshape(shape), moments.reshape(4, *shape, -1))

    found = ManyPosterior(model, data, made, more(plan.first), plan)
    while True:
        names = [name for name in ("mu", "beta", "tau") if name in model.dims]
        error = max(float(np.max(found.error(name) / found.sd(name))) for name in names)
        share = float(found.cloud.weight.max())
        count = found.cloud.tau.shape[1]
        if (error <= plan.aim and share <= _LARGEST_SHARE) or count >= plan.most:
            break
        found = ManyPosterior(model, data, made, found.cloud.plus(more(count)), plan)
    if not (error <= plan.limit and share <= _LARGEST_SHARE):
        raise EngineError(f"engine 'exact': with {plan.scramblings} x {count} points the means are known to {error:.2g} "
                          f"posterior sds only, and one point holds {share:.0%} of the weight; use gibbs, pymc or numpyro")
    return found
