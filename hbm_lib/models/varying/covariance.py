"""Two priors of the covariance matrix of the groups' coefficients.

InverseWishart(nu, scale) has the density

    |scale|^(nu/2) / (2^(nu q/2) Gamma_q(nu/2)) |Sigma|^(-(nu+q+1)/2) exp(-tr(scale Sigma^-1) / 2).     (1)

With scale = C C' and W lower triangular, W_kk² ~ chi-squared(nu - q + 1 + k) for k = 0, …, q - 1 and W_kl ~ Normal(0, 1)
below the diagonal, L = C W^-1 is the lower Cholesky factor of such a Sigma (Bartlett 1933, the triangle turned over).  (2)

LKJ(eta, scales) gives each standard deviation tau_k a prior of its own and the correlation matrix a density proportional
to |correlation|^(eta - 1) (Lewandowski, Kurowicka & Joe 2009).                                                       (3)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, multigammaln

from hbm_lib.priors import Dist


def matrix(values: object, name: str, size: int | None = None) -> np.ndarray:
    """Return a symmetric positive definite matrix: from one number (with ``size``), a diagonal or the whole.

    Raises
    ------
    ValueError
        Naming the argument and what is wrong with it.
    """
    try:
        found = np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: numbers are needed, got {values!r}") from None
    if found.ndim == 0 and size:
        found = np.full(size, float(found))
    found = np.diag(found) if found.ndim == 1 else found
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not found.size or (size and len(found) != size):
        wanted = f"({size}, {size})" if size else "(q, q)"
        raise ValueError(f"{name}: a matrix of shape {wanted} is needed, or its diagonal, got shape {np.shape(values)}")
    if not np.all(np.isfinite(found)):
        raise ValueError(f"{name}: an entry is not finite")
    if not np.allclose(found, found.T, rtol=1e-10, atol=0):
        raise ValueError(f"{name}: it is not symmetric; give (A + A.T) / 2")
    sd = np.sqrt(np.clip(np.diag(found), 0, None))
    if not np.all(sd > 0) or np.linalg.eigvalsh(found / np.outer(sd, sd)).min() < 1e-12:
        raise ValueError(f"{name}: it is not positive definite, so it is no covariance matrix")
    return (found + found.T) / 2


def rows(values: np.ndarray) -> tuple:
    """Return a matrix or vector as nested tuples: equal if its numbers are, and not to be changed."""
    return tuple(rows(v) for v in values) if np.ndim(values) else float(values)


def parts(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return standard deviations (..., q) and correlations of the pairs i < j, (..., q(q-1)/2)."""
    sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    i, j = np.triu_indices(sd.shape[-1], 1)
    return sd, covariance[..., i, j] / (sd[..., i] * sd[..., j])


class _Law:
    """What both laws have in common."""

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Draw covariance matrices, (*size, q, q)."""
        root = self.sample_root(rng, size)
        return root @ np.swapaxes(root, -1, -2)


def _whole(value: object) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(np.isfinite(value))


@dataclass(frozen=True)
class InverseWishart(_Law):
    """One law of the whole covariance matrix: conjugate.

    Parameters
    ----------
    nu : float
        Degrees of freedom, above q - 1. Each variance is then InverseGamma((nu - q + 1) / 2, scale_kk / 2).
        At nu = q + 1 each correlation is uniform.
    scale : array of shape (q, q) or (q,)
        A covariance matrix, or its diagonal. With nu above q + 1 the mean of Sigma is scale / (nu - q - 1).

    Raises
    ------
    ValueError
        If scale is not a covariance matrix, or nu is not above q - 1.
    """

    nu: float
    scale: tuple

    def __post_init__(self) -> None:
        """Refuse what is no inverse-Wishart law."""
        found = matrix(self.scale, "scale")
        if not _whole(self.nu) or self.nu <= len(found) - 1:
            raise ValueError(f"nu: a number above q - 1 = {len(found) - 1} is needed for {len(found)} coefficients, "
                             f"got {self.nu!r}; at q + 1 = {len(found) + 1} every correlation is uniform")
        object.__setattr__(self, "scale", rows(found))

    @property
    def size(self) -> int:
        """The number of coefficients q."""
        return len(self.scale)

    @property
    def root(self) -> np.ndarray:
        """C, the lower Cholesky factor of the scale, (q, q)."""
        return np.linalg.cholesky(np.array(self.scale))

    def degrees(self) -> np.ndarray:
        """Return the degrees of freedom of the squared diagonal of W in (2), (q,)."""
        return self.nu - self.size + 1 + np.arange(self.size)

    def sample_root(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Draw lower Cholesky factors L of covariance matrices by (2), (*size, q, q)."""
        shape, q = ((size,) if isinstance(size, int) else tuple(size)), self.size
        w = np.tril(rng.standard_normal((*shape, q, q)), -1)
        w[..., range(q), range(q)] = np.sqrt(rng.chisquare(self.degrees(), (*shape, q)))
        return np.swapaxes(np.linalg.solve(np.swapaxes(w, -1, -2), self.root.T), -1, -2)  # C W^-1, from W' L' = C'

    def log_parts(self, covariance: np.ndarray) -> dict[str, np.ndarray]:
        """Return the log density (1) at matrices (..., q, q), with respect to their entries on and below the diagonal."""
        q, factor = self.size, np.linalg.cholesky(covariance)
        left = np.linalg.solve(factor, np.broadcast_to(self.root, factor.shape))
        constant = self.nu * np.log(np.diag(self.root)).sum() - self.nu * q / 2 * np.log(2) - multigammaln(self.nu / 2, q)
        half = np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(-1)
        return {"Sigma": constant - (self.nu + q + 1) * half - 0.5 * (left**2).sum((-1, -2))}


@dataclass(frozen=True)
class LKJ(_Law):
    """Standard deviations with priors of their own, and a law of the correlation matrix.

    Parameters
    ----------
    eta : float
        1 is uniform over correlation matrices; above it correlations near -1 and 1 become less likely. At least 0.5.
    scales : sequence of Dist
        One prior for each coefficient's standard deviation between groups, in its own unit.

    Raises
    ------
    ValueError
        If eta is below 0.5 or not finite, or a scale's prior does not live above 0.
    """

    eta: float
    scales: Sequence[Dist]

    def __post_init__(self) -> None:
        """Refuse what is no law of a covariance matrix."""
        if not _whole(self.eta) or self.eta < 0.5:
            raise ValueError(f"eta: a finite number of at least 0.5 is needed, got {self.eta!r}")
        if isinstance(self.scales, Dist) or not isinstance(self.scales, list | tuple) or not self.scales:
            raise ValueError(f"scales: a list of distributions is needed, one a coefficient, got {self.scales!r}")
        for k, law in enumerate(self.scales):
            if not isinstance(law, Dist) or law.support[0] < 0:
                raise ValueError(f"scales, place {k}: a distribution of hbm_lib.priors that lives above 0 is needed, got {law!r}")
        object.__setattr__(self, "scales", tuple(self.scales))

    @property
    def size(self) -> int:
        """The number of coefficients q."""
        return len(self.scales)

    def shapes(self) -> np.ndarray:
        """Return the shape b of the partial correlations' laws, 2 Beta(b, b) - 1, row by row below the diagonal.

        The partial correlation of k and l < k, given those before l (from 0), has b = eta + (q - 2 - l) / 2.
        """
        _, before = np.tril_indices(self.size, -1)
        return self.eta + (self.size - 2 - before) / 2

    def factor(self, partial: np.ndarray) -> np.ndarray:
        """Return the Cholesky factor of the correlation matrix of partial correlations (..., q(q-1)/2), as (..., q, q)."""
        q = self.size
        out = np.zeros((*partial.shape[:-1], q, q))
        out[..., 0, 0], at = 1.0, 0
        for k in range(1, q):
            left = np.ones(partial.shape[:-1])
            for l in range(k):  # noqa: E741 -- as in the formula
                out[..., k, l] = partial[..., at] * left
                left, at = left * np.sqrt((1 - partial[..., at]) * (1 + partial[..., at])), at + 1
            out[..., k, k] = left
        return out

    def sample_root(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Draw lower Cholesky factors of covariance matrices, (*size, q, q)."""
        shape, b = ((size,) if isinstance(size, int) else tuple(size)), self.shapes()
        tau = np.stack([law.sample(rng, shape) for law in self.scales], -1)
        return tau[..., None] * self.factor(2 * rng.beta(b, b, (*shape, len(b))) - 1)

    def log_parts(self, covariance: np.ndarray) -> dict[str, np.ndarray]:
        """Return the log density of the standard deviations, ``tau`` (..., q), and of the correlations together (...)."""
        tau, _ = parts(covariance)
        q, k = self.size, np.arange(1, self.size)
        shape = self.eta + (q - k - 1) / 2
        # Lewandowski et al. (2009), equations 16 and 17
        constant = ((2 * (self.eta - 1) + q - k) * (q - k) * np.log(2) + (q - k) * betaln(shape, shape)).sum()
        _, log_det = np.linalg.slogdet(covariance / (tau[..., None] * tau[..., None, :]))
        found = np.stack([law.logpdf(tau[..., i]) for i, law in enumerate(self.scales)], -1)
        return {"tau": found, "correlation": (self.eta - 1) * log_det - constant}
