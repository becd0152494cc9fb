"""The studies that are calibrated, each one entry of a table: models, design, definition, plans."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType

import numpy as np

from benchmarks.calibration_engines import PLANS, Plan
from hbm_lib import seeds
from hbm_lib.model import Model
from hbm_lib.models import creators, eight_schools, linear, logistic, regression, schools, slopes, three_levels, varying
from hbm_lib.models.creators import generative as creators_generative
from hbm_lib.models.creators import quantities as creators_quantities
from hbm_lib.models.eight_schools import generative as eight_generative
from hbm_lib.models.eight_schools import quantities as eight_quantities
from hbm_lib.models.linear import generative as linear_generative
from hbm_lib.models.linear import quantities as linear_quantities
from hbm_lib.models.logistic import generative as logistic_generative
from hbm_lib.models.logistic import quantities as logistic_quantities
from hbm_lib.models.regression import generative as regression_generative
from hbm_lib.models.regression import quantities as regression_quantities
from hbm_lib.models.schools import generative as schools_generative
from hbm_lib.models.schools import quantities as schools_quantities
from hbm_lib.models.slopes import generative as slopes_generative
from hbm_lib.models.slopes import quantities as slopes_quantities
from hbm_lib.models.three_levels import generative as levels_generative
from hbm_lib.models.three_levels import quantities as levels_quantities
from hbm_lib.models.varying import generative as varying_generative
from hbm_lib.models.varying import quantities as varying_quantities
from hbm_lib.priors import HalfStudentT, InverseGamma, Normal

PUPILS = (2, 2, 3, 5, 8, 12, 20, 40)


@dataclass(frozen=True)
class Study:
    """One model in its calibration.

    Attributes
    ----------
    model : Model
        What is calibrated.
    data : Data
        The design: groups, sizes, covariates. Its y is not used.
    generative, quantities : module
        The model's definition in NumPy, and what is ranked.
    data_sets : mapping of str to int
        For each engine that is calibrated the number of data sets.
    plans : mapping of str to Plan
        For each engine how long its chains run.
    parts : mapping of str to tuple of (str, str or None)
        For each engine, and under ``every`` for all, what else decides the ranks: file of the
        model's folder, function or class in it or None for all of it.
    samplers : tuple of str
        What the exact engine draws with in ``hbm_lib.samplers``.
    gibbs_samplers : tuple of str
        What the Gibbs sampler draws with there beside slices.
    """

    model: Model
    data: object
    generative: ModuleType
    quantities: ModuleType
    data_sets: Mapping[str, int]
    plans: Mapping[str, Plan]
    parts: Mapping[str, tuple[tuple[str, str | None], ...]]
    samplers: tuple[str, ...]
    gibbs_samplers: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """The model's name without its family: the name of its random streams."""
        return self.model.name.rsplit(".", 1)[1]


_ALL = {"exact": 1000, "gibbs": 1000, "numpyro": 300, "pymc": 300}
_NUMPY = {"exact": 1000, "gibbs": 1000}


def _eight(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return a model of the eight schools with Rubin's standard errors."""
    return Study(model, eight_schools.eight_schools(), eight_generative, eight_quantities, data_sets, PLANS,
                 {"every": (("spec", "Scale"),)}, ("quadrature",))


def design(covariate: bool = False) -> schools.Data:
    """Return eight schools of very unequal size, if asked with a covariate that varies within and between them."""
    school = np.repeat([f"School {i + 1}" for i in range(len(PUPILS))], PUPILS)
    rng = seeds.rng(1, "covariate")
    x = rng.standard_normal(len(school)) + np.repeat(rng.standard_normal(len(PUPILS)), PUPILS) / 2
    return schools.Data(np.zeros(len(school)), school, {"x": x} if covariate else {})


def _schools(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return a model of the schools in the small design."""
    algebra = (("exact", "needs_normal"), ("exact", "normal_prior"))
    plans = dict(PLANS)
    return Study(model, design(model.prior.beta is not None), schools_generative, schools_quantities, data_sets, plans,
                 {"every": (("spec", "Sums"), ("spec", "summarize")), "gibbs": algebra},
                 ("quadrature", "plane", "rectangle", "chebyshev"))


def _rates(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return a model of successes among trials: eight groups, if asked with two rows each, 0 and 1 of a covariate."""
    groups = [f"School {i + 1}" for i in range(len(PUPILS))]
    data = logistic.Data(np.zeros(len(PUPILS)), PUPILS, groups)
    if model.prior.beta is not None:
        trials = np.concatenate([np.ceil(np.array(PUPILS) / 2), np.floor(np.array(PUPILS) / 2)])
        data = logistic.Data(np.zeros(len(trials)), trials, groups * 2, {"x": np.repeat([0.0, 1.0], len(groups))})
    exact = tuple((name, None) for name in ("given_tau", "grids", "integrals", "laws", "many_mu", "sampling", "tau_range"))
    return Study(model, data, logistic_generative, logistic_quantities, data_sets, dict(PLANS),
                 {"every": (), "exact": exact, "gibbs": (("exact", "needs_normal"), ("given_tau", "prior_of_b"))},
                 ("quadrature", "log_concave"), ("polya_gamma",))


def _slopes(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return a model of groups with their own lines: six groups, the first of one row, its slope known from the others only."""
    group = np.repeat(np.arange(6), (1, 2, 3, 5, 8, 12))
    x = seeds.rng(1, "intake").standard_normal(len(group)) + group / 4
    data = slopes.Data(np.zeros(len(group)), x, [f"School {i + 1}" for i in group])
    return Study(model, data, slopes_generative, slopes_quantities, data_sets, dict(PLANS),
                 {"every": (("spec", "Data"),), "gibbs": (("triangles", None),)}, ())


def _varying(data_sets: Mapping[str, int], form: str = "interwoven", thin: int = PLANS["gibbs"].thin) -> Study:
    """Return random slopes under an inverse-Wishart law: six groups, the first of one row, the second of two."""
    group = np.repeat(np.arange(6), (1, 2, 3, 5, 8, 12))
    x = np.column_stack([np.ones(len(group)), seeds.rng(1, "days").standard_normal(len(group)) + group / 4])
    data = varying.Data(x, np.zeros(len(group)), [f"Subject {i + 1}" for i in group], ["intercept", "days"])
    law = varying.InverseWishart(5, [[1, 0.2], [0.2, 0.5]])
    prior = varying.Prior(law, [Normal(0, 1), Normal(0.5, 1)], sigma2=InverseGamma(3, 2))
    parts = {"every": (("spec", "Data"), ("covariance", "InverseWishart"), ("prior", "Prior")), "gibbs": (("triangles", None),)}
    model, plans = varying.random_slopes(prior), dict(PLANS)
    if form != plans["gibbs"].form:
        model, plans["gibbs"] = replace(model, name=f"varying.{form}"), Plan(thin=thin, tune=20 * thin, form=form)
    return Study(model, data, varying_generative, varying_quantities, data_sets, plans, parts, ())


def _levels(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return a model of three levels: four schools of one to three teachers, of one to twelve pupils."""
    school, pupils = np.array([0, 1, 1, 2, 2, 2, 3, 3, 3]), (4, 1, 12, 2, 3, 8, 2, 5, 6)
    teacher = np.repeat(np.arange(len(school)), pupils)
    data = three_levels.Data(np.zeros(len(teacher)), teacher, school[teacher])
    return Study(model, data, levels_generative, levels_quantities, data_sets, dict(PLANS), {"every": (("spec", "Data"),)}, ())


def _linear(data_sets: Mapping[str, int], form: str = "blocked", thin: int = 10) -> Study:
    """Return linear regression: a dozen rows, two columns that go together."""
    own = seeds.rng(1, "linear").standard_normal((12, 2))
    x = np.column_stack([np.ones(12), own[:, 0], 0.8 * own[:, 0] + 0.6 * own[:, 1]])
    data = linear.Data(x, np.zeros(12), ["intercept", "first", "second"])
    prior = linear.Prior([1, 0.5, 0], [[0.5, 0.1, 0], [0.1, 1, 0], [0, 0, 0.7]], InverseGamma(3, 2))
    plans = dict(PLANS) | {"gibbs": Plan(thin=thin, tune=10 * thin, form=form)}
    parts = {"every": (("spec", "Prior"), ("spec", "Sums")), "gibbs": (("exact", "update"),)}
    model = linear.conjugate(prior)
    model = model if form == "blocked" else replace(model, name=f"linear.{form}")
    return Study(model, data, linear_generative, linear_quantities, data_sets, plans, parts, ())


def _regression(form: str, thin: int, data_sets: Mapping[str, int] | None = None, **spread: object) -> Study:
    """Return regression with groups in one form of Gibbs sampling: the eight groups of ``design``, one column the group's own."""
    group = np.repeat(np.arange(len(PUPILS)), PUPILS)
    own = seeds.rng(1, "regression").standard_normal(len(group))
    x = np.column_stack([np.ones(len(group)), own + group / 8, group % 2])
    data = regression.Data(x, np.zeros(len(group)), [f"School {i + 1}" for i in group], ["intercept", "entry", "kind"])
    prior = regression.Prior([1, 0.5, 0], [[0.5, 0.1, 0], [0.1, 1, 0], [0, 0, 0.7]], InverseGamma(3, 2), **spread)
    parts = {"every": (("spec", "Prior"), ("sums", None)), "gibbs": (("gibbs_scales", None), ("turned", None)),
             "exact": (("given_scales", None),)}
    model = replace(regression.hierarchical(prior), name=f"regression.{form}")
    plans = dict(PLANS) | {"gibbs": Plan(thin=thin, tune=20 * thin, form=form)}
    return Study(model, data, regression_generative, regression_quantities, data_sets or {"gibbs": 1000}, plans, parts,
                 ("quadrature", "plane", "rectangle", "chebyshev"), ("many_normals",))


@dataclass(frozen=True)
class _Effects(creators.Data):
    """Creators whose effects go by the name that every other study has for what is observed."""

    y: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Let y be the effects."""
        if self.y is not None:
            object.__setattr__(self, "effect", self.y)
        super().__post_init__()


def _creators(model: Model, data_sets: Mapping[str, int]) -> Study:
    """Return creators in four genres of one to six, their standard errors from a tenth to three times the scales'."""
    genre = np.repeat(np.arange(4), (1, 2, 4, 6))
    data = _Effects(np.zeros(13), (0.5, 0.1, 2.0, 0.3, 0.2, 1.0, 3.0, 0.4, 0.15, 0.6, 0.8, 1.5, 0.25), genre)
    exact = (("exact", None), ("sums", None), ("parts", None), ("compress", None), ("tables", None))
    return Study(model, data, creators_generative, creators_quantities, data_sets, dict(PLANS),
                 {"every": (("spec", "Data"),), "exact": exact, "gibbs": (("exact", "needs_normal"),)}, ("grid", "mixture"))


STUDIES: Mapping[str, Study] = {study.model.name: study for study in (
    _eight(eight_schools.noncentered(), _ALL),
    _eight(eight_schools.skeptical(), _ALL),
    _eight(eight_schools.adaptive(), _NUMPY),
    _eight(eight_schools.student_t(), {"gibbs": 1000}),
    _schools(schools.partial_pooling(), _ALL),
    _schools(schools.random_intercept(), _NUMPY),
    _rates(logistic.partial_pooling(), _NUMPY | {"numpyro": 200, "pymc": 200}),
    _rates(logistic.random_intercept(), _NUMPY | {"numpyro": 200, "pymc": 200}),
    _levels(three_levels.three_levels(), {"gibbs": 1000}),
    _slopes(slopes.slopes(), {"gibbs": 1000}),
    _varying({"gibbs": 1000}),
    _varying({"gibbs": 1000}, "separate", 100),
    _varying({"gibbs": 1000}, "blocked", 50),
    _linear({"exact": 1000, "gibbs": 1000}),
    _linear({"gibbs": 1000}, "separate", 40),
    _regression("separate", 100, tau2=InverseGamma(3, 2)),
    _regression("blocked", 20, _NUMPY | {"numpyro": 200, "pymc": 200}, tau2=InverseGamma(3, 2)),
    _regression("interwoven", 20, tau=HalfStudentT(3, 0.7)),
    _creators(creators.partial_pooling(), _ALL),
)}
