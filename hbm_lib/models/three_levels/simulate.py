"""A district made up with teachers in it, the truth known."""

from dataclasses import dataclass

import numpy as np

from hbm_lib import seeds
from hbm_lib.models.three_levels.spec import Data


@dataclass(frozen=True)
class Truth:
    """What the district was made from, in points: scalars, theta (S,), alpha (T,)."""

    mu: float
    tau_school: float
    tau_teacher: float
    sigma: float
    theta: np.ndarray
    alpha: np.ndarray


def district(
    seed: int, *, schools: int = 20, teachers: tuple[int, int] = (2, 8), pupils: tuple[int, int] = (6, 30),
    mu: float = 75.0, tau_school: float = 3.0, tau_teacher: float = 5.0, sigma: float = 10.0,
) -> tuple[Data, Truth]:
    """Make up a district whose schools have from two to eight teachers.

    Parameters
    ----------
    seed : int
        Of everything random here.
    schools : int
        How many.
    teachers, pupils : tuple of int
        Fewest and most teachers a school, and pupils a teacher.
    mu, tau_school, tau_teacher, sigma : float
        The true hyperparameters, in points of a test out of 100.

    Returns
    -------
    tuple of Data and Truth
        Schools are S1, S2, …; their teachers S1-a, S1-b, … .
    """
    rng = seeds.rng(seed, "three levels")
    per_school = rng.integers(teachers[0], teachers[1] + 1, schools)
    of_teacher = np.repeat(np.arange(schools), per_school)
    theta = mu + tau_school * rng.standard_normal(schools)
    alpha = theta[of_teacher] + tau_teacher * rng.standard_normal(len(of_teacher))
    counts = rng.integers(pupils[0], pupils[1] + 1, len(of_teacher))
    index = np.repeat(np.arange(len(of_teacher)), counts)
    y = alpha[index] + sigma * rng.standard_normal(len(index))
    letter = np.concatenate([np.arange(k) for k in per_school])
    names = np.array([f"S{s + 1}-{chr(97 + k)}" for s, k in zip(of_teacher, letter, strict=True)])
    labels = np.array([f"S{s + 1}" for s in of_teacher])
    return Data(y, names[index], labels[index]), Truth(mu, tau_school, tau_teacher, sigma, theta, alpha)
