"""Columns and scores that a diagnosis hands on, found here by another road: a column taken for its neighbor would show."""

import arviz_stats
import numpy as np
import pytest

from hbm_lib import fit
from hbm_lib.diagnostics import convergence, predictive, ranking
from hbm_lib.models import eight_schools as es


@pytest.fixture(scope="module")
def tree():
    """Gibbs draws are autocorrelated, so that bulk, tail and mean ESS are three numbers."""
    return fit(es.noncentered(), es.eight_schools(), engine="gibbs", seed=1, draws=300, tune=100, groups=["log_likelihood"])


def test_every_column_of_the_table_is_what_its_name_says(tree):
    table, tau = convergence.parameter_table(tree), tree["posterior"]["tau"].values
    row = table.loc["tau"]
    assert row["mean"] == pytest.approx(tau.mean())
    assert row["sd"] == pytest.approx(tau.std(ddof=1))
    assert row["ess_tail"] == pytest.approx(float(arviz_stats.ess(tree["posterior"]["tau"], method="tail", prob=(0.05, 0.95))))
    assert row["mcse"] == pytest.approx(tau.std(ddof=1) / np.sqrt(float(arviz_stats.ess(tau, method="mean"))), rel=1e-3)
    assert row["ess_bulk"] == pytest.approx(float(arviz_stats.ess(tau, method="bulk")))
    assert len({round(float(row[c])) for c in ("ess_bulk", "ess_tail")}) == 2


def test_the_score_is_the_sum_of_its_parts_and_the_error_their_spread(tree):
    found = predictive.loo(tree)
    assert found.elpd == pytest.approx(found.pointwise.sum())
    assert found.elpd < 0
    assert found.se == pytest.approx(np.sqrt(len(found.pointwise)) * found.pointwise.std(ddof=1), rel=1e-6)


def test_the_interval_of_ranks_leaves_half_of_the_rest_on_each_side():
    """First in 93 draws of 100: within 90 % about the middle lies rank 2 too."""
    theta = np.column_stack([np.r_[np.ones(93), -np.ones(7)], np.zeros(100)])
    table = ranking.rank_table(theta, ["A", "B"], level=0.9).set_index("group")
    assert table.loc["A", ["lower", "upper"]].tolist() == [1, 2]
    assert ranking.rank_table(theta, ["A", "B"], level=0.8).set_index("group").loc["A", "upper"] == 1
