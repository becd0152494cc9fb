"""Estimates against the truth: squared error, coverage, width, overall and by size; and the gate before any of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from hbm_lib.diagnostics.convergence import parameter_table

BINS = {"<100": (0, 100), "100–500": (100, 500), "500+": (500, np.inf)}


def measures(estimates: pd.DataFrame, truth: np.ndarray) -> pd.DataFrame:
    """Return creators, mse, coverage and mean width, overall and by number of users; truth (N,) in the rows' order."""
    truth = np.asarray(truth, dtype=float)
    if truth.shape != (len(estimates),):
        raise ValueError(f"truth: one value a creator is needed, {len(estimates)}, got shape {truth.shape}")
    low, high, n = (estimates[c].to_numpy() for c in ("ci_lower", "ci_upper", "n_total"))
    each = {"mse": (estimates["effect_hat"].to_numpy() - truth) ** 2, "coverage": (low <= truth) & (truth <= high),
            "width": high - low}
    rows = {"overall": np.ones(len(n), bool)} | {name: (n >= a) & (n < b) for name, (a, b) in BINS.items()}
    return pd.DataFrame({name: {"creators": at.sum()} | {k: v[at].mean() if at.any() else np.nan for k, v in each.items()}
                         for name, at in rows.items()}).T


def comparison(methods: Mapping[str, pd.DataFrame], truth: np.ndarray) -> pd.DataFrame:
    """Return ``measures`` of several methods side by side; columns (method, measure)."""
    return pd.concat({name: measures(table, truth) for name, table in methods.items()}, axis=1)


def gate(tree: xr.DataTree, rhat: float = 1.01, ess: float = 400) -> pd.DataFrame:
    """Return the table of parameters, or refuse a result whose chains have not converged.

    Raises
    ------
    ValueError
        Naming the worst variable: R-hat not below ``rhat``, bulk or tail ESS not above ``ess``, or any divergence.
    """
    stats = tree["sample_stats"] if "sample_stats" in tree.children else {}
    divergences = int(stats["diverging"].sum()) if "diverging" in stats else 0
    if divergences:
        raise ValueError(f"{divergences} divergent transitions; 0 are accepted")
    table = parameter_table(tree)
    bad = ~(table["rhat"] < rhat)
    if bad.any():
        name = table["rhat"][bad].fillna(np.inf).idxmax()
        raise ValueError(f"{name}: R-hat is {table['rhat'][name]:.3f}; below {rhat} is needed")
    least = table[["ess_bulk", "ess_tail"]].min(axis=1)
    if not (least > ess).all():
        raise ValueError(f"{least.idxmin()}: ESS is {least.min():.0f}; above {ess:g} is needed")
    return table
