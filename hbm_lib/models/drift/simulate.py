"""Experiments made up on a platform whose genres drift, with the truth known."""

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.drift.spec import Data

GENRES = ("comedy", "music", "gaming", "education", "lifestyle")


def make_up(
    seed: int, *, periods: int = 12, drifts: tuple[float, ...] = (0.15, 0.15, 0.15, 0.15, 0.0), per_period: float = 5.0,
    mu_global: float = 0.5, sigma_genre: float = 0.3, sigma_creator: float = 0.3, phi: float = 1.0,
    se: tuple[float, float] = (0.1, 0.6),
) -> tuple[Data, dict[str, np.ndarray]]:
    """Make up experiments that finish in periods 1, 2, …, T.

    Parameters
    ----------
    seed : int
        Of everything random here.
    periods : int
        How many periods T.
    drifts : tuple of float
        Each genre's own standard deviation of its step from a period to the next; 0 is a genre that stays.
    per_period : float
        Mean of the number of experiments of a genre that finish in a period; the numbers are Poisson, so that some
        periods are empty. Every genre has at least one experiment in the first and one in the last period.
    mu_global, sigma_genre, sigma_creator, phi : float
        As in the model.
    se : tuple of float
        Standard errors are drawn evenly in their logarithm between these, in the effect's units.

    Returns
    -------
    tuple of Data and dict
        The data and the truth: mu_global, sigma_genre, sigma_creator, phi, drifts (G,), mu_genre (G, T), tau (N,).

    Raises
    ------
    ValueError
        If a count is below 1, a spread is below 0, or the standard errors are no two numbers above 0 in order.
    """
    arguments.whole("periods", periods)
    spread = np.asarray(drifts, float)
    if spread.ndim != 1 or not len(spread) or not np.all(np.isfinite(spread) & (spread >= 0)):
        raise ValueError(f"drifts: one finite number of at least 0 a genre is needed, got {drifts!r}")
    for name, value in (("sigma_genre", sigma_genre), ("sigma_creator", sigma_creator), ("per_period", per_period)):
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{name}: a finite number of at least 0 is needed, got {value!r}")
    if np.shape(se) != (2,) or not 0 < se[0] <= se[1] < np.inf:
        raise ValueError(f"se: two numbers above 0 are needed, the smaller first, got {se!r}")
    if not abs(phi) <= 1:
        raise ValueError(f"phi: a number from -1 to 1 is needed, got {phi!r}")
    rng, genres = seeds.rng(seed, "drift"), len(spread)
    gap = np.empty((genres, periods))
    gap[:, 0] = sigma_genre * rng.standard_normal(genres)
    steps = spread[:, None] * rng.standard_normal((genres, periods))
    for t in range(1, periods):
        gap[:, t] = phi * gap[:, t - 1] + steps[:, t]
    path = mu_global + gap
    counts = rng.poisson(per_period, (genres, periods))
    counts[:, [0, -1]] = np.maximum(counts[:, [0, -1]], 1)
    genre, time = (np.repeat(v.ravel(), counts.ravel()) for v in np.mgrid[:genres, :periods])
    tau = path[genre, time] + sigma_creator * rng.standard_normal(len(genre))
    error = np.exp(rng.uniform(*np.log(se), len(genre)))
    names = [*GENRES[:genres], *(f"genre {g + 1}" for g in range(len(GENRES), genres))]
    data = Data(tau + error * rng.standard_normal(len(genre)), error, [names[g] for g in genre], time + 1)
    truth = {"mu_global": np.float64(mu_global), "sigma_genre": np.float64(sigma_genre), "drifts": spread,
             "sigma_creator": np.float64(sigma_creator), "phi": np.float64(phi), "mu_genre": path, "tau": tau}
    return data, truth
