"""Every engine returns the posterior it claims: long runs on file, short runs here."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibrate
from benchmarks.calibrate import STUDIES
from hbm_lib.diagnostics import calibration
from hbm_lib.diagnostics.calibration_results import load_results, verdicts
from hbm_lib.priors import HalfNormal

RESULTS = Path(__file__).parent / "results"
WANTED = {"exact": 1000, "gibbs": 1000, "numpyro": 200, "pymc": 200}
EIGHT = {"mu", "tau", "theta[0]", "log likelihood"}
SCHOOLS = EIGHT | {"sigma", "theta[7]", "icc"}
RATES = {"mu", "tau", "alpha[0]", "alpha[7]", "log likelihood"}
REGRESSION = {"beta[0]", "beta[1]", "beta[2]", "sigma2", "tau2", "gamma[0]", "gamma[7]", "icc", "log likelihood"}
QUANTITIES = {
    "eight_schools.student_t": EIGHT | {"nu"},
    "schools.partial_pooling": SCHOOLS,
    "schools.random_intercept": SCHOOLS | {"beta[0]"},
    "logistic.partial_pooling": RATES,
    "logistic.random_intercept": RATES | {"beta[0]"},
    "three_levels.three_levels": {
        "mu", "tau_school", "tau_teacher", "sigma", "theta[0]", "alpha[0]", "share of schools", "log likelihood"},
    "creators.partial_pooling": {
        "mu_global", "sigma_genre", "sigma_creator", "mu_genre[0]", "mu_genre[3]", "tau[6]", "tau[1]", "log likelihood"},
    "slopes.slopes": {"mu", "beta", "tau_intercept", "tau_slope", "rho", "sigma", "a[0]", "b[0]", "log likelihood"},
    **{f"regression.{form}": REGRESSION for form in ("separate", "blocked", "interwoven")},
    **{f"linear.{form}": {"beta[0]", "beta[1]", "beta[2]", "sigma2", "log likelihood"} for form in ("conjugate", "separate")},
    **{f"varying.{form}": {
        "mu[0]", "mu[1]", "tau[0]", "tau[1]", "rho[0]", "sigma", "beta[0, 0]", "beta[0, 1]", "log likelihood"}
       for form in ("inverse_wishart", "separate", "blocked")},
}


@pytest.fixture(scope="module")
def runs():
    return {(r.model, r.engine): r for r in load_results(RESULTS)}


@pytest.mark.parametrize(("model", "engine"), calibrate.PAIRS)
def test_the_run_on_file_is_of_this_code(model, engine, runs):
    command = f"python -m benchmarks.calibrate {model} {engine}"
    assert (model, engine) in runs, f"no calibration of {model} by {engine} on file; make it with `{command}`"
    run = runs[model, engine]
    now = calibrate.current(STUDIES[model], engine)
    assert run.fingerprint == now, f"the code of {model} in {engine} changed since its calibration; run `{command}` again"
    assert run.data_sets >= WANTED[engine]
    assert run.seed == calibrate.SEED, "the seed was chosen before looking and stays"
    assert set(run.ranks) == QUANTITIES.get(model, EIGHT)
    assert all(len(r) == run.data_sets for r in run.ranks.values())


def test_nothing_else_is_on_file(runs):
    assert set(runs) == set(calibrate.PAIRS)
    assert len(runs) == len(list(RESULTS.glob("*.json")))


def test_all_runs_on_file_are_uniform(runs):
    table = verdicts(runs.values())
    assert len(table) == sum(len(QUANTITIES.get(model, EIGHT)) for model, _ in calibrate.PAIRS)
    failed = table[table["verdict"] != "uniform"]
    assert failed.empty, failed.to_string()


@pytest.mark.parametrize(("model", "engine", "data_sets"), [
    ("eight_schools.noncentered", "exact", 200), ("eight_schools.noncentered", "gibbs", 200),
    ("eight_schools.skeptical", "gibbs", 200), ("eight_schools.adaptive_sigmoid", "exact", 200),
    ("schools.partial_pooling", "exact", 100), ("schools.partial_pooling", "gibbs", 200),
    ("schools.random_intercept", "exact", 100), ("schools.random_intercept", "gibbs", 200),
    ("logistic.partial_pooling", "exact", 50), ("logistic.partial_pooling", "gibbs", 200),
    ("logistic.random_intercept", "gibbs", 200),
    ("three_levels.three_levels", "gibbs", 200), ("slopes.slopes", "gibbs", 100),
    ("varying.inverse_wishart", "gibbs", 200),
    *[(f"regression.{form}", "gibbs", 100) for form in ("separate", "blocked", "interwoven")],
    ("creators.partial_pooling", "exact", 200), ("creators.partial_pooling", "gibbs", 200),
])
def test_a_short_run_is_uniform(model, engine, data_sets, seed):
    run = calibrate.calibrate(STUDIES[model], engine, data_sets=data_sets, seed=seed)
    table = verdicts([run], false_alarms=2e-4)
    assert set(table["verdict"]) == {"uniform"}, table.to_string()


@pytest.mark.parametrize(("model", "engine", "parameter"), [
    ("eight_schools.noncentered", "exact", "tau"), ("schools.partial_pooling", "gibbs", "tau"),
    ("schools.partial_pooling", "gibbs", "sigma"), ("three_levels.three_levels", "gibbs", "tau_teacher"),
])
def test_calibration_sees_the_wrong_prior(model, engine, parameter, seed):
    """Data sets from a wide prior of a scale, posterior under half-normal(5): the scale's ranks pile up at the top."""
    right = STUDIES[model]
    wrong = right.model.with_prior(**{parameter: HalfNormal(5)})
    data, prior, rng = right.data, right.model.prior, np.random.default_rng(seed)
    found, bins = calibration.simulate(
        lambda: right.generative.draw_prior(rng, data, prior, 200),
        lambda draws: right.generative.predict(rng, draws, data, prior),
        lambda y: calibrate.engines.ENGINES[engine](wrong, data, y, seed, right.plans[engine]),
        right.quantities.ranked(data, prior),
    )
    assert not calibration.uniformity(found[parameter], bins, 1e-3).ok
