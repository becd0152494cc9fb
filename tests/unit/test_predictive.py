import numpy as np
import pytest
from scipy import stats

from hbm_lib import fit, seeds
from hbm_lib.diagnostics import predictive
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact


def test_exact_coverage_counts_the_tails():
    found = predictive.coverage_exact([stats.norm()] * 4, np.array([0.0, 1.9, 2.0, -2.5]))
    assert found.inside.tolist() == [True, True, False, False]
    assert found.share == 0.5
    assert found.tail[0] == 0.5
    with pytest.raises(ValueError, match="one an observation"):
        predictive.coverage_exact([stats.norm()], np.zeros(2))
    with pytest.raises(ValueError, match="level"):
        predictive.coverage_exact([stats.norm()], np.zeros(1), level=1.0)


def test_coverage_of_draws_nears_the_exact_one():
    draws = seeds.rng(1, "test").standard_normal((4000, 3))
    found = predictive.coverage_draws(draws, np.array([0.0, 1.0, 3.0]))
    assert found.tail == pytest.approx(stats.norm.cdf([0, 1, 3]), abs=0.03)
    assert found.inside.tolist() == [True, True, False]
    assert predictive.coverage_draws(np.zeros((10, 1)), np.zeros(1)).tail[0] == 0.5


def test_range_check():
    found = predictive.range_check(np.array([[0.0, 60.0], [1.0, 2.0]]), -50, 50)
    assert found == {"values": 0.75, "datasets": 0.5}


def test_ppc_p_values_tell_a_misfit():
    replicates = seeds.rng(2, "test").standard_normal((1000, 8))
    fine = predictive.ppc(replicates, np.linspace(-1.3, 1.3, 8))
    assert fine["p_value"].between(0.05, 0.95).all()
    wild = predictive.ppc(replicates, np.array([9.0, *np.zeros(7)]))
    assert wild.loc["max", "p_value"] == 0
    assert wild.loc["range", "p_value"] == 0
    assert list(wild.index) == ["max", "min", "sd", "range"]


def test_loo_against_exact_and_a_bad_k():
    data, model = es.eight_schools(), es.noncentered()
    tree = fit(model, data, engine="exact", seed=3, groups=("log_likelihood",))
    truth = exact.leave_one_out(model, data)
    found = predictive.loo(tree, truth)
    assert found.pointwise == pytest.approx(truth, abs=0.2)
    assert found.pareto_k.shape == (8,)
    bad = predictive.Loo(0, 0, np.zeros(2), np.array([0.9, 0.1]), 0.7, np.array([-3.0, -4.0]))
    assert bad.repaired.tolist() == [-3.0, 0.0]
    with pytest.raises(ValueError, match="refit"):
        _ = predictive.Loo(0, 0, np.zeros(1), np.array([0.9]), 0.7).repaired
    with pytest.raises(ValueError, match="log_likelihood"):
        predictive.loo(fit(model, data, engine="exact", seed=3, draws=10))


def test_an_outlier_gives_a_bad_k():
    data = es.Data([60, 8, -3, 7, -1, 1, 18, 12], [3, 10, 16, 11, 9, 11, 10, 18])
    model = es.noncentered().with_prior(tau=es.posteriordb().prior.tau)
    tree = fit(model, data, engine="exact", seed=3, groups=("log_likelihood",))
    found = predictive.loo(tree, exact.leave_one_out(model, data))
    assert found.bad[0]
    assert found.repaired[0] == found.exact[0]


def test_exact_waic_is_the_limit_of_waic_from_draws():
    data, model = es.eight_schools(), es.noncentered()
    tree = fit(model, data, engine="exact", seed=4, draws=20000, groups=("log_likelihood",))
    drawn = predictive.waic(tree["log_likelihood"]["y"].values.reshape(-1, 8))
    post = exact.posterior(model, data)
    laws = [post.law("theta", j) for j in range(8)]
    columns = (np.column_stack([getattr(law, f) for law in laws]) for f in ("centre", "spread"))
    found = predictive.waic_normal(laws[0].weight, *columns, data.y, data.sigma)
    assert drawn.pointwise == pytest.approx(found.pointwise, abs=0.01)
    assert drawn.p == pytest.approx(found.p, abs=0.01)
    assert not found.warn.any()


def test_waic_warns_above_0_4():
    log = seeds.rng(5, "test").normal(0, [1.0, 0.1], (2000, 2))
    assert predictive.waic(log).warn.tolist() == [True, False]
    with pytest.raises(ValueError, match="shape"):
        predictive.waic(np.zeros(3))


def test_range_check_counts_data_sets_and_not_places():
    found = predictive.range_check(np.array([[0.0, 60.0], [1.0, 70.0], [2.0, 3.0]]), -50, 60)
    assert found == pytest.approx({"values": 5 / 6, "datasets": 2 / 3})


def test_ppc_by_hand():
    """The replicates' largest are 0, 1, 1 and 10: three are at least 1, and the median is 1; the sd of 0 and 1 is 1 / sqrt(2)."""
    found = predictive.ppc(np.array([[0.0, -4], [0, 1], [1, 0], [10, 0]]), np.array([0.0, 1]))
    assert found.loc["max"].tolist() == [1, 1, 0.75]
    assert found.loc["sd", "observed"] == pytest.approx(np.sqrt(0.5))
    assert found.loc["sd", "median"] == pytest.approx((np.sqrt(0.5) + np.sqrt(8)) / 2)


def test_waic_of_two_draws_by_hand():
    """Likelihoods 1 and 3: their mean is 2, and the variance of their logarithms is (log 3)² / 2."""
    found = predictive.waic(np.log([[1.0, 5.0], [3.0, 5.0]]))
    assert found.p == pytest.approx([np.log(3) ** 2 / 2, 0])
    assert found.pointwise == pytest.approx([np.log(2) - np.log(3) ** 2 / 2, np.log(5)])
    assert found.elpd == pytest.approx(found.pointwise.sum())
