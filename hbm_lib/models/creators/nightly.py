"""A finished experiment read at once with last night's genre priors: a conjugate update, no refit.

What is stored of a fit is small: each genre's posterior mean and standard deviation, and one value of
sigma_creator. An experiment that finishes during the day is then a normal prior times a normal likelihood:

    tau ~ Normal(mean[g], sqrt(sd[g]² + sigma_creator²)),    d | tau ~ Normal(tau, SE)

What is lost against the full refit: the uncertainty of sigma_creator, and what the day's own experiments say of their genres.
Were sigma_creator known, the reading of one experiment would be exact.

The same two numbers say beforehand where the experiment should fall: d ~ Normal(mean[g], sqrt(sd[g]² + sigma_creator² + SE²)).
How far it fell from there, in that standard deviation, is its *surprise*. If last night's priors still hold, surprises scatter
like a standard normal; a drift of a genre shows in their mean long before anybody knows a truth.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hbm_lib.data import checks
from hbm_lib.models.creators.exact import ExactPosterior


@dataclass(frozen=True)
class Stored:
    """What is kept of a fit overnight.

    Parameters
    ----------
    genres : tuple of str
        The genres' names.
    mean, sd : array of shape (G,)
        Posterior mean and standard deviation of each genre's mean, in the effect's units.
    sigma_creator : float
        Posterior mean of the standard deviation between creators of one genre.

    Raises
    ------
    ValueError
        If lengths differ, a genre stands twice, or a number is not finite or a spread not above 0.
    """

    genres: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    sigma_creator: float

    def __post_init__(self) -> None:
        """Check what came back from the store."""
        mean, sd = checks.numbers(self.mean, "mean"), checks.numbers(self.sd, "sd", positive=True)
        if not len(self.genres) == len(mean) == len(sd):
            raise ValueError(f"genres, mean, sd: one value a genre is needed, got {len(self.genres)}, {len(mean)}, {len(sd)}")
        if len(set(self.genres)) < len(self.genres):
            raise ValueError("genres: a genre stands twice; give each one row")
        scale = float(checks.numbers([self.sigma_creator], "sigma_creator", positive=True)[0])
        for name, value in (("genres", tuple(self.genres)), ("mean", mean), ("sd", sd), ("sigma_creator", scale)):
            object.__setattr__(self, name, value)


def store(posterior: ExactPosterior) -> Stored:
    """Return what a night's fit leaves for the day.

    Parameters
    ----------
    posterior : ExactPosterior
        Of all experiments finished so far.
    """
    return Stored(tuple(posterior.data.genres), np.asarray(posterior.mean("mu_genre")), np.asarray(posterior.sd("mu_genre")),
                  float(posterior.mean("sigma_creator")))


def update(stored: Stored, effect: object, se: object, genre: object, mass: float = 0.95) -> pd.DataFrame:
    """Read finished experiments with the stored priors.

    Parameters
    ----------
    stored : Stored
        From ``store``.
    effect, se : array of shape (M,)
        Effects and standard errors, in the effect's units.
    genre : sequence of length M
        Each experiment's genre, one of ``stored.genres``.
    mass : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        One row an experiment: effect_hat, se_hat, ci_lower, ci_upper, shrinkage (the prior's weight, 0 to 1) and
        surprise (the effect's distance from its prediction, in standard deviations of the prediction).

    Raises
    ------
    ValueError
        If a value is not a finite number, a standard error is not above 0, lengths differ, a genre is not
        stored, or ``mass`` is not between 0 and 1.
    """
    effect, se = checks.numbers(effect, "effect"), checks.numbers(se, "se", positive=True)
    labels = [str(g) for g in genre]
    checks.equal_lengths({"effect": effect, "se": se, "genre": np.array(labels)}, each="experiment")
    if not 0 < mass < 1:
        raise ValueError(f"mass: a number strictly between 0 and 1 is needed, got {mass!r}")
    place = {str(name): i for i, name in enumerate(stored.genres)}
    for row, name in enumerate(labels):
        if name not in place:
            raise ValueError(f"genre, row {row}: {name!r} has no stored prior; it has to wait for tonight's fit")
    at = np.array([place[name] for name in labels], int)
    prior = stored.sd[at] ** 2 + stored.sigma_creator**2
    share = se**2 / (se**2 + prior)
    mean, sd = (1 - share) * effect + share * stored.mean[at], np.sqrt(share * prior)
    z = stats.norm.ppf(0.5 + mass / 2)
    return pd.DataFrame({"effect_hat": mean, "se_hat": sd, "ci_lower": mean - z * sd, "ci_upper": mean + z * sd,
                         "shrinkage": share, "surprise": (effect - stored.mean[at]) / np.sqrt(prior + se**2)})
