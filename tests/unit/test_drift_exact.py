"""The exact engine of drift: the filter against covariances written out, the limit without drift, sums over a plain grid."""

import itertools

import drifting
import numpy as np
import pytest
from scipy import stats

from hbm_lib import fit
from hbm_lib.fitting import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import creators, drift
from hbm_lib.models.drift import exact, kalman, simulate
from hbm_lib.priors import HalfNormal, StudentT, Uniform

POINTS = np.array([[0.5, 0.3, 0.6, 0.8], [1.5, 0.02, 0.2, 0.3], [0.1, 0.9, 1.1, -0.5]])


@pytest.fixture(scope="module")
def posterior():
    return fit_exact(*drifting.CASES["random_walk"])


@pytest.mark.parametrize("name", ["random_walk", "other_priors"])
def test_filter_and_smoother_are_the_dense_algebra(name):
    model, data = drifting.CASES[name]
    points = POINTS if model.prior.phi is not None else POINTS[:, :3]
    found, (mean, variance, log_p), phi = exact.filtered(points, data, model.prior)
    path = kalman.smooth(found, phi)
    for k, point in enumerate(points):
        wanted, m, cov, cut = drifting.dense(point[:3], phi[k], data, model.prior)
        assert log_p[k] == pytest.approx(wanted, abs=1e-9)
        np.testing.assert_allclose([mean[k], variance[k]], [m[0], cov[0, 0]], atol=1e-9)
        here = (path.a[k] + path.b[k] * mean[k]).T.ravel()
        spread = (path.variance[k] + path.b[k] ** 2 * variance[k]).T.ravel()
        np.testing.assert_allclose(here, m[1:cut], atol=1e-9)
        np.testing.assert_allclose(spread, np.diag(cov)[1:cut], atol=1e-9)


def test_filtering_uses_no_later_data():
    model, data = drifting.CASES["other_priors"]
    found, _, phi = exact.filtered(POINTS, data, model.prior)
    for last in range(data.n_periods):
        rows = np.flatnonzero(data.time <= last)
        _, m, cov, cut = drifting.dense(POINTS[0, :3], phi[0], data, model.prior, rows)
        m, cov = m[:cut], cov[:cut, :cut]
        # given mu_global the path's law is a + b mu; b is the regression on mu_global
        slope = cov[1:, 0] / cov[0, 0]
        at = np.arange(data.n_genres) * data.n_periods + last
        np.testing.assert_allclose(found.now.b[0, last], slope[at], atol=1e-9)
        np.testing.assert_allclose(found.now.a[0, last], (m[1:] - slope * m[0])[at], atol=1e-9)
        np.testing.assert_allclose(found.now.variance[0, last], (np.diag(cov)[1:] - slope**2 * cov[0, 0])[at], atol=1e-9)


def test_marginals_are_those_of_a_plain_grid(posterior):
    """Gauss-Legendre over the three scales, the dense algebra at every node: nothing is shared with the engine."""
    model, data = drifting.CASES["random_walk"]
    x, w = np.polynomial.legendre.leggauss(11)
    panels = [(0, 1.2, 5.5), (0, 0.4, 1.7), (0, 1.2, 5.5)]
    axes = [tuple(np.concatenate(v) for v in zip(*(((a + b + (b - a) * x) / 2, (b - a) / 2 * w)
                                                   for a, b in itertools.pairwise(ends)), strict=True)) for ends in panels]
    laws = [stats.halfnorm(scale=s) for s in (1, 0.3, 1)]
    grid = np.stack(np.meshgrid(*(a for a, _ in axes), indexing="ij"), -1).reshape(-1, 3)
    weight = np.stack(np.meshgrid(*(b * law.pdf(a) for (a, b), law in zip(axes, laws, strict=True)), indexing="ij"), -1)
    weight = weight.reshape(-1, 3).prod(1)
    each = [drifting.dense(point, 1.0, data, model.prior) for point in grid]
    p = weight * np.exp([e[0] for e in each])
    assert posterior.log_evidence == pytest.approx(np.log(p.sum()), abs=1e-5)
    p /= p.sum()
    cut = each[0][3]
    mean, var = np.array([e[1] for e in each]), np.array([np.diag(e[2]) for e in each])
    about = p @ mean
    sd = np.sqrt(p @ (var + (mean - about) ** 2))
    np.testing.assert_allclose(posterior.mean("mu_genre").ravel(), about[1:cut], atol=1e-5)
    np.testing.assert_allclose(posterior.sd("mu_genre").ravel(), sd[1:cut], atol=1e-5)
    np.testing.assert_allclose(posterior.mean("tau"), about[cut:], atol=1e-5)
    np.testing.assert_allclose(posterior.sd("tau"), sd[cut:], atol=1e-5)
    np.testing.assert_allclose([posterior.mean(s) for s in ("sigma_genre", "sigma_drift", "sigma_creator")], p @ grid, atol=1e-5)
    low = stats.norm.cdf((0.3 - mean[:, cut:]) / np.sqrt(var[:, cut:]))
    np.testing.assert_allclose(posterior.cdf(0.3), p @ low, atol=1e-4)  # the plain grid is no finer


def test_without_drift_it_is_the_static_model():
    model, (data, _) = drift.random_walk(), simulate.make_up(7, periods=6, drifts=(0.0,) * 4)
    still = fit_exact(model.with_prior(sigma_drift=HalfNormal(1e-6)), data)
    names = [data.genres[g] for g in data.index]
    static = fit_exact(creators.partial_pooling(), creators.Data(data.effect, data.se, names))
    np.testing.assert_allclose(still.mean("tau"), static.mean("tau"), atol=1e-6)
    np.testing.assert_allclose(still.sd("tau"), static.sd("tau"), atol=1e-6)
    np.testing.assert_allclose(still.mean("mu_genre"), np.repeat(static.mean("mu_genre")[:, None], 6, 1), atol=1e-6)
    assert still.log_evidence == pytest.approx(static.log_evidence, abs=1e-6)


def test_given_the_scales_the_limit_is_exact():
    model, (data, _) = drift.random_walk(), simulate.make_up(8, periods=5, drifts=(0.0,) * 3)
    _, (mean, variance, log_p), _ = exact.filtered(np.array([[0.4, 1e-9, 0.3]]), data, model.prior)
    same = drift.Data(data.effect, data.se, [data.genres[g] for g in data.index], np.ones(data.n_creators, int))
    _, (m, v, p), _ = exact.filtered(np.array([[0.4, 0.7, 0.3]]), same, model.prior)
    np.testing.assert_allclose([mean[0], variance[0], log_p[0]], [m[0], v[0], p[0]], atol=1e-10)


def test_the_order_of_the_rows_does_not_matter(posterior):
    model, data = drifting.CASES["random_walk"]
    rows = np.array([5, 0, 2, 7, 3, 1, 4, 6])
    mixed = drift.Data(data.effect[rows], data.se[rows], [data.genres[g] for g in data.index[rows]],
                       [data.periods[t] for t in data.time[rows]])
    np.testing.assert_allclose(fit_exact(model, mixed).mean("tau"), posterior.mean("tau")[rows], atol=1e-9)


def test_forecasts_are_formulas(posterior):
    """Ahead by h the mean of a random walk stays and the variance grows by h E[sigma_drift²]."""
    drift_square = posterior.sd("sigma_drift") ** 2 + posterior.mean("sigma_drift") ** 2
    for g, genre in enumerate(posterior.data.genres):
        last_mean, last_sd = posterior.mean("mu_genre")[g, -1], posterior.sd("mu_genre")[g, -1]
        for ahead in (1, 5):
            law = posterior.forecast(genre, ahead)
            assert law.mean == pytest.approx(last_mean, abs=1e-9)
            assert law.sd**2 == pytest.approx(last_sd**2 + ahead * drift_square, rel=1e-5)
        new, seen = posterior.forecast(genre, of="creator"), posterior.forecast(genre, of="effect", se=0.5)
        assert seen.sd**2 - new.sd**2 == pytest.approx(0.25, rel=1e-9)


def test_a_forecast_is_a_period_without_data():
    """An empty cell at the end is a forecast: another genre that finishes later extends the calendar."""
    prior = drifting.BACK.prior
    data = drift.Data([0.3, 0.9, 0.5], [0.3, 0.2, 0.4], list("aab"), [1, 2, 4])
    found, (mean, _, _), phi = exact.filtered(POINTS, data, prior)
    path = kalman.smooth(found, phi)
    for k, point in enumerate(POINTS):
        _, m, _cov, _ = drifting.dense(point[:3], phi[k], data, prior)
        assert path.a[k, 3, 0] + path.b[k, 3, 0] * mean[k] == pytest.approx(m[4], abs=1e-10)


def test_draws_have_the_exact_moments(posterior, seed):
    draws = posterior.sample(np.random.default_rng(seed), 20_000)
    for name, values in draws.items():
        z = (values.mean(0) - posterior.mean(name)) / (posterior.sd(name) / np.sqrt(20_000))
        assert np.max(np.abs(z)) < 5, name
        q = posterior.quantile(name, 0.9)
        share = (values < q).mean(0)
        assert np.max(np.abs(share - 0.9)) < 5 * np.sqrt(0.09 / 20_000), name


def test_one_period_one_genre_one_creator():
    model = drift.random_walk()
    found = fit_exact(model, drift.Data([0.4], [0.3], ["a"], [2024]))
    assert found.mean("mu_genre").shape == (1, 1)
    # the data says nothing of the drift: the posterior is the prior
    assert found.mean("sigma_drift") == pytest.approx(0.3 * np.sqrt(2 / np.pi), abs=1e-6)
    static = fit_exact(creators.partial_pooling(), creators.Data([0.4], [0.3], ["a"]))
    np.testing.assert_allclose(found.mean("tau"), static.mean("tau"), atol=1e-5)


def test_recovery_of_who_drifts():
    data, truth = simulate.make_up(3, periods=20, drifts=(0.2,) * 5, per_period=8)
    found = fit_exact(drift.random_walk(), data)
    assert found.quantile("sigma_drift", 0.005) < 0.2 < found.quantile("sigma_drift", 0.995)
    still, _ = simulate.make_up(3, periods=20, drifts=(0.0,) * 5, per_period=8)
    assert fit_exact(drift.random_walk(), still).quantile("sigma_drift", 0.95) < 0.08
    inside = np.abs(found.mean("mu_genre") - truth["mu_genre"]) < 3.5 * found.sd("mu_genre")
    assert inside.mean() > 0.97


def test_fit_gives_the_table_and_the_tree():
    model, data = drifting.CASES["random_walk"]
    tree = fit(model, data, engine="exact", seed=1, draws=50)
    assert tree["posterior"]["mu_genre"].dims == ("chain", "draw", "genre", "period")
    assert list(tree["posterior"]["period"].values) == [1, 2, 3, 4]
    table = fit_exact(model, data).summary()
    assert "mu_genre[a, 3]" in table.index
    assert "tau[0]" in table.index
    assert (table["2.5%"] < table["median"]).all()
    assert table["error"].max() < 1e-3  # of the rule of every second node; the plain grid above shows that all nodes do better


def test_priors_with_bounds():
    model = drift.random_walk().with_prior(sigma_drift=Uniform(0, 0.5), sigma_genre=Uniform(0.1, 2))
    found = fit_exact(model, drifting.DATA)
    assert 0 < found.quantile("sigma_drift", 0.01) < found.quantile("sigma_drift", 0.99) < 0.5
    assert found.quantile("sigma_genre", 0.01) > 0.1


def test_a_platform_mean_that_is_not_normal():
    with pytest.raises(EngineError, match="needs a Normal prior on mu_global"):
        fit_exact(drift.random_walk().with_prior(mu_global=StudentT(4, 0, 1)), drifting.DATA)
