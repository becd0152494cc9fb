"""Replicated rows for checks of a regression with groups: the same groups again, or new ones."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.regression import generative
from hbm_lib.models.regression.spec import Data


def rows(rng: np.random.Generator, draws: Mapping[str, np.ndarray], data: Data, *, new_groups: bool = False) -> np.ndarray:
    """Draw a replicated outcome of every row, one data set for each set of parameters.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    draws : mapping of str to array
        ``beta`` (..., p), ``gamma`` (..., J), ``sigma2`` and ``tau2`` (...); posterior draws, or prior ones.
    data : Data
        Gives the design and which row is of which group.
    new_groups : bool
        Whether every offset is drawn anew from Normal(0, tau2), which checks the level between groups, or kept, which
        checks the rows about their own group's line.

    Returns
    -------
    numpy.ndarray
        Shape (..., n), in the units of y.

    Raises
    ------
    ValueError
        If beta or gamma has another size than the data.
    """
    for name, size in {"beta": data.x.shape[1], "gamma": data.n_groups}.items():
        if np.shape(draws[name])[-1:] != (size,):
            raise ValueError(f"draws: {name} of {size} entries is needed, got shape {np.shape(draws[name])}")
    gamma = np.asarray(draws["gamma"])
    if new_groups:
        gamma = np.sqrt(draws["tau2"])[..., None] * rng.standard_normal(gamma.shape)
    mean = generative.row_mean({"beta": draws["beta"], "gamma": gamma}, data)
    return mean + np.sqrt(draws["sigma2"])[..., None] * rng.standard_normal(mean.shape)
