"""Schools: input that cannot be used is refused with a sentence that says where, before anything is sampled."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pupils import PLAIN, WITH_ONE

from hbm_lib import fit, fit_exact, fitting
from hbm_lib.models import eight_schools, schools
from hbm_lib.models.schools import exact, gibbs, loo, predict
from hbm_lib.priors import Exponential, HalfNormal, LogNormal, Normal, StudentT, Uniform
from hbm_lib.samplers import nuts

Y, SCHOOL = [70.0, 80.0, 65.0, 91.0, 55.0], ["a", "b", "a", "c", "b"]
NAN, INF = float("nan"), float("inf")


@pytest.fixture
def no_sampling(monkeypatch):
    """Everything that samples or integrates raises what no test expects."""
    def caught(*_, **__):
        raise RuntimeError("something was computed before the input was refused")

    for module, name in ((exact, "plane"), (exact, "coefficients"), (gibbs, "draw_block"), (fitting, "run_chains"),
                         (nuts, "sample_pymc"), (nuts, "sample_numpyro")):
        monkeypatch.setattr(module, name, caught)


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize(("y", "said"), [
    ([70, NAN, 65, 91, 55], "y, row 1: nan is missing or infinite; drop the row or mend it"),
    ([70, 80, INF, 91, 55], "y, row 2: inf is missing or infinite"),
    (np.array([70, 80, 65, -INF, 55]), "y, row 3: -inf is missing or infinite"),
    ([70, "80", 65, 91, 55], "y, row 1: '80' is not a number; convert the column first"),
    ([70, None, 65, 91, 55], "y, row 1: None is not a number"),
    ([70, True, 65, 91, 55], "y, row 1: True is not a number"),
    (np.array([True] * 5), "y, row 0: True is not a number"),
    ([70, pd.NA, 65, 91, 55], "y, row 1: <NA> is not a number"),
    ([70, 1j, 65, 91, 55], "y, row 1: 1j is not a number"),
    (pd.to_datetime(["2020-01-01"] * 5), "y, row 0: Timestamp('2020-01-01 00:00:00') is not a number"),
    (np.ma.masked_array(Y, [0, 0, 1, 0, 0]), "y, row 2: the value is masked; drop the row or mend it"),
    (np.ones((5, 2)), "y: one number a row is needed, got an array of shape (5, 2)"),
    ("70 80", "y: one number a row is needed, got '70 80'"),
    (None, "y: one number a row is needed, got None"),
    (70.0, "y: one number a row is needed, got 70.0"),
    (Y[:4], "the columns differ in length: y has 4, school has 5; give one row a pupil"),
])
def test_scores(y, said):
    refused(said, lambda: schools.Data(y, SCHOOL))


@pytest.mark.parametrize(("school", "said"), [
    (["a", None, "a", "c", "b"], "school, row 1: the label is missing; name the group or drop the row"),
    (["a", "b", NAN, "c", "b"], "school, row 2: the label is missing"),
    ([1.0, 2.0, NAN, 2.0, 1.0], "school, row 2: the label is missing"),
    (np.array([1.0, 2.0, 1.0, NAN, 1.0]), "school, row 3: the label is missing"),
    (["a", "b", "a", pd.NA, "b"], "school, row 3: the label is missing"),
    (["a", "b", "a", "  ", "b"], "school, row 3: the label is missing"),
    (["a", "b", "a", "", None], "school, row 3: the label is missing"),
    (pd.Categorical(["a", None, "a", "c", "b"]), "school, row 1: the label is missing"),
    ([["a"], ["b"], ["a"], ["c"], ["b"]], "school: the labels must be text or numbers, got ['a']"),
    ([True, 1, 1, 2, 2], "school, row 0: True stands among numbers, and to Python True is 1 and False 0; write the labels as"),
    ([0, 1, 1, np.False_, 2], "school, row 3: False stands among numbers"),
    (pd.MultiIndex.from_arrays([list("aabbc"), [1, 2, 1, 2, 1]]), "school: an index of 2 levels has several names a row"),
    ("abacb", "school: one label a row is needed, got 'abacb'"),
    (3, "school: one label a row is needed, got 3"),
    (None, "school: one label a row is needed, got None"),
    (SCHOOL[:3], "the columns differ in length: y has 5, school has 3"),
    (["a"] * 5, "school: at least two schools are needed to learn how schools differ, got 1"),
    ([1, "1", 1, " 1", "1 "], "school: at least two schools are needed to learn how schools differ, got 1"),
    (list("abcde"), "school: every school has one pupil, so pupils and schools cannot be told apart; give a school at least "
                    "two rows, or use eight_schools with known standard errors"),
])
def test_labels_of_schools(school, said):
    refused(said, lambda: schools.Data(Y, school))


def test_flags_alone_are_labels():
    assert schools.Data(Y, [True, True, False, False, True]).labels == ("True", "False")


def test_nobody_at_all():
    refused("school: at least two schools are needed to learn how schools differ, got 0", lambda: schools.Data([], []))


@pytest.mark.parametrize(("covariates", "said"), [
    ({"hours": [1, 2]}, "the columns differ in length: y has 5, school has 5, covariate 'hours' has 2; give one row a pupil"),
    ({"hours": [1, NAN, 3, 4, 5]}, "covariate 'hours', row 1: nan is missing or infinite"),
    ({"hours": [1, "2", 3, 4, 5]}, "covariate 'hours', row 1: '2' is not a number"),
    ({"hours": [2, 2, 2, 2, 2]}, "covariates: the columns (with the intercept) are linearly dependent; drop one"),
    ({"a": [1, 2, 4, 0, 5], "b": [3, 5, 9, 1, 11]}, "covariates: the columns (with the intercept) are linearly dependent"),
    ({f"x{i}": np.arange(5) ** i for i in range(1, 6)}, "covariates: the columns (with the intercept) are linearly dependent"),
    ([1, 2, 4, 0, 5], "covariates: a mapping of name to column is needed, got [1, 2, 4, 0, 5]"),
    (None, "covariates: a mapping of name to column is needed, got None"),
    ({1: [1, 2, 4, 0, 5], "1": [1, 2, 4, 0, 6]}, "covariates: 1 and '1' are one name to a reader; give each its own"),
    ({"a": [1e10, 2e10, 4e10, 0, 5e10], "b": [1e-10, 4e-10, 1e-10, 0, 0]},
     "covariate 'b': it varies 1e+20 times less than 'a'; measure both in units in which they vary alike"),
])
def test_covariates(covariates, said):
    refused(said, lambda: schools.Data(Y, SCHOOL, covariates))


def table(**changes):
    return pd.DataFrame({"name": SCHOOL, "score": Y, "hours": [1.0, 2, 4, 0, 5]} | changes)


@pytest.mark.parametrize("kind", ["pandas", "arrow"])
@pytest.mark.parametrize(("frame", "names", "said"), [
    (table(), {"y": "scor"}, "column 'scor' is not in the table; it has name, score, hours"),
    (table(), {"school": "school"}, "column 'school' is not in the table"),
    (table(), {"covariates": ["age"]}, "column 'age' is not in the table"),
    (table(), {"covariates": "hours"}, "covariates: a list of column names is needed, got 'hours'; write ['hours']"),
    (table(), {"covariates": ["hours", "hours"]}, "covariates: column 'hours' is named more than once"),
    (table(), {"covariates": None}, "covariates: a list of column names is needed, got None; leave it out where there is none"),
    (table(), {"covariates": 3}, "covariates: a list of column names is needed, got 3"),
    (table(score=[70, None, 65, 91, 55]), {}, "column 'score', row 1: "),
    (table(score=list("abcde")), {}, "column 'score', row 0: 'a' is not a number"),
    (table(name=["a", None, "a", "c", "b"]), {}, "column 'name', row 1: the label is missing"),
    (table(hours=[1, NAN, 4, 0, 5]), {"covariates": ["hours"]}, "column 'hours', row 1: nan is missing"),
    (table(hours=[1, 1, 1, 1, 1]), {"covariates": ["hours"]}, "linearly dependent"),
    (table().iloc[:1], {}, "at least two schools are needed"),
    (table().iloc[:0], {}, "at least two schools are needed"),
])
def test_data_frames(kind, frame, names, said):
    given = frame if kind == "pandas" else pa.Table.from_pandas(frame, preserve_index=False)
    refused(said, lambda: schools.Data.from_frame(given, **({"y": "score", "school": "name"} | names)))


@pytest.mark.parametrize("given", [None, [1, 2], {"score": Y, "name": SCHOOL}, "pupils.csv"])
def test_what_is_no_table(given):
    make = lambda: schools.Data.from_frame(given, y="score", school="name")  # noqa: E731
    refused(f"frame: a pandas or Polars data frame is needed, got {type(given).__name__}", make)


def test_rows_are_counted_as_they_stand_whatever_the_index():
    shuffled = table(score=[1, NAN, 3, 4, 5]).set_index(pd.Index([7, 1, 0, 1, 2]))
    refused("column 'score', row 1", lambda: schools.Data.from_frame(shuffled, y="score", school="name"))


@pytest.mark.parametrize("name", ["Nowhere", "", None, 7])
def test_schools_that_are_not_there(name):
    for ask in (PLAIN.without, PLAIN.place):
        refused(f"school: {name!r} is not in the data, which has 5 schools: c, a, b, d, e", lambda ask=ask: ask(name))


@pytest.mark.parametrize("shape", [(19,), (3, 18), (2, 3, 19)])
def test_replicates_of_another_shape(shape):
    refused(f"y: shape (data sets, 19) is needed, got {shape}", lambda: PLAIN.replicated(np.zeros(shape)))


NORMAL, SCALE = Normal(0, 1), Exponential(1)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: schools.Prior(None, SCALE, SCALE), "mu: a distribution of hbm_lib.priors is needed, got None"),
    (lambda: schools.Prior(NORMAL, 3.0, SCALE), "tau: a distribution of hbm_lib.priors is needed, got 3.0"),
    (lambda: schools.Prior(NORMAL, SCALE, None), "sigma: a distribution of hbm_lib.priors is needed, got None"),
    (lambda: schools.Prior(NORMAL, SCALE, SCALE, beta="wide"), "beta: a distribution of hbm_lib.priors is needed, got 'wide'"),
    (lambda: schools.Prior(NORMAL, Normal(5, 1), SCALE), "tau: its prior must live above 0, Normal(mu=5, sigma=1) does not"),
    (lambda: schools.Prior(NORMAL, SCALE, StudentT(3, 5, 1)), "sigma: its prior must live above 0"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau=-1), "fixed_tau: a finite number of at least 0 is needed, got -1"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau=NAN), "fixed_tau: a finite number of at least 0 is needed, got nan"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau=INF), "fixed_tau: a finite number of at least 0 is needed, got inf"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau="0"), "fixed_tau: a finite number of at least 0 is needed, got '0'"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau=None), "fixed_tau: a finite number of at least 0 is needed, got None"),
    (lambda: schools.Prior(NORMAL, None, SCALE, fixed_tau=True), "fixed_tau: a finite number of at least 0 is needed, got True"),
    (lambda: schools.partial_pooling().with_prior(tau="HalfCauchy(10)"), "tau: a distribution of hbm_lib.priors is needed"),
    (lambda: schools.partial_pooling().with_prior(tau=None), "tau: this removes a variable"),
    (lambda: schools.partial_pooling().with_prior(beta=NORMAL), "beta: this adds a variable"),
    (lambda: schools.random_intercept("half"), "pooling: 'partial', 'complete' or 'no' is needed, got 'half'"),
])
def test_priors(make, said):
    refused(said, make)


GOOD = {"model": schools.partial_pooling(), "data": PLAIN, "engine": "gibbs", "seed": 1}


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("changes", "said"), [
    ({"engine": "stan"}, "engine: 'stan' is not known; schools.partial_pooling can be fitted with exact, gibbs, pymc, numpyro"),
    ({"model": schools.partial_pooling}, "model: a Model is needed"),
    ({"data": None}, "data: a schools.Data is needed, got NoneType"),
    ({"data": table()}, "data: a schools.Data is needed, got DataFrame"),
    ({"data": eight_schools.eight_schools()}, "data: a schools.Data is needed, got Data"),
    ({"data": WITH_ONE}, "data: it has covariates that this model does not use; give the model a prior for beta or leave the"),
    ({"model": schools.random_intercept()}, "data: this model has a prior for beta but the data has no covariate; give"),
    ({"data": schools.Data([5.0, 5, 7, 7, 9, 9], list("aabbcc"))}, "data: the scores do not vary within schools, so nothing"),
    ({"data": schools.Data([75.1] * 5, SCHOOL)}, "data: the scores do not vary within schools, so nothing keeps sigma from 0"),
    ({"model": schools.random_intercept(), "data": schools.Data(Y, SCHOOL, {"copy": 2 * np.array(Y) + 1})},
     "data: the scores do not vary within schools beside what the covariates say exactly"),
    ({"seed": 1.5}, "seed: a whole number of at least 0 is needed, got 1.5"),
    ({"draws": 0}, "draws: a whole number of at least 1 is needed, got 0"),
    ({"chains": True}, "chains: a whole number of at least 1 is needed"),
    ({"tune": -1}, "tune: a whole number of at least 0 is needed"),
    ({"thin": 0}, "thin: a whole number of at least 1 is needed"),
    ({"form": "centred"}, "form: one of noncentered, centered, interwoven is needed, got 'centred'"),
    ({"engine": "pymc", "form": "interwoven"}, "form: one of noncentered, centered is needed, got 'interwoven'"),
    ({"engine": "numpyro", "target_accept": 1.0}, "target_accept: a number strictly between 0 and 1 is needed, got 1.0"),
    ({"engine": "exact", "form": "centered"}, "form: engine 'exact' has no such option; it has none"),
    ({"groups": "prior"}, "groups: a list of names is needed, got 'prior'; write ['prior']"),
])
def test_fit(changes, said):
    refused(said, lambda: fit(**(GOOD | changes)))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["exact", "gibbs"])
@pytest.mark.parametrize("changes", [{"mu": StudentT(3, 75, 15)}, {"mu": LogNormal(4, 1)}, {"mu": HalfNormal(80)}])
def test_a_prior_that_the_algebra_has_no_answer_for(engine, changes):
    model = schools.partial_pooling().with_prior(**changes)
    said = f"engine {engine!r} needs a Normal prior on mu, got {changes['mu']}; use pymc or numpyro"
    refused(said, lambda: fit(model, PLAIN, engine=engine, seed=1) if engine == "exact" else gibbs.init(
        np.random.default_rng(1), PLAIN, model.prior, 4))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["exact", "gibbs", "pymc", "numpyro"])
def test_the_guard_itself_bites(engine):
    """What is accepted reaches the sampler, so the tests above would have seen it."""
    with pytest.raises(RuntimeError, match="something was computed"):
        fit(**(GOOD | {"engine": engine}))


def test_questions_that_the_posterior_has_no_answer_for():
    posterior = fit_exact(schools.complete_pooling(), PLAIN)
    for name in ("tau", "beta", "tau / sigma", "eta"):
        refused(f"name: schools.complete_pooling has mu, sigma, theta, got {name!r}", lambda name=name: posterior.mean(name))
    for q in (0, 1, -0.1, NAN):
        refused("q: probabilities strictly between 0 and 1 are needed", lambda q=q: posterior.quantile("theta", q))
    refused("at least three schools", lambda: loo.schools(schools.partial_pooling(), schools.Data([1, 2, 3.0], list("aab"))))


def test_scores_that_do_not_vary_within_schools_need_a_prior_that_keeps_sigma_from_zero():
    data = schools.Data([5.0, 5, 7, 7, 9, 9], list("aabbcc"))
    model = schools.partial_pooling().with_prior(mu=Normal(7, 3), sigma=Uniform(1, 9))
    assert 1 < fit_exact(model, data).mean("sigma") < 9


def test_covariates_far_from_zero_and_in_any_unit():
    """Seconds since 1970 are refused by no check, and give the fit that years since then give."""
    rng = np.random.default_rng(5)
    years, school = rng.uniform(30, 55, 4000), np.repeat(np.arange(20), 200)
    y = 0.1 * years + rng.standard_normal(4000)
    model, second = schools.random_intercept(), 365.25 * 24 * 3600
    prior = {"mu": Normal(0, 1e3), "beta": Normal(0, 1e3)}
    in_seconds = schools.Data(y, school, {"x": years * second})
    late = fit_exact(model.with_prior(**prior | {"beta": Normal(0, 1e3 / second)}), in_seconds)
    plain = fit_exact(model.with_prior(**prior), schools.Data(y, school, {"x": years}))
    assert late.mean("beta") * second == pytest.approx(plain.mean("beta"), rel=1e-6)
    assert late.mean("tau") == pytest.approx(plain.mean("tau"), rel=1e-6)


def test_the_share_below_a_value_that_no_share_has():
    posterior = fit_exact(schools.partial_pooling(), PLAIN)
    assert [posterior.icc_cdf(v) for v in (-0.1, 0, 1, 2)] == [0, 0, 1, 1]
    refused("value: a number is needed, got nan", lambda: posterior.icc_cdf(NAN))


@pytest.mark.parametrize(("given", "said"), [
    ({"entry": "1.5"}, "covariates: 'entry' must be a finite number, got '1.5'"),
    ({"entry": True}, "covariates: 'entry' must be a finite number, got True"),
    ({"entry": None}, "covariates: 'entry' must be a finite number, got None"),
    ({"entry": NAN}, "covariates: 'entry' must be a finite number, got nan"),
    (1.5, "covariates: a mapping of name to number is needed, got 1.5"),
    ([1.5], "covariates: a mapping of name to number is needed, got [1.5]"),
    (None, "missing: entry"),
    ({"entry": 1, "age": 2}, "not known: age"),
])
def test_covariates_of_a_prediction(given, said):
    posterior = fit_exact(schools.random_intercept(), WITH_ONE)
    refused(said, lambda: predict.new_school(posterior, covariates=given))
    refused(said, lambda: predict.known_school(posterior, "a", covariates=given))


def test_a_prediction_needs_laws():
    refused("posterior: what fit_exact returns is needed, got str", lambda: predict.new_school("draws"))


def test_good_input_in_many_forms_is_the_same_data():
    """Lists, arrays, series, tables, numbers for names: one result, and the caller's array stays the caller's."""
    hours = [1.0, 2, 4, 0, 5]
    wanted = schools.Data(Y, SCHOOL, {"hours": hours})
    forms = [
        schools.Data(np.array(Y, np.float32), np.array(SCHOOL), {"hours": np.array(hours)}),
        schools.Data(pd.Series(Y, index=[9, 4, 2, 0, 1]), pd.Series(SCHOOL, dtype="category"), {"hours": pd.array(hours)}),
        schools.Data(tuple(int(v) for v in Y), tuple(f" {s} " for s in SCHOOL), {"hours": hours}),
        schools.Data.from_frame(table(), y="score", school="name", covariates=["hours"]),
        schools.Data.from_frame(table().set_index("score", drop=False), y="score", school="name", covariates=["hours"]),
        schools.Data.from_frame(pa.Table.from_pandas(table()), y="score", school="name", covariates=["hours"]),
    ]
    for data in forms:
        np.testing.assert_array_equal(data.y, Y)
        np.testing.assert_array_equal(data.index, [0, 1, 0, 2, 1])
        np.testing.assert_array_equal(data.x, wanted.x)
        assert data.labels == ("a", "b", "c")
    assert schools.Data(Y, [3, 7, 3, 1, 7]).labels == ("3", "7", "1")
    mine = np.array(Y)
    data = schools.Data(mine, SCHOOL)
    mine[0] = 99
    assert data.y[0] == 70
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 99
