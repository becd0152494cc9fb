"""Whether chains have converged: R-hat, effective sample size, divergences, energy.

R-hat, bulk and tail ESS are the rank-normalized forms of Vehtari, Gelman,
Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16, 667-718. E-FMI is
of Betancourt (2016), arXiv:1604.00695. ArviZ computes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import arviz_stats
import numpy as np
import pandas as pd
import xarray as xr


@dataclass(frozen=True)
class Convergence:
    """What the chains say of themselves.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a scalar parameter; columns ``mean``, ``sd``, ``mcse`` (of the mean),
        ``rhat``, ``ess_bulk``, ``ess_tail``.
    divergences, draws : int
        Divergent transitions, and kept draws of all chains.
    bfmi : array of shape (chains,)
        Energy fraction E-FMI of each chain; empty for samplers without energy.
    problems : tuple of str
        One sentence for each thing that is wrong.
    """

    table: pd.DataFrame
    divergences: int
    draws: int
    bfmi: np.ndarray
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def divergence_share(self) -> float:
        """The share of divergent draws."""
        return self.divergences / self.draws


def _flat(data: xr.Dataset) -> dict[str, float]:
    """Return every entry of a dataset with its label, as ``theta[A]``."""
    out = {}
    for name, values in data.data_vars.items():
        labels = [values.coords[d].values if d in values.coords else range(values.sizes[d]) for d in values.dims]
        for where, value in zip(product(*labels), np.ravel(values.values), strict=True):
            out[f"{name}[{', '.join(map(str, where))}]" if where else str(name)] = float(value)
    return out


def parameter_table(tree: xr.DataTree, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return mean, sd, MCSE, R-hat, bulk and tail ESS of every parameter.

    Parameters
    ----------
    tree : xarray.DataTree
        A result of ``fit``, or any tree with a group ``posterior`` whose
        variables begin with the dimensions ``chain`` and ``draw``.
    names : sequence of str, optional
        Which variables; all when absent.

    Returns
    -------
    pandas.DataFrame
        One row a scalar parameter.
    """
    draws = tree["posterior"].dataset
    draws = draws if names is None else draws[list(names)]
    over = ("chain", "draw")
    # a chain that never moves has no R-hat: it stays "not a number", and is a problem
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "mean": draws.mean(over), "sd": draws.std(over, ddof=1), "mcse": arviz_stats.mcse(draws, method="mean"),
            "rhat": arviz_stats.rhat(draws), "ess_bulk": arviz_stats.ess(draws, method="bulk"),
            "ess_tail": arviz_stats.ess(draws, method="tail", prob=(0.05, 0.95)),
        }
    return pd.DataFrame({name: _flat(values) for name, values in columns.items()})


def energy_fraction(tree: xr.DataTree) -> np.ndarray:
    """Return E-FMI of each chain, shape (chains,); empty where the sampler has no energy."""
    if "sample_stats" not in tree.children or "energy" not in tree["sample_stats"].data_vars:
        return np.empty(0)
    return np.atleast_1d(arviz_stats.bfmi(tree["sample_stats"].dataset)["energy"].values)


def count_divergences(tree: xr.DataTree) -> int:
    """Return the number of divergent transitions; 0 where the sampler has none."""
    if "sample_stats" not in tree.children or "diverging" not in tree["sample_stats"].data_vars:
        return 0
    return int(tree["sample_stats"]["diverging"].sum())


def check_convergence(
    tree: xr.DataTree,
    *,
    rhat: float = 1.01,
    ess: float = 400,
    divergences: int = 0,
    bfmi: float = 0.3,
    names: Sequence[str] | None = None,
) -> Convergence:
    """Judge a result by the usual limits and say in sentences what fails.

    Parameters
    ----------
    tree : xarray.DataTree
        A result of ``fit``.
    rhat : float
        Largest R-hat accepted.
    ess : float
        Smallest bulk and tail effective sample size accepted.
    divergences : int
        Most divergent transitions accepted.
    bfmi : float
        Smallest E-FMI accepted in any chain.
    names : sequence of str, optional
        Which variables; all when absent.

    Returns
    -------
    Convergence
    """
    table = parameter_table(tree, names)
    fraction, diverged = energy_fraction(tree), count_divergences(tree)
    size = tree["posterior"].sizes
    problems = []
    if size["chain"] < 2:
        problems.append("There is one chain only, so nothing tells whether it found the whole posterior.")
    # `not (x <= limit)` and not `x > limit`: a parameter whose R-hat is not a number is a problem too
    for column, bad, limit, words in (
        ("rhat", ~(table["rhat"] <= rhat), rhat, "R-hat above"),
        ("ess_bulk", ~(table["ess_bulk"] >= ess), ess, "bulk ESS below"),
        ("ess_tail", ~(table["ess_tail"] >= ess), ess, "tail ESS below"),
    ):
        if bad.any():
            failing = table.loc[bad, column]
            worst = failing.isna().idxmax() if failing.isna().any() else (
                failing.idxmax() if column == "rhat" else failing.idxmin())
            value = failing[worst]
            shown = "not a number" if np.isnan(value) else f"{value:.3f}" if column == "rhat" else f"{value:.0f}"
            problems.append(f"{bad.sum()} of {len(table)} parameters have {words} {limit:g}; worst is {worst} ({shown}).")
    draws = size["chain"] * size["draw"]
    if diverged > divergences:
        problems.append(f"{diverged} of {draws} draws end in a divergence; at most {divergences} are allowed.")
    if np.any(~(fraction >= bfmi)):
        problems.append(f"E-FMI is {np.min(fraction):.2f} in the worst chain, below {bfmi:g}.")
    return Convergence(table, diverged, draws, fraction, tuple(problems))
