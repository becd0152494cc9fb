"""An approximation held against the exact posterior: means, standard deviations, intervals."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbm_lib.models.creators.exact import ExactPosterior

MASS = 0.95


def errors(draws: Mapping[str, np.ndarray], exact: ExactPosterior) -> pd.DataFrame:
    """Compare draws from an approximation with the exact posterior, variable by variable.

    Parameters
    ----------
    draws : mapping of str to array of shape (chains, draws, ...)
        Of every variable of the model.
    exact : ExactPosterior
        From ``fit_exact``.

    Returns
    -------
    pandas.DataFrame
        One row a variable: ``mean``, the root mean square error of the posterior means in exact posterior standard deviations;
        ``sd``, the mean ratio of approximate to exact standard deviations; ``held``, the exact posterior probability of
        what the approximation calls a 95 % interval, on average; ``least``, the least of these.
    """
    rows = {}
    for name in exact.model.dims:
        flat = np.asarray(draws[name]).reshape(-1, *np.shape(draws[name])[2:])
        law = exact.law(name)
        low, high = np.quantile(flat, [(1 - MASS) / 2, (1 + MASS) / 2], axis=0)
        held = np.asarray(law.cdf(high)) - np.asarray(law.cdf(low))
        z, ratio = (flat.mean(0) - exact.mean(name)) / exact.sd(name), flat.std(0, ddof=1) / exact.sd(name)
        rows[name] = {"mean": np.sqrt(np.mean(z**2)), "sd": np.mean(ratio), "held": held.mean(), "least": held.min()}
    return pd.DataFrame(rows).T
