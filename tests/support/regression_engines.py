"""The engines of regression with groups held against second computations that share nothing with them.

Given the scales, all coefficients, offsets and rows are one large normal vector. Its full covariance, row by row, is
written down from the model, and what is asked follows by the plain rule for conditional normals. The scales are
integrated by two roads: both of them over a large grid, for any priors; and, for inverse-gamma priors, over
rho = tau2 / sigma2 alone, given which sigma2 is inverse gamma and the coefficients are Student-t.
"""

import grouped_rows
import numpy as np
from grouped_rows import points
from schools_exact_checks import rule
from scipy import stats
from scipy.special import gammaln

from hbm_lib.models import regression
from hbm_lib.models.regression import exact, generative, numpyro_model, pymc_model
from hbm_lib.priors import HalfCauchy, InverseGamma

__all__ = ["CASES", "CONJUGATE", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

LIMITS = {"OverBoth": 1e-7, "OverRho": 1e-9}
PROBABILITIES = (0.025, 0.5, 0.9)
CASES = dict(grouped_rows.CASES)
CASES["prior_far_away"] = (
    regression.hierarchical(regression.Prior(30, 0.3, InverseGamma(3, 2), InverseGamma(2, 1))), grouped_rows.DATA)
CASES["two_groups"] = (
    regression.hierarchical(regression.Prior(0, 0.1, InverseGamma(2, 1), InverseGamma(1, 0.3))),
    regression.Data(grouped_rows.DATA.x[:, :2], grouped_rows.Y, list("abbbbbbbbbbbbb")))
CASES["more_columns_than_rows"] = (
    regression.hierarchical(regression.Prior(0, 1, InverseGamma(2, 1), tau=HalfCauchy(1))),
    regression.Data(np.arange(24).reshape(4, 6) % 7 - 2.0, [1.0, 2, 0, -1], list("abac")))
CONJUGATE = [n for n, (m, _) in CASES.items() if m.prior.tau2 is not None and m.prior.tau2.family == "InverseGamma"]
FORMS = ("noncentered", "centered")


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    spread, factor = ("tau2", 0.0) if prior.tau is None else ("tau", np.log(2 * draws["tau"]))
    out = {n: draws[n] for n in ("beta", "sigma2", spread)}
    if form == "centered":
        return out | {"gamma": draws["gamma"]}, factor
    return out | {"eta": draws["gamma"] / draws["tau"][:, None]}, factor + data.n_groups * np.log(draws["tau"])


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {"sigma2": prior.sigma2.support, "tau2" if prior.tau is None else "tau": prior.of_tau.support}


def given_rho(rho, data, prior):
    """In units of sigma2, at each rho (K,): S, log |M|, and mean and variance of (beta, gamma), each (K, p + J)."""
    x, z, p = data.x, np.eye(data.n_groups)[data.index], data.x.shape[1]
    precision = np.asarray(prior.precision, float)
    precision = precision if precision.ndim == 2 else np.diag(np.broadcast_to(precision, p))
    v0, m0 = np.linalg.inv(precision), np.broadcast_to(prior.mean, p)
    rho = np.asarray(rho, float)[:, None, None]
    whole = x @ v0 @ x.T + np.eye(len(x)) + rho * (z @ z.T)
    left = data.y - x @ m0
    root = np.linalg.cholesky(whole)
    cross = np.concatenate([np.broadcast_to(v0 @ x.T, (len(rho), p, len(x))), rho * z.T], axis=1)
    half = np.linalg.solve(root, np.concatenate(
        [np.broadcast_to(left[:, None], (len(rho), len(x), 1)), np.swapaxes(cross, 1, 2)], axis=2))
    own = np.concatenate([np.broadcast_to(np.diag(v0), (len(rho), p)), np.broadcast_to(rho[:, 0], (len(rho), data.n_groups))], 1)
    mean = np.concatenate([m0, np.zeros(data.n_groups)]) + np.einsum("kn,knd->kd", half[:, :, 0], half[:, :, 1:])
    log_det = 2 * np.log(np.einsum("kii->ki", root)).sum(1)
    return (half[:, :, 0] ** 2).sum(1), log_det, mean, own - (half[:, :, 1:] ** 2).sum(1)


def in_pieces(function, *arrays):
    """Apply a function of arrays (K,) forty pieces at a time."""
    parts = [function(*part) for part in zip(*(np.array_split(a, 40) for a in arrays), strict=True)]
    return [np.concatenate(v) for v in zip(*parts, strict=True)]


class OverBoth:
    """The posterior of the scales on a grid of their logarithms; panels end at the values marked."""

    def __init__(self, data, prior, tau=(), sigma=()):
        unit = float(np.std(data.y))
        ends = {}
        power = 1.0 if prior.tau is not None else 0.5
        for name, law, k, low, high in (("tau", prior.of_tau, power, 1e-9, 1e7), ("sigma", prior.sigma2, 0.5, 1e-3, 1e5)):
            ends[name] = [np.log(max(law.support[0] ** k, unit * low)), np.log(min(law.support[1] ** k, unit * high))]
        u, wu = rule(*ends["tau"], unit, np.log(tau))
        v, wv = rule(*ends["sigma"], unit, np.log(sigma))
        self.tau, self.sigma = np.repeat(np.exp(u), len(v)), np.tile(np.exp(v), len(u))
        squares, log_det, self.mean, per_sigma2 = in_pieces(
            lambda r: given_rho(r, data, prior), np.minimum((self.tau / self.sigma) ** 2, 1e12))
        self.variance = per_sigma2 * self.sigma[:, None] ** 2
        n, s = data.n_rows, self.sigma
        spread = prior.tau.scipy().logpdf(self.tau) if prior.tau is not None else (
            prior.tau2.scipy().logpdf(self.tau**2) + np.log(2 * self.tau))
        log_p = -0.5 * (n * np.log(2 * np.pi * s**2) + log_det + squares / s**2) + spread + np.log(self.tau)
        log_p = log_p + prior.sigma2.scipy().logpdf(s**2) + np.log(2 * s) + np.log(s)
        peak = log_p.max()
        p = np.exp(log_p - peak) * np.repeat(wu, len(v)) * np.tile(wv, len(u))
        self.p, self.log_evidence = p / p.sum(), peak + np.log(p.sum())
        keep = self.p > 1e-60
        self.p, self.tau, self.sigma, self.mean, self.variance = (
            v[keep] for v in (self.p, self.tau, self.sigma, self.mean, self.variance))

    def below(self, name, value):
        """P(scale < value), for a value that was marked."""
        return float(self.p @ (getattr(self, name) < value))

    def moments(self, name, power):
        """Mean and sd of a scale's power."""
        values = getattr(self, name) ** power
        mean = self.p @ values
        return mean, np.sqrt(self.p @ (values - mean) ** 2)

    def together(self):
        """Mean and sd of (beta, gamma)."""
        mean = self.p @ self.mean
        return mean, np.sqrt(self.p @ (self.variance + (self.mean - mean) ** 2))

    def below_together(self, at):
        """P(beta, gamma < at), entry by entry."""
        return self.p @ stats.norm.cdf((at - self.mean) / np.sqrt(self.variance))


class OverRho:
    """For inverse-gamma priors: a line over log rho; sigma2 given rho is InverseGamma(A, B(rho)), beta and gamma Student-t."""

    def __init__(self, data, prior, tau=(), sigma=()):
        (a, b), (at, bt) = ((law.shape, law.scale) for law in (prior.sigma2, prior.tau2))
        nodes, weights = np.polynomial.legendre.leggauss(10)
        edges = np.linspace(-30, 30, 481)
        half = np.diff(edges)[0] / 2
        u = (edges[:-1, None] + half + half * nodes).ravel()
        self.rho = np.exp(u)
        squares, log_det, self.mean, self.per_sigma2 = in_pieces(lambda r: given_rho(r, data, prior), self.rho)
        self.shape, self.scale = a + at + data.n_rows / 2, b + bt / self.rho + squares / 2
        log_p = stats.invgamma.logpdf(1.0, a, scale=b) + b + stats.invgamma.logpdf(1.0, at, scale=bt) + bt
        log_p = log_p - 0.5 * (data.n_rows * np.log(2 * np.pi) + log_det) - at * u - self.shape * np.log(self.scale)
        log_p = log_p + gammaln(self.shape)
        peak = log_p.max()
        p = np.exp(log_p - peak) * np.tile(half * weights, 480)
        self.p, self.log_evidence = p / p.sum(), peak + np.log(p.sum())

    def _power(self, k):
        """E sigma^k given rho."""
        return self.scale ** (k / 2) * np.exp(gammaln(self.shape - k / 2) - gammaln(self.shape))

    def below(self, name, value):
        """P(scale < value)."""
        value2 = value**2 / (self.rho if name == "tau" else 1.0)
        return float(self.p @ stats.invgamma.cdf(value2, self.shape, scale=self.scale))

    def moments(self, name, power):
        """Mean and sd of a scale's power."""
        factor = self.rho ** (power / 2) if name == "tau" else 1.0
        mean = self.p @ (factor * self._power(power))
        return mean, np.sqrt(self.p @ (factor**2 * self._power(2 * power)) - mean**2)

    def together(self):
        """Mean and sd of (beta, gamma)."""
        mean = self.p @ self.mean
        variance = self.per_sigma2 * self._power(2)[:, None]
        return mean, np.sqrt(self.p @ (variance + (self.mean - mean) ** 2))

    def below_together(self, at):
        """P(beta, gamma < at), entry by entry."""
        spread = np.sqrt(self.per_sigma2 * (self.scale / self.shape)[:, None])
        return self.p @ stats.t.cdf((at - self.mean) / spread, 2 * self.shape)


def exact_gaps(model, data, road=OverBoth, posterior=exact.posterior):
    """Largest distance of each quantity of the engine from a second computation, in posterior sds of that quantity."""
    found = posterior(model, data)
    marks = {n: [found.quantile(n, q) for q in PROBABILITIES] for n in ("tau", "sigma")}
    wanted = road(data, model.prior, **marks)
    gaps = {"log evidence": abs(found.log_evidence - wanted.log_evidence)}
    for name, at in marks.items():
        for shown, power in ((name, 1), (f"{name}2", 2)):
            mean, sd = wanted.moments(name, power)
            gaps[f"E[{shown}]"] = abs(found.mean(shown) - mean) / sd
            if np.isfinite(found.sd(shown)):  # where there is none, the second computation has what its grid holds
                gaps[f"sd({shown})"] = abs(found.sd(shown) / sd - 1)
        for q, mark in zip(PROBABILITIES, at, strict=True):
            gaps[f"P({name} < {q} quantile)"] = abs(wanted.below(name, mark) - q)
            gaps[f"{name}2's {q} quantile"] = abs(found.quantile(f"{name}2", q) / mark**2 - 1)
    whole = lambda what, *q: np.concatenate([getattr(found, what)(n, *q) for n in ("beta", "gamma")])  # noqa: E731
    mean, sd = wanted.together()
    gaps["E[beta, gamma]"] = float(np.max(np.abs(whole("mean") - mean) / sd))
    gaps["sd(beta, gamma)"] = float(np.max(np.abs(whole("sd") / sd - 1)))
    for q in PROBABILITIES:
        gaps[f"P(beta, gamma < {q} quantile)"] = float(np.max(np.abs(wanted.below_together(whole("quantile", q)) - q)))
    return gaps
