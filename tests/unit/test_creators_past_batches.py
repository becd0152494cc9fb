"""The study of past batches: its parts are right, and its committed figures are what it gives again."""

import numpy as np
import pandas as pd
import pytest

from hbm_lib import fit_exact
from hbm_lib.data.results import committed
from hbm_lib.models import creators
from hbm_lib.protocols.creators import past_batches


@pytest.mark.parametrize("n", [4, 30])
def test_intervals_are_the_posteriors_quantiles(seed, n):
    _, data, _ = past_batches.platform(seed, 0, n)
    exact = fit_exact(creators.partial_pooling(), data)
    slow = np.array([exact.quantile("tau", q) for q in past_batches.TAILS])
    np.testing.assert_allclose(past_batches.intervals(exact), slow, atol=2e-6)


def test_sizes_and_shifts_of_a_platform_share_its_past(seed):
    past, now, truth = past_batches.platform(seed, 3, 6)
    again, moved, other = past_batches.platform(seed, 3, 6, shift=0.5)
    np.testing.assert_array_equal(past.effect, again.effect)
    np.testing.assert_array_equal(now.se, moved.se)
    assert np.all(truth != other)
    assert past.n_creators == past_batches.PAST
    assert not np.array_equal(past.effect, past_batches.platform(seed, 4, 6)[0].effect)


def test_the_summary_is_the_arithmetic_of_its_rows():
    rows = pd.DataFrame({"platform": [0, 0, 1, 1], "way": ["alone", "with the past"] * 2, "mse": [1.0, 0.5, 3.0, 0.5],
                         "coverage": [1.0, 0.5, 0.5, 0.5], "width": [2.0, 1.0, 4.0, 1.0]})
    found = past_batches.summary(rows)
    assert found["mse"]["alone"] == 2
    assert found["mse_error"]["alone"] == pytest.approx(1)
    assert found["ratio"]["with the past"] == pytest.approx(0.25)
    # own - ratio base: .25 and -.25
    assert found["ratio_error"]["with the past"] == pytest.approx(np.std([0.25, -0.25], ddof=1) / 2 / np.sqrt(2))
    assert found["ratio_error"]["alone"] == 0


def test_a_reading_that_is_none_is_refused():
    with pytest.raises(ValueError, match="ways: 'by heart' is not known"):
        past_batches.compare(1, 1, 4, ways=("by heart",))


def test_committed_figures_are_what_new_platforms_give(seed):
    cells = committed("benchmarks/results/creators_past_batches.json")["cells"]
    old = next(c for c in cells if c["creators"] == 10 and c["shift"] == 0)["ways"]
    new = past_batches.summary(past_batches.compare(seed, 16, 10, ways=("alone", "with the past"))).T.to_dict()
    for way in ("alone", "with the past"):
        for name in ("mse", "coverage", "width"):
            a, b = old[way], new[way]
            # the error of 16 platforms is itself uncertain: the t quantile of 15 degrees of freedom at 1e-4
            spread = np.hypot(a[f"{name}_error"], max(b[f"{name}_error"], a[f"{name}_error"] * np.sqrt(100 / 16) / 2))
            assert abs(a[name] - b[name]) < 5.2 * spread, (way, name)
    assert spread < 0.1
