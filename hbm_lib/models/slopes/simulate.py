"""Made-up groups with their own lines, the truth known."""

from dataclasses import dataclass

import numpy as np

from hbm_lib import seeds
from hbm_lib.models.slopes.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the data were made from: scalars, and the lines ``a``, ``b`` (G,)."""

    mu: float
    beta: float
    tau_intercept: float
    tau_slope: float
    rho: float
    sigma: float
    a: np.ndarray
    b: np.ndarray


def _lines(rng: np.random.Generator, groups: int, truth: dict[str, float]) -> Truth:
    """Draw the groups' lines."""
    z = rng.standard_normal((2, groups))
    a = truth["mu"] + truth["tau_intercept"] * z[0]
    turned = truth["rho"] * z[0] + np.sqrt(1 - truth["rho"] ** 2) * z[1]
    return Truth(**truth, a=a, b=truth["beta"] + truth["tau_slope"] * turned)


def district(seed: int, *, groups: int = 30, smallest: int = 5, largest: int = 80) -> tuple[Data, Truth]:
    """Make up schools whose slopes on the intake score differ, in standard deviations.

    Parameters
    ----------
    seed : int
        Of everything random here.
    groups, smallest, largest : int
        How many schools, and pupils in the smallest and largest.

    Returns
    -------
    tuple of Data and Truth
    """
    rng = seeds.rng(seed, "slopes")
    truth = _lines(rng, groups, {"mu": 0.0, "beta": 0.5, "tau_intercept": 0.35, "tau_slope": 0.2, "rho": 0.4, "sigma": 0.7})
    counts = rng.permutation(np.round(np.geomspace(smallest, largest, groups)).astype(int))
    index = np.repeat(np.arange(groups), counts)
    x = rng.standard_normal(len(index))
    y = truth.a[index] + truth.b[index] * x + truth.sigma * rng.standard_normal(len(index))
    return Data(y, x, np.array([f"S{g + 1}" for g in index])), truth


def improvement(seed: int, *, schools: int = 40, years: int = 5) -> tuple[Data, Truth]:
    """Make up schools that improve at their own pace: one average score a school and year, in logits.

    The true values are about those that ``growth_data.school_years`` shows.

    Parameters
    ----------
    seed : int
        Of everything random here.
    schools, years : int
        How many; the years are counted from the middle one, so that the intercept is a school's level then.

    Returns
    -------
    tuple of Data and Truth
    """
    rng = seeds.rng(seed, "improvement")
    truth = _lines(rng, schools, {"mu": -0.3, "beta": 0.75, "tau_intercept": 0.4, "tau_slope": 0.12, "rho": 0.3, "sigma": 0.25})
    x = np.tile(np.arange(years) - (years - 1) / 2, schools)
    index = np.repeat(np.arange(schools), years)
    y = truth.a[index] + truth.b[index] * x + truth.sigma * rng.standard_normal(len(index))
    return Data(y, x, np.array([f"S{g + 1}" for g in index])), truth
