"""Schools: tables with covariates, parts of a prediction, leaving out in blocks, replicates, districts; each by another road."""

import numpy as np
import pandas as pd
import pytest
from pupils import CASES
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.models import schools
from hbm_lib.models.schools import baselines, generative, loo, predict, quantities, replicate, simulate

MODEL, DATA = CASES["partial_pooling"]
REGRESSION, WITH_TWO = CASES["two_covariates"]
POSTERIOR, WITH_X = fit_exact(MODEL, DATA), fit_exact(REGRESSION, WITH_TWO)
AT = dict(zip(WITH_TWO.covariates, (1.5, -2.0), strict=True))


def test_complete_pooling_with_covariates_is_least_squares():
    """The intercept by projection: what is left of the column of ones once the covariates are taken out of it."""
    n, x = WITH_TWO.n_pupils, WITH_TWO.x
    left = np.ones(n) - x @ np.linalg.lstsq(x, np.ones(n))[0]
    estimate = left @ WITH_TWO.y / (left @ left)
    full = np.column_stack([np.ones(n), x])
    rss = float(np.linalg.lstsq(full, WITH_TWO.y)[1][0])
    se = np.sqrt(rss / (n - 3) / (left @ left))
    table = baselines.complete_pooling(WITH_TWO, 0.8)
    np.testing.assert_allclose(table["estimate"], estimate)
    np.testing.assert_allclose(table["se"], se)
    low, high = stats.t(n - 3, estimate, se).interval(0.8)
    np.testing.assert_allclose(table["lower"], low)
    np.testing.assert_allclose(table["upper"], high)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_partial_poolings_interval_leaves_half_of_the_rest_on_each_side(level):
    table, law = baselines.partial_pooling(POSTERIOR, level), POSTERIOR.law("theta")
    np.testing.assert_allclose(law.cdf(table["lower"].to_numpy()), (1 - level) / 2, atol=1e-9)
    np.testing.assert_allclose(law.cdf(table["upper"].to_numpy()), (1 + level) / 2, atol=1e-9)
    np.testing.assert_allclose(table["se"], POSTERIOR.sd("theta"))


@pytest.mark.parametrize("pupil", [True, False])
def test_the_parts_for_a_new_school_are_each_what_it_is_named(pupil):
    found = predict.new_school(POSTERIOR, pupil=pupil)
    square = {name: POSTERIOR.mean(name) ** 2 + POSTERIOR.sd(name) ** 2 for name in ("tau", "sigma")}
    assert found.means == pytest.approx(POSTERIOR.sd("mu") ** 2, rel=1e-7)
    assert found.schools == pytest.approx(square["tau"], rel=1e-7)
    assert found.pupils == pytest.approx(square["sigma"] * pupil, rel=1e-7)


def test_covariates_move_a_known_and_a_new_school_alike():
    move = np.array(list(AT.values())) @ WITH_X.mean("beta")
    assert abs(move) > 0.01
    for j, name in enumerate(WITH_TWO.labels):
        found = predict.known_school(WITH_X, name, covariates=AT).law.mean
        assert found == pytest.approx(WITH_X.mean("theta")[j] + move, rel=1e-9)
    assert predict.new_school(WITH_X, covariates=AT).law.mean == pytest.approx(WITH_X.mean("mu") + move, rel=1e-9)


def test_a_predictions_interval_is_of_90_percent_unless_told():
    found = predict.new_school(POSTERIOR)
    assert found.law.cdf(np.array(found.interval())) == pytest.approx([0.05, 0.95], abs=1e-9)


def test_pupils_are_left_out_the_same_however_they_are_cut_into_blocks(monkeypatch):
    whole = loo.pupils(WITH_X)
    monkeypatch.setattr(loo, "_AT_ONCE", 3)
    np.testing.assert_allclose(loo.pupils(WITH_X), whole, rtol=1e-10)


def test_a_school_left_out_is_foretold_as_a_new_one():
    """Its mean score: a new school's mean, and the luck of its pupils on top."""
    found = loo.schools(MODEL, DATA)
    for j, name in enumerate(DATA.labels):
        others = fit_exact(MODEL, DATA.without(name))
        new = predict.new_school(others, pupil=False).law
        luck = (others.mean("sigma") ** 2 + others.sd("sigma") ** 2) / DATA.counts[j]
        assert found.expected[j] == pytest.approx(new.mean, rel=1e-7)
        assert found.sd[j] == pytest.approx(np.sqrt(new.sd**2 + luck), rel=1e-7)


def test_replicated_means_at_the_schools_own_covariates():
    draws = {"mu": np.array([1.0, 2.0]), "sigma": np.zeros(2), "beta": np.array([[0.5, -1.0], [3.0, 2.0]]),
             "theta": np.zeros((2, WITH_TWO.n_groups))}
    found = replicate.school_means(np.random.default_rng(0), draws, WITH_TWO, tau=0.0)
    means = pd.DataFrame(WITH_TWO.x).groupby(WITH_TWO.index).mean().to_numpy()
    np.testing.assert_allclose(found, draws["mu"][:, None] + draws["beta"] @ means.T)


def test_a_fixed_tau_counts_where_the_draws_have_none():
    draws = {"mu": np.zeros(3), "sigma": np.ones(3), "theta": np.zeros((3, DATA.n_groups))}
    fixed = replicate.school_means(np.random.default_rng(0), draws, DATA, tau=7.0)
    drawn = replicate.school_means(np.random.default_rng(0), draws | {"tau": np.full(3, 7.0)}, DATA)
    np.testing.assert_array_equal(fixed, drawn)


def test_sizes_grow_by_one_factor():
    np.testing.assert_array_equal(simulate.sizes(9, 1, 256), 2 ** np.arange(9))


def test_schools_of_a_district_have_the_spread_that_was_asked_for(seed):
    data, truth = simulate.district(seed, schools=3000, smallest=2, largest=40, mu=10.0, tau=3.0, sigma=0.5)
    assert truth.theta.mean() == pytest.approx(10, abs=5 * 3 / np.sqrt(3000))
    assert truth.theta.std() == pytest.approx(3, rel=5 / np.sqrt(6000))
    assert abs(stats.pearsonr(np.arange(3000), data.counts).statistic) < 5 / np.sqrt(3000), "sizes stand in no order"


def test_covariates_of_a_frame_keep_the_order_asked_for():
    frame = pd.DataFrame({"y": [1.0, 3, 2, 5], "s": list("aabb"), "a": [0.0, 1, 0, 2], "z": [1.0, 1, 5, 2]})
    found = schools.Data.from_frame(frame, y="y", school="s", covariates=["z", "a"])
    assert list(found.covariates) == ["z", "a"]
    np.testing.assert_array_equal(found.x, frame[["z", "a"]])


def test_what_calibration_ranks_is_of_the_first_and_of_the_largest_school(seed):
    for model, data in ((MODEL, DATA), (REGRESSION, WITH_TWO)):
        rng = np.random.default_rng(seed)
        draws = generative.draw_prior(rng, data, model.prior, (3, 4))
        y = generative.predict(rng, {n: v[:, 0] for n, v in draws.items()}, data, model.prior)
        found = quantities.ranked(data, model.prior)(draws, y[:, None])
        largest = list(data.counts).index(max(data.counts))
        assert {n for n in found if n.startswith("theta")} == {"theta[0]", f"theta[{largest}]"}
        np.testing.assert_array_equal(found[f"theta[{largest}]"], draws["theta"][..., largest])
        np.testing.assert_allclose(found["icc"], 1 / (1 + (draws["sigma"] / draws["tau"]) ** 2))
        for r in range(3):
            own = schools.Data(y[r], np.array(data.labels)[data.index], data.covariates)
            wanted = generative.log_likelihood({n: v[r] for n, v in draws.items()}, own, model.prior).sum(-1)
            np.testing.assert_allclose(found["log likelihood"][r], wanted)


def test_replicated_scores_have_the_pupils_spread(seed):
    draws = {"theta": np.zeros((20_000, DATA.n_groups)), "sigma": np.full(20_000, 3.0)}
    found = generative.predict(np.random.default_rng(seed), draws, DATA, MODEL.prior)
    assert found.std() == pytest.approx(3, rel=5 / np.sqrt(2 * found.size))
