"""The Gibbs sampler for regression with groups as a reader meets it: forms, priors, sizes."""

import grouped_rows
import numpy as np
import pytest

from hbm_lib import fit
from hbm_lib.diagnostics.agreement import compare_chains, level_for
from hbm_lib.models import regression
from hbm_lib.models.regression import gibbs, simulate
from hbm_lib.priors import HalfNormal, InverseGamma, Uniform
from hbm_lib.samplers.many_normals import draw_normals
from hbm_lib.samplers.run_chains import run_chains

NAMES = {"beta", "gamma", "sigma2", "tau2", "sigma", "tau"}
PRIOR = regression.Prior(0, 0.01, InverseGamma(2, 2), tau2=InverseGamma(2, 2))


@pytest.mark.parametrize("form", gibbs.FORMS)
@pytest.mark.parametrize("name", grouped_rows.CASES)
def test_every_form_takes_every_prior(name, form):
    model, data = grouped_rows.CASES[name]
    tree = fit(model, data, engine="gibbs", seed=1, draws=20, tune=20, chains=3, form=form)
    found = tree["posterior"]
    assert set(found.data_vars) == NAMES
    assert found["beta"].dims == ("chain", "draw", "coefficient")
    assert found["gamma"].dims == ("chain", "draw", "group")
    assert list(found["coefficient"].values) == list(data.names)
    assert list(found["group"].values) == list(data.labels)
    assert np.array_equal(found["sigma"] ** 2, np.sqrt(found["sigma2"]) ** 2)
    assert tree.attrs["form"] == form
    # direct draws ask for no density, slice steps do
    direct = name in ("inverse_gamma", "half_t", "far_from_0", "groups_of_one_size") and form != "interwoven"
    assert (tree["sample_stats"]["evaluations"].values.max() == 0) == direct


def test_the_default_form_and_a_wrong_one():
    model, data = grouped_rows.CASES["inverse_gamma"]
    assert fit(model, data, engine="gibbs", seed=1, draws=5, tune=5, chains=2).attrs["form"] == "interwoven"
    with pytest.raises(ValueError, match="separate, blocked, interwoven"):
        fit(model, data, engine="gibbs", seed=1, form="centered")


def test_the_other_groups_of_a_result():
    model, data = grouped_rows.CASES["half_normal"]
    wanted = ("prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior")
    tree = fit(model, data, engine="gibbs", seed=1, draws=5, tune=5, chains=2, groups=wanted)
    for group in ("prior_predictive", "posterior_predictive", "log_likelihood"):
        assert tree[group]["y"].dims == ("chain", "draw", "row")
    assert tree["log_prior"]["beta"].dims == ("chain", "draw", "coefficient")
    assert set(tree["prior"].data_vars) == NAMES


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_given_the_variances_the_posterior_is_the_normal_of_the_textbook(form, seed):
    """The variances held by narrow priors: mean and covariance of (beta, gamma) by one dense matrix over all rows."""
    data, chains, draws = grouped_rows.DATA, 400, 60
    sigma2, tau2 = 1.3, 0.6
    narrow = lambda v: Uniform(v * (1 - 1e-7), v * (1 + 1e-7))  # noqa: E731
    prior = regression.Prior(grouped_rows.MEAN, grouped_rows.PRECISION, narrow(sigma2), tau2=narrow(tau2))
    z = (data.index[:, None] == np.arange(data.n_groups)).astype(float)
    whole, p = np.hstack([data.x, z]), data.x.shape[1]
    before = np.zeros((p + data.n_groups,) * 2)
    before[:p, :p], before[p:, p:] = prior.precision_of(p) / sigma2, np.eye(data.n_groups) / tau2
    cov = np.linalg.inv(whole.T @ whole / sigma2 + before)
    mean = cov @ (whole.T @ data.y / sigma2 + before @ np.append(prior.mean_of(p), np.zeros(data.n_groups)))
    kept, _ = run_chains(lambda r: gibbs.init(r, data, prior, chains), lambda r, s: gibbs.step(r, s, data, prior, form),
                         lambda s: gibbs.record(s, data, prior), np.random.default_rng(seed), draws=draws, tune=40)
    found = np.concatenate([kept["beta"], kept["gamma"]], -1)
    sd, level = np.sqrt(np.diag(cov)), level_for(2 * len(mean) + 3)
    for k in range(len(mean)):
        for values, truth, scale in ((found[..., k], mean[k], sd[k]), ((found[..., k] - mean[k]) ** 2, sd[k] ** 2, sd[k] ** 2)):
            said = compare_chains(values.mean(1), truth, cap=0.05 * scale, level=level)
            assert said.ok, said
    for i, j in ((0, p), (1, 2), (p, p + 1)):
        said = compare_chains(((found[..., i] - mean[i]) * (found[..., j] - mean[j])).mean(1), cov[i, j],
                              cap=0.05 * sd[i] * sd[j], level=level)
        assert said.ok, said


@pytest.mark.parametrize("size", [1, 2, 5, 24, 25, 40])
def test_many_normal_draws_at_once(size, seed):
    """The draw is affine in its noise: mean and covariance are read off, and held against dense algebra."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((6, size + 3, size))
    precision = np.swapaxes(rows, -1, -2) @ rows + 0.1 * np.eye(size)
    right = rng.standard_normal((6, size))
    at = lambda z: draw_normals(np.moveaxis(precision, 0, -1).copy(), right.T, z).T  # noqa: E731
    mean = at(np.zeros((size, 6)))
    assert np.allclose(mean, np.linalg.solve(precision, right[..., None])[..., 0], rtol=1e-8)
    root = np.stack([at(np.repeat(np.eye(size)[:, k : k + 1], 6, 1)) - mean for k in range(size)], -1)
    assert np.allclose(root @ np.swapaxes(root, -1, -2), np.linalg.inv(precision), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("size", [3, 30])
def test_a_precision_that_is_none_is_refused(size):
    precision = np.eye(size)
    precision[1, 1] = -1.0
    with pytest.raises(np.linalg.LinAlgError):
        draw_normals(precision[..., None].copy(), np.zeros((size, 1)), np.zeros((size, 1)))


class Gone:
    """What may not be touched any more."""

    def __getattr__(self, name):
        raise AssertionError(f"a row was looked at: {name}")

    def __array__(self, *_, **__):
        raise AssertionError("the rows were looked at")


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_a_sweep_looks_at_no_row(form, seed):
    data, _ = simulate.grouped(5)
    rng = np.random.default_rng(seed)
    state = gibbs.init(rng, data, PRIOR, 3)
    for owner, names in ((data, ("x", "y")), (data.groups, ("index", "_basis", "_order"))):
        for name in names:
            assert hasattr(owner, name)
            object.__setattr__(owner, name, Gone())
    state, _ = gibbs.step(rng, state, data, PRIOR, form)
    assert np.isfinite(state.gamma).all()
    with pytest.raises(AssertionError, match="looked at"):
        np.asarray(data.y)


def test_a_million_rows():
    """The sums are those of the rows, and the posterior stands where a million rows put it."""
    rng, n, groups = np.random.default_rng(2), 10**6, 500
    index = rng.integers(0, groups, n)
    x = np.column_stack([np.ones(n), rng.standard_normal((n, 2))])
    gamma = rng.standard_normal(groups)
    y = x @ np.array([3.0, -1.0, 0.5]) + gamma[index] + 2 * rng.standard_normal(n)
    data = regression.Data(x, y, index)
    tree = fit(regression.hierarchical(PRIOR), data, engine="gibbs", seed=3, draws=100, tune=20, chains=4, form="blocked")
    found = tree["posterior"]
    assert float(found["sigma"].mean()) == pytest.approx(2, abs=0.01)
    assert found["beta"].mean(("chain", "draw")).values[1:] == pytest.approx([-1, 0.5], abs=0.02)
    assert float(np.abs(found["gamma"].mean(("chain", "draw")).values - gamma[np.array(data.labels, int)]).max()) < 0.5


def test_blocking_is_why_the_intercept_moves(seed):
    """Forty rows a group: drawn apart, intercept and offsets hold each other; drawn as a block they do not."""
    data, _ = simulate.grouped(11, groups=30, smallest=30, largest=60)
    lag = {}
    for form in gibbs.FORMS:
        kept, _ = run_chains(lambda r: gibbs.init(r, data, PRIOR, 50), lambda r, s, f=form: gibbs.step(r, s, data, PRIOR, f),
                             lambda s: gibbs.record(s, data, PRIOR), np.random.default_rng(seed), draws=200, tune=100)
        level = kept["beta"][..., 0] - kept["beta"][..., 0].mean()
        lag[form] = (level[:, 1:] * level[:, :-1]).mean() / (level**2).mean()
    assert lag["separate"] > 0.8
    assert abs(lag["blocked"]) < 0.2
    assert abs(lag["interwoven"]) < 0.2


def test_interweaving_moves_a_small_tau(seed):
    """Groups that hardly differ: tau2 and the offsets hold each other, and the second coordinate frees them."""
    data, _ = simulate.grouped(12, groups=12, smallest=4, largest=8, tau=0.0)
    prior = regression.Prior(0, 0.01, InverseGamma(2, 2), tau=HalfNormal(1))
    lag = {}
    for form in ("blocked", "interwoven"):
        kept, _ = run_chains(lambda r: gibbs.init(r, data, prior, 100), lambda r, s, f=form: gibbs.step(r, s, data, prior, f),
                             lambda s: gibbs.record(s, data, prior), np.random.default_rng(seed), draws=200, tune=200)
        v = np.log(kept["tau"])
        v = v - v.mean()
        lag[form] = (v[:, 5:] * v[:, :-5]).mean() / (v**2).mean()
    assert lag["interwoven"] < 0.5 * lag["blocked"]
