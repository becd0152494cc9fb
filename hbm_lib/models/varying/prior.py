"""The priors of coefficients that differ between groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.models.varying.covariance import LKJ, InverseWishart, matrix, rows
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    covariance : InverseWishart or LKJ
        Of the covariance matrix Sigma of the groups' coefficients. It says how many coefficients there are.
    mu : sequence of Dist, optional
        A Normal for each mean coefficient; or give ``mean`` and ``precision``.
    mean : float or array of shape (q,), optional
        Of the mean coefficients; one number stands for all.
    precision : float or array of shape (q,) or (q, q), optional
        Inverse covariance of the mean coefficients, not in units of the noise.
    sigma2, sigma : Dist, optional
        Of the noise: exactly one, on its variance or on its standard deviation.

    Raises
    ------
    ValueError
        Naming the argument that is missing, given twice or impossible.
    """

    covariance: InverseWishart | LKJ
    mu: Sequence[Dist] | None = None
    mean: float | Sequence[float] | None = None
    precision: float | Sequence | None = None
    sigma2: Dist | None = None
    sigma: Dist | None = None

    def __post_init__(self) -> None:
        """Refuse a prior that is not one."""
        if not isinstance(self.covariance, InverseWishart | LKJ):
            raise ValueError(f"covariance: InverseWishart(nu, scale) or LKJ(eta, scales) is needed, got {self.covariance!r}")
        if (self.sigma2 is None) == (self.sigma is None):
            raise ValueError("sigma2, sigma: exactly one is needed, a prior of the noise's variance or of its standard deviation")
        name = self.noise
        law = getattr(self, name)
        if not isinstance(law, Dist) or law.support[0] < 0:
            raise ValueError(f"{name}: a distribution of hbm_lib.priors that lives above 0 is needed, got {law!r}")
        if (self.mu is None) == (self.mean is None and self.precision is None) or (self.mean is None) != (self.precision is None):
            raise ValueError("mu: a list of Normals is needed, or instead of it mean and precision")
        if self.mu is not None:
            self._normals()
        else:
            object.__setattr__(self, "mean", rows(self._means()))
            object.__setattr__(self, "precision", rows(matrix(self.precision, "precision", self.size)))

    def _normals(self) -> None:
        """Check one Normal a coefficient."""
        if not isinstance(self.mu, list | tuple) or len(self.mu) != self.size:
            raise ValueError(f"mu: a list of {self.size} Normals is needed, one a coefficient, got {self.mu!r}")
        for k, law in enumerate(self.mu):
            if not isinstance(law, Dist) or law.family != "Normal":
                raise ValueError(f"mu, place {k}: a Normal is needed, got {law!r}")
        object.__setattr__(self, "mu", tuple(self.mu))

    def _means(self) -> np.ndarray:
        """Check the means."""
        try:
            found = np.asarray(self.mean, float)
        except (TypeError, ValueError):
            raise ValueError(f"mean: numbers are needed, got {self.mean!r}") from None
        if found.ndim > 1 or (found.ndim == 1 and len(found) != self.size) or not np.all(np.isfinite(found)):
            raise ValueError(f"mean: one finite number or {self.size} are needed, got {self.mean!r}")
        return np.full(self.size, float(found)) if found.ndim == 0 else found

    @property
    def size(self) -> int:
        """The number of coefficients q."""
        return self.covariance.size

    @property
    def noise(self) -> str:
        """Which of ``sigma2`` and ``sigma`` has the prior."""
        return "sigma" if self.sigma2 is None else "sigma2"

    @cached_property
    def center(self) -> np.ndarray:
        """The prior mean of mu, (q,)."""
        return np.array([law.mu for law in self.mu] if self.mu is not None else self.mean)

    @cached_property
    def spread(self) -> np.ndarray:
        """S (q, q), with mu = center + S z for standard normal z: S S' is the prior covariance of mu."""
        if self.mu is not None:
            return np.diag([law.sigma for law in self.mu])
        return np.linalg.inv(np.linalg.cholesky(np.array(self.precision))).T
