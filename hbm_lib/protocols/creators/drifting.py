"""What does a readout lose that pools over old weeks while effects drift? Many made-up platforms, the truth known."""

import pandas as pd

from hbm_lib import seeds
from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators, drift
from hbm_lib.models.drift import exact, simulate

METHODS = ("static", "drift")


def platforms(seed: int, size: float, *, count: int = 30, periods: int = 10, genres: int = 4, **about: object) -> pd.DataFrame:
    """Fit made-up platforms with the static model and with the model of drift, both exactly.

    Parameters
    ----------
    seed : int
        Of everything random here.
    size : float
        The true standard deviation of every genre's step from a period to the next.
    count : int
        How many platforms.
    periods, genres : int
        Of each platform.
    **about : object
        More of ``drift.simulate.make_up``.

    Returns
    -------
    pandas.DataFrame
        One row a creator or genre: platform, method, what ("creator", or "genre now": the genre's mean in the last
        period), age (periods before the last), error (estimate minus truth) and inside (whether the 95 % interval
        holds the truth).
    """
    rows = []
    for k in range(count):
        data, truth = simulate.make_up(seeds.integer(seed, "platforms", k), periods=periods, drifts=(size,) * genres, **about)
        now, age = truth["mu_genre"][:, -1], periods - 1 - data.time
        names = [data.genres[g] for g in data.index]
        still = fit_exact(creators.partial_pooling(), creators.Data(data.effect, data.se, names))
        # a tolerance of 1e-2 on the evidence from every second node leaves errors far below those of the simulation
        moved = exact.posterior(drift.random_walk(), data, 1e-2)
        found = {
            "static": (still.mean("tau"), still.creators(slice(None)).cdf(truth["tau"]), still.law("mu_genre")),
            "drift": (moved.mean("tau"), moved.cdf(truth["tau"]), moved.law("mu_genre")[:, -1]),
        }
        for method, (mean, below, genre) in found.items():
            about_all = {"platform": k, "method": method}
            rows.append(pd.DataFrame(about_all | {"what": "creator", "age": age, "error": mean - truth["tau"], "below": below}))
            today = {"what": "genre now", "age": 0, "error": genre.mean - now, "below": genre.cdf(now)}
            rows.append(pd.DataFrame(about_all | today))
    table = pd.concat(rows, ignore_index=True)
    return table.assign(inside=(table["below"] > 0.025) & (table["below"] < 0.975)).drop(columns="below")


def summary(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return mean squared error and coverage with their standard errors, platforms taken as the independent units.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``platforms``.
    by : list of str
        Columns that are told apart.

    Returns
    -------
    pandas.DataFrame
        Columns mse, mse_se, coverage, coverage_se.
    """
    each = table.assign(square=table["error"] ** 2).groupby([*by, "platform"])[["square", "inside"]].mean()
    found = each.groupby(by).agg(["mean", "sem"])
    found.columns = ["mse", "mse_se", "coverage", "coverage_se"]
    return found


def difference(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return by how much the static mean squared error exceeds that of the drift model, paired by platform.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``platforms``.
    by : list of str
        Columns that are told apart, without "method".

    Returns
    -------
    pandas.DataFrame
        Columns gain and gain_se.
    """
    each = table.assign(square=table["error"] ** 2).groupby([*by, "platform", "method"])["square"].mean().unstack()
    return (each["static"] - each["drift"]).groupby(by).agg(gain="mean", gain_se="sem")
