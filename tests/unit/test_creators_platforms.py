"""Made-up platforms: the summaries drawn directly are those of users' rows, and the measures count what they say."""

import numpy as np
import pandas as pd
import pytest
from platform_checks import least_p_value

from hbm_lib import fit_exact, seeds
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate
from hbm_lib.models.creators.summarize import summarize
from hbm_lib.protocols.creators import platforms
from hbm_lib.protocols.creators.platforms import POOLINGS, Platforms, many_platforms, platform

SMALL = {"genres": 3, "creators_per_genre": 12}


def test_the_table_has_the_form_that_users_rows_give():
    df, _ = simulate.generate_experiment_data(1, genres=2, creators_per_genre=3)
    s, effect, genre = platform(np.random.default_rng(1), genres=2, creators_per_genre=3)
    rows = summarize(df)
    assert set(s.columns) == set(rows.columns)
    assert effect.shape == genre.shape == (6,)
    assert len(np.unique(genre)) == 2


def test_means_and_variances_have_the_distributions_of_those_of_normal_users(seed):
    """Probability integral transforms of 30,000 creators' sums are uniform (Kolmogorov-Smirnov, one in 10,000)."""
    assert least_p_value(platforms, seed) > 1e-4


def test_the_three_poolings_are_the_librarys():
    found = many_platforms(7, 2, **SMALL)
    s, truth, genre = platform(seeds.rng(7, "many platforms", 1), **SMALL)
    none = baselines.no_pooling(s)
    law = fit_exact(creators.partial_pooling(), baselines.to_data(none))
    assert found.truth[1] == pytest.approx(truth)
    assert found.genre[1] == pytest.approx(genre)
    assert found.estimates["no pooling"][0, 1] == pytest.approx(none["effect_hat"])
    assert found.estimates["complete pooling"][2, 1] == pytest.approx(baselines.complete_pooling(s)["ci_upper"])
    assert found.scales["sigma_creator"][2, 1] == pytest.approx(law.quantile("sigma_creator", 0.975))
    assert found.scales["sigma_genre"][0, 1] == pytest.approx(law.mean("sigma_genre"))
    assert found.estimates["partial pooling"][1, 1] == pytest.approx(law.quantile("tau", 0.025))


def test_measures_count_errors_and_hits():
    truth = np.array([[0.0, 1.0], [2.0, 3.0]])
    shape = np.stack([truth + np.array([[1, 0], [0, 2]]), truth - 1, truth + np.array([[1, -0.5], [1, 1]])])
    found = Platforms(np.full((2, 2), 9), truth, truth, dict.fromkeys(POOLINGS, shape), {})
    table = found.measures()
    assert table["mse"].to_list() == [1.25] * 3
    assert table["coverage"].to_list() == [0.75] * 3
    assert table["width"].to_list() == pytest.approx([(2 + 0.5 + 2 + 2) / 4] * 3)
    one = found.measures(np.array([[True, False], [True, False]]))
    assert one["mse"].iloc[0] == 0.5
    assert one["mse_error"].iloc[0] == pytest.approx(np.std([1, 0], ddof=1) / np.sqrt(2))


def test_the_top_is_who_has_the_highest_estimate():
    truth = np.array([[0.0, 1.0, 2.0], [2.0, 3.0, 0.0]])
    raw = np.array([[5.0, 1.0, 4.0], [1.0, 2.0, 3.0]])
    found = Platforms(np.array([[1, 2, 3], [4, 5, 6]]), truth, truth, {"no pooling": np.stack([raw, raw, raw])}, {})
    row = found.top(2).loc["no pooling"]
    assert row["promised"] == np.mean([5, 4, 3, 2])
    assert row["truth"] == np.mean([0, 2, 0, 3])
    assert row["median size"] == np.median([1, 3, 6, 5])


def test_one_platform_has_no_monte_carlo_error():
    with pytest.raises(ValueError, match="platforms: at least 2 are needed, got 1"):
        many_platforms(1, 1)


def test_exact_estimates_have_the_columns_and_refuse_other_creators():
    s, _, _ = platform(np.random.default_rng(3), **SMALL)
    none = baselines.no_pooling(s)
    law = fit_exact(creators.partial_pooling(), baselines.to_data(none))
    table = baselines.exact_estimates(law, none)
    assert list(table.columns) == baselines.COLUMNS
    draws = law.sample(np.random.default_rng(4), 40_000)["tau"]
    assert table["effect_hat"].to_numpy() == pytest.approx(draws.mean(0), abs=5 * 0.4 / 200)
    above = (draws > 0).mean(0)
    assert table["p_value"].to_numpy() == pytest.approx(2 * np.minimum(above, 1 - above), abs=5 / 200)
    with pytest.raises(ValueError, match="its creators are not those"):
        baselines.exact_estimates(law, pd.concat([none.iloc[1:], none.iloc[:1]]))
