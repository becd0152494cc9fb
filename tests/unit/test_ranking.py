import numpy as np
import pytest

from hbm_lib.diagnostics import ranking

THETA = np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [3.0, 1.0, 2.0]])


def test_ranks_count_from_the_highest():
    np.testing.assert_array_equal(ranking.rank_draws(THETA), [[1, 3, 2], [1, 2, 3], [3, 2, 1], [1, 3, 2]])


def test_the_table_by_hand():
    table = ranking.rank_table(THETA, ["a", "b", "c"], level=0.5).set_index("group")
    assert list(table.index) == ["a", "c", "b"]
    assert table.loc["a", "expected_rank"] == 1.5
    assert table.loc["a", "p_best"] == 0.75
    assert table["p_best"].sum() == 1
    assert (table["lower"] <= table["upper"]).all()


def test_p_best_of_two_normals(seed):
    rng = np.random.default_rng(seed)
    theta = np.array([1.0, 0.0]) + rng.standard_normal((100_000, 2))
    found = ranking.rank_table(theta, ["a", "b"]).set_index("group").loc["a", "p_best"]
    assert found == pytest.approx(0.7602499, abs=5 * np.sqrt(0.76 * 0.24 / 100_000))  # Phi(1 / sqrt 2)


def test_the_winner_is_held_against_its_own_truth():
    found = ranking.select_best([[1.0, 5.0], [4.0, 0.0]], [[2.0, 3.0], [3.0, 3.5]])
    assert (found.claimed, found.true, found.curse) == (4.5, 3.0, 1.5)
    assert found.truly_best == 0.5


def test_the_interval_of_ranks_by_hand():
    """Of the ranks 2, 2, 3, 3 the quartiles are 2 and 3; of 1, 2, 2, 3 and of 1, 1, 1, 3 they are 1 and 2, and 1 and 1."""
    found = ranking.rank_table(THETA, ["a", "b", "c"], level=0.5).set_index("group")
    assert found.loc["b", ["lower", "upper"]].tolist() == [2, 3]
    assert found.loc["c", ["lower", "upper"]].tolist() == [1, 2]
    assert found.loc["a", ["lower", "upper"]].tolist() == [1, 1]


def test_the_error_is_of_the_gap_and_not_of_the_estimate():
    """Gaps of 2 and 1 have the standard deviation 1 / sqrt(2), and their mean half of 1."""
    assert ranking.select_best([[1.0, 5.0], [9.0, 0.0]], [[2.0, 3.0], [8.0, 0.0]]).mcse == pytest.approx(0.5)


def test_the_curse_of_two_equal_groups(seed):
    """The higher of two standard normals is 1 / sqrt(pi) on average."""
    found = ranking.select_best(np.random.default_rng(seed).standard_normal((40_000, 2)), np.zeros((40_000, 2)))
    assert found.curse == pytest.approx(1 / np.sqrt(np.pi), abs=5 * found.mcse)
    assert found.mcse == pytest.approx(np.sqrt(1 - 1 / np.pi) / 200, rel=0.05)


@pytest.mark.parametrize(("call", "says"), [
    (lambda: ranking.rank_draws(np.zeros(3)), "draws, groups"),
    (lambda: ranking.rank_table(THETA, ["a", "b"]), "labels"),
    (lambda: ranking.rank_table(THETA, "abc", level=2), "level"),
    (lambda: ranking.select_best(np.zeros((2, 3)), np.zeros((2, 2))), "districts, groups"),
])
def test_wrong_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()
