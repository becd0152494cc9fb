"""Many districts: what the protocol computes, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib import fit_exact, seeds
from hbm_lib.models.schools import Data, no_pooling, partial_pooling, simulate
from hbm_lib.protocols.schools import districts, flags


@pytest.fixture(scope="module")
def many():
    return districts.many_districts(7, 60)


def test_no_pooling_errs_by_the_luck_of_its_pupils(many):
    """Its squared error is sigma²/n, whatever the school: chi-square with 60 degrees of freedom, school by school."""
    share = many.squared_error()["no pooling"] / (144 / many.sizes)
    assert np.all((share > 0.35) & (share < 2.2))
    assert share.mean() == pytest.approx(1, abs=5 * np.sqrt(2 / (60 * 24)))


def over_the_best(many):
    """The error of partial pooling beside 1 / (n/144 + 1/25), what it would be were mu, tau and sigma known."""
    return many.squared_error()["partial pooling"].mean() / (1 / (many.sizes / 144 + 1 / 25)).mean()


def test_partial_pooling_is_near_the_best_possible(many):
    """Learning mu, tau and sigma costs a little."""
    assert 0.9 < over_the_best(many) < 1.3


def test_no_shrinkage_in_the_posterior_mean_is_caught(monkeypatch):
    honest = districts.fit_exact
    monkeypatch.setattr(districts, "fit_exact", lambda model, data: honest(no_pooling(), data))
    assert over_the_best(districts.many_districts(7, 20)) > 1.5


def test_the_summary_counts_districts(many):
    table = many.overall().set_index("pooling")
    assert table.loc["partial pooling", "mse"] == pytest.approx(many.squared_error()["partial pooling"].mean())
    assert table.loc["partial pooling", "beaten"] == 0
    assert 0.5 < table.loc["no pooling", "beaten"] <= 1


def by_hand(truth, **estimates):
    shape = np.shape(truth)
    return districts.Districts(np.ones(shape[1]), np.array(truth, float),
                               {f"{name} pooling": np.array(v, float) for name, v in estimates.items()})


def test_the_summary_by_hand():
    """Squared errors 1, 4, 7 in three districts: mean 4, standard deviation 3; partial pooling's 2, 2, 2 is beaten once."""
    found = by_hand(np.zeros((3, 2)), no=np.sqrt([[1, 1], [4, 4], [6, 8]]), partial=np.sqrt(np.full((3, 2), 2)))
    table = found.overall().set_index("pooling")
    assert table.loc["no pooling", "mse"] == pytest.approx(4)
    assert table.loc["no pooling", "mcse"] == pytest.approx(np.sqrt(3))
    assert table.loc["no pooling", "beaten"] == pytest.approx(2 / 3)
    assert table.loc["partial pooling", "mcse"] == pytest.approx(0, abs=1e-12)


def test_bias_and_variance_by_hand():
    """Estimates 1 and 3 of a truth 0: variance 2, and of the squared bias 4 the luck of two districts is 1."""
    (bias, variance), = districts.bias_and_variance(by_hand([[0, 5], [0, 5]], no=[[1, 5], [3, 5]])).values()
    assert variance.tolist() == [2, 0]
    assert bias.tolist() == [3, 0]


def test_bias_and_variance_of_one_truth():
    theta = 75 + 5 * np.linspace(-2, 2, 24)
    found = districts.many_districts(9, 50, theta=theta)
    split = districts.bias_and_variance(found)
    sizes = simulate.sizes(24)
    bias, variance = split["no pooling"]
    assert np.abs(bias * sizes / 144).max() < 0.4
    assert (variance * sizes / 144).mean() == pytest.approx(1, abs=5 * np.sqrt(2 / (49 * 24)))
    bias, variance = split["complete pooling"]
    centre = (sizes * theta).sum() / sizes.sum()
    np.testing.assert_allclose(bias, (theta - centre) ** 2, atol=12)
    for name, (bias, variance) in split.items():
        error = found.squared_error()[name]
        np.testing.assert_allclose(bias + variance, error, rtol=0.05, atol=0.3 * variance.max() / 50 + 1e-9)


def test_bias_needs_one_truth(many):
    with pytest.raises(ValueError, match="one truth"):
        districts.bias_and_variance(many)


@pytest.mark.parametrize(("more", "says"), [
    ({"districts": 1}, "at least 2"), ({"districts": 5, "theta": np.zeros(3)}, "one value a school"),
])
def test_wrong_arguments(more, says):
    with pytest.raises(ValueError, match=says):
        districts.many_districts(1, **more)


def test_with_nothing_to_find_single_tests_find_something():
    """Each of 24 single tests at 5 % raises a false alarm once in 20: 1.2 a district but for their common mean."""
    same = flags.exceptional(3, 40, tau=0.0).table().set_index("how")
    assert 0.6 < same.loc["own interval", "calls"] < 1.9
    assert same.loc["own interval", "wrong"] == round(40 * same.loc["own interval", "calls"])
    assert same.loc["posterior", "any_call"] < 0.15


def test_with_differences_few_calls_are_wrong():
    found = flags.exceptional(3, 20, tau=5.0)
    table = found.table().set_index("how")
    assert table.loc["posterior", "calls"] > 3
    assert table.loc["posterior", "wrong"] <= table.loc["own interval", "wrong"]
    assert set(np.unique(found.naive)) <= {-1.0, 0.0, 1.0}


def test_calls_are_intervals_that_leave_out_zero():
    """One district made again: the same calls by the quantiles of the posterior, and by each school's own t interval."""
    found, level = flags.exceptional(5, 1, tau=6.0, level=0.8), 0.8
    rng, sizes = seeds.rng(5, "exceptional", 0), simulate.sizes()
    gap = 6.0 * rng.standard_normal(24)
    np.testing.assert_allclose(found.gap[0], gap)
    data = Data(simulate.scores(rng, 75.0 + gap, sizes, 12.0), np.repeat([f"{j}" for j in range(24)], sizes))
    fitted = fit_exact(partial_pooling(), data)
    low, high = (fitted.quantile("theta - mu", q) for q in (0.1, 0.9))
    np.testing.assert_array_equal(found.pooled[0], 1.0 * (low > 0) - 1.0 * (high < 0))
    within = [data.y[data.index == j] for j in range(24)]
    df = data.n_pupils - 24
    sd = np.sqrt(sum(((w - w.mean()) ** 2).sum() for w in within) / df)
    for j, w in enumerate(within):
        lower, upper = stats.t(df, w.mean() - data.y.mean(), sd / np.sqrt(len(w))).interval(level)
        assert found.naive[0, j] == float(lower > 0) - float(upper < 0)


def test_a_call_where_there_is_no_difference_is_wrong():
    none, called = np.zeros((2, 3)), np.array([[1.0, 0, 0], [0, 0, 0]])
    table = flags.Flags(called, -called, none).table().set_index("how")
    assert table.loc["own interval"].tolist() == [0.5, 0.5, 1]
    assert table.loc["posterior", "wrong"] == 1
    assert flags.Flags(called, -called, none + 2).table()["wrong"].tolist() == [0, 1]
