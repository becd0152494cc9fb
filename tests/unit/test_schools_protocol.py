"""Many districts: what the protocol computes, against closed forms."""

import numpy as np
import pytest

from hbm_lib.models.schools import no_pooling, simulate
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
