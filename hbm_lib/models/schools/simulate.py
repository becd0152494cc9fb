"""A district made up for the chapter: schools of very unequal size, with the truth known."""

from dataclasses import dataclass

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.schools.spec import Data

NAMES = (
    "Alder", "Ash", "Aspen", "Beech", "Birch", "Box", "Cedar", "Cherry", "Chestnut", "Cypress", "Elder", "Elm", "Fir",
    "Hawthorn", "Hazel", "Holly", "Hornbeam", "Juniper", "Larch", "Lime", "Linden", "Maple", "Oak", "Olive", "Pear",
    "Pine", "Plane", "Plum", "Poplar", "Quince", "Rowan", "Spruce", "Sycamore", "Walnut", "Willow", "Yew",
)


@dataclass(frozen=True)
class Truth:
    """What the district was made from.

    Attributes
    ----------
    mu, tau, sigma : float
        Mean of the schools, sd between schools, sd between pupils of a school, in points.
    theta : array of shape (J,)
        Each school's true mean, in points.
    sizes : array of shape (J,)
        Pupils of each school.
    """

    mu: float
    tau: float
    sigma: float
    theta: np.ndarray
    sizes: np.ndarray


def sizes(schools: int = 24, smallest: int = 2, largest: int = 300) -> np.ndarray:
    """Return very unequal numbers of pupils, evenly spaced on the log scale, smallest first."""
    whole = arguments.is_whole(schools, smallest, largest)
    if not whole or schools < 2 or smallest < 1 or largest < smallest:
        raise ValueError(f"sizes: whole numbers, at least 2 schools and 1 <= smallest <= largest are needed, "
                         f"got schools={schools}, smallest={smallest}, largest={largest}")
    return np.round(np.geomspace(smallest, largest, schools)).astype(int)


def check_spreads(tau: float, sigma: float) -> None:
    """Refuse standard deviations that are none."""
    if not (0 <= tau < np.inf and 0 < sigma < np.inf):
        raise ValueError(f"tau, sigma: standard deviations are needed, tau at least 0, sigma above 0, got {tau!r}, {sigma!r}")


def scores(rng: np.random.Generator, theta: np.ndarray, counts: np.ndarray, sigma: float) -> np.ndarray:
    """Draw pupils' scores given the schools' means: theta (..., J) to (..., n), school after school."""
    mean = np.repeat(theta, counts, axis=-1)
    return mean + sigma * rng.standard_normal(mean.shape)


def district(
    seed: int, *, schools: int = 24, smallest: int = 2, largest: int = 300,
    mu: float = 75.0, tau: float = 5.0, sigma: float = 12.0,
) -> tuple[Data, Truth]:
    """Make up a district.

    Parameters
    ----------
    seed : int
        Of everything random here.
    schools, smallest, largest : int
        How many schools, and pupils in the smallest and largest.
    mu, tau, sigma : float
        The true hyperparameters, in points of a test out of 100.

    Returns
    -------
    tuple of Data and Truth
        Schools carry names of trees (numbers beyond 36), in alphabetical order; size tells nothing of quality.
    """
    check_spreads(tau, sigma)
    rng = seeds.rng(seed, "district")
    counts = rng.permutation(sizes(schools, smallest, largest))
    theta = mu + tau * rng.standard_normal(schools)
    labels = NAMES[:schools] if schools <= len(NAMES) else [f"School {i + 1}" for i in range(schools)]
    y = scores(rng, theta, counts, sigma)
    return Data(y, np.repeat(labels, counts)), Truth(mu, tau, sigma, theta, counts)
