"""Input that cannot be used is refused with a sentence that says where, before anything is sampled."""

import re

import numpy as np
import pandas as pd
import pytest
from eight import CASES, SCHOOLS, WITH_PRECISION

from hbm_lib import fit, fit_exact, fitting
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact, gibbs, gibbs_student
from hbm_lib.priors import HalfCauchy, Normal
from hbm_lib.samplers import nuts

Y, SIGMA = [28.0, 8.0, -3.0], [15.0, 10.0, 16.0]
NAN, INF = float("nan"), float("inf")


@pytest.fixture
def no_sampling(monkeypatch):
    """Everything that samples or integrates raises what no test expects."""
    def caught(*_, **__):
        raise RuntimeError("something was computed before the input was refused")

    for module, name in (
        (exact, "posterior"), (gibbs, "init"), (gibbs_student, "init"), (fitting, "run_chains"),
        (nuts, "sample_pymc"), (nuts, "sample_numpyro"),
    ):
        monkeypatch.setattr(module, name, caught)


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize(("y", "sigma", "said"), [
    ([28, NAN, -3], SIGMA, "y, row 1: nan is missing or infinite; drop the row or mend it"),
    ([28, 8, INF], SIGMA, "y, row 2: inf is missing or infinite"),
    ([28, 8, -INF], SIGMA, "y, row 2: -inf is missing or infinite"),
    (Y, [15, NAN, 16], "sigma, row 1: nan is missing or infinite"),
    (Y, [15, INF, 16], "sigma, row 1: inf is missing or infinite"),
    (Y, [15, 10, 0], "sigma, row 2: 0 is not above 0; a standard error must be"),
    (Y, [15, -10, 16], "sigma, row 1: -10 is not above 0"),
    (Y, [15, 10], "the columns differ in length: y has 3, sigma has 2"),
    (Y[:2], SIGMA, "the columns differ in length: y has 2, sigma has 3"),
    ([28], [15], "y: at least two groups are needed to learn how groups differ, got 1"),
    ([], [], "y: at least two groups are needed to learn how groups differ, got 0"),
    ([28, "8", -3], SIGMA, "y, row 1: '8' is not a number; convert the column first"),
    ([28, b"8", -3], SIGMA, "y, row 1: b'8' is not a number"),
    ([28, None, -3], SIGMA, "y, row 1: None is not a number"),
    ([28, True, -3], SIGMA, "y, row 1: True is not a number"),
    (np.array([True, False, True]), SIGMA, "y, row 0: True is not a number"),
    ([28, pd.NA, -3], SIGMA, "y, row 1: <NA> is not a number"),
    ([28, 1j, -3], SIGMA, "y, row 1: 1j is not a number"),
    ([28, [8], -3], SIGMA, "y, row 1: [8] is not a number"),
    (pd.to_datetime(["2020-01-01"] * 3), SIGMA, "y, row 0: Timestamp('2020-01-01 00:00:00') is not a number"),
    (np.ma.masked_array(Y, [0, 0, 1]), SIGMA, "y, row 2: the value is masked; drop the row or mend it"),
    (np.ones((3, 2)), SIGMA, "y: one number a row is needed, got an array of shape (3, 2)"),
    (Y, np.ones((1, 3)), "sigma: one number a row is needed, got an array of shape (1, 3)"),
    ("28 8 -3", SIGMA, "y: one number a row is needed, got '28 8 -3'"),
    (None, SIGMA, "y: one number a row is needed, got None"),
    (28.0, SIGMA, "y: one number a row is needed, got 28.0"),
    ({"A": 28}, SIGMA, "y: one number a row is needed"),
    ({28.0, 8.0, -3.0}, SIGMA, "y: one number a row is needed"),
])
def test_columns(y, sigma, said):
    refused(said, lambda: es.Data(y, sigma))


@pytest.mark.parametrize(("labels", "said"), [
    (["A", "B", "A"], "labels, row 2: 'A' stands in row 0 too; give every group its own label"),
    ([1, "1", 2], "labels, row 1: '1' stands in row 0 too"),
    (["A", None, "C"], "labels, row 1: the label is missing; give every group a name"),
    (["A", NAN, "C"], "labels, row 1: the label is missing"),
    (["A", pd.NA, "C"], "labels, row 1: the label is missing"),
    (["A", pd.NaT, "C"], "labels, row 1: the label is missing"),
    (["A", "  ", "C"], "labels, row 1: the label is missing"),
    (["A", "B"], "labels: one label a row is needed: 3 rows, got ['A', 'B']"),
    ("ABC", "labels: one label a row is needed: 3 rows, got 'ABC'"),
    (5, "labels: one label a row is needed: 3 rows, got 5"),
])
def test_labels(labels, said):
    refused(said, lambda: es.Data(Y, SIGMA, labels))


@pytest.mark.parametrize(("covariates", "said"), [
    ({"hours": [1, 2]}, "the columns differ in length: y has 3, covariate 'hours' has 2"),
    ({"hours": [1, NAN, 3]}, "covariate 'hours', row 1: nan is missing or infinite"),
    ({"hours": [1, "2", 3]}, "covariate 'hours', row 1: '2' is not a number"),
    ({"y": [1, 2]}, "covariate 'y' has 2"),
    ({"hours": [2, 2, 2]}, "covariates: the columns (with the intercept) are linearly dependent; drop one"),
    ({"a": [1, 2, 4], "b": [3, 5, 9]}, "covariates: the columns (with the intercept) are linearly dependent"),
    ({"a": [1, 2, 4], "b": [3, 5, 8], "c": [0, 1, 5]}, "covariates: the columns (with the intercept) are linearly dependent"),
    ([1, 2, 4], "covariates: a mapping of name to column is needed, got [1, 2, 4]"),
    (None, "covariates: a mapping of name to column is needed, got None"),
])
def test_covariates(covariates, said):
    refused(said, lambda: es.Data(Y, SIGMA, None, covariates))


def table(**changes):
    return pd.DataFrame({"school": ["A", "B", "C"], "effect": Y, "se": SIGMA, "hours": [1.0, 2, 4]} | changes)


@pytest.mark.parametrize(("frame", "names", "said"), [
    (table(), {"y": "efect"}, "column 'efect' is not in the table; it has school, effect, se, hours"),
    (table(), {"label": "name"}, "column 'name' is not in the table"),
    (table(), {"covariates": ["age"]}, "column 'age' is not in the table"),
    (table(effect=[28, None, -3]), {}, "column 'effect', row 1: nan is missing or infinite"),
    (table(effect=["28", "8", "-3"]), {}, "column 'effect', row 0: '28' is not a number"),
    (table(se=[15, 10, 0]), {}, "column 'se', row 2: 0 is not above 0"),
    (table(school=["A", "A", "C"]), {"label": "school"}, "column 'school', row 1: 'A' stands in row 0 too"),
    (table(school=["A", None, "C"]), {"label": "school"}, "column 'school', row 1: the label is missing"),
    (table(hours=[1, NAN, 4]), {"covariates": ["hours"]}, "column 'hours', row 1: nan is missing"),
    (table(hours=[1, 1, 1]), {"covariates": ["hours"]}, "linearly dependent"),
    (table().iloc[:1], {}, "at least two groups are needed"),
    (table().iloc[:0], {}, "at least two groups are needed"),
])
def test_data_frames(frame, names, said):
    refused(said, lambda: es.Data.from_frame(frame, **({"y": "effect", "sigma": "se"} | names)))


def test_rows_are_counted_as_they_stand_whatever_the_index():
    refused("column 'effect', row 1", lambda: es.Data.from_frame(
        table(effect=[1, NAN, 3]).set_index(pd.Index([7, 1, 0])), y="effect", sigma="se"))


def test_equal_standard_errors_are_no_covariate():
    refused("sigma: all standard errors are equal", lambda: es.Data(Y, [2, 2, 2]).with_precision())


GOOD = {"model": es.noncentered(), "data": SCHOOLS, "engine": "gibbs", "seed": 1}


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("changes", "said"), [
    ({"engine": "stan"}, "engine: 'stan' is not known; eight_schools.noncentered can be fitted with exact, gibbs, pymc, numpyro"),
    ({"engine": None}, "engine: None is not known"),
    ({"model": es.student_t(), "engine": "exact"},
     "engine: 'exact' cannot fit eight_schools.student_t: with Student-t errors theta does not integrate out by algebra. "
     "Use one of gibbs, pymc, numpyro"),
    ({"model": es.noncentered}, "model: a Model is needed"),
    ({"model": "noncentered"}, "model: a Model is needed"),
    ({"data": None}, "data: an eight_schools.Data is needed, got NoneType"),
    ({"data": table()}, "data: an eight_schools.Data is needed, got DataFrame"),
    ({"data": WITH_PRECISION}, "data: it has covariates that this model does not use"),
    ({"model": es.precision_regression()}, "data: this model has a prior for beta but the data has no covariate"),
    ({"seed": 1.5}, "seed: a whole number of at least 0 is needed, got 1.5"),
    ({"seed": -1}, "seed: a whole number of at least 0 is needed"),
    ({"seed": None}, "seed: a whole number of at least 0 is needed"),
    ({"seed": True}, "seed: a whole number of at least 0 is needed"),
    ({"seed": "1"}, "seed: a whole number of at least 0 is needed"),
    ({"draws": 0}, "draws: a whole number of at least 1 is needed, got 0"),
    ({"draws": -5}, "draws: a whole number of at least 1 is needed"),
    ({"draws": 10.0}, "draws: a whole number of at least 1 is needed"),
    ({"draws": "10"}, "draws: a whole number of at least 1 is needed"),
    ({"chains": 0}, "chains: a whole number of at least 1 is needed"),
    ({"chains": True}, "chains: a whole number of at least 1 is needed"),
    ({"tune": -1}, "tune: a whole number of at least 0 is needed"),
    ({"thin": 0}, "thin: a whole number of at least 1 is needed"),
    ({"thin": 2.5}, "thin: a whole number of at least 1 is needed"),
    ({"form": "centred"}, "form: one of noncentered, centered, interwoven is needed, got 'centred'"),
    ({"form": ""}, "form: one of noncentered, centered, interwoven is needed, got ''"),
    ({"engine": "pymc", "form": "interwoven"}, "form: one of noncentered, centered is needed, got 'interwoven'"),
    ({"engine": "numpyro", "form": 3}, "form: one of noncentered, centered is needed, got 3"),
    ({"engine": "pymc", "target_accept": 1.0}, "target_accept: a number strictly between 0 and 1 is needed, got 1.0"),
    ({"engine": "numpyro", "target_accept": "0.9"}, "target_accept: a number strictly between 0 and 1 is needed"),
    ({"target_accept": 0.9}, "target_accept: engine 'gibbs' has no such option; it has form, thin"),
    ({"engine": "exact", "thin": 2}, "thin: engine 'exact' has no such option; it has none"),
    ({"engine": "pymc", "cores": 2}, "cores: engine 'pymc' has no such option; it has form, target_accept"),
    ({"groups": ["prior_predictiv"]}, "groups: 'prior_predictiv' is not known; known are prior, prior_predictive"),
    ({"groups": "prior"}, "groups: a list of names is needed, got 'prior'; write ['prior']"),
])
def test_fit(changes, said):
    refused(said, lambda: fit(**(GOOD | changes)))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("model", "data", "said"), [
    (es.student_t(), SCHOOLS, "cannot fit eight_schools.student_t"),
    (es.noncentered, SCHOOLS, "model: a Model is needed"),
    (es.noncentered(), Y, "data: an eight_schools.Data is needed, got list"),
    (es.noncentered(), WITH_PRECISION, "data: it has covariates that this model does not use"),
])
def test_fit_exact(model, data, said):
    refused(said, lambda: fit_exact(model, data))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["exact", "gibbs", "pymc", "numpyro"])
def test_the_guard_itself_bites(engine):
    """What is accepted reaches the sampler, so the tests above would have seen it."""
    with pytest.raises(RuntimeError, match="something was computed"):
        fit(**(GOOD | {"engine": engine}))


@pytest.mark.parametrize(("make", "said"), [
    (lambda: es.Prior(Normal(0, 20), Normal(5, 1)), "tau: its prior must live above 0"),
    (lambda: es.Prior(Normal(0, 20), 3.0), "tau: a distribution of hbm_lib.priors is needed, got 3.0"),
    (lambda: es.Prior(None, HalfCauchy(10)), "mu: a distribution of hbm_lib.priors is needed, got None"),
    (lambda: es.noncentered().with_prior(tau="HalfCauchy(10)"), "tau: a distribution of hbm_lib.priors is needed"),
    (lambda: es.adaptive("soft"), "switch: 'sigmoid' or 'hard' is needed, got 'soft'"),
    (lambda: es.adaptive(threshold=0), "threshold: must be above 0, got 0"),
    (lambda: es.adaptive(pooled=-4), "pooled: must be above 0, got -4"),
    (lambda: es.Scale("linear"), "kind: 'identity', 'hard' or 'sigmoid' is needed"),
])
def test_priors_and_scales(make, said):
    refused(said, make)


def test_good_input_in_many_forms_is_the_same_data():
    """Lists, tuples, arrays, series, whole numbers: one result, and the caller's array stays the caller's."""
    forms = [
        ([28, 8, -3], (15, 10, 16)), (np.array(Y), np.array(SIGMA, np.float32)),
        (pd.Series(Y, index=[9, 4, 2]), pd.Series(SIGMA)), (pd.array([28, 8, -3], dtype="Int64"), SIGMA),
    ]
    for y, sigma in forms:
        data = es.Data(y, sigma)
        np.testing.assert_array_equal(data.y, Y)
        np.testing.assert_array_equal(data.sigma, SIGMA)
        assert data.labels == ("0", "1", "2")
    mine = np.array(Y)
    data = es.Data(mine, SIGMA)
    mine[0] = 99
    assert data.y[0] == 28
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 99
    assert CASES["noncentered"][1].n_groups == 8
