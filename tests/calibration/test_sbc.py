"""Every engine returns the posterior it claims: long runs on file, short runs here."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibrate
from hbm_lib.diagnostics.calibration_results import load_results, verdicts

RESULTS = Path(__file__).parent / "results"
WANTED = {"exact": 1000, "gibbs": 1000, "numpyro": 200, "pymc": 200}


@pytest.fixture(scope="module")
def runs():
    return {(r.model, r.engine): r for r in load_results(RESULTS)}


@pytest.mark.parametrize(("model", "engine"), calibrate.PAIRS)
def test_the_run_on_file_is_of_this_code(model, engine, runs):
    command = f"python -m benchmarks.calibrate {model} {engine}"
    assert (model, engine) in runs, f"no calibration of {model} by {engine} on file; make it with `{command}`"
    run = runs[model, engine]
    now = calibrate.current(calibrate.MODELS[model](), engine)
    assert run.fingerprint == now, f"the code of {model} in {engine} changed since its calibration; run `{command}` again"
    assert run.data_sets >= WANTED[engine]
    assert run.seed == calibrate.SEED, "the seed was chosen before looking and stays"
    expected = {"mu", "tau", "theta[0]", "log likelihood"} | ({"nu"} if model == "student_t" else set())
    assert set(run.ranks) == expected
    assert all(len(r) == run.data_sets for r in run.ranks.values())


def test_all_runs_on_file_are_uniform(runs):
    table = verdicts(runs.values())
    assert len(table) >= 4 * len(calibrate.PAIRS)
    failed = table[table["verdict"] != "uniform"]
    assert failed.empty, failed.to_string()


@pytest.mark.parametrize(("model", "engine"), [
    ("noncentered", "exact"), ("noncentered", "gibbs"), ("skeptical", "gibbs"), ("adaptive_sigmoid", "exact"),
])
def test_a_short_run_is_uniform(model, engine, seed):
    run = calibrate.calibrate(calibrate.MODELS[model](), engine, data_sets=200, seed=seed)
    table = verdicts([run], false_alarms=2e-4)
    assert set(table["verdict"]) == {"uniform"}, table.to_string()


def test_calibration_sees_the_wrong_prior(seed):
    """Data sets from half-Cauchy(10), posterior under half-normal(5): tau's ranks pile up at the top."""
    wrong = calibrate.MODELS["noncentered"]().with_prior(tau=calibrate.MODELS["skeptical"]().prior.tau)
    data, plan = calibrate.es.eight_schools(), calibrate.engines.PLANS["exact"]
    right = calibrate.MODELS["noncentered"]()
    rng = np.random.default_rng(seed)
    found, bins = calibrate.calibration.simulate(
        lambda: calibrate.generative.draw_prior(rng, data, right.prior, 200),
        lambda draws: calibrate.generative.predict(rng, draws, data, right.prior),
        lambda y: calibrate.engines.exact(wrong, data, y, seed, plan),
        calibrate.quantities.ranked(data, right.prior),
    )
    assert not calibrate.calibration.uniformity(found["tau"], bins, 1e-3).ok
