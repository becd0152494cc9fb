"""Users made up for the page: nine of ten pay nothing, the others very different amounts; the truth is known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.models.creators.simulate import GENRES, sizes
from hbm_lib.models.skewed.rows import ARMS

# mean over genres, sd between genres, sd between creators of a genre
COEFFICIENTS = {"share_level": (-2.2, 0.2, 0.4), "share_effect": (0.15, 0.05, 0.15), "mean_level": (2.5, 0.3, 0.5),
                "mean_effect": (0.1, 0.05, 0.15)}
COUNTS = {"mean_level": (-1.6, 0.2, 0.4), "mean_effect": (0.15, 0.05, 0.15)}
SHAPES = {"lognormal": 1.2, "gamma": 0.6, "negative_binomial": 0.25}


@dataclass(frozen=True)
class Truth:
    """What the users were made from.

    Attributes
    ----------
    share : array of shape (2, N)
        P(x > 0) in control and treatment; for counts what the negative binomial makes of it.
    mean : array of shape (2, N)
        Mean of those above 0 (for counts: of all users).
    effect : array of shape (N,)
        Difference of the mean per user, treatment minus control: what the readout is about.
    coefficients : dict of str to array of shape (N,)
        Levels and effects on the logit and log scale.
    shape : float
        Of the positive part.
    users : array of shape (N,)
        Users of both arms together.
    """

    share: np.ndarray
    mean: np.ndarray
    effect: np.ndarray
    coefficients: dict[str, np.ndarray]
    shape: float
    users: np.ndarray


def users(
    seed: int, *, positive: str = "lognormal", creators: int = 60, genres: int = 3, scale: float = 1.0,
) -> tuple[pd.DataFrame, Truth]:
    """Make up one experiment for each creator, one row a user.

    Parameters
    ----------
    seed : int
        Of everything random here.
    positive : {"lognormal", "gamma", "negative_binomial"}
        What payers' amounts are made from; the last makes numbers of purchases.
    creators, genres : int
        How many; creators go round the genres.
    scale : float
        Factor on every creator's number of users, which is 30 to 5000.

    Returns
    -------
    tuple of pandas.DataFrame and Truth
        Columns creator_id, genre, group and revenue (or purchases).

    Raises
    ------
    ValueError
        If a count is below 1, there are fewer creators than genres, or the law is unknown.
    """
    if positive not in SHAPES:
        raise ValueError(f"positive: one of {', '.join(SHAPES)} is needed, got {positive!r}")
    if genres < 1 or creators < genres or genres > len(GENRES) or not scale > 0:
        raise ValueError(f"users: 1 <= genres <= {len(GENRES)}, at least as many creators and a scale above 0 are needed, "
                         f"got genres={genres}, creators={creators}, scale={scale}")
    rng = seeds.rng(seed, "skewed revenue")
    genre, n = np.arange(creators) % genres, sizes(rng, creators, scale)
    laws = COUNTS if positive == "negative_binomial" else COEFFICIENTS
    c = {name: _draw(rng, genre, genres, *law) for name, law in laws.items()}
    shape = SHAPES[positive]
    mean = np.exp(np.stack([c["mean_level"], c["mean_level"] + c["mean_effect"]]))
    who = np.repeat(np.arange(creators), n)
    arm = (np.arange(len(who)) - np.repeat(np.cumsum(n) - n, n) < np.repeat(n // 2, n)).astype(int)
    m = mean[arm, who]
    if positive == "negative_binomial":
        share = 1 - (shape / (shape + mean)) ** shape
        x, effect, column = rng.poisson(rng.gamma(shape, m / shape)), mean[1] - mean[0], "purchases"
    else:
        share = 1 / (1 + np.exp(-np.stack([c["share_level"], c["share_level"] + c["share_effect"]])))
        amount = (rng.gamma(shape, m / shape) if positive == "gamma"
                  else m * np.exp(shape * rng.standard_normal(len(who)) - shape**2 / 2))
        amount = np.maximum(amount, 1e-6)  # a Gamma amount may round to 0, and would then be no payer's
        pays = rng.random(len(who)) < share[arm, who]
        x, effect, column = np.where(pays, amount, 0.0), np.diff(share * mean, axis=0)[0], "revenue"
    rows = pd.DataFrame({"creator_id": who, "genre": np.array(GENRES)[genre][who], "group": np.array(ARMS)[arm], column: x})
    return rows, Truth(share, mean, effect, c, shape, n)


def _draw(rng: np.random.Generator, genre: np.ndarray, genres: int, mu: float, between: float, within: float) -> np.ndarray:
    """Draw one coefficient of every creator."""
    return rng.normal(mu, between, genres)[genre] + rng.normal(0, within, len(genre))
