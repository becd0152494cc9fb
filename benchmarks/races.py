"""The races of `python -m benchmarks`: which model, which data, which engines, and what each result says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.engines import NUTPIE_OWN, exact_run, gibbs_run, numpyro_runs, own_runs, pymc_runs
from hbm_lib import seeds
from hbm_lib.data import real
from hbm_lib.model import Model
from hbm_lib.models import creators, eight_schools, logistic, schools
from hbm_lib.models.creators import baselines, simulate
from hbm_lib.models.logistic import many

SEED = 1981


@dataclass(frozen=True)
class Race:
    """One model on one data set, and who runs.

    Attributes
    ----------
    what, title : str
        What was measured, and the name in the table.
    model, data : Model, Data
        What is fitted.
    forms : tuple of str
        The forms of Gibbs sampling.
    moments : tuple of str
        The variables whose mean, sd and error the exact engine is timed with.
    rounds : int
        How often everybody runs.
    watch : tuple of str
        The scalars by whose accuracy all are measured.
    own : bool
        Whether PyMC's own sampler runs beside nutpie.
    points : callable or None
        Another function of model and data that returns the posterior of the exact engine, where it has two ways.
    eager : bool
        Whether nutpie runs a second time, at its own target of acceptance, which is lower than ours.
    checked : bool
        Whether the exact engine is timed with its error estimates.
    """

    what: str
    title: str
    model: Model
    data: object
    forms: tuple[str, ...]
    moments: tuple[str, ...]
    rounds: int
    watch: tuple[str, ...] = ("mu", "tau")
    own: bool = False
    eager: bool = False
    points: Callable | None = None
    checked: bool = True

    def runners(self, draws: int) -> Mapping[str, Callable[[int], dict[str, float]]]:
        """Return for each engine the function of the seed that times one run."""
        model, data = self.model, self.data
        found = {"exact": lambda _: exact_run(model, data, self.moments, self.checked),
                 "pymc": pymc_runs(model, data, self.watch, draws), "numpyro": numpyro_runs(model, data, self.watch, draws)}
        found |= {"pymc own": own_runs(model, data, self.watch, draws)} if self.own else {}
        found |= {"pymc eager": pymc_runs(model, data, self.watch, draws, NUTPIE_OWN)} if self.eager else {}
        if self.points is not None:
            found["exact points"] = lambda _: exact_run(model, data, self.moments, self.checked, find=self.points)
        return found | {f"gibbs {form}": partial(gibbs_run, model, data, self.watch, form, 5 * draws) for form in self.forms}


def eight() -> Race:
    """Return model 1 of the eight schools."""
    return Race("eight schools, model 1, non-centered; medians over rounds in one process", "Eight schools, model 1",
                eight_schools.noncentered(), eight_schools.eight_schools(), ("noncentered", "centered", "interwoven"),
                ("mu", "tau"), 5)


def exam() -> Race:
    """Return the London schools: 4059 pupils, 65 schools, one covariate."""
    model = schools.random_intercept()
    return Race("London schools (mlmRev/Exam), schools.random_intercept, NUTS centered; medians over rounds in one process",
                "London schools, random intercept", model, exam_pupils(), ("interwoven",), tuple(model.dims), 3)


def exam_pupils(n: int | None = None) -> schools.Data:
    """Return the Exam data, or ``n`` pupils drawn from it with replacement, in the same 65 schools."""
    table = real.load("exam")
    if n is not None:
        rng = seeds.rng(SEED, "pupils", n)
        # one of each school first, so that none is lost
        first = np.unique(table["school"].to_numpy(), return_index=True)[1]
        table = table.iloc[np.concatenate([first, rng.integers(len(table), size=n - len(first))])]
    return schools.Data.from_frame(table, y="normexam", school="school", covariates=["standLRT"])


def platform() -> Race:
    """Return the 500 creators of seed 42; the exact engine's time is that of every creator's mean and sd."""
    model = creators.partial_pooling()
    data = baselines.to_data(baselines.no_pooling_estimates(simulate.generate_experiment_data(42)[0]))
    return Race("500 creators (seed 42), creators.partial_pooling, NUTS centered; medians over rounds in one process",
                "500 creators", model, data, ("interwoven",), tuple(model.dims), 3, ("mu_global", "sigma_creator"), own=True,
                checked=False)


def hospitals() -> Race:
    """Return 54 hospitals: 1,495 patients who died or not, with their age as covariate.

    The exact engine's time is that of mean and sd of every variable; it runs by quadrature and by weighted points.
    """
    model = logistic.random_intercept()
    data = logistic.Data.from_frame(real.load("medpar"), outcome="died", group="provnum", covariates=["age80"])
    return Race("54 hospitals (COUNT/medpar), died ~ age80, logistic.random_intercept, NUTS non-centered; medians over rounds "
                "in one process", "54 hospitals", model, data, ("interwoven",), ("mu", "tau", "beta"), 3, ("mu", "tau", "beta"),
                eager=True, checked=False, points=many.posterior)


RACES: Mapping[str, Callable[[], Race]] = {
    "eight_schools": eight, "schools": exam, "creators": platform, "doctors": hospitals}
