"""How long a chain remembers, and what its draws are worth a second.

ArviZ computes autocorrelations (by the fast Fourier transform) and effective sample sizes.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats

from hbm_lib import arguments
from hbm_lib.diagnostics.convergence import parameter_table


def autocorrelation(draws: np.ndarray, lags: int) -> np.ndarray:
    """Return the autocorrelation of one scalar parameter, averaged over its chains.

    Parameters
    ----------
    draws : array of shape (chains, draws)
        Draws of one parameter.
    lags : int
        Largest lag, in sweeps.

    Returns
    -------
    array of shape (lags + 1,)
        1 at lag 0.

    Raises
    ------
    ValueError
        If the shape is another, a draw is not finite, a chain never moves, or it is shorter than four times the lags.
    """
    draws = np.asarray(draws, float)
    if draws.ndim != 2 or not np.isfinite(draws).all():
        raise ValueError(f"draws: finite numbers of shape (chains, draws) are needed, got shape {draws.shape}")
    if not arguments.is_whole(lags) or not 1 <= lags <= draws.shape[1] // 4:
        raise ValueError(f"lags: a whole number from 1 to at most a quarter of {draws.shape[1]} draws a chain is needed, "
                         f"got {lags!r}")
    still = np.flatnonzero(np.ptp(draws, axis=1) == 0)
    if len(still):
        raise ValueError(f"draws: chain {still[0]} never moves, so it has no autocorrelation")
    return np.mean([array_stats.autocorr(chain)[: lags + 1] for chain in draws], axis=0)


def ess_per_second(tree: xr.DataTree, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return bulk ESS a second of every parameter, smallest first.

    Parameters
    ----------
    tree : xarray.DataTree
        A result of ``fit``: its attribute ``seconds`` is the time of sampling.
    names : sequence of str, optional
        Which variables; all when absent.

    Returns
    -------
    pandas.DataFrame
        Columns ``ess_bulk`` and ``ess_per_second``, one row a scalar parameter.

    Raises
    ------
    ValueError
        If the result does not say how long it took.
    """
    seconds = tree.attrs.get("seconds")
    if not seconds or seconds <= 0:
        raise ValueError("tree: it has no attribute 'seconds'; take a result of fit")
    table = parameter_table(tree, names)[["ess_bulk"]]
    return table.assign(ess_per_second=table["ess_bulk"] / seconds).sort_values("ess_per_second")
