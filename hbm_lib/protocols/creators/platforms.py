"""Many made-up platforms: what no, complete and partial pooling make of each, and what the top of a ranking gets.

A user's row enters the readouts only through each arm's n, mean and variance. These are drawn
directly: a mean is Normal(mean, sigma_obs / sqrt(n)), a variance sigma_obs² chi²(n - 1) / (n - 1),
independent of it. A platform then costs milliseconds and not half a million users.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate

SCALES = ("sigma_genre", "sigma_creator")
POOLINGS = ("no pooling", "complete pooling", "partial pooling")


@dataclass(frozen=True)
class Platforms:
    """Estimates of every creator on many platforms.

    Attributes
    ----------
    sizes : array of shape (R, N)
        Users of each creator.
    truth, genre : array of shape (R, N)
        Each creator's true effect, and the true mean effect of its genre.
    estimates : dict of str to array of shape (3, R, N)
        Estimate, lower and upper end of the 95 % interval under each pooling.
    scales : dict of str to array of shape (3, R)
        Posterior mean and ends of the 95 % interval of sigma_genre and sigma_creator.
    """

    sizes: np.ndarray
    truth: np.ndarray
    genre: np.ndarray
    estimates: dict[str, np.ndarray]
    scales: dict[str, np.ndarray]

    def measures(self, rows: np.ndarray | None = None) -> pd.DataFrame:
        """Return mean squared error, coverage and mean width of each pooling with their Monte Carlo errors.

        Parameters
        ----------
        rows : array of bool of shape (R, N), optional
            Which creators count; all where it is not given.

        Returns
        -------
        pandas.DataFrame
            One row a pooling; columns mse, coverage, width and the Monte Carlo error of each, as ``mse_error``. The
            platforms are the independent units; each counts by its creators (a ratio of means).
        """
        rows = np.ones(self.truth.shape, bool) if rows is None else rows
        count, out = rows.sum(1), {}
        for name, (mean, low, high) in self.estimates.items():
            each = {"mse": (mean - self.truth) ** 2, "coverage": (low <= self.truth) & (self.truth <= high), "width": high - low}
            out[name] = {}
            for what, values in each.items():
                total = np.where(rows, values, 0).sum(1)
                ratio = total.sum() / count.sum()
                error = np.std(total - ratio * count, ddof=1) / count.mean() / np.sqrt(len(count))
                out[name] |= {what: ratio, f"{what}_error": error}
        return pd.DataFrame(out).T

    def top(self, k: int) -> pd.DataFrame:
        """Return what the k creators with the highest estimates of each platform truly have, and what was promised.

        One row a pooling; columns promised, truth, error (the Monte Carlo error of truth) and median size. Ties, as under
        complete pooling, are broken by the order of creators.
        """
        out = {}
        for name, (mean, _, _) in self.estimates.items():
            best = np.argsort(-mean, axis=1, kind="stable")[:, :k]
            of = lambda values, best=best: np.take_along_axis(values, best, axis=1).mean(1)  # noqa: E731
            true = of(self.truth)
            out[name] = {"promised": of(mean).mean(), "truth": true.mean(), "error": true.std(ddof=1) / np.sqrt(len(true)),
                         "median size": float(np.median(np.take_along_axis(self.sizes, best, axis=1)))}
        return pd.DataFrame(out).T


def platform(
    rng: np.random.Generator, *, genres: int = 5, creators_per_genre: int = 100, sigma_genre: float = 0.3,
    sigma_creator: float = 0.4, sigma_obs: float = 2.0, scale: float = 1.0,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Draw one platform's summaries.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the luck comes from.
    genres, creators_per_genre : int
        How many of each.
    sigma_genre, sigma_creator, sigma_obs : float
        Standard deviations between genres, between creators of one genre and between users, in dollars.
    scale : float
        Factor on every creator's number of users.

    Returns
    -------
    tuple of pandas.DataFrame and two arrays of shape (N,)
        The table that ``summarize`` would make of the users' rows; each creator's true effect and its genre's.
    """
    index = np.repeat(np.arange(genres), creators_per_genre)
    genre = rng.normal(0.5, sigma_genre, genres)[index]
    effect = rng.normal(genre, sigma_creator)
    n = simulate.sizes(rng, len(index), scale)
    table = {"creator_id": np.arange(len(index)), "genre": np.array([f"genre {g + 1}" for g in range(genres)])[index]}
    for name, size, shift in (("control", n - n // 2, 0.0), ("treatment", n // 2, effect)):
        table |= {f"n_{name}": size, f"mean_{name}": rng.normal(simulate.BASELINE + shift, sigma_obs / np.sqrt(size)),
                  f"var_{name}": sigma_obs**2 * rng.chisquare(size - 1) / (size - 1)}
    return pd.DataFrame(table), effect, genre


def many_platforms(seed: int, platforms: int, **settings: float) -> Platforms:
    """Make up platforms and estimate every creator of each three ways, the third by the exact engine.

    Parameters
    ----------
    seed : int
        Of everything random here.
    platforms : int
        How many, at least 2.
    **settings
        Of ``platform``.

    Returns
    -------
    Platforms
    """
    if platforms < 2:
        raise ValueError(f"platforms: at least 2 are needed, got {platforms!r}")
    model, found = creators.partial_pooling(), []
    for r in range(platforms):
        s, truth, genre = platform(seeds.rng(seed, "many platforms", r), **settings)
        none = baselines.no_pooling(s)
        law = fit_exact(model, baselines.to_data(none))
        *both, part = ([law.mean(name), law.quantile(name, 0.025), law.quantile(name, 0.975)] for name in (*SCALES, "tau"))
        plain = (t[["effect_hat", "ci_lower", "ci_upper"]].to_numpy().T for t in (none, baselines.complete_pooling(s)))
        found.append((np.array(both), none["n_total"], truth, genre, *plain, np.array(part)))
    scales, sizes, truth, genre, *three = (np.stack(v) for v in zip(*found, strict=True))
    estimates = {k: np.moveaxis(v, 1, 0) for k, v in zip(POOLINGS, three, strict=True)}
    return Platforms(sizes, truth, genre, estimates, dict(zip(SCALES, np.moveaxis(scales, 0, -1), strict=True)))
