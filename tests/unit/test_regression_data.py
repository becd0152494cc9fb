"""The data and the prior of regression with groups: what is read, what is summed, what the definition says."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import grouped_rows
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

import hbm_lib
from hbm_lib.models import regression
from hbm_lib.models.regression import generative, simulate, turned
from hbm_lib.priors import HalfNormal, InverseGamma

PRIOR = regression.Prior(0, 0.1, InverseGamma(2, 1), tau2=InverseGamma(2, 1))
FRAME = pd.DataFrame({"score": [3, 5, 4, 8, 6], "age": [1, 2, 3, 4, 5], "town": list("bbaab"), "size": [1.0, 1, 2, 2, 1]})


@pytest.mark.parametrize("make", [lambda f: f, lambda f: pl.from_pandas(f)], ids=["pandas", "polars"])
def test_a_frame_is_read(make):
    data = regression.Data.from_frame(make(FRAME), y="score", x=["age", "size"], group="town")
    assert data.names == ("intercept", "age", "size")
    assert data.labels == ("b", "a")
    assert np.array_equal(data.index, [0, 0, 1, 1, 0])
    assert np.array_equal(data.counts, [3, 2])
    assert data.y.dtype == float
    assert np.array_equal(data.y, FRAME["score"])
    assert np.array_equal(data.x, np.column_stack([np.ones(5), FRAME["age"], FRAME["size"]]))
    assert np.array_equal(regression.Data.from_frame(make(FRAME), y="score", x=["age"], group="town", intercept=False).x[:, 0],
                          FRAME["age"])


@pytest.mark.parametrize("labels", [
    list("bbaab"), [2, 2, 1, 1, 2], [2.5, 2.5, 1.0, 1.0, 2.5], [True, True, False, False, True], np.array(list("bbaab")),
    pd.Categorical(list("bbaab")), pd.Series(pd.to_datetime([2, 2, 1, 1, 2], unit="D")), [("x", 1), ("x", 1), "y", "y", ("x", 1)],
    [np.int64(2), 2, "1", 1, "2"],
], ids=["text", "whole", "real", "logical", "array", "categorical", "days", "tuples", "mixed"])
def test_groups_may_have_labels_of_any_type(labels):
    data = regression.Data(np.arange(5.0)[:, None], [3, 5, 4, 8, 6], labels)
    assert np.array_equal(data.index, [0, 0, 1, 1, 0])
    assert len(data.labels) == 2


def test_names_where_none_are_given():
    assert regression.Data(np.ones((4, 3)), np.arange(4), list("aabb")).names == ("x0", "x1", "x2")


@pytest.mark.parametrize("name", grouped_rows.CASES)
def test_the_sums_are_the_rows(name, seed):
    """Squares of all rows about any line and any offsets, for one data set and for many."""
    model, data = grouped_rows.CASES[name]
    draws = grouped_rows.points(seed, data, model.prior)
    wanted = ((data.y - generative.row_mean(draws, data)) ** 2).sum(-1)
    assert np.allclose(data.sums.squares(draws["beta"], draws["gamma"]), wanted, rtol=1e-8)
    y = generative.predict(np.random.default_rng(seed), draws, data, model.prior)
    found = data.replicated(y).sums.squares(draws["beta"], draws["gamma"])
    assert np.allclose(found, ((y - generative.row_mean(draws, data)) ** 2).sum(-1), rtol=1e-8)


def test_a_large_mean_costs_no_digits():
    """Binary fractions moved by 2^30 are exact, so what lies within groups must not change at all."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(-64, 64, (40, 2)) / 64, rng.integers(-64, 64, 40) / 64
    group = np.repeat(np.arange(5), 8)
    near, far = regression.Data(x, y, group).sums, regression.Data(x + 2.0**30, y + 2.0**30, group).sums
    assert np.array_equal(near.root, far.root)
    assert np.array_equal(near.seen, far.seen)
    assert near.rss == far.rss > 0
    assert np.array_equal(near.means + 2.0**30, far.means)


def test_columns_constant_within_groups_have_no_rows_within():
    columns = np.column_stack([np.ones(6) / 3, np.repeat([0.1, 0.7, 0.3], 2)])
    data = regression.Data(columns, np.arange(6), np.repeat(list("abc"), 2))
    assert np.array_equal(data.sums.root, np.zeros((2, 2)))


def test_the_sampler_s_coordinates_are_those_of_the_rows():
    for model, data in grouped_rows.CASES.values():
        t, p = turned.turned(data.groups, model.prior), data.x.shape[1]
        whole = data.x.T @ data.x + model.prior.precision_of(p)
        assert np.allclose(t.turn.T @ whole @ t.turn, np.eye(p), atol=1e-6)
        assert np.allclose((t.fixed + t.moving.sum(1, keepdims=True)).reshape(p, p), np.eye(p), atol=1e-12)
        rho = 0.7  # gamma integrated out: X' (I + rho Z Z')^-1 X + precision
        z = (data.index[:, None] == np.arange(data.n_groups)).astype(float)
        marginal = data.x.T @ np.linalg.solve(np.eye(data.n_rows) + rho * z @ z.T, data.x) + model.prior.precision_of(p)
        found = (t.fixed + t.moving @ (1 / (1 + rho * t.sizes))[:, None]).reshape(p, p)
        assert np.allclose(found, t.turn.T @ marginal @ t.turn, atol=1e-6)


@pytest.mark.parametrize("name", grouped_rows.CASES)
def test_the_joint_density_is_the_definition(name, seed):
    """Term by term with SciPy's laws; the half-t has its own in ``priors``."""
    model, data = grouped_rows.CASES[name]
    prior, draws = model.prior, grouped_rows.points(seed, data, model.prior, n=5)
    p = data.x.shape[1]
    for i, found in enumerate(generative.log_joint(draws, data, prior)):
        beta, gamma, sigma2, tau2 = (draws[k][i] for k in ("beta", "gamma", "sigma2", "tau2"))
        wanted = stats.norm.logpdf(data.y, data.x @ beta + gamma[data.index], np.sqrt(sigma2)).sum()
        wanted += stats.multivariate_normal.logpdf(beta, prior.mean_of(p), sigma2 * np.linalg.inv(prior.precision_of(p)))
        wanted += stats.norm.logpdf(gamma, 0, np.sqrt(tau2)).sum() + prior.sigma2.scipy().logpdf(sigma2)
        if prior.tau is None:
            wanted += prior.tau2.scipy().logpdf(tau2)
        else:
            wanted += prior.tau.scipy().logpdf(np.sqrt(tau2)) - np.log(2 * np.sqrt(tau2))
        assert found == pytest.approx(wanted, rel=1e-9)


def test_the_prior_of_tau_is_a_law_of_tau2():
    """Its density integrates to 1 over tau2."""
    prior = regression.Prior(0, 1, InverseGamma(2, 1), tau=HalfNormal(2))
    v = np.exp(np.linspace(-40, 8, 40001))
    assert np.trapezoid(np.exp(prior.tau2_logpdf(v)) * v, np.log(v)) == pytest.approx(1, abs=1e-6)


def test_the_roots_are_those_of_the_variances(seed):
    data, _ = simulate.grouped(3)
    draws = generative.draw_prior(np.random.default_rng(seed), data, PRIOR, (2, 3))
    assert draws["beta"].shape == (2, 3, 3)
    assert draws["gamma"].shape == (2, 3, 20)
    assert np.array_equal(draws["sigma"], np.sqrt(draws["sigma2"]))
    assert np.array_equal(draws["tau"], np.sqrt(draws["tau2"]))
    assert generative.predict(np.random.default_rng(seed), draws, data, PRIOR).shape == (2, 3, data.n_rows)


def test_priors_can_be_compared_and_told():
    same = regression.Prior([0, 1.5], np.eye(2), InverseGamma(2, 1), tau=HalfNormal(1))
    assert same == regression.Prior((0.0, 1.5), [[1, 0], [0, 1]], InverseGamma(2, 1), tau=HalfNormal(1))
    assert hash(same) is not None
    assert str(same) == ("Prior(mean=(0.0, 1.5), precision=((1.0, 0.0), (0.0, 1.0)), sigma2=InverseGamma(shape=2, scale=1), "
                         "tau=HalfNormal(sigma=1))")


def test_made_up_rows_know_their_truth():
    data, truth = simulate.grouped(7, groups=50, smallest=20, largest=400, beta=(5, 1, -2, 0.5), sigma=1.5, tau=2, between=0.3)
    again, _ = simulate.grouped(7, groups=50, smallest=20, largest=400, beta=(5, 1, -2, 0.5), sigma=1.5, tau=2, between=0.3)
    assert np.array_equal(data.y, again.y)
    assert np.array_equal(data.x, again.x)
    assert not np.array_equal(data.y, simulate.grouped(8, groups=50, smallest=20, largest=400, beta=(5, 1, -2, 0.5))[0].y)
    assert data.names == ("intercept", "x1", "x2", "x3")
    assert data.n_groups == 50
    assert sorted(data.counts) == sorted(truth.counts)
    left = data.y - data.x @ truth.beta - truth.gamma[data.index]
    assert np.array_equal(data.labels, [f"group {j + 1}" for j in range(50)])  # gamma's order is that of the labels
    assert np.std(left) == pytest.approx(1.5, rel=0.05)


LIBRARY = Path(hbm_lib.__file__).parent
SAMPLING = ["models/regression/gibbs.py", "models/regression/gibbs_scales.py", "models/regression/turned.py",
            "models/regression/sums.py", "samplers/many_normals.py", "samplers/slices.py", "samplers/run_chains.py"]


@pytest.mark.parametrize("file", SAMPLING)
def test_the_sampler_s_files_import_numpy_alone(file):
    found = set()
    for node in ast.walk(ast.parse((LIBRARY / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    assert found <= {"numpy", "hbm_lib", "typing", "dataclasses", "functools", "collections"}


def test_a_run_needs_no_ppl_and_no_scipy_sampler():
    """In a fresh process in which PPLs cannot be imported and SciPy's random draws raise, every form runs."""
    told = """
        import sys
        for name in ("pymc", "pytensor", "nutpie", "numpyro", "jax", "stan", "cmdstanpy", "emcee", "blackjax", "bambi"):
            sys.modules[name] = None
        from scipy import stats
        def refuse(*_, **__):
            raise AssertionError("SciPy draws")
        stats.rv_continuous.rvs = refuse
        stats._distn_infrastructure.rv_frozen.rvs = refuse
        import numpy as np
        try:
            stats.norm(0, 1).rvs()
        except AssertionError:
            pass
        else:
            raise SystemExit("the guard does not guard")
        from hbm_lib import fit
        from hbm_lib.models import regression
        from hbm_lib.models.regression import simulate
        from hbm_lib.priors import HalfCauchy, HalfNormal, InverseGamma
        data, _ = simulate.grouped(1)
        for spread in ({"tau2": InverseGamma(2, 1)}, {"tau": HalfCauchy(1)}, {"tau": HalfNormal(1)}):
            model = regression.hierarchical(regression.Prior(0, 0.1, InverseGamma(2, 1), **spread))
            for form in ("separate", "blocked", "interwoven"):
                tree = fit(model, data, engine="gibbs", seed=1, draws=5, tune=5, chains=2, form=form)
                assert tree["posterior"]["gamma"].shape == (2, 5, 20)
        print("ran", sum(name.split(".")[0] in ("pymc", "numpyro", "jax") and m is not None for name, m in sys.modules.items()))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(told)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "ran 0"
