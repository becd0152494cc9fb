"""Broken integrals over intercepts on grids that many mu share: each is rejected by a check that the sound ones pass."""

import logistic_grid_checks as checks
import pytest
from planting import planted

from hbm_lib.models.logistic import grids, many_mu

# what is wrong: (case that shows it, sound source, broken source)
PLACES = {
    "the step forgets the data": (
        "a thousand cases, some groups separated", "step(tau**-2.0 + told)", "step(tau**-2.0 + 0 * told)"),
    "three standard deviations are all": ("tau small", "return z_low.min(), z_high.max()", "return -3.0, 3.0"),
    "the strip may be as wide as it likes": ("few cases, tau large", "np.minimum(strip,", "np.minimum(9,"),
    "the upper end is that of the least mu": (
        "few cases", "mu[:, -1:] + tau * z_high[count:]", "mu[:, :1] + tau * z_high[:count]"),
    "the covariate is forgotten in the ends": (
        "a covariate in large units far from 0", "beta[:, None] * data.x[:, 0]", "0 * beta[:, None] * data.x[:, 0]"),
}
GRIDS = {
    "tau is left out of the weights": ("few cases", "(high - low) / (count - 1) / tau", "(high - low) / (count - 1)"),
    "variance for standard deviation": ("few cases", "mu[s, :, None]) / tau)", "mu[s, :, None]) / tau**2)"),
    "too few Chebyshev points": ("tau small", "0.9 * np.pi", "9 * np.pi"),
    "the covariate of the wrong rows": ("few cases", "data.x[rows, 0]", "data.x[rows[::-1], 0]"),
    "no prior in z": ("tau small", "(LOG_2PI + z**2)", "(LOG_2PI + 0 * z)"),
}


@pytest.mark.parametrize("bug", PLACES)
def test_places(bug):
    case, old, new = PLACES[bug]
    assert max(checks.grid_gaps(case).values()) < checks.LIMIT
    assert max(checks.grid_gaps(case, planted(many_mu, old, new)).values()) > 100 * checks.LIMIT


@pytest.mark.parametrize("bug", GRIDS)
def test_grids(bug, monkeypatch):
    case, old, new = GRIDS[bug]
    assert max(checks.grid_gaps(case).values()) < checks.LIMIT
    monkeypatch.setattr(many_mu, "grids", planted(grids, old, new))
    assert max(checks.grid_gaps(case).values()) > 100 * checks.LIMIT
