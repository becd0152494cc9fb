"""Model 3 is not model 1 in other coordinates: it is another prior on the spread of the effects.

The data speak of tau only through the spread s(tau), so model 3's likelihood of
the spread is model 1's. What differs is the prior that half-Cauchy(10) on tau
induces on s. A change of coordinates would leave the posterior of every effect,
and p(y), as they are.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.model import Model
from hbm_lib.models.eight_schools import Data, Scale, exact
from hbm_lib.protocols.eight_schools.induced import Induced

POINTS = np.linspace(0.05, 40.0, 4000)
LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True)
class AnotherPrior:
    """One form of the switch, compared with the identity.

    Attributes
    ----------
    kind : str
        ``identity``, ``hard`` or ``sigmoid``.
    overlap, gap : tuple of float or None
        Spreads with several taus, and spreads with none.
    prior_quantiles, posterior_quantiles : array of shape (5,)
        Of the spread, at 2.5, 25, 50, 75 and 97.5 %.
    log_evidence : float
        log p(y).
    distance : float
        The largest difference between the posterior distribution functions of
        this spread and of the identity's.
    bayes_error : float
        The largest difference between two computations of the spread's
        posterior density: tau's posterior pushed through s, and induced prior
        times model 1's likelihood. Zero up to rounding.
    effect_change : float
        The largest change of E[theta_j], in points.
    """

    kind: str
    overlap: tuple[float, float] | None
    gap: tuple[float, float] | None
    prior_quantiles: np.ndarray
    posterior_quantiles: np.ndarray
    log_evidence: float
    distance: float
    bayes_error: float
    effect_change: float


def spread_likelihood(model: Model, data: Data, spread: np.ndarray) -> np.ndarray:
    """Return log p(y | spread), mu and the effects integrated out: the same for every switch."""
    plain = model.with_prior(scale=Scale())
    return exact.coefficients(spread, data, plain.prior)[2]


def compare(model: Model, data: Data) -> AnotherPrior:
    """Compare a model with a switch to the same model without one.

    Parameters
    ----------
    model : Model
        Any model of the family with a prior on tau.
    data : Data
        J groups.

    Returns
    -------
    AnotherPrior
    """
    scale = model.prior.scale
    fit = exact.posterior(model, data)
    plain = exact.posterior(model.with_prior(scale=Scale()), data)
    before, after = Induced(scale, model.prior.tau.scipy()), Induced(scale, fit.line)
    pushed = after.pdf(POINTS)
    bayes = before.pdf(POINTS) * np.exp(spread_likelihood(model, data, POINTS) - fit.log_evidence)
    return AnotherPrior(
        kind=scale.kind,
        overlap=before.overlap(),
        gap=before.gap(),
        prior_quantiles=np.array([before.quantile(q) for q in LEVELS]),
        posterior_quantiles=np.array([after.quantile(q) for q in LEVELS]),
        log_evidence=fit.log_evidence,
        distance=float(np.abs(after.cdf(POINTS) - plain.line.cdf(POINTS)).max()),
        bayes_error=float(np.abs(pushed - bayes).max()),
        effect_change=float(np.abs(fit.mean("theta") - plain.mean("theta")).max()),
    )


def curves(model: Model, data: Data, points: np.ndarray) -> pd.DataFrame:
    """Return prior and posterior densities of the spread at ``points``, for a figure."""
    scale, line = model.prior.scale, exact.posterior(model, data).line
    return pd.DataFrame(
        {
            "spread": points,
            "prior": Induced(scale, model.prior.tau.scipy()).pdf(points),
            "posterior": Induced(scale, line).pdf(points),
        }
    )


def table(found: list[AnotherPrior]) -> pd.DataFrame:
    """Return the comparison with a row a switch."""
    columns = {
        "prior median": [f.prior_quantiles[2] for f in found],
        "prior P25": [f.prior_quantiles[1] for f in found],
        "posterior median": [f.posterior_quantiles[2] for f in found],
        "posterior P25": [f.posterior_quantiles[1] for f in found],
        "log p(y)": [f.log_evidence for f in found],
        "distance": [f.distance for f in found],
        "effects move by": [f.effect_change for f in found],
    }
    return pd.DataFrame(columns, index=pd.Index([f.kind for f in found], name="switch"))
