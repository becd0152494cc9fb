"""Made-up experiments are what they say: sizes, effects and noise of the stated laws, the truth in the rows' order."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hbm_lib.models.creators import simulate

FALSE_ALARM = 1e-4


@pytest.fixture(scope="module")
def made():
    return simulate.generate_experiment_data(seed=42)


def test_the_shape_that_was_asked_for(made):
    df, truth = made
    assert list(df.columns) == ["creator_id", "genre", "group", "revenue"]
    assert set(truth) == {"genre_effects", "creator_effects", "sigma_creator", "sigma_obs", "creator_genre", "creator_n"}
    assert (len(truth["genre_effects"]), len(truth["creator_effects"]), df["creator_id"].nunique()) == (5, 500, 500)
    assert (truth["sigma_creator"], truth["sigma_obs"]) == (0.4, 2.0)
    assert np.bincount(truth["creator_genre"]).tolist() == [100] * 5
    assert not df.isna().any().any()


def test_rows_and_truth_are_of_the_same_creators(made):
    """Each creator has the stated number of users, half of them treated, in the stated genre."""
    df, truth = made
    cells = df.groupby(["creator_id", "group"], observed=True).size().unstack()
    n = truth["creator_n"]
    np.testing.assert_array_equal(cells.sum(axis=1), n)
    np.testing.assert_array_equal(cells["treatment"], n // 2)
    genre = df.groupby("creator_id")["genre"].agg(["first", "nunique"])
    assert (genre["nunique"] == 1).all()
    assert genre["first"].tolist() == [simulate.GENRES[g] for g in truth["creator_genre"]]
    assert 30 <= n.min() < 100 < 500 < n.max() <= 5000


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(made):
    again, other = (simulate.generate_experiment_data(seed)[0] for seed in (42, 43))
    pd.testing.assert_frame_equal(made[0], again)
    assert len(other) != len(again) or not np.allclose(other["revenue"], again["revenue"])


def test_noise_about_the_true_mean_is_normal(seed):
    """Revenue minus baseline and, for the treated, the creator's effect: standard normal times sigma_obs."""
    df, truth = simulate.generate_experiment_data(seed)
    treated = (df["group"] == "treatment").to_numpy()
    left = df["revenue"] - simulate.BASELINE - truth["creator_effects"][df["creator_id"]] * treated
    for at in (treated, ~treated):
        assert stats.kstest(left[at] / truth["sigma_obs"], "norm").pvalue > FALSE_ALARM


def test_effects_follow_their_genres(seed):
    _, truth = simulate.generate_experiment_data(seed, genres=400, creators_per_genre=10, scale=0.01)
    gap = truth["creator_effects"] - truth["genre_effects"][truth["creator_genre"]]
    assert stats.kstest(gap, stats.norm(0, 0.4).cdf).pvalue > FALSE_ALARM
    assert stats.kstest(truth["genre_effects"], stats.norm(0.5, 0.3).cdf).pvalue > FALSE_ALARM


def test_sizes_are_of_three_kinds(seed):
    n = simulate.sizes(np.random.default_rng(seed), 20_000)
    counts = [((n >= low) & (n < high)).sum() for low, high in ((0, 100), (100, 500), (500, np.inf))]
    # rounding moves one size in 140 from 99.5 to 100: shares of 0.4 less 0.003, 0.35 plus 0.002
    shares = np.array([0.4 - 0.2 / 70, 0.35 + 0.2 / 70 - 0.35 / 800, 0.25 + 0.35 / 800])
    assert stats.chisquare(counts, 20_000 * shares).pvalue > FALSE_ALARM
    large = n[n >= 501]
    assert stats.kstest(large, stats.uniform(500, 4500).cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize(("scale", "least"), [(0.001, 4), (1.0, 30), (10, 300)])
def test_a_factor_on_sizes_leaves_two_users_in_each_arm(scale, least, seed):
    n = simulate.sizes(np.random.default_rng(seed), 1000, scale)
    assert least <= n.min() < least + max(1, 10 * scale) + 1
    df, _ = simulate.generate_experiment_data(seed, genres=1, creators_per_genre=5, scale=min(scale, 1.0))
    assert df.groupby(["creator_id", "group"], observed=True).size().min() >= 2


@pytest.mark.parametrize("genres", [1, 5, 7])
def test_genres_beyond_the_named_ones_have_numbers(genres):
    df, truth = simulate.generate_experiment_data(1, genres=genres, creators_per_genre=2, scale=0.1)
    names = df["genre"].cat.categories.tolist()
    assert names == [*simulate.GENRES, "genre 6", "genre 7"][:genres]
    assert len(truth["genre_effects"]) == genres


@pytest.mark.parametrize(("changes", "said"), [
    ({"genres": 0}, "genres: a whole number of at least 1 is needed, got 0"),
    ({"genres": 2.0}, "genres: a whole number of at least 1 is needed, got 2.0"),
    ({"genres": True}, "genres: a whole number of at least 1 is needed, got True"),
    ({"creators_per_genre": -1}, "creators_per_genre: a whole number of at least 1 is needed, got -1"),
    ({"creators_per_genre": "5"}, "creators_per_genre: a whole number of at least 1 is needed, got '5'"),
    ({"scale": 0}, "scale: a finite number above 0 is needed, got 0"),
    ({"scale": -1.0}, "scale: a finite number above 0 is needed, got -1.0"),
    ({"scale": float("nan")}, "scale: a finite number above 0 is needed, got nan"),
    ({"scale": float("inf")}, "scale: a finite number above 0 is needed, got inf"),
    ({"scale": "2"}, "scale: a finite number above 0 is needed, got '2'"),
    ({"scale": None}, "scale: a finite number above 0 is needed, got None"),
    ({"seed": -1}, "seed: a whole number of at least 0 is needed, got -1"),
    ({"seed": 1.5}, "seed: a whole number of at least 0 is needed, got 1.5"),
])
def test_what_cannot_be_made_up(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        simulate.generate_experiment_data(**changes)
