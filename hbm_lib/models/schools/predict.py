"""Predictions with their three kinds of uncertainty told apart.

A new pupil's score is uncertain because the means are not known exactly, because schools
differ (of a new school nothing else is known), and because pupils of one school differ.
The three variances add up (law of total variance).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hbm_lib import arguments
from hbm_lib.models.schools.exact import ExactPosterior
from hbm_lib.samplers.mixture import NormalMixture


@dataclass(frozen=True)
class Prediction:
    """The law of one predicted quantity and where its variance comes from.

    Attributes
    ----------
    law : NormalMixture
        With ``mean``, ``sd``, ``cdf``, ``quantile``.
    means, schools, pupils : float
        Variance from not knowing the means, from differences between schools, and from differences
        between pupils, in squared points; they add up to ``law.sd ** 2``.
    """

    law: NormalMixture
    means: float
    schools: float
    pupils: float

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Return the central interval."""
        arguments.between_0_and_1("level", level)
        low, high = self.law.quantile(np.array([(1 - level) / 2, (1 + level) / 2]))
        return float(low), float(high)


def _exact_only(posterior: object) -> None:
    """Refuse draws: a prediction here is a law, and needs the laws at the nodes."""
    if not isinstance(posterior, ExactPosterior):
        raise ValueError(f"posterior: what fit_exact returns is needed, got {type(posterior).__name__}; "
                         "of draws take generative.predict")


def _covariates(posterior: ExactPosterior, covariates: Mapping[str, float] | None) -> np.ndarray:
    """Return the new pupil's covariates in the order of the data.

    Raises
    ------
    ValueError
        If one is missing, unknown or not a finite number.
    """
    if covariates is not None and not isinstance(covariates, Mapping):
        raise ValueError(f"covariates: a mapping of name to number is needed, got {covariates!r}")
    names, given = list(posterior.data.covariates), dict(covariates or {})
    wrong = [n for n in given if n not in names]
    missing = [n for n in names if n not in given]
    if wrong or missing:
        raise ValueError(f"covariates: this model has {', '.join(names) or 'none'}; "
                         + (f"missing: {', '.join(missing)}" if missing else f"not known: {', '.join(wrong)}"))
    for name, value in given.items():
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (number and np.isfinite(value)):
            raise ValueError(f"covariates: {name!r} must be a finite number, got {value!r}")
    return np.array([float(given[n]) for n in names])


def _predict(posterior: ExactPosterior, start: np.ndarray, lean: np.ndarray, own: np.ndarray,
             schools: np.ndarray, pupil: bool) -> Prediction:
    """Put the law together from the conditional laws at the nodes."""
    g, (_, sigma, weight) = posterior.given, posterior.nodes
    pupils = sigma**2 * pupil
    law = posterior.mixture(start, lean, own + schools + pupils)
    centre = start + (lean * g["mean"]).sum(-1)
    inside = own + np.einsum("kp,kpq,kq->k", lean, g["cov"], lean)
    means = float(weight @ (inside + (centre - weight @ centre) ** 2))
    return Prediction(law, means, float(weight @ schools), float(weight @ pupils))


def known_school(
    posterior: ExactPosterior, school: str, *, pupil: bool = True, covariates: Mapping[str, float] | None = None
) -> Prediction:
    """Predict a new pupil's score at a school of the data, or that school's mean.

    Parameters
    ----------
    posterior : ExactPosterior
        Of ``fit_exact``.
    school : str
        The school's name.
    pupil : bool
        Whether a pupil is asked for, or the school's mean.
    covariates : mapping of str to float, optional
        The new pupil's, where the model has any.

    Returns
    -------
    Prediction

    Raises
    ------
    ValueError
        If the school is not in the data (ask ``new_school``) or a covariate is missing.
    """
    _exact_only(posterior)
    if str(school) not in posterior.data.labels:
        raise ValueError(f"school: {school!r} is not in the data; for a school that was not seen use new_school()")
    j, g = posterior.data.place(school), posterior.given
    lean = g["lean"][:, j].copy()
    lean[:, 1:] += _covariates(posterior, covariates)
    return _predict(posterior, g["start"][:, j], lean, g["own"][:, j], np.zeros(len(lean)), pupil)


def new_school(posterior: ExactPosterior, *, pupil: bool = True, covariates: Mapping[str, float] | None = None) -> Prediction:
    """Predict a pupil's score at a school of the same district that was not seen, or that school's mean.

    Parameters are those of ``known_school``.
    """
    _exact_only(posterior)
    g, (tau, _, _) = posterior.given, posterior.nodes
    lean = np.zeros_like(g["mean"])
    lean[:, 0] = 1
    lean[:, 1:] = _covariates(posterior, covariates)
    zero = np.zeros(len(tau))
    return _predict(posterior, zero, lean, zero, tau**2, pupil)
