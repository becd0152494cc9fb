"""Made-up experiments and the baselines' checks of users' rows."""

import numpy as np
import pytest

from hbm_lib.models.creators import baselines, simulate


@pytest.fixture
def rows():
    return simulate.generate_experiment_data(3, genres=2, creators_per_genre=3)[0].astype({"genre": object, "group": object})


def test_difference_of_means_by_hand(rows):
    found = baselines.no_pooling_estimates(rows).set_index("creator_id")
    one = rows[rows["creator_id"] == 4]
    a, b = (one.loc[one["group"] == arm, "revenue"] for arm in ("treatment", "control"))
    assert found.loc[4, "effect_hat"] == pytest.approx(a.mean() - b.mean())
    assert found.loc[4, "se"] == pytest.approx(np.sqrt(a.var() / len(a) + b.var() / len(b)))


@pytest.mark.parametrize(("column", "value", "said"), [
    ("revenue", np.nan, "missing or"), ("revenue", np.inf, "infinite"), ("group", "other", "not an arm"),
    ("genre", "x", "two genres")])
def test_bad_rows_are_refused(rows, column, value, said):
    rows.loc[0, column] = value
    with pytest.raises(ValueError, match=said):
        baselines.summarize(rows)
