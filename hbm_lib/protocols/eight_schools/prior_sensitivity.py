"""How much each answer owes to its prior: a grid of priors and exact power-scaling.

Normal, half-normal and half-Cauchy priors stay in a known family when raised to
a power, and so does a normal likelihood: power-scaled posteriors are exact here,
where on draws they are reweighted.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import sensitivity
from hbm_lib.model import Model
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact
from hbm_lib.priors import Dist, HalfCauchy, HalfNormal, HalfStudentT, Normal

TAU_PRIORS = (
    HalfNormal(2),
    HalfNormal(5),
    HalfNormal(10),
    HalfCauchy(5),
    HalfCauchy(10),
    HalfCauchy(25),
)
MU_PRIORS = (Normal(0, 20), Normal(8, 5), Normal(0, 5))


def grid(model: Model, data: es.Data) -> pd.DataFrame:
    """Fit every pair of priors on mu and tau.

    Returns
    -------
    pandas.DataFrame
        Index (mu's prior, tau's prior); mean, sd, median, 95 % interval of mu
        and tau, and log p(y).
    """
    pairs = {(str(m), str(t)): {"mu": m, "tau": t} for m, t in product(MU_PRIORS, TAU_PRIORS)}
    table = sensitivity.prior_grid(lambda change: fit_exact(model.with_prior(**change), data), pairs)
    table.index = pd.MultiIndex.from_tuples(pairs, names=["prior of mu", "prior of tau"])
    return table


def tau_factor(model: Model, data: es.Data) -> float:
    """Return the largest over the smallest median of tau for half-normal priors of scale 2, 5, 10."""
    medians = [float(fit_exact(model.with_prior(tau=HalfNormal(s)), data).quantile("tau", 0.5)) for s in (2, 5, 10)]
    return max(medians) / min(medians)


def power(prior: Dist, alpha: float) -> Dist:
    """Return the distribution proportional to a prior's density raised to a power.

    Raises
    ------
    ValueError
        If the power leaves no proper distribution, or the family is not one of
        Normal, HalfNormal, HalfCauchy.
    """
    if prior.family == "Normal":
        return Normal(prior.mu, prior.sigma / np.sqrt(alpha))
    if prior.family == "HalfNormal":
        return HalfNormal(prior.sigma / np.sqrt(alpha))
    if prior.family == "HalfCauchy" and alpha > 0.5:
        nu = 2 * alpha - 1
        return HalfStudentT(nu, prior.scale / np.sqrt(nu))
    raise ValueError(f"power: {prior} to the power {alpha:g} is not a distribution known here")


def powered(model: Model, data: es.Data, prior: float, likelihood: float) -> exact.ExactPosterior:
    """Return the posterior proportional to prior**a times likelihood**b, exactly.

    The prior is that of mu and tau; the law of the effects given them is kept.
    """
    changed = model.with_prior(mu=power(model.prior.mu, prior), tau=power(model.prior.tau, prior))
    wider = es.Data(data.y, data.sigma / np.sqrt(likelihood), data.labels)
    return exact.posterior(changed, wider)


def power_scaling(model: Model, data: es.Data, *, reach: int = 4000) -> pd.DataFrame:
    """Return the exact power-scaling sensitivity of mu, tau and every effect.

    The distance depends on the range over which two laws are compared; taken is
    the range that ``reach`` draws would cover.
    """
    names = {"mu": ("mu", 0), "tau": ("tau", 0)}
    names |= {f"theta[{s}]": ("theta", j) for j, s in enumerate(data.labels)}
    base = exact.posterior(model, data)
    grids, cdfs = {}, {}
    for label, (name, j) in names.items():
        law = base.law(name, j)
        low, high = (float(law.quantile(q)) for q in (1 / reach, 1 - 1 / reach))
        grids[label] = np.linspace(low, high, 601)
        cdfs[label] = _cdf(name, j)
    return sensitivity.powerscale_exact(lambda a, b: powered(model, data, a, b), cdfs, grids)


def _cdf(name: str, j: int) -> Callable[[exact.ExactPosterior], Callable]:
    """Return the function that takes a posterior to one marginal's distribution function."""
    return lambda posterior: posterior.law(name, j).cdf


def power_scaling_draws(model: Model, data: es.Data, *, seed: int, draws: int = 1000) -> pd.DataFrame:
    """Return the same by reweighting independent draws, as ArviZ does it."""
    tree = fit(model, data, engine="exact", seed=seed, draws=draws, groups=("log_prior", "log_likelihood"))
    return sensitivity.powerscale_draws(tree, ("mu", "tau", "theta"))
