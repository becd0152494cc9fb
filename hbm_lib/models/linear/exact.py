"""The posterior in closed form: Normal-inverse-gamma again, marginals Student-t.

With V^-1 = precision + X'X and d = X'(y - X mean),

    beta | sigma2, y ~ Normal(m, sigma2 V),  m = mean + V d
    sigma2 | y       ~ InverseGamma(a + n / 2, b + S / 2)
    S                = min over beta of |y - X beta|² + (beta - mean)' precision (beta - mean)
    log p(y)         = -n/2 log 2 pi + 1/2 log(|precision| |V|) + a log b - a_n log b_n + log Gamma(a_n) - log Gamma(a)

Source: Gelman et al., Bayesian Data Analysis (3rd ed.), sections 14.2 and 14.8; O'Hagan & Forster (2004),
Kendall's Advanced Theory of Statistics 2B, chapter 11. S is found as a least-squares residual over the rows of X
and p rows that say what the prior says, so nothing is lost where two large numbers would be subtracted.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from hbm_lib import tables
from hbm_lib.model import EngineError, Model
from hbm_lib.models.linear.spec import Data, Prior
from hbm_lib.priors import InverseGamma

LOG_2PI = np.log(2 * np.pi)
_LARGE = 50.0


def needs_inverse_gamma(prior: Prior, engine: str) -> None:
    """Refuse a prior of sigma2 that is not conjugate.

    Raises
    ------
    EngineError
        Naming the prior and the engines that can.
    """
    if prior.sigma2.family != "InverseGamma":
        raise EngineError(f"engine {engine!r} needs an InverseGamma prior on sigma2, got {prior.sigma2}; use pymc or numpyro")


@dataclass(frozen=True)
class NormalInverseGamma:
    """The law beta | sigma2 ~ Normal(mean, sigma2 (root' root)^-1), sigma2 ~ InverseGamma(shape, scale).

    Attributes
    ----------
    mean : array of shape (..., p)
        Of the coefficients.
    root : array of shape (p, p)
        Upper triangle of the precision in units of 1 / sigma2.
    shape : float
        a_n.
    scale : array of shape (...)
        b_n, in squared units of the outcome.
    """

    mean: np.ndarray
    root: np.ndarray
    shape: float
    scale: np.ndarray

    @cached_property
    def covariance(self) -> np.ndarray:
        """V = (root' root)^-1, shape (p, p), in units of sigma2."""
        half = np.linalg.inv(self.root)
        return half @ half.T


def update(data: Data, prior: Prior) -> NormalInverseGamma:
    """Return the posterior of the data, or of each of several data sets at once."""
    mean, root = prior.coefficients(data.n_columns)
    sums = data.sums
    q, both = np.linalg.qr(np.vstack([root, sums.root]))
    left = sums.along - mean @ sums.root.T
    along = left @ q[len(root) :]
    residual = np.concatenate([np.zeros((*left.shape[:-1], len(root))), left], axis=-1) - along @ q.T
    squares = sums.rss + (residual**2).sum(-1)
    moved = np.linalg.solve(both, along[..., None])[..., 0]
    return NormalInverseGamma(mean + moved, both, prior.sigma2.shape + data.n_rows / 2, prior.sigma2.scale + squares / 2)


def log_evidence(data: Data, prior: Prior) -> np.ndarray:
    """Return log p(y), shape (...), with no constant left out."""
    _, root = prior.coefficients(data.n_columns)
    a, b, found = prior.sigma2.shape, prior.sigma2.scale, update(data, prior)
    size = np.log(np.diag(root)).sum() - np.log(np.abs(np.diag(found.root))).sum()
    constant = size - 0.5 * data.n_rows * LOG_2PI + a * np.log(b) + gammaln(found.shape) - gammaln(a)
    return constant - found.shape * np.log(found.scale)


def root_moments(shape: float, scale: float) -> tuple[float, float]:
    """Return mean and standard deviation of sqrt(sigma2), sigma2 ~ InverseGamma(shape, scale); infinite where they are.

    E sqrt(sigma2) = sqrt(scale) g, g = Gamma(shape - 1/2) / Gamma(shape), and the variance is
    scale / (shape - 1) - scale g². For a large shape g comes from its series in w = shape - 3/4
    (Luke 1969, The Special Functions, section 2.11), else the difference would have no digits.
    """
    w = shape - 0.75
    if w > _LARGE:
        series = 1 - 1 / (64 * w**2) + 21 / (8192 * w**4)
        rest = -1 / (32 * w**2) + (1 / 4096 + 21 / 4096) / w**4  # series² - 1
        relative = 1 / (4 * w) - rest * (1 - 1 / (4 * w))  # 1 - (shape - 1) g²
        return float(np.sqrt(scale / w) * series), float(np.sqrt(scale / (shape - 1) * relative))
    mean = float(np.sqrt(scale) * np.exp(gammaln(shape - 0.5) - gammaln(shape))) if shape > 0.5 else np.inf
    return mean, float(np.sqrt(scale / (shape - 1) - mean**2)) if shape > 1 else np.inf


@dataclass(frozen=True)
class ExactPosterior:
    """Every marginal of the posterior, with no error but rounding.

    Attributes
    ----------
    model, data : Model, Data
        What was computed.
    joint : NormalInverseGamma
        The law of (beta, sigma2).
    log_evidence : float
        Log p(y), with no constant left out: the log marginal likelihood.
    """

    model: Model
    data: Data
    joint: NormalInverseGamma
    log_evidence: float

    def law(self, name: str) -> object:
        """Return the marginal law of ``beta`` (p,), ``sigma2`` or ``sigma`` as a frozen SciPy distribution."""
        joint = self.joint
        if name == "beta":
            return self.combination(np.eye(self.data.n_columns))
        if name == "sigma2":
            return stats.invgamma(joint.shape, scale=joint.scale)
        if name == "sigma":
            return stats.gengamma(joint.shape, -2, scale=np.sqrt(joint.scale))
        raise ValueError(f"name: {self.model.name} has {', '.join(self.model.dims)}, got {name!r}")

    def combination(self, weights: np.ndarray) -> object:
        """Return the Student-t law of each row of weights times beta: (p,) or (m, p), a frozen SciPy distribution.

        A difference of coefficients, or the height of the line at a new x.
        """
        weights = self._rows(weights)
        half = np.linalg.solve(self.joint.root.T, weights.reshape(-1, weights.shape[-1]).T)
        spread = np.sqrt(self.joint.scale / self.joint.shape * (half**2).sum(0)).reshape(weights.shape[:-1])
        return stats.t(2 * self.joint.shape, weights @ self.joint.mean, spread)

    def predictive(self, x: np.ndarray) -> object:
        """Return the posterior predictive law of the outcome at new rows x (p,) or (m, p), each by itself.

        Student-t with 2 a_n degrees of freedom about x'm, squared scale b_n / a_n (1 + x'V x).
        """
        df, centre, spread = self.combination(x).args
        return stats.t(df, centre, np.sqrt(self.joint.scale / self.joint.shape + spread**2))

    def predictive_together(self, x: np.ndarray) -> object:
        """Return the joint posterior predictive law of new rows x (m, p): a multivariate Student-t of SciPy."""
        x = np.atleast_2d(self._rows(x))
        half = np.linalg.solve(self.joint.root.T, x.T)
        shape = self.joint.scale / self.joint.shape * (np.eye(len(x)) + half.T @ half)
        return stats.multivariate_t(x @ self.joint.mean, shape, df=2 * self.joint.shape)

    def _rows(self, x: np.ndarray) -> np.ndarray:
        """Refuse rows that do not fit the coefficients."""
        x = np.asarray(x, float)
        if x.ndim not in (1, 2) or x.shape[-1] != self.data.n_columns or not np.isfinite(x).all():
            raise ValueError(f"x: finite rows of {self.data.n_columns} columns ({', '.join(self.data.names)}) are needed, "
                             f"got shape {x.shape}")
        return x

    def mean(self, name: str) -> np.ndarray | float:
        """Return the posterior mean: (p,) for beta, else a number."""
        if name == "sigma":
            return root_moments(self.joint.shape, self.joint.scale)[0]
        return _plain(self.law(name).mean())

    def sd(self, name: str) -> np.ndarray | float:
        """Return the posterior standard deviation."""
        if name == "sigma":
            return root_moments(self.joint.shape, self.joint.scale)[1]
        return _plain(self.law(name).std())

    def quantile(self, name: str, q: float) -> np.ndarray | float:
        """Return the posterior quantile."""
        if not np.all((np.asarray(q) > 0) & (np.asarray(q) < 1)):
            raise ValueError(f"q: probabilities strictly between 0 and 1 are needed, got {q}")
        return _plain(self.law(name).ppf(q))

    def error(self, name: str) -> np.ndarray | float:
        """Return 0 for each mean: there is no quadrature in it."""
        return 0 * self.mean(name)

    def summary(self) -> pd.DataFrame:
        """Return mean, sd, quantiles and error of every variable as a table."""
        return tables.summary(self, self.model.dims)

    def as_prior(self) -> Prior:
        """Return the posterior as a prior for rows that are still to come."""
        joint = self.joint
        return Prior(joint.mean, joint.root.T @ joint.root, InverseGamma(joint.shape, float(joint.scale)))

    def sample(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Draw ``n`` independent sets of parameters from the joint posterior."""
        sigma2 = self.joint.scale / rng.gamma(self.joint.shape, size=n)
        step = np.linalg.solve(self.joint.root, rng.standard_normal((self.data.n_columns, n))).T
        beta = self.joint.mean + np.sqrt(sigma2)[:, None] * step
        return {"beta": beta, "sigma2": sigma2, "sigma": np.sqrt(sigma2)}


def _plain(value: np.ndarray) -> np.ndarray | float:
    """Return a number instead of an array of no dimensions."""
    return float(value) if np.ndim(value) == 0 else np.asarray(value)


def posterior(model: Model, data: Data) -> ExactPosterior:
    """Compute the exact posterior.

    Parameters
    ----------
    model : Model
        ``linear.conjugate`` with an InverseGamma prior on sigma2.
    data : Data
        Rows.

    Returns
    -------
    ExactPosterior

    Raises
    ------
    EngineError
        If sigma2 has another prior.
    """
    needs_inverse_gamma(model.prior, "exact")
    return ExactPosterior(model, data, update(data, model.prior), float(log_evidence(data, model.prior)))
