"""The races of `python -m benchmarks`: which model, which data, which engines, and what each result says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.engines import exact_run, gibbs_run, numpyro_runs, pymc_runs
from hbm_lib import seeds
from hbm_lib.data import real
from hbm_lib.model import Model
from hbm_lib.models import eight_schools, schools

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
    """

    what: str
    title: str
    model: Model
    data: object
    forms: tuple[str, ...]
    moments: tuple[str, ...]
    rounds: int

    def runners(self, draws: int) -> Mapping[str, Callable[[int], dict[str, float]]]:
        """Return for each engine the function of the seed that times one run."""
        model, data = self.model, self.data
        found = {"exact": lambda _: exact_run(model, data, self.moments),
                 "pymc": pymc_runs(model, data, draws), "numpyro": numpyro_runs(model, data, draws)}
        return found | {f"gibbs {form}": partial(gibbs_run, model, data, form, 5 * draws) for form in self.forms}


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


RACES: Mapping[str, Callable[[], Race]] = {"eight_schools": eight, "schools": exam}
