"""Estimates against the truth: squared error, coverage, width, overall and by size; and the gate before any of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from hbm_lib.data import checks
from hbm_lib.diagnostics.convergence import parameter_table

ESTIMATES = ("effect_hat", "ci_lower", "ci_upper", "n_total")
BINS = {"<100": (0, 100), "100–500": (100, 500), "500+": (500, np.inf)}


def measures(estimates: pd.DataFrame, truth: np.ndarray) -> pd.DataFrame:
    """Compare estimates with the truth, overall and by number of users.

    Parameters
    ----------
    estimates : pandas.DataFrame
        One row a creator: effect_hat, ci_lower, ci_upper (in the outcome's units) and n_total.
    truth : array of shape (N,)
        True effects in the rows' order.

    Returns
    -------
    pandas.DataFrame
        Rows ``overall`` and each of ``BINS``; columns creators, mse, coverage (a share) and mean width. Where a
        bin is empty its measures are missing.

    Raises
    ------
    ValueError
        If a column is missing, a value is not a finite number, or the truth is of another length.
    """
    table, names = checks.frame(estimates, ESTIMATES), [f"column {c!r}" for c in ESTIMATES]
    mean, low, high, n = (checks.numbers(table.get_column(c).to_numpy(), c2) for c, c2 in zip(ESTIMATES, names, strict=True))
    truth = checks.numbers(truth, "truth")
    if len(truth) != len(mean) or not len(mean):
        raise ValueError(f"truth: one value a creator is needed, for {len(mean)} creators, got {len(truth)}")
    each = {"mse": (mean - truth) ** 2, "coverage": (low <= truth) & (truth <= high), "width": high - low}
    rows = {"overall": np.ones(len(n), bool)} | {name: (n >= a) & (n < b) for name, (a, b) in BINS.items()}
    return pd.DataFrame({name: {"creators": at.sum()} | {k: v[at].mean() if at.any() else np.nan for k, v in each.items()}
                         for name, at in rows.items()}).T


def comparison(methods: Mapping[str, pd.DataFrame], truth: np.ndarray) -> pd.DataFrame:
    """Return ``measures`` of several methods side by side; columns (method, measure)."""
    return pd.concat({name: measures(table, truth) for name, table in methods.items()}, axis=1)


def gate(tree: xr.DataTree, rhat: float = 1.01, ess: float = 400) -> pd.DataFrame:
    """Return the table of parameters, or refuse a result whose chains have not converged.

    Parameters
    ----------
    tree : xarray.DataTree
        A result of ``fit`` by an engine that runs chains; of another source, one with ``sample_stats.diverging``.
    rhat, ess : float
        What R-hat must be below, and bulk and tail ESS above, for every parameter.

    Returns
    -------
    pandas.DataFrame
        Of ``diagnostics.convergence.parameter_table``.

    Raises
    ------
    ValueError
        If there is any divergence, or no record of divergences where the engine should keep one; naming the
        worst variable if an R-hat or an ESS is out of bounds; and for an exact result, which has no chains to gate.
    """
    engine = tree.attrs.get("engine")
    if engine == "exact":
        raise ValueError("engine 'exact': its draws are independent, so there is nothing to gate; "
                         "fit_exact(...).error(name) is the error of its means")
    recorded = "sample_stats" in tree.children and "diverging" in tree["sample_stats"].data_vars
    if not recorded and engine != "gibbs":
        raise ValueError(f"sample_stats: engine {engine!r} left no record of divergent transitions ('diverging'), so it "
                         "cannot be said that there were none")
    divergences = int(tree["sample_stats"]["diverging"].sum()) if recorded else 0
    if divergences:
        raise ValueError(f"{divergences} divergent transition{'s' * (divergences > 1)}; 0 are accepted")
    table = parameter_table(tree)
    worst = table["rhat"].fillna(np.inf)
    if not (worst < rhat).all():
        name = worst.idxmax()
        raise ValueError(f"{name}: R-hat is {table['rhat'][name]:.3f}; below {rhat} is needed")
    least = table[["ess_bulk", "ess_tail"]].min(axis=1, skipna=False).fillna(0)
    if not (least > ess).all():
        raise ValueError(f"{least.idxmin()}: ESS is {least.min():.0f}; above {ess:g} is needed")
    return table
