"""Experiments made up for the chapter: user-level revenue of treatment and control, with the truth known."""

import numpy as np
import pandas as pd

from hbm_lib import arguments, seeds

GENRES = ("comedy", "music", "gaming", "education", "lifestyle")
BINS = ((0.40, 30, 100), (0.35, 100, 500), (0.25, 500, 5000))
BASELINE = 5.0


def sizes(rng: np.random.Generator, creators: int, scale: float = 1.0) -> np.ndarray:
    """Draw numbers of users (creators,): 40 % from 30 to 100, 35 % from 100 to 500, 25 % from 500 to 5000, times ``scale``."""
    share, low, high = (np.array(v) for v in zip(*BINS, strict=True))
    which = rng.choice(len(BINS), size=creators, p=share)
    return np.maximum(4, np.round(scale * rng.uniform(low[which], high[which]))).astype(int)


def generate_experiment_data(
    seed: int = 42, *, genres: int = 5, creators_per_genre: int = 100, scale: float = 1.0,
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Make up one A/B experiment for each creator.

    Parameters
    ----------
    seed : int
        Of everything random here.
    genres, creators_per_genre : int
        How many genres, and creators in each.
    scale : float
        Factor on every creator's number of users.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        One row a user: creator_id (int32), genre and group (categoricals: one byte a
        row instead of a pointer), revenue in dollars. The truth: genre_effects (G,),
        creator_effects (N,), sigma_creator, sigma_obs, creator_genre (N,), creator_n (N,).

    Raises
    ------
    ValueError
        If a count is below 1 or the scale is not above 0.
    """
    for name, value in (("genres", genres), ("creators_per_genre", creators_per_genre)):
        arguments.whole(name, value)
    number = isinstance(scale, int | float | np.number) and not isinstance(scale, bool)
    if not (number and np.isfinite(scale) and scale > 0):
        raise ValueError(f"scale: a finite number above 0 is needed, got {scale!r}")
    rng = seeds.rng(seed, "creators")
    sigma_creator, sigma_obs = 0.4, 2.0
    genre_effects = rng.normal(0.5, 0.3, genres)
    genre = np.repeat(np.arange(genres), creators_per_genre)
    effects = rng.normal(genre_effects[genre], sigma_creator)
    n = sizes(rng, len(genre), scale)
    starts = np.repeat(np.cumsum(n) - n, n)
    treated = np.arange(n.sum()) - starts < np.repeat(n // 2, n)
    revenue = sigma_obs * rng.standard_normal(len(treated)) + BASELINE + np.repeat(effects, n) * treated
    names = list(GENRES[:genres]) + [f"genre {g + 1}" for g in range(len(GENRES), genres)]
    df = pd.DataFrame({
        "creator_id": np.repeat(np.arange(len(genre), dtype=np.int32), n),
        "genre": pd.Categorical.from_codes(np.repeat(genre, n), names),
        "group": pd.Categorical.from_codes(treated.astype(np.int8), ["control", "treatment"]),
        "revenue": revenue,
    })
    truth = {"genre_effects": genre_effects, "creator_effects": effects, "sigma_creator": sigma_creator,
             "sigma_obs": sigma_obs, "creator_genre": genre, "creator_n": n}
    return df, truth
