"""The judges themselves: what they let pass, what they refuse, in which words."""

import arviz_base
import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics import agreement
from hbm_lib.diagnostics.convergence import check_convergence


def tree(draws, **sample_stats):
    groups = {"posterior": {"x": draws}} | ({"sample_stats": sample_stats} if sample_stats else {})
    return arviz_base.from_dict(groups)


def test_false_alarms_come_at_their_rate(seed):
    """4,000 comparisons of 24 right chains at level 0.02."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((4000, 24))
    wrong = sum(not agreement.compare_chains(m, 0.0, cap=9, level=0.02).ok for m in means)
    assert stats.binomtest(wrong, 4000, 0.02).pvalue > 1e-4


@pytest.mark.parametrize(("shift", "spread", "verdict"), [
    (0.0, 1.0, "agrees"), (9.0, 1.0, "differs"), (0.0, 40.0, "not precise enough"),
])
def test_verdicts_of_chains(shift, spread, verdict):
    means = shift + spread * stats.norm.ppf((np.arange(24) + 0.5) / 24)
    found = agreement.compare_chains(means, 0.0, cap=0.5, level=1e-3, quantity="E[x]")
    assert found.verdict == verdict
    assert found.ok == (verdict == "agrees")
    assert f"E[x]: {verdict}" in str(found)


def test_a_reference_with_its_own_error_widens_the_limit():
    means = 1 + stats.norm.ppf((np.arange(24) + 0.5) / 24)
    assert not agreement.compare_chains(means, 0.0, cap=9, level=1e-3).ok
    assert agreement.compare_chains(means, 0.0, cap=9, level=1e-3, reference_se=1.0).ok


def test_mcse_sees_autocorrelation(seed):
    """A slow chain has a wide standard error, so its distance in standard errors stays small."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((4, 2000))
    slow = np.empty_like(noise)
    slow[:, 0] = noise[:, 0] / np.sqrt(1 - 0.95**2)
    for t in range(1, 2000):
        slow[:, t] = 0.95 * slow[:, t - 1] + noise[:, t]
    fast, found = agreement.compare_mcse(noise, 0.0, cap=9), agreement.compare_mcse(slow, 0.0, cap=9)
    assert found.ok
    # the sum of autocorrelations is 1/(1 - 0.95), so the error is 20 times that of the noise
    assert 10 < found.se / fast.se < 40


@pytest.mark.parametrize("bad", [np.zeros(5), np.zeros((24, 3)), np.full(24, np.nan)])
def test_means_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="means"):
        agreement.compare_chains(bad, 0.0, cap=1, level=0.01)


@pytest.mark.parametrize(("bad", "words"), [
    (np.zeros(100), r"at least two chains is needed, got shape \(100,\)"),
    (np.zeros((1, 100)), "at least two chains"),
    (np.zeros((4, 0)), "at least two chains"),
    (np.full((4, 100), np.inf), "a draw is not finite"),
])
def test_draws_that_say_nothing_are_refused(bad, words):
    with pytest.raises(ValueError, match=rf"^draws: .*{words}"):
        agreement.compare_mcse(bad, 0.0, cap=1)


def test_tables_hold_words_and_exact_values_only():
    found = [agreement.compare_chains(np.arange(24.0), 11.0, cap=9, level=0.01, model="m", engine="gibbs", quantity="E[x]")]
    row = agreement.table(found).iloc[0].to_dict()
    assert row == {"model": "m", "engine": "gibbs", "quantity": "E[x]", "exact value": "11.000", "verdict": "agrees"}
    assert agreement.summary(found).iloc[0]["verdict"] == "agrees"


def test_good_chains_have_no_problems(seed):
    rng = np.random.default_rng(seed)
    found = check_convergence(tree(rng.standard_normal((4, 1000)), energy=rng.standard_normal((4, 1000)),
                                   diverging=np.zeros((4, 1000), bool)), rhat=1.02)
    assert found.ok, found.problems
    assert found.divergence_share == 0
    assert found.bfmi.shape == (4,)


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda x, e, d: (x + np.arange(4)[:, None], e, d), "R-hat above"),
    (lambda x, e, d: (np.repeat(x[:, ::100], 100, 1), e, d), "bulk ESS below"),
    (lambda x, e, d: (x[:1], e[:1], d[:1]), "one chain only"),
    (lambda x, e, d: (x, e, d | (np.arange(1000) < 3)), "12 of 4000 draws end in a divergence"),
    (lambda x, e, d: (x, e.cumsum(1), d), "E-FMI"),
    (lambda x, e, d: (np.zeros_like(x), e, d), "not a number"),
])
def test_each_fault_is_named(spoil, words, seed):
    rng = np.random.default_rng(seed)
    x, e, d = spoil(rng.standard_normal((4, 1000)), rng.standard_normal((4, 1000)), np.zeros((4, 1000), bool))
    found = check_convergence(tree(x, energy=e, diverging=d))
    assert not found.ok
    assert any(words in problem for problem in found.problems), found.problems
