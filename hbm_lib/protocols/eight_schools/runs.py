"""What the samplers say of themselves, over several independent runs."""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
import xarray as xr
from scipy import stats as laws

from hbm_lib import fit
from hbm_lib.diagnostics.convergence import count_divergences, energy_fraction, parameter_table
from hbm_lib.model import Model
from hbm_lib.models.eight_schools import Data

_LIBRARY = {"pymc": "pymc", "numpyro": "numpyro"}


@dataclass(frozen=True)
class Run:
    """The same sampler run R times, four chains each.

    Attributes
    ----------
    engine, form : str
        Which sampler and which parameterization.
    divergences : array of int, shape (R,)
        Divergent transitions among the kept draws.
    draws : int
        Kept draws of one run, all chains together.
    rhat : array of shape (R,)
        The largest R-hat of any parameter.
    ess_tau, ess_tail_tau : array of shape (R,)
        Bulk and tail effective sample size of tau.
    ess_least : array of shape (R,)
        The smallest bulk ESS of any parameter.
    bfmi : array of shape (R,)
        The smallest energy fraction (E-FMI) of any chain.
    leapfrog : array of shape (R,)
        Gradient evaluations per kept draw.
    seconds : float
        Wall time of one run with its share of compiling.
    """

    engine: str
    form: str
    divergences: np.ndarray
    draws: int
    rhat: np.ndarray
    ess_tau: np.ndarray
    ess_tail_tau: np.ndarray
    ess_least: np.ndarray
    bfmi: np.ndarray
    leapfrog: np.ndarray
    seconds: float

    @property
    def divergence_rate(self) -> float:
        """The share of divergent draws over all runs."""
        return float(self.divergences.sum() / (len(self.divergences) * self.draws))


def measure(
    model: Model,
    data: Data,
    *,
    engine: str,
    seed: int,
    runs: int = 8,
    chains: int = 4,
    draws: int = 1000,
    tune: int = 1000,
    target_accept: float = 0.95,
) -> tuple[Run, xr.DataTree]:
    """Run one sampler several times and take down its diagnostics.

    All chains are sampled in one call, so that the model is compiled once; each
    has its own warm-up, so that every ``chains`` of them are an independent run.

    Parameters
    ----------
    model, data : Model, Data
        What is sampled, in the form the model names.
    engine : {"pymc", "numpyro"}
        Which NUTS.
    seed, runs, chains, draws, tune : int
        Seed of the whole, number of runs, and the size of each.
    target_accept : float
        Acceptance rate that warm-up aims at.

    Returns
    -------
    tuple
        The ``Run`` and the first run's draws.
    """
    import_module(_LIBRARY[engine])
    tree = fit(
        model,
        data,
        engine=engine,
        seed=seed,
        chains=chains * runs,
        draws=draws,
        tune=tune,
        target_accept=target_accept,
    )
    found: dict[str, list[float]] = {n: [] for n in Run.__dataclass_fields__}
    for r in range(runs):
        part = tree.isel(chain=slice(r * chains, (r + 1) * chains))
        table = parameter_table(part)
        found["divergences"].append(count_divergences(part))
        found["rhat"].append(float(table["rhat"].max()))
        found["ess_tau"].append(float(table.loc["tau", "ess_bulk"]))
        found["ess_tail_tau"].append(float(table.loc["tau", "ess_tail"]))
        found["ess_least"].append(float(table["ess_bulk"].min()))
        found["bfmi"].append(float(energy_fraction(part).min()))
        found["leapfrog"].append(float(part["sample_stats"]["n_steps"].mean()))
    fields = ("divergences", "rhat", "ess_tau", "ess_tail_tau", "ess_least", "bfmi", "leapfrog")
    run = Run(
        engine=engine,
        form=model.form,
        draws=chains * draws,
        seconds=float(tree.attrs["seconds"]) / runs,
        **{n: np.array(found[n]) for n in fields},
    )
    return run, tree.isel(chain=slice(0, chains))


@dataclass(frozen=True)
class Gain:
    """The ratio of one run's mean to another's, with an interval over runs.

    Attributes
    ----------
    ratio, low, high : float
        Ratio of means and its 95 % interval (delta method, t with R - 1).
    """

    ratio: float
    low: float
    high: float

    @property
    def percent(self) -> float:
        """The gain in percent."""
        return 100 * (self.ratio - 1)


def gain(new: np.ndarray, old: np.ndarray) -> Gain:
    """Compare two sets of runs.

    Parameters
    ----------
    new, old : array of shape (R,)
        One positive figure a run, R at least 2.

    Returns
    -------
    Gain
    """
    new, old = np.asarray(new, float), np.asarray(old, float)
    if min(len(new), len(old)) < 2:
        raise ValueError("gain: at least two runs of each are needed to know the spread between runs")
    ratio = new.mean() / old.mean()
    share = [v.std(ddof=1) / v.mean() / np.sqrt(len(v)) for v in (new, old)]
    half = laws.t.ppf(0.975, min(len(new), len(old)) - 1) * np.hypot(*share) * ratio
    return Gain(float(ratio), float(ratio - half), float(ratio + half))
