"""Input that cannot be used is refused with a sentence that says where, before anything is sampled."""

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from eight import CASES, SCHOOLS, WITH_PRECISION

from hbm_lib import engines, fit, fit_exact, fitting
from hbm_lib.model import EngineError
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
    ((v for v in Y), SIGMA, "y: one number a row is needed, got <generator"),
    (np.array(28.0), SIGMA, "y: one number a row is needed, got an array of shape ()"),
    (np.array(["2020", "2021", "2022"], "M8[ns]"), SIGMA, "y, row 0: np.datetime64('2020-01-01"),
    (np.array([1, 2, 3], "m8[ns]"), SIGMA, "y, row 0: np.timedelta64(1,'ns') is not a number"),
    ([28, Decimal("sNaN"), -3], SIGMA, "y, row 1: Decimal('sNaN') is not a number"),
    ([28, 10**400, -3], SIGMA, "y, row 1: inf is missing or infinite"),
    ([28, -1e300, -3], SIGMA, "y, row 1: -1e+300 is too large to compute with; measure it in a larger unit"),
    ([2e-300, 1e-300, 0], SIGMA, "y, row 0: 2e-300 is too small to compute with; measure it in a smaller unit"),
    (Y, [15, 1e-160, 16], "sigma, row 1: 1e-160 is too small to compute with; measure it in a smaller unit"),
    (Y, [15, 1e200, 16], "sigma, row 1: 1e+200 is too large to compute with"),
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
    ({"A", "B", "C"}, "labels: one label a row is needed"),
    ({"A": 1, "B": 2, "C": 3}, "labels: one label a row is needed"),
    (np.array("ABC"), "labels: one label a row is needed"),
    (np.array([["A"], ["B"], ["C"]]), "labels: one label a row is needed"),
    ((c for c in "ABC"), "labels: one label a row is needed"),
    (["A", ["B"], "C"], "labels, row 1: ['B'] is not a label; text or a number is needed"),
    (["A", np.array(["B"]), "C"], "labels, row 1: array(['B'], dtype='<U1') is not a label"),
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
    (table(), {"covariates": "hours"}, "covariates: a list of column names is needed, got 'hours'; write ['hours']"),
    (table(), {"label": ""}, "column '' is not in the table"),
    (pd.concat([table(), table()[["se"]]], axis=1), {}, "column 'se' stands in the table 2 times; give every"),
    (table()["effect"], {}, "frame: a pandas or Polars data frame is needed, got Series"),
    ("table.csv", {}, "frame: a pandas or Polars data frame is needed, got str; read a file with pandas.read_csv"),
    ({"effect": Y, "se": SIGMA}, {}, "got dict; read a file with pandas.read_csv, make one of lists with pandas.DataFrame"),
    (None, {}, "frame: a pandas or Polars data frame is needed, got NoneType"),
    (np.ones((3, 2)), {}, "frame: a pandas or Polars data frame is needed, got ndarray"),
    (pd.DataFrame(np.ones((3, 2))), {"y": 0, "sigma": 9}, "column 9 is not in the table; it has 0, 1"),
    (table(hours=[1, 1, 1]), {"covariates": ["hours"]}, "linearly dependent"),
    (table().iloc[:1], {}, "at least two groups are needed"),
    (table().iloc[:0], {}, "at least two groups are needed"),
])
def test_data_frames(frame, names, said):
    refused(said, lambda: es.Data.from_frame(frame, **({"y": "effect", "sigma": "se"} | names)))


def test_columns_may_be_named_by_numbers():
    data = es.Data.from_frame(pd.DataFrame([["A", 28, 15], ["B", 8, 10]]), y=1, sigma=2, label=0)
    assert data.labels == ("A", "B")
    assert data.y.tolist() == [28, 8]


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
    ({"groups": None}, "groups: a list of names is needed, got None"),
    ({"groups": 5}, "groups: a list of names is needed, got 5"),
    ({"groups": (g for g in ["prior", "pri"])}, "groups: 'pri' is not known"),
    ({"data": SCHOOLS.replicated(np.ones((3, 8)))}, "data: one data set is needed, got 3 at once; fit them in turn"),
    ({"draws": 10**9}, "draws: at most 100,000,000 is accepted, got 1000000000"),
    ({"thin": 10**30}, "thin: at most 100,000,000 is accepted"),
    ({"seed": np.bool_(True)}, "seed: a whole number of at least 0 is needed"),
    ({"groups": "prior"}, "groups: a list of names is needed, got 'prior'; write ['prior']"),
])
def test_fit(changes, said):
    refused(said, lambda: fit(**(GOOD | changes)))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("model", "data", "said"), [
    (es.student_t(), SCHOOLS, "cannot fit eight_schools.student_t"),
    (es.noncentered, SCHOOLS, "model: a Model is needed"),
    (es.noncentered(), SCHOOLS.replicated(np.ones((3, 8))), "data: one data set is needed, got 3 at once"),
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


def test_engines_wants_a_model():
    refused("model: a Model is needed", lambda: engines(es.noncentered))


@pytest.mark.parametrize(("make", "said"), [
    (lambda: es.Prior(Normal(0, 20), Normal(5, 1)), "tau: its prior must live above 0"),
    (lambda: es.Prior(Normal(0, 20), 3.0), "tau: a distribution of hbm_lib.priors is needed, got 3.0"),
    (lambda: es.Prior(None, HalfCauchy(10)), "mu: a distribution of hbm_lib.priors is needed, got None"),
    (lambda: es.noncentered().with_prior(tau="HalfCauchy(10)"), "tau: a distribution of hbm_lib.priors is needed"),
    (lambda: es.noncentered().with_prior(scale="hard"), "scale: an eight_schools.Scale is needed, got 'hard'"),
    (lambda: es.adaptive("soft"), "switch: 'sigmoid' or 'hard' is needed, got 'soft'"),
    (lambda: es.adaptive(threshold=0), "threshold: must be above 0, got 0"),
    (lambda: es.adaptive(pooled=-4), "pooled: must be above 0, got -4"),
    (lambda: es.Scale("linear"), "kind: 'identity', 'hard' or 'sigmoid' is needed"),
])
def test_priors_and_scales(make, said):
    refused(said, make)


@pytest.mark.parametrize("row", [-1, 8, 1.5, True, "A", None])
def test_a_row_that_is_none_cannot_be_left_out(row):
    refused("row: from 0 to 7, got", lambda: SCHOOLS.without(row))


def test_groups_asked_for_by_a_generator_are_given():
    tree = fit(**(GOOD | {"groups": (g for g in ["prior"]), "draws": 2, "chains": 1, "tune": 0}))
    assert "prior" in tree.children


def test_counts_of_eight_bits_do_not_overflow():
    tree = fit(**(GOOD | {"engine": "exact", "draws": np.int8(100), "chains": np.int8(4)}))
    assert dict(tree["posterior"].sizes) == {"chain": 4, "draw": 100, "school": 8}


@pytest.mark.parametrize(("model", "data"), [
    (es.noncentered().with_prior(tau=HalfCauchy(1e-300)), SCHOOLS),
    (es.noncentered().with_prior(mu=Normal(1e300, 1)), SCHOOLS),
    (es.noncentered().with_prior(mu=Normal(0, 1e-300)), SCHOOLS),
])
def test_gibbs_names_the_prior_that_floating_point_cannot_hold(model, data):
    with pytest.raises(EngineError, match=r"engine 'gibbs' left the range of floating-point numbers under Prior\("):
        fit(**(GOOD | {"model": model, "data": data, "draws": 5, "tune": 5}))


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
