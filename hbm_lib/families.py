"""How each family of distributions is written in NumPy, SciPy, PyMC and NumPyro: one table.

The libraries disagree on names and on rate or scale; the table is the one place
that knows. ``tests/unit/test_priors.py`` holds all of them against SciPy, density
by density.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import betaln, gammaln, xlog1py, xlogy


@dataclass(frozen=True)
class Family:
    """How one family is written in each library.

    ``params`` are the parameter names in order, ``positive`` those that must be
    above zero, ``support`` the open interval of values. ``logpdf`` is
    the log density in plain NumPy inside the support (samplers call it in their
    inner loop, where SciPy's own checks cost more than the arithmetic).
    ``scipy``, ``pymc`` and ``numpyro`` map our parameters to the library's name
    and arguments.
    """

    params: tuple[str, ...]
    positive: frozenset[str]
    support: tuple[float, float]
    logpdf: Callable
    scipy: Callable
    pymc: Callable[..., tuple[str, dict]]
    numpyro: Callable[..., tuple[str, dict]]


INF = np.inf
LOG_2 = np.log(2.0)
HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def _log_t(z: np.ndarray, nu: float) -> np.ndarray:
    """Return the log density of the standard Student-t."""
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
    return constant - (nu + 1) / 2 * np.log1p(z**2 / nu)


def _same(library_name: str, **rename: str) -> Callable[..., tuple[str, dict]]:
    """Build a translation that only renames parameters."""
    return lambda **p: (library_name, {rename.get(k, k): v for k, v in p.items()})


FAMILIES: Mapping[str, Family] = {
    "Normal": Family(
        ("mu", "sigma"), frozenset({"sigma"}), (-INF, INF),
        lambda x, mu, sigma: -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - HALF_LOG_2PI,
        lambda mu, sigma: stats.norm(mu, sigma),
        _same("Normal"), _same("Normal", mu="loc", sigma="scale"),
    ),
    "StudentT": Family(
        ("nu", "mu", "sigma"), frozenset({"nu", "sigma"}), (-INF, INF),
        lambda x, nu, mu, sigma: _log_t((x - mu) / sigma, nu) - np.log(sigma),
        lambda nu, mu, sigma: stats.t(nu, mu, sigma),
        _same("StudentT"), _same("StudentT", nu="df", mu="loc", sigma="scale"),
    ),
    "HalfNormal": Family(
        ("sigma",), frozenset({"sigma"}), (0.0, INF),
        lambda x, sigma: LOG_2 - 0.5 * (x / sigma) ** 2 - np.log(sigma) - HALF_LOG_2PI,
        lambda sigma: stats.halfnorm(0, sigma),
        _same("HalfNormal"), _same("HalfNormal", sigma="scale"),
    ),
    "HalfCauchy": Family(
        ("scale",), frozenset({"scale"}), (0.0, INF),
        lambda x, scale: np.log(2 / np.pi / scale) - np.log1p((x / scale) ** 2),
        lambda scale: stats.halfcauchy(0, scale),
        _same("HalfCauchy", scale="beta"), _same("HalfCauchy"),
    ),
    "HalfStudentT": Family(
        ("nu", "scale"), frozenset({"nu", "scale"}), (0.0, INF),
        lambda x, nu, scale: LOG_2 + _log_t(x / scale, nu) - np.log(scale),
        lambda nu, scale: HalfT(nu, scale),
        _same("HalfStudentT", scale="sigma"),
        lambda nu, scale: ("FoldedDistribution", {"base": ("StudentT", {"df": nu, "loc": 0.0, "scale": scale})}),
    ),
    "Exponential": Family(
        ("rate",), frozenset({"rate"}), (0.0, INF),
        lambda x, rate: np.log(rate) - rate * x,
        lambda rate: stats.expon(0, 1 / rate),
        _same("Exponential", rate="lam"), _same("Exponential"),
    ),
    "Gamma": Family(
        ("shape", "rate"), frozenset({"shape", "rate"}), (0.0, INF),
        lambda x, shape, rate: shape * np.log(rate) - gammaln(shape) + xlogy(shape - 1, x) - rate * x,
        lambda shape, rate: stats.gamma(shape, scale=1 / rate),
        _same("Gamma", shape="alpha", rate="beta"), _same("Gamma", shape="concentration"),
    ),
    "InverseGamma": Family(
        ("shape", "scale"), frozenset({"shape", "scale"}), (0.0, INF),
        lambda x, shape, scale: shape * np.log(scale) - gammaln(shape) - (shape + 1) * np.log(x) - scale / x,
        lambda shape, scale: stats.invgamma(shape, scale=scale),
        _same("InverseGamma", shape="alpha", scale="beta"),
        _same("InverseGamma", shape="concentration", scale="rate"),
    ),
    "LogNormal": Family(
        ("mu", "sigma"), frozenset({"sigma"}), (0.0, INF),
        lambda x, mu, sigma: -0.5 * ((np.log(x) - mu) / sigma) ** 2 - np.log(x * sigma) - HALF_LOG_2PI,
        lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
        _same("LogNormal"), _same("LogNormal", mu="loc", sigma="scale"),
    ),
    "Beta": Family(
        ("alpha", "beta"), frozenset({"alpha", "beta"}), (0.0, 1.0),
        lambda x, alpha, beta: xlogy(alpha - 1, x) + xlog1py(beta - 1, -x) - betaln(alpha, beta),
        lambda alpha, beta: stats.beta(alpha, beta),
        _same("Beta"), _same("Beta", alpha="concentration1", beta="concentration0"),
    ),
    "Uniform": Family(
        ("lower", "upper"), frozenset(), (-INF, INF),
        lambda x, lower, upper: -np.log(upper - lower) + 0.0 * x,
        lambda lower, upper: stats.uniform(lower, upper - lower),
        _same("Uniform"), _same("Uniform", lower="low", upper="high"),
    ),
}


class HalfT:
    """The Student-t folded at zero: SciPy has none of its own."""

    def __init__(self, nu: float, scale: float) -> None:
        self._t = stats.t(nu, 0, scale)

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        """Return the log density; minus infinity below zero."""
        return np.where(np.asarray(x) >= 0, np.log(2) + self._t.logpdf(x), -np.inf)

    def pdf(self, x: np.ndarray) -> np.ndarray:
        """Return the density."""
        return np.exp(self.logpdf(x))

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return P(X <= x)."""
        return np.where(np.asarray(x) >= 0, 2 * self._t.cdf(x) - 1, 0.0)

    def ppf(self, q: np.ndarray) -> np.ndarray:
        """Return the quantile."""
        return self._t.ppf((np.asarray(q) + 1) / 2)

    def rvs(self, size: object = None, random_state: object = None) -> np.ndarray:
        """Draw at random."""
        return np.abs(self._t.rvs(size=size, random_state=random_state))
