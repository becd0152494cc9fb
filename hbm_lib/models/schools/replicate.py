"""Replicated school means, for checks of the level between schools."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.schools.spec import Data


def school_means(
    rng: np.random.Generator, draws: Mapping[str, np.ndarray], data: Data, tau: float | None = None, *, new_schools: bool = True
) -> np.ndarray:
    """Draw the mean scores of a replicated district, one for each set of parameters.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    draws : mapping of str to array
        ``mu``, ``sigma`` (...), ``theta`` (..., J), ``tau`` (...) and ``beta`` (..., P) where the model has them.
    data : Data
        Gives the schools' sizes and mean covariates.
    tau : float, optional
        Where the draws have no ``tau``: its fixed value.
    new_schools : bool
        Whether the schools are drawn anew from Normal(mu, tau), which checks the level between
        schools, or kept, which only checks the pupils.

    Returns
    -------
    numpy.ndarray
        Shape (..., J), in points.

    Raises
    ------
    ValueError
        If tau is neither among the draws nor given, or theta has another number of schools.
    """
    if new_schools and "tau" not in draws and tau is None:
        raise ValueError("tau: the draws have none, so its fixed value is needed (0 for complete pooling)")
    if np.shape(draws["theta"])[-1:] != (data.n_groups,):
        raise ValueError(f"draws: theta of {data.n_groups} schools is needed, got shape {np.shape(draws['theta'])}")
    sigma = np.asarray(draws["sigma"])[..., None]
    theta = np.asarray(draws["theta"])
    if new_schools:
        spread = np.asarray(draws.get("tau", tau), float)[..., None]
        theta = np.asarray(draws["mu"])[..., None] + spread * rng.standard_normal(theta.shape)
    if "beta" in draws:
        theta = theta + np.asarray(draws["beta"]) @ data.sums.design[:, 1:].T
    return theta + sigma / np.sqrt(data.counts) * rng.standard_normal(theta.shape)
