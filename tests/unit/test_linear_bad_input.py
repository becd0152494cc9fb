"""Linear regression: input that cannot be used is refused with a sentence that says where; baselines and made-up rows."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from plain_rows import DATA, LINE, X, Y
from scipy import stats

from hbm_lib import fit, fit_exact
from hbm_lib.models import linear, schools
from hbm_lib.models.linear import baselines, exact, simulate
from hbm_lib.priors import HalfNormal, InverseGamma, Normal

NAN = float("nan")
ONES = np.ones((3, 1))
PRIOR = linear.Prior(0, 1, InverseGamma(2, 1))
FRAME = pd.DataFrame({"price": Y, "age": X, "rooms": np.arange(12)})


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize(("x", "y", "names", "said"), [
    (ONES, [1, NAN, 2], None, "y, row 1: nan is missing or infinite; drop the row or mend it"),
    (ONES, [1, "2", 2], None, "y, row 1: '2' is not a number; convert the column first"),
    ([[1, 2], [1, None], [1, 3]], [1, 2, 3], ["one", "age"], "x, column 'age', row 1: None is not a number"),
    ([[1, 2], [1, np.inf], [1, 3]], [1, 2, 3], None, "x, column 'x1', row 1: inf is missing or infinite"),
    (np.ones(3), [1, 2, 3], None, "x: an array of shape (rows, columns) is needed, got shape (3,)"),
    (np.ones((3, 0)), [1, 2, 3], None, "x: an array of shape (rows, columns) is needed, got shape (3, 0)"),
    (ONES, [1, 2], None, "the columns differ in length: y has 2, x has 3; give one row a row"),
    (np.ones((3, 2)), [1, 2, 3], ["a", "a"], "names, row 1: 'a' stands in row 0 too"),
    (np.ones((0, 1)), [], None, "y: at least one row is needed"),
])
def test_rows_that_cannot_be_used_are_refused(x, y, names, said):
    refused(said, lambda: linear.Data(x, y, names))


def test_whole_numbers_are_numbers():
    found = linear.Data(np.array([[1, 2], [1, 3]]), np.array([4, 5]))
    assert found.x.dtype == found.y.dtype == float
    assert found.names == ("x0", "x1")


@pytest.mark.parametrize("make", [lambda: FRAME, lambda: pl.from_pandas(FRAME)])
def test_a_frame_gives_the_same_data(make):
    found = linear.Data.from_frame(make(), y="price", x=["age"])
    np.testing.assert_array_equal(found.x, LINE.x)
    np.testing.assert_array_equal(found.y, LINE.y)
    assert found.names == ("intercept", "age")
    assert linear.Data.from_frame(make(), y="price", x=["age"], intercept=False).names == ("age",)


@pytest.mark.parametrize(("columns", "said"), [
    ({"y": "price", "x": ["year"]}, "column 'year' is not in the table; it has price, age, rooms"),
    ({"y": "price", "x": "age"}, "x: a list of column names is needed, got 'age'; write ['age']"),
    ({"y": "price", "x": ["age", "age"]}, "x: column 'age' is named more than once"),
    ({"y": "price", "x": ["price"]}, "x: column 'price' is the outcome"),
])
def test_a_frame_that_cannot_be_used_is_refused(columns, said):
    refused(said, lambda: linear.Data.from_frame(FRAME, **columns))


@pytest.mark.parametrize(("prior", "said"), [
    ((0, 0, InverseGamma(2, 1)), "precision: it must be positive"),
    ((0, [[1, 2], [2, 1]], InverseGamma(2, 1)), "precision: it must be positive"),
    ((0, [[1, 0.5], [0.2, 1]], InverseGamma(2, 1)), "precision: a symmetric matrix is needed"),
    ((NAN, 1, InverseGamma(2, 1)), "mean: a finite number, a vector or a matrix is needed, got nan"),
    ((0, 1, 2.0), "sigma2: a distribution of hbm_lib.priors is needed, got 2.0"),
    ((0, 1, Normal(0, 1)), "sigma2: its prior must live above 0"),
])
def test_what_is_no_prior_is_refused(prior, said):
    refused(said, lambda: linear.Prior(*prior))


@pytest.fixture
def no_computing(monkeypatch):
    def caught(*_, **__):
        raise RuntimeError("something was computed before the input was refused")

    monkeypatch.setattr(exact, "update", caught)


@pytest.mark.usefixtures("no_computing")
@pytest.mark.parametrize(("prior", "data", "said"), [
    (linear.Prior([0, 1], 1, InverseGamma(2, 1)), DATA, "mean: one number or one for each of the 3 columns is needed"),
    (linear.Prior(0, [1, 2], InverseGamma(2, 1)), DATA, "precision: a number, 3 of them or a 3 x 3 matrix is needed"),
    (PRIOR, schools.Data([1.0, 2, 3], list("aab")), "data: a linear.Data is needed, got Data"),
    (linear.Prior(0, 1e-9, InverseGamma(2, 1)), linear.Data(np.column_stack([np.ones(12), X, 2 * X]), Y, ["one", "a", "b"]),
     "x: the data cannot tell the columns 'a', 'b' apart (they are linearly dependent), and the prior"),
    (linear.Prior(0, 1e-9, InverseGamma(2, 1)), linear.Data([[1, 2, 3.0], [1, 5, 4]], [1.0, 2]), "(2 rows for 3 columns)"),
])
def test_data_that_does_not_fit_the_model_is_refused(prior, data, said):
    refused(said, lambda: fit(linear.conjugate(prior), data, engine="exact", seed=1))
    refused(said, lambda: fit_exact(linear.conjugate(prior), data))


def test_what_is_no_model_and_what_is_no_row():
    refused("prior: a linear.Prior is needed, got None", lambda: linear.conjugate(None))
    found = fit_exact(linear.conjugate(PRIOR), DATA)
    refused("x: finite rows of 3 columns (intercept, age, kind) are needed, got shape (2,)", lambda: found.predictive([1.0, 2]))
    refused("name: linear.conjugate has beta, sigma2, sigma, got 'tau'", lambda: found.mean("tau"))
    refused("q: probabilities strictly between 0 and 1 are needed, got 1", lambda: found.quantile("sigma", 1))


def test_least_squares_by_scipy():
    found, table = stats.linregress(X, Y), baselines.ols(LINE, 0.9)
    assert list(table["estimate"]) == pytest.approx([found.intercept, found.slope])
    assert list(table["se"]) == pytest.approx([found.intercept_stderr, found.stderr])
    half = stats.t.isf(0.05, 10) * table["se"]
    np.testing.assert_allclose(table["upper"] - table["estimate"], half)
    np.testing.assert_allclose(table["estimate"] - table["lower"], half)
    assert table.attrs["sigma"] == pytest.approx(np.sqrt(((Y - LINE.x @ table["estimate"]) ** 2).sum() / 10))


def test_least_squares_says_what_it_cannot():
    square = linear.Data(np.eye(2), [1.0, 2])
    refused("2 rows for 2 columns leave nothing to estimate the noise from", lambda: baselines.ols(square))
    twice = linear.Data(np.column_stack([np.ones(12), X, 2 * X]), Y, ["one", "a", "b"])
    refused("x: columns 'a', 'b' depend on each other, so least squares has no single answer", lambda: baselines.ols(twice))
    refused("level: a number strictly between 0 and 1 is needed, got 95", lambda: baselines.ols(LINE, 95))


def test_made_up_rows_come_from_their_truth(seed):
    data, truth = simulate.line(seed, rows=4000, low=50, high=60)
    assert data.names == ("intercept", "x")
    assert 50 < data.x[:, 1].min() < data.x[:, 1].max() < 60
    left = (data.y - data.x @ truth.beta) / truth.sigma
    assert stats.kstest(left, "norm").pvalue > 1e-4
    data, truth = simulate.columns(seed, rows=4000, correlation=0.9)
    assert stats.kstest((data.y - data.x @ truth.beta) / truth.sigma, "norm").pvalue > 1e-4
    found = np.corrcoef(data.x[:, 1:].T)[np.triu_indices(3, 1)]
    assert np.abs(np.arctanh(found) - np.arctanh(0.9)).max() * np.sqrt(4000) < 5
    again, _ = simulate.columns(seed, rows=4000, correlation=0.9)
    np.testing.assert_array_equal(again.y, data.y)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: simulate.line(1, rows=0), "rows: a whole number of at least 1 is needed, got 0"),
    (lambda: simulate.line(1, sigma=0), "sigma: a standard deviation above 0 is needed, got 0"),
    (lambda: simulate.line(1, low=3, high=3), "low, high: two finite numbers, low below high, are needed, got 3 and 3"),
    (lambda: simulate.columns(1, correlation=1), "correlation: a number of at least 0 and below 1 is needed, got 1"),
    (lambda: simulate.columns(1, beta=[]), "beta: finite numbers, the intercept first, are needed, got []"),
])
def test_what_makes_no_rows_is_refused(make, said):
    refused(said, make)


def test_an_outcome_without_noise_is_refused_where_the_prior_does_not_hold_sigma2():
    mean = [1.0] * LINE.n_columns
    exactly = linear.Data(LINE.x, LINE.x @ mean)
    refused("data: y is exactly what the prior mean of beta says, so nothing keeps sigma2 from 0",
            lambda: linear.spec.check(linear.Prior(mean, 1, HalfNormal(1)), exactly))
    linear.spec.check(linear.Prior(0, 1, HalfNormal(1)), exactly)
    linear.spec.check(linear.Prior(mean, 1, InverseGamma(2, 1)), exactly)


@pytest.mark.parametrize("value", [[], np.True_])
def test_a_precision_without_a_number_is_refused(value):
    refused("precision: a finite number, a vector or a matrix is needed", lambda: linear.Prior(0, value, InverseGamma(2, 1)))


@pytest.mark.parametrize("kind", [np.datetime64, np.timedelta64])
def test_times_in_a_list_are_no_numbers(kind):
    refused("y, row 0: ", lambda: linear.Data(np.ones((3, 1)), [kind(k, "ns") for k in range(3)]))
