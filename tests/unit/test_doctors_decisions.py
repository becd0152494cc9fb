"""Decisions with a stated loss by hand and by Beta laws; funnel limits by adding up the binomial distribution."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.models.logistic import Data, decisions, funnel
from hbm_lib.models.logistic.decisions import Loss

AUDIT = {"leave": Loss(per_failure=10.0), "audit": Loss(fixed=2.0, per_failure=4.0)}
THETA = np.array([[0.9, 0.2], [0.6, 0.4], [0.5, 0.9], [0.8, 0.5]])


def binomial(y, n, p):
    """P(Y <= y) and P(Y >= y), added up term by term."""
    mass = [stats.binom.pmf(k, n, p) for k in range(n + 1)]
    return sum(mass[: y + 1]), sum(mass[y:])


def test_expected_losses_by_hand():
    table = decisions.decide(THETA, AUDIT, ["Dr. A", "Dr. B"])
    np.testing.assert_allclose(table["leave"], [3, 5])
    np.testing.assert_allclose(table["audit"], [3.2, 4])
    assert list(table["best"]) == ["leave", "audit"]
    # break-even at theta = 2/3: leave is right above it
    np.testing.assert_allclose(table["sure"], [0.5, 0.75])
    np.testing.assert_allclose(table["perfect_information"], [3 - (1 + 3.6 + 4 + 2) / 4, 4 - (5.2 + 4.4 + 1 + 4) / 4])


def test_the_best_action_changes_at_break_even():
    assert decisions.break_even(AUDIT["leave"], AUDIT["audit"]) == pytest.approx(2 / 3)
    for theta, best in ((0.66, "audit"), (0.67, "leave")):
        assert decisions.decide(np.full((3, 1), theta), AUDIT, ["x"])["best"][0] == best
    with pytest.raises(ValueError, match="at least as good at every probability"):
        decisions.break_even(Loss(1, 1), Loss(2, 1))
    with pytest.raises(ValueError, match="at least as good"):
        decisions.break_even(Loss(0, 1), Loss(5, 0))


def test_who_is_worse_is_a_share_of_draws(seed):
    """Independent Beta draws: the probability is SciPy's distribution function."""
    n = 200_000
    theta = stats.beta(8, 4).rvs((n, 1), random_state=seed)
    found = decisions.worse_by(theta, 0.75, 0.05, ["x"])
    wanted = stats.beta(8, 4).cdf(0.7)
    assert found["p_worse"][0] == pytest.approx(wanted, abs=5 * np.sqrt(wanted * (1 - wanted) / n))
    assert found["mean_gap"][0] == pytest.approx(8 / 12 - 0.75, abs=5 * stats.beta(8, 4).std() / np.sqrt(n))


def test_the_system_is_that_of_the_same_draw():
    system = decisions.system_rate(THETA, np.array([1, 3]))
    np.testing.assert_allclose(system, (THETA[:, 0] + 3 * THETA[:, 1]) / 4)
    found = decisions.worse_by(THETA, system, 0.05, ["a", "b"])
    np.testing.assert_allclose(found["p_worse"], [0.25, 0.75])
    np.testing.assert_allclose(found["mean_gap"], (THETA - system[:, None]).mean(0))


def test_what_decisions_refuse():
    with pytest.raises(ValueError, match="take p, not alpha"):
        decisions.decide(THETA + 1, AUDIT, ["a", "b"])
    with pytest.raises(ValueError, match="at least two names"):
        decisions.decide(THETA, {"leave": AUDIT["leave"]}, ["a", "b"])
    with pytest.raises(ValueError, match="'best' is the name of a column"):
        decisions.decide(THETA, {"best": Loss(1), "worst": Loss(2)}, ["a", "b"])
    with pytest.raises(ValueError, match="3 labels"):
        decisions.worse_by(THETA, 0.5, 0.1, ["a", "b", "c"])
    with pytest.raises(ValueError, match="system: one probability"):
        decisions.worse_by(THETA, np.array([0.5, 0.5]), 0.1, ["a", "b"])
    with pytest.raises(ValueError, match="margin: "):
        decisions.worse_by(THETA, 0.5, -0.1, ["a", "b"])
    with pytest.raises(ValueError, match="cases, row 1: 0 is not above 0"):
        decisions.system_rate(THETA, [1, 0])


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: decisions.decide(None, AUDIT, ["a", "b"]), "theta: 2 axes needed"),
    (lambda: decisions.decide(THETA, list(AUDIT.values()), ["a", "b"]), "actions: a mapping of at least two names"),
    (lambda: decisions.decide(THETA, AUDIT, None), "labels: one label a group is needed, got None"),
    (lambda: decisions.decide(THETA, AUDIT, ["a", None]), "labels, row 1: the label is missing"),
    (lambda: decisions.break_even(1, 2), "first: a Loss is needed, got 1"),
    (lambda: decisions.break_even(Loss(1), None), "second: a Loss is needed, got None"),
    (lambda: decisions.worse_by(THETA, 0.5, "a", ["a", "b"]), "margin: a number of at least 0 and below 1 is needed, got 'a'"),
    (lambda: decisions.worse_by(THETA, 0.5, np.array([0.1, 0.2]), ["a", "b"]), "margin: a number"),
    (lambda: decisions.worse_by(THETA, "x", 0.1, ["a", "b"]), "system: an array of numbers is needed"),
    (lambda: decisions.system_rate(THETA, [1, np.inf]), "cases, row 1: inf is missing or infinite"),
    (lambda: decisions.system_rate(THETA * np.nan, [1, 2]), "theta, place 0, 0: nan is missing or infinite"),
    (lambda: Loss(np.inf), "fixed: a finite number"),
    (lambda: Loss(1j), "fixed: a finite number"),
    (lambda: Loss(1, np.timedelta64(1, "s")), "per_failure: a finite number"),
])
def test_decisions_about_what_makes_no_sense_are_refused(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
@pytest.mark.parametrize("rate", [0.12, 0.5, 0.86])
def test_limits_are_the_outermost_counts_that_chance_allows(rate, level):
    n = np.array([1, 2, 5, 11, 60])
    found = funnel.limits(rate, n, level)
    for k, size in enumerate(n):
        inside = [y for y in range(size + 1) if min(binomial(y, int(size), rate)) > (1 - level) / 2]
        assert (found.lower[k], found.upper[k]) == (inside[0] / size, inside[-1] / size)


def test_the_table_says_who_is_outside_and_how_far():
    data = Data([4, 0, 30, 100], [4, 9, 60, 160], list("abcd"))
    table = funnel.table(data, rate=0.6)
    assert list(table["outside"]) == ["", "below", "", ""]
    for row in table.itertuples():
        assert row.p_value == pytest.approx(min(1, 2 * min(binomial(row.successes, row.cases, 0.6))))
        assert (row.outside != "") == (row.p_value <= 0.05)
    own = funnel.table(data)
    assert funnel.table(data, rate=134 / 233).equals(own)


def test_what_the_funnel_refuses():
    for rate in (0, 1, 1.4, True, np.nan):
        with pytest.raises(ValueError, match="rate: a number strictly"):
            funnel.limits(rate, [1])
    for cases, said in (([0, 2], "cases, row 0: 0 trials"), ([2, 1.5], "row 1: 1.5 is not a whole number"),
                        ([1, np.inf], "row 1: inf is missing or infinite"), (["a"], "cases, row 0: 'a' is not a number")):
        with pytest.raises(ValueError, match=said):
            funnel.limits(0.5, cases)
    with pytest.raises(ValueError, match=r"data: a logistic\.Data is needed, got dict"):
        funnel.table({"y": [1]})
    with pytest.raises(ValueError, match="level: "):
        funnel.limits(0.5, [1], 95)
    with pytest.raises(ValueError, match="rate: "):
        funnel.table(Data([4, 3], [4, 3], list("ab")))
