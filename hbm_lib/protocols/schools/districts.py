"""Many made-up districts: how far the three poolings are from the truth, and why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib import seeds
from hbm_lib.fitting import fit_exact
from hbm_lib.models.schools import baselines, partial_pooling, simulate
from hbm_lib.models.schools.spec import Data

POOLINGS = ("no pooling", "complete pooling", "partial pooling")


@dataclass(frozen=True)
class Districts:
    """Estimates of every school in many districts, schools sorted by size.

    Attributes
    ----------
    sizes : array of shape (J,)
        Pupils of each school, the same in every district.
    truth : array of shape (R, J)
        The schools' true means, in points.
    estimates : dict of str to array of shape (R, J)
        What each pooling says of them.
    """

    sizes: np.ndarray
    truth: np.ndarray
    estimates: dict[str, np.ndarray]

    def squared_error(self) -> dict[str, np.ndarray]:
        """Return the mean squared error of each pooling by school size, each (J,), in squared points."""
        return {name: ((found - self.truth) ** 2).mean(0) for name, found in self.estimates.items()}

    def overall(self) -> pd.DataFrame:
        """Return the mean squared error over all schools with its Monte Carlo error, and how often partial pooling is nearer.

        Columns ``pooling``, ``mse``, ``mcse``, ``beaten``: the share of districts in which partial
        pooling has the smaller error.
        """
        each = {name: ((found - self.truth) ** 2).mean(1) for name, found in self.estimates.items()}
        best = each["partial pooling"]
        rows = [(n, e.mean(), e.std(ddof=1) / np.sqrt(len(e)), float((best < e).mean())) for n, e in each.items()]
        return pd.DataFrame(rows, columns=["pooling", "mse", "mcse", "beaten"])


def _three(data: Data) -> tuple[np.ndarray, ...]:
    """Return the three poolings' estimates of every school."""
    classical = (baselines.no_pooling(data), baselines.complete_pooling(data))
    return *(table["estimate"].to_numpy() for table in classical), fit_exact(partial_pooling(), data).mean("theta")


def many_districts(
    seed: int, districts: int, *, theta: np.ndarray | None = None, schools: int = 24,
    mu: float = 75.0, tau: float = 5.0, sigma: float = 12.0,
) -> Districts:
    """Make up districts and estimate every school in each by the three poolings.

    Parameters
    ----------
    seed : int
        Of everything random here.
    districts : int
        How many, at least 2.
    theta : array of shape (schools,), optional
        The schools' true means, smallest school first, held the same in every district: then only
        the pupils change, which tells bias from variance. Drawn anew when absent.
    schools : int
        Schools of each district; their sizes are those of ``simulate.sizes``.
    mu, tau, sigma : float
        The true hyperparameters, in points.

    Returns
    -------
    Districts
    """
    if districts < 2:
        raise ValueError(f"districts: at least 2 are needed, got {districts!r}")
    sizes = simulate.sizes(schools)
    if theta is not None and np.shape(theta) != (schools,):
        raise ValueError(f"theta: one value a school is needed, {schools}, got shape {np.shape(theta)}")
    truth, found = np.empty((districts, schools)), np.empty((3, districts, schools))
    for r in range(districts):
        rng = seeds.rng(seed, "many districts", r)
        truth[r] = mu + tau * rng.standard_normal(schools) if theta is None else theta
        labels = np.repeat([f"{j + 1}" for j in range(schools)], sizes)
        found[:, r] = _three(Data(simulate.scores(rng, truth[r], sizes, sigma), labels))
    return Districts(sizes, truth, dict(zip(POOLINGS, found, strict=True)))


def bias_and_variance(found: Districts) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Split each pooling's squared error at a fixed truth into squared bias and variance.

    Parameters
    ----------
    found : Districts
        Made with one ``theta`` for all districts.

    Returns
    -------
    dict of str to tuple of array
        For each pooling squared bias (J,) and variance (J,), in squared points. The squared bias is freed of the
        part that the finite number of districts adds, so it may be slightly below 0.

    Raises
    ------
    ValueError
        If the truth differs between districts.
    """
    if np.ptp(found.truth, axis=0).max() > 0:
        raise ValueError("found: bias needs districts with one truth; call many_districts(..., theta=...)")
    out = {}
    for name, estimate in found.estimates.items():
        variance = estimate.var(0, ddof=1)
        out[name] = ((estimate.mean(0) - found.truth[0]) ** 2 - variance / len(estimate), variance)
    return out
