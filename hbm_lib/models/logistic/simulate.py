"""Pass rates of schools made up for the chapter: schools of very unequal size, with the truth known."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hbm_lib import seeds
from hbm_lib.models.logistic.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the rates were made from.

    Attributes
    ----------
    mu, tau : float
        Mean and standard deviation of the groups' logits.
    alpha, p : array of shape (J,)
        Each group's true logit and probability.
    sizes : array of shape (J,)
        Cases of each group.
    """

    mu: float
    tau: float
    alpha: np.ndarray
    p: np.ndarray
    sizes: np.ndarray


def pass_rates(
    seed: int, *, schools: int = 24, smallest: int = 2, largest: int = 300, mu: float = 0.8, tau: float = 0.6
) -> tuple[Data, Truth]:
    """Make up how many pupils of each school pass.

    Parameters
    ----------
    seed : int
        Of everything random here.
    schools, smallest, largest : int
        How many schools, and pupils in the smallest and the largest; sizes are evenly spaced on the log scale.
    mu, tau : float
        The true hyperparameters, on the logit scale.

    Returns
    -------
    tuple of Data and Truth
        Size tells nothing of the rate.

    Raises
    ------
    ValueError
        If there are fewer than two schools, or sizes make no sense.
    """
    if schools < 2 or smallest < 1 or largest < smallest or tau < 0:
        raise ValueError(f"pass_rates: at least 2 schools, 1 <= smallest <= largest and tau >= 0 are needed, "
                         f"got schools={schools}, smallest={smallest}, largest={largest}, tau={tau}")
    rng = seeds.rng(seed, "pass rates")
    sizes = rng.permutation(np.round(np.geomspace(smallest, largest, schools)).astype(int))
    alpha = mu + tau * rng.standard_normal(schools)
    p = special.expit(alpha)
    labels = [f"School {j + 1}" for j in range(schools)]
    return Data(rng.binomial(sizes, p), sizes, labels), Truth(mu, tau, alpha, p, sizes)
