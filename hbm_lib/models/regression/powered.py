"""Posteriors with priors or likelihood raised to a power, exactly: for power-scaling sensitivity.

A normal law to the power b is one of variance / b and a factor: with s2 = sigma2 / b,

    Normal(y_i | m_i, sigma2)^b                           ~ Normal(y_i | m_i, s2) sigma2^(-(b - 1) / 2),
    Normal(beta | mean, sigma2 precision^-1)^a            ~ Normal(beta | mean, s2 (a precision / b)^-1) sigma2^(-p (a - 1) / 2),

so that, in the coordinates (tau, s), the powered posterior is that of a model with the precision a / b times as large,
and only the weight of the scales changes. Source: Kallioinen et al. (2024), Statistics and Computing 34, section 2.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from hbm_lib.model import Model
from hbm_lib.models.regression.exact import ExactPosterior, within
from hbm_lib.models.regression.given_scales import log_likelihood, prepare
from hbm_lib.models.regression.spec import Data, Prior, check
from hbm_lib.samplers.plane import plane

_PARTS = ("beta", "sigma2", "tau")


@dataclass(frozen=True)
class Powered:
    """A powered posterior.

    Attributes
    ----------
    inner : ExactPosterior
        In the coordinates (tau, s).
    root : float
        sigma / s, the root of the likelihood's power.
    """

    inner: ExactPosterior
    root: float

    def cdf(self, name: str, entry: int = 0) -> Callable[[np.ndarray], np.ndarray]:
        """Return the distribution function of ``tau``, ``sigma`` or of one entry of ``beta`` or ``gamma``."""
        if name in ("beta", "gamma"):
            return self.inner.law(name)[entry].cdf
        if name not in ("tau", "sigma"):
            raise ValueError(f"name: beta, gamma, sigma or tau is needed, got {name!r}")
        scale = self.root if name == "sigma" else 1.0
        return lambda x: self.inner.law(name).cdf(np.asarray(x, float) / scale)


def powered(
    model: Model, data: Data, prior: float = 1.0, likelihood: float = 1.0, *, parts: tuple[str, ...] = _PARTS
) -> Powered:
    """Return the posterior proportional to prior**a times likelihood**b.

    Priors are powered as they are written: that of ``tau`` on tau where the model has it so, else on tau2. The law of
    gamma given tau2 belongs to the model and is kept.

    Parameters
    ----------
    model : Model
        ``regression.hierarchical``.
    data : Data
        Rows in groups.
    prior, likelihood : float
        The powers a and b, above 0.
    parts : tuple of str
        Which priors are powered, of ``beta``, ``sigma2`` and ``tau``.

    Returns
    -------
    Powered

    Raises
    ------
    ValueError
        If a power is not a number above 0, or a part is not known.
    """
    for name, value in {"prior": prior, "likelihood": likelihood}.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
            raise ValueError(f"{name}: a power above 0 is needed, got {value!r}")
    if isinstance(parts, str) or not isinstance(parts, Collection) or set(parts) - set(_PARTS):
        raise ValueError(f"parts: a tuple of {', '.join(_PARTS)} is needed, got {parts!r}")
    if not isinstance(getattr(model, "prior", None), Prior):
        raise ValueError(f"model: regression.hierarchical(prior) is needed, got {model!r}")
    check(model.prior, data)
    a = {part: prior if part in parts else 1.0 for part in _PARTS}
    p, law = data.x.shape[1], model.prior
    precision = law.precision_of(p) * a["beta"] / likelihood
    changed = replace(law, precision=tuple(map(tuple, precision)))
    whole, root = prepare(data, changed), np.sqrt(likelihood)
    lost = data.n_rows * (likelihood - 1) + p * (a["beta"] - 1)
    power = 1 if law.tau is not None else 2

    def joint(tau: np.ndarray, s: np.ndarray) -> np.ndarray:
        sigma = root * s
        of_tau = a["tau"] * law.of_tau.logpdf(tau**power) + (power - 1) * np.log(tau)
        of_sigma = a["sigma2"] * law.sigma2.logpdf(sigma**2) + np.log(sigma)
        return of_tau + of_sigma - lost * np.log(sigma) + log_likelihood(tau, s, whole)

    low, high = within(law.sigma2, 0.5)
    support = within(law.of_tau, 1 / power), (low / root, high / root)
    inner = ExactPosterior(replace(model, prior=changed), data, whole, plane(joint, support=support))
    return Powered(inner, float(root))
