"""The judge itself: bands with the coverage they claim, ranks that are ranks."""

import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics import calibration


def test_the_band_covers_as_often_as_it_says(seed):
    """Simulate what the recursion computes: 4,000 sets of uniform ranks against a 90 % band."""
    n, bins, level, repeats = 150, 20, 0.1, 4000
    rng = np.random.default_rng(seed)
    lower, upper = calibration.band(n, bins, level)
    counts = rng.multinomial(n, np.full(bins, 1 / bins), size=repeats).cumsum(1)[:, :-1] / n
    left = ((counts < lower - 1e-12) | (counts > upper + 1e-12)).any(1).sum()
    exact = calibration.detectable(n, bins, level, lambda z: z)
    assert exact <= level
    assert exact > 0.8 * level, "the band is wider than it need be"
    assert stats.binomtest(int(left), repeats, exact).pvalue > 1e-4


def test_p_values_are_uniform_under_uniform_ranks(seed):
    rng = np.random.default_rng(seed)
    p = [calibration.uniformity(rng.integers(0, 20, 100), 20).p_value for _ in range(1000)]
    for q in (0.05, 0.2, 0.5):
        # whole counts make p-values a little large, never too small
        assert stats.binomtest(int(np.sum(np.array(p) <= q)), 1000, q, alternative="greater").pvalue > 1e-4
        assert stats.binomtest(int(np.sum(np.array(p) <= q)), 1000, 0.7 * q, alternative="less").pvalue > 1e-4


def test_band_and_p_value_say_the_same(seed):
    rng = np.random.default_rng(seed)
    for tilt in np.linspace(0, 0.6, 40):
        found = calibration.uniformity(np.floor(20 * rng.random(200) ** (1 + tilt)).astype(int), 20, level=0.02)
        assert found.ok == (found.p_value > 0.02) or abs(found.p_value - 0.02) < 0.005


@pytest.mark.parametrize(("name", "distort"), [
    ("draws shifted by 0.3 sd", lambda x: x + 0.3),
    ("draws too narrow", lambda x: 0.8 * x),
    ("draws too wide", lambda x: 1.25 * x),
])
def test_a_distorted_posterior_is_not_uniform(name, distort, seed):
    """Normal mean with a normal prior, whose posterior is known, and 1,000 data sets."""
    rng = np.random.default_rng(seed)
    found, bins = calibration.simulate(
        lambda: {"mu": rng.standard_normal(1000)},
        lambda draws: (draws["mu"] + rng.standard_normal(1000))[:, None],
        lambda y: {"mu": y / 2 + np.sqrt(0.5) * distort(rng.standard_normal((1000, 99)))},
        lambda draws, y: {"mu": draws["mu"]},
    )
    assert not calibration.uniformity(found["mu"], bins, level=1e-3).ok, name


def test_the_likelihood_sees_a_posterior_that_ignores_the_data(seed):
    """Prior draws in place of posterior draws: every parameter's ranks are uniform, the likelihood's are not."""
    rng = np.random.default_rng(seed)
    found, bins = calibration.simulate(
        lambda: {"mu": rng.standard_normal(1000)},
        lambda draws: (draws["mu"] + rng.standard_normal(1000))[:, None],
        lambda y: {"mu": rng.standard_normal((1000, 99))},
        lambda draws, y: {"mu": draws["mu"], "log likelihood": stats.norm.logpdf(y[..., 0], draws["mu"])},
    )
    assert calibration.uniformity(found["mu"], bins, level=1e-4).ok
    assert not calibration.uniformity(found["log likelihood"], bins, level=1e-4).ok


def test_power_is_computed_not_guessed():
    assert calibration.detectable(1000, 100, 1e-3, lambda z: z) <= 1e-3
    assert calibration.detectable(1000, 100, 1e-3, lambda z: z**1.3) > 0.99


@pytest.mark.parametrize("bad", [np.array([0] * 20 + [100]), np.arange(5), np.full(20, 0.5), np.array([-1] * 20)])
def test_ranks_out_of_range_are_refused(bad):
    with pytest.raises(ValueError, match="whole ranks"):
        calibration.uniformity(bad, 100)


def test_ranks_of_what_is_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        calibration.ranks(np.zeros(2), np.array([[0.0, np.nan], [1, 2]]))
    with pytest.raises(ValueError, match=r"\(R, L\)"):
        calibration.ranks(np.zeros(3), np.zeros((2, 9)))
