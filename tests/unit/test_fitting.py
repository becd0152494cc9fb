"""fit(): one form of result from four engines, streams that do not touch, refusals before any sampling."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr
from eight import CASES, SCHOOLS
from planting import planted
from scipy import stats

from hbm_lib import fit, fitting, seeds
from hbm_lib.models import eight_schools as es

ENGINES = ("exact", "gibbs", "pymc", "numpyro")
ALL_GROUPS = fitting.GROUPS
SIZE = {"draws": 20, "chains": 2, "tune": 50}


@pytest.fixture(scope="module")
def trees():
    """Every engine on a model with a vector of coefficients, with every group on request."""
    model, data = CASES["covariate_regression"]
    return {e: fit(model, data, engine=e, seed=11, groups=ALL_GROUPS, **SIZE) for e in ENGINES}


@pytest.mark.parametrize("engine", ENGINES)
def test_groups(trees, engine):
    found = set(trees[engine].children)
    sampled = {"exact"} if engine == "exact" else {"sample_stats"}
    assert found == {"posterior", "observed_data", "constant_data", *ALL_GROUPS} | sampled


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize("group", ["posterior", "observed_data", "constant_data", *ALL_GROUPS])
def test_variables_dimensions_labels_and_types_are_those_of_the_exact_engine(trees, engine, group):
    want, have = trees["exact"][group].to_dataset(), trees[engine][group].to_dataset()
    assert set(have.data_vars) == set(want.data_vars)
    assert dict(have.sizes) == dict(want.sizes)
    for name, values in want.data_vars.items():
        assert have[name].dims == values.dims
        assert have[name].dtype == values.dtype == np.float64
        assert np.isfinite(have[name]).all()
    for name, labels in want.coords.items():
        assert have[name].values.tolist() == labels.values.tolist()


def test_dimensions_and_labels(trees):
    posterior = trees["exact"]["posterior"]
    assert {n: v.dims for n, v in posterior.data_vars.items()} == {
        "mu": ("chain", "draw"), "tau": ("chain", "draw"), "beta": ("chain", "draw", "covariate"),
        "theta": ("chain", "draw", "school")}
    assert posterior["school"].values.tolist() == list("ABCDEFGH")
    assert posterior["covariate"].values.tolist() == ["hours", "private"]
    assert trees["exact"]["constant_data"]["x"].dims == ("school", "covariate")
    assert trees["exact"]["observed_data"]["y"].values.tolist() == SCHOOLS.y.tolist()
    assert trees["exact"]["log_likelihood"]["y"].dims == ("chain", "draw", "school")
    assert trees["exact"]["log_prior"]["beta"].dims == ("chain", "draw", "covariate")


@pytest.mark.parametrize("engine", ENGINES)
def test_attributes(trees, engine):
    for attrs in (trees[engine].attrs, trees[engine]["posterior"].attrs):
        assert attrs["engine"] == engine
        assert attrs["seed"] == 11
        assert attrs["model"] == "eight_schools.covariate_regression"
        assert attrs["form"] == "noncentered"
        assert 0 < attrs["seconds"] < 600
        assert attrs["version_python"].startswith("3.")
        assert f"version_{ {'exact': 'scipy', 'gibbs': 'numpy'}.get(engine, engine) }" in attrs


@pytest.mark.parametrize("engine", ["pymc", "numpyro"])
def test_statistics_of_nuts(trees, engine):
    found = trees[engine]["sample_stats"].to_dataset()
    assert {"diverging", "energy", "n_steps", "step_size", "acceptance_rate", "lp"} <= set(found.data_vars)
    assert found["diverging"].dtype == bool
    for name in ("energy", "n_steps", "lp"):
        assert found[name].dims == ("chain", "draw")
        assert np.isfinite(found[name]).all()
    assert (found["n_steps"] >= 1).all()


def test_statistics_of_gibbs(trees):
    assert (trees["gibbs"]["sample_stats"]["evaluations"] > 0).all()


def test_exact_moments_stand_beside_the_draws(trees):
    exact = trees["exact"]["exact"]
    assert exact["theta_mean"].dims == ("school",)
    assert exact["beta_q975"].dims == ("covariate",)
    assert float(exact["tau_q500"]) < float(exact["tau_q750"])
    assert float(exact["tau_error"]) < 1e-9


@pytest.mark.parametrize("engine", ENGINES)
def test_groups_on_request_follow_the_one_definition(trees, engine):
    tree, data = trees[engine], CASES["covariate_regression"][1]
    prior = CASES["covariate_regression"][0].prior
    theta = tree["posterior"]["theta"].values
    assert tree["log_likelihood"]["y"].values == pytest.approx(stats.norm.logpdf(data.y, theta, data.sigma))
    assert tree["log_prior"]["tau"].values == pytest.approx(stats.halfcauchy(0, 10).logpdf(tree["posterior"]["tau"].values))
    assert tree["log_prior"]["beta"].values == pytest.approx(stats.norm(0, 10).logpdf(tree["posterior"]["beta"].values))
    noise = seeds.rng(11, "posterior_predictive").standard_normal(theta.shape)
    assert tree["posterior_predictive"]["y"].values == pytest.approx(theta + data.sigma * noise)
    assert tree["prior"]["mu"].values == pytest.approx(prior.mu.sample(seeds.rng(11, "prior"), (2, 20)))


def test_prior_groups_do_not_depend_on_the_engine(trees):
    for group in ("prior", "prior_predictive"):
        for engine in ENGINES[1:]:
            have, want = (trees[e][group].to_dataset().drop_attrs() for e in (engine, "exact"))
            xr.testing.assert_equal(have, want)


@pytest.mark.parametrize(("case", "engine"), [
    (case, engine) for case in ("adaptive_hard", "complete_pooling", "precision_regression", "student_t")
    for engine in ("exact", "gibbs") if engine in CASES[case][0].engines])
def test_every_shape_of_model_gives_every_group(case, engine):
    model, data = CASES[case]
    tree = fit(model, data, engine=engine, seed=2, draws=7, chains=3, tune=5, groups=ALL_GROUPS)
    assert set(tree["posterior"].data_vars) == set(model.dims) == set(tree["prior"].data_vars)
    assert tree["prior_predictive"]["y"].sizes == {"chain": 3, "draw": 7, "school": 8}


def test_only_what_was_asked_for_is_there():
    tree = fit(es.noncentered(), SCHOOLS, seed=1, draws=5, groups=("log_likelihood",))
    assert set(tree.children) == {"posterior", "observed_data", "constant_data", "exact", "log_likelihood"}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_draws(trees, engine):
    model, data = CASES["covariate_regression"]
    again = fit(model, data, engine=engine, seed=11, **SIZE)
    assert np.array_equal(again["posterior"]["theta"], trees[engine]["posterior"]["theta"])


@pytest.mark.parametrize("engine", ["exact", "gibbs"])
def test_another_seed_gives_other_draws(trees, engine):
    model, data = CASES["covariate_regression"]
    other = fit(model, data, engine=engine, seed=12, **SIZE)
    assert not np.any(other["posterior"]["theta"].values == trees[engine]["posterior"]["theta"].values)


@pytest.mark.parametrize("engine", ["exact", "gibbs"])
def test_a_group_more_leaves_every_draw_as_it_was(engine):
    plain = fit(es.noncentered(), SCHOOLS, engine=engine, seed=5, **SIZE)
    more = fit(es.noncentered(), SCHOOLS, engine=engine, seed=5, groups=("posterior_predictive", "prior"), **SIZE)
    assert np.array_equal(plain["posterior"]["theta"], more["posterior"]["theta"])


def variates(module, seed):
    """The standard normal numbers behind the groups on request, by group, rounded so that equal ones are equal."""
    tree = module.fit(es.noncentered(), SCHOOLS, seed=seed, groups=ALL_GROUPS, draws=50, chains=2)
    mu, before, after = es.noncentered().prior.mu, tree["prior"].to_dataset(), tree["posterior"].to_dataset()
    found = {
        "prior": np.append((before["mu"] - mu.mu) / mu.sigma, (before["theta"] - before["mu"]) / before["tau"]),
        "prior_predictive": (tree["prior_predictive"]["y"] - before["theta"]) / SCHOOLS.sigma,
        "posterior_predictive": (tree["posterior_predictive"]["y"] - after["theta"]) / SCHOOLS.sigma,
    }
    return {name: set(np.round(np.ravel(z), 7).tolist()) for name, z in found.items()}


def in_common(numbers, one, other):
    """How much of the smaller set stands in the other one too; 2,000 numbers rounded to 7 digits meet by chance seldom."""
    return len(numbers[one] & numbers[other]) / min(len(numbers[one]), len(numbers[other]))


PAIRS = [("prior", "prior_predictive"), ("prior", "posterior_predictive"), ("prior_predictive", "posterior_predictive")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_groups_on_request_share_no_random_number(one, other, seed):
    assert in_common(variates(fitting, seed), one, other) < 0.01


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_stream_used_twice_is_seen(one, other, seed):
    shared = planted(fitting, f'seeds.rng(seed, "{other}")', f'seeds.rng(seed, "{one}")')
    assert in_common(variates(shared, seed), one, other) > 0.05


def test_chains_differ():
    for engine in ("exact", "gibbs"):
        mu = fit(es.noncentered(), SCHOOLS, engine=engine, seed=5, **SIZE)["posterior"]["mu"].values
        assert np.unique(mu).size == mu.size


@pytest.mark.parametrize("form", ["centered", "noncentered", "interwoven"])
def test_the_form_asked_for_is_written_down(form):
    tree = fit(es.noncentered(), SCHOOLS, engine="gibbs", seed=1, form=form, **SIZE)
    assert tree.attrs["form"] == form


def test_thinning_keeps_every_kth_sweep():
    plain = fit(es.noncentered(), SCHOOLS, engine="gibbs", seed=1, draws=12, chains=2, tune=0)
    thinned = fit(es.noncentered(), SCHOOLS, engine="gibbs", seed=1, draws=4, chains=2, tune=0, thin=3)
    assert np.array_equal(plain["posterior"]["mu"][:, 2::3], thinned["posterior"]["mu"])


def test_neither_fit_nor_the_core_engines_load_pymc_or_jax():
    code = ("import sys; from hbm_lib import fit; from hbm_lib.models import eight_schools as es\n"
            "for e in ('exact', 'gibbs'): fit(es.noncentered(), es.eight_schools(), engine=e, seed=1, draws=5, tune=5,"
            " groups=('prior', 'prior_predictive', 'posterior_predictive', 'log_likelihood', 'log_prior'))\n"
            "heavy = ('pymc', 'pytensor', 'jax._src', 'numpyro.distributions', 'nutpie', 'matplotlib')\n"
            "print([n for n in heavy if n in sys.modules])")
    # ArviZ puts empty lazy modules named jax and numpyro there; what is inside them must not be loaded
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
