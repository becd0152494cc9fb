"""The exact posterior by quadrature: the groups' intercepts, then mu and beta, then tau.

Given (mu, beta, tau) the groups are independent, and each intercept is integrated out by an adaptive
rule of its own (``integrals``), or with a covariate for many mu at once (``many_mu``). Given tau the law of
(mu, beta) is log-concave and has nodes of its own (``given_tau``). The evidence given tau is smooth in
v = asinh(tau / c), and so is every conditional moment: both are polynomials in v through Chebyshev points, and
tau's law is then a density on a line like any other (``quadrature.line``). The error estimate is the change when
every rule has half as many nodes again. With two covariates or more a product of rules is too large: then
``many`` takes over.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special

from hbm_lib import tables
from hbm_lib.model import EngineError, Model
from hbm_lib.models.logistic import many
from hbm_lib.models.logistic.given_tau import Nodes, Rule, nodes_at
from hbm_lib.models.logistic.laws import Law, interpolator, real_line
from hbm_lib.models.logistic.many import ManyPosterior
from hbm_lib.models.logistic.marginals import Marginals
from hbm_lib.models.logistic.sampling import draw_b, draw_z
from hbm_lib.models.logistic.spec import Data, Prior
from hbm_lib.models.logistic.tau_range import FARTHEST, span, unit
from hbm_lib.samplers import quadrature
from hbm_lib.samplers.quadrature import Line

_SETTLED = 1e-8
_LARGEST = 128
_SLIGHT = 1e-6


def needs_normal(prior: Prior, engine: str) -> None:
    """Refuse a prior of mu or beta that the engine has no answer for.

    Raises
    ------
    EngineError
        Naming the prior and the engines that can.
    """
    for name in ("mu", "beta"):
        given = getattr(prior, name)
        if given is not None and given.family != "Normal":
            raise EngineError(f"engine {engine!r} needs a Normal prior on {name}, got {given}; use pymc or numpyro")


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior to quadrature accuracy.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    line : Line or None
        The law of tau; None where tau is fixed at 0.
    nodes : Nodes
        What is known given tau at K values.
    share : array of shape (K,)
        Weight of each of these values in an integral over tau; a few may be below 0.
    rule : Rule
        How many nodes were used.
    """

    model: Model
    data: Data
    line: Line | None
    nodes: Nodes
    share: np.ndarray
    rule: Rule

    @property
    def log_evidence(self) -> float:
        """Log p(y), with no constant left out: y are the counts of the data's binomial rows."""
        return self.line.log_evidence if self.line is not None else float(self.nodes.log_evidence[0])

    @cached_property
    def _moments(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Mean and mean square of every variable."""
        n, each = self.nodes, self.share[:, None, None] * self.nodes.weight
        groups = np.einsum("kbm,tkbmj->tj", each, n.moments)
        out = {"alpha": groups[:2], "p": groups[2:], "mu": np.array([(each * n.mu**i).sum() for i in (1, 2)])}
        if "beta" in self.model.dims:
            out["beta"] = np.array([[(each * n.beta[..., None] ** i).sum()] for i in (1, 2)])
        if self.line is not None:
            out["tau"] = np.array([self.line.weight @ self.line.tau**i for i in (1, 2)])
        return out

    def _find(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and mean square or say what there is."""
        if name not in self._moments:
            raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")
        return self._moments[name]

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: a number, or an array (J,) for alpha and p and (1,) for beta."""
        found = self._find(name)[0]
        return float(found) if np.ndim(found) == 0 else found

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        first, second = self._find(name)
        found = np.sqrt(np.maximum(second - first**2, 0))
        return float(found) if np.ndim(found) == 0 else found

    @cached_property
    def _lines(self) -> dict[str, tuple[Line, ...]]:
        """Lines that were asked for."""
        return {}

    def law(self, name: str) -> Law:
        """Return the marginal law of ``mu``, ``tau``, ``beta``, ``alpha`` (logits) or ``p`` (probabilities)."""
        mean, sd = self.mean(name), self.sd(name)
        if name == "tau":
            return Law((self.line,), "positive", mean, sd)
        known = "alpha" if name == "p" else name
        if known == "alpha" and self.line is None:
            known = "mu"
        if known not in self._lines:
            m, s = np.atleast_1d(self.mean(known)), np.atleast_1d(self.sd(known))
            densities = Marginals(self.data, self.nodes, self.share)
            find = {"mu": lambda _: densities.mu, "beta": lambda _: densities.beta, "alpha": densities.alpha}[known]
            self._lines[known] = tuple(real_line(find(i), m[i], s[i]) for i in range(len(m)))
        lines = self._lines[known]
        lines = lines * self.data.n_groups if np.ndim(mean) and len(lines) < len(mean) else lines
        return Law(lines, "probability" if name == "p" else "real", mean, sd)

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        return self.law(name).quantile(q)

    @cached_property
    def _refined(self) -> "ExactPosterior":
        """The same posterior with more nodes everywhere."""
        return posterior(self.model, self.data, rule=self.rule.refined())

    def error(self, name: str) -> np.ndarray | float:
        """Return the quadrature error of the mean: its change when every rule has half as many nodes again."""
        return np.abs(self.mean(name) - self._refined.mean(name))

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and quadrature error of every variable as a table."""
        return tables.summary(self, self.model.dims)

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        tau = self.line.sample(rng, n) if self.line is not None else np.zeros(n)
        b = draw_b(rng, tau, self.data, self.model.prior, self.rule.alpha)
        alpha = b[:, :1] + tau[:, None] * draw_z(rng, b, tau, self.data)
        out = {"mu": b[:, 0], "alpha": alpha, "p": special.expit(alpha)}
        if "beta" in self.model.dims:
            out["beta"] = b[:, 1:]
        return out | ({"tau": tau} if self.line is not None else {})


def _refuse_endless(line: Line, end: float, prior: Prior) -> None:
    """Refuse a law of tau of which a part that matters to its standard deviation lies beyond where it is looked for."""
    if end < FARTHEST * (1 - 1e-9) or prior.tau.support[1] <= FARTHEST:
        return
    density = float(line.pdf(np.array([end * (1 - 1e-9)]))[0])
    if end**3 * density > _SLIGHT * (line.weight @ line.tau**2):
        raise EngineError(f"engine 'exact': under the prior {prior.tau} the posterior of tau reaches beyond {FARTHEST:,.0f} "
                          "logits, where a group's probability is 0 or 1; give tau a prior on the scale of logits, such as "
                          "HalfNormal(1)")


def posterior(model: Model, data: Data, rule: Rule | None = None) -> ExactPosterior | ManyPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        Any model of the family with normal priors on mu and beta.
    data : Data
        Counts, with any number of covariates.
    rule : Rule, optional
        How many nodes to begin with; for one covariate at most.

    Returns
    -------
    ExactPosterior
        For one covariate at most; with more a ``many.ManyPosterior``, which answers the same questions.

    Raises
    ------
    EngineError
        If mu or beta has a prior that is not normal, tau has one under which it has no bounds, or with several covariates
        the error stays too large.
    """
    prior, rule = model.prior, rule or Rule()
    needs_normal(prior, "exact")
    if data.x.shape[1] > 1:
        return many.posterior(model, data)
    if prior.tau is None:
        return ExactPosterior(model, data, None, nodes_at(np.zeros(1), data, prior, rule), np.ones(1), rule)
    scale = unit(data)
    ends = span(scale, data, prior, rule)
    to_tau = lambda t: scale * np.sinh(ends[0] + (ends[1] - ends[0]) * (t + 1) / 2)  # noqa: E731
    between = to_tau((np.arange(9) + 0.5) / 4.5 - 1)
    truth = nodes_at(between, data, prior, rule).log_evidence
    while True:
        angle = np.pi * (np.arange(rule.tau) + 0.5) / rule.tau
        at, bary = -np.cos(angle), (-1.0) ** np.arange(rule.tau) * np.sin(angle)
        nodes = nodes_at(to_tau(at), data, prior, rule)
        back = lambda tau: np.clip(2 * (np.arcsinh(tau / scale) - ends[0]) / (ends[1] - ends[0]) - 1, -1, 1)  # noqa: E731
        proxy = lambda tau: interpolator(back(tau), at, bary) @ nodes.log_evidence  # noqa: B023, E731
        found, wanted = (f + prior.tau.logpdf(between) for f in (proxy(between), truth))
        if rule.tau > _LARGEST or np.abs(np.exp(found - wanted.max()) - np.exp(wanted - wanted.max())).max() < _SETTLED:
            break
        rule = replace(rule, tau=3 * rule.tau // 2)
    # outside of its ends the curve is not known, and a prior may rise there without end
    line = quadrature.line(lambda tau: prior.tau.logpdf(tau) + proxy(tau), support=(to_tau(-1.0), to_tau(1.0)))
    _refuse_endless(line, to_tau(1.0), prior)
    return ExactPosterior(model, data, line, nodes, line.weight @ interpolator(back(line.tau), at, bary), rule)
