"""Intervals and errors of the three poolings where the truth is known: the study on file, and a small one here."""

import json

import numpy as np
import pytest
from scipy import stats

from benchmarks import coverage
from hbm_lib import fit_exact
from hbm_lib.models import schools
from hbm_lib.models.schools.simulate import district

DISTRICTS = 20


@pytest.fixture(scope="module")
def on_file():
    return json.loads(coverage.RESULTS.read_text(encoding="utf-8"))


def disagreements(small, on_file):
    """Compare a small study with the one on file; return what differs by more than chance, at 1e-4 each."""
    out, ratio = [], np.sqrt(on_file["districts"] / DISTRICTS)
    for level, row in on_file["coverage"].items():
        for name in coverage.SCALARS:
            hits = round(small["coverage"][level][name]["value"] * DISTRICTS)
            if stats.binomtest(hits, DISTRICTS, row[name]["value"]).pvalue < 1e-4:
                out.append((level, name))
        # the spread between districts as it is on file: twenty districts hardly know it
        now, then = small["coverage"][level]["theta"]["all"]["value"], row["theta"]["all"]
        if abs(now - then["value"]) > stats.norm.isf(0.5e-4) * then["error"] * np.hypot(ratio, 1):
            out.append((level, "theta"))
    for pooling, row in on_file["mse"].items():
        now, then = small["mse"][pooling]["all"]["value"], row["all"]
        if abs(now - then["value"]) > stats.norm.isf(0.5e-4) * then["error"] * np.hypot(ratio, 1):
            out.append((pooling, "mse"))
    return out


def test_a_small_study_agrees_with_the_one_on_file(on_file, seed):
    assert disagreements(coverage.coverage(DISTRICTS, seed), on_file) == []


def test_a_posterior_of_half_the_width_is_caught(on_file, seed, monkeypatch):
    honest = coverage.position

    def narrow(posterior, name, truth):
        if name != "theta":
            return honest(posterior, name, truth)
        centre = posterior.mean(name)
        return honest(posterior, name, centre + 2 * (truth - centre))

    monkeypatch.setattr(coverage, "position", narrow)
    wrong = disagreements(coverage.coverage(DISTRICTS, seed), on_file)
    assert {("0.5", "theta"), ("0.9", "theta")} <= set(wrong)
    assert {what for what, _ in wrong} <= {"0.5", "0.9"}, "errors of the estimates did not change"


def test_no_shrinkage_in_the_posterior_mean_is_caught(on_file, seed, monkeypatch):
    honest = coverage.fit_exact

    def unpooled(model, data):
        return honest(schools.no_pooling(), data) if model.name == "schools.partial_pooling" else honest(model, data)

    monkeypatch.setattr(coverage, "fit_exact", unpooled)
    monkeypatch.setattr(coverage, "SCALARS", ("mu", "sigma"))
    small = coverage.coverage(DISTRICTS, seed)
    now, then = small["mse"]["partial"]["all"]["value"], on_file["mse"]["partial"]["all"]
    assert now > 1.5 * then["value"] + 5 * then["error"]


@pytest.mark.parametrize("level", coverage.LEVELS)
def test_positions_and_intervals_say_the_same(level, seed):
    """The distribution function at the truth is inside the level where the quantiles hold the truth."""
    data, truth = district(seed, schools=8, largest=40)
    posterior = fit_exact(schools.partial_pooling(), data)
    for name in ("theta", *coverage.SCALARS):
        value = getattr(truth, name)
        low, high = (posterior.quantile(name, q) for q in ((1 - level) / 2, (1 + level) / 2))
        inside = np.abs(coverage.position(posterior, name, value) - 0.5) <= level / 2
        np.testing.assert_array_equal(inside, (low <= value) & (value <= high))


def test_what_is_on_file_adds_up(on_file):
    """Closed forms, and bias² + variance = mean squared error, within its Monte Carlo error in the districts."""
    counts = np.array(on_file["sizes"])
    for name, rows in coverage.groups().items():
        assert on_file["schools_in_bin"][name] == rows.sum()
        exact = (on_file["truth"]["sigma"] ** 2 / counts[rows]).mean()
        assert on_file["bias_variance"]["no"][name]["variance"]["value"] == pytest.approx(exact, rel=1e-3)
        measured = on_file["mse"]["no"][name]
        assert abs(measured["value"] - exact) < 4.5 * measured["error"]
        for pooling in coverage.POOLINGS:
            fixed, districts = on_file["bias_variance"][pooling][name], on_file["mse"][pooling][name]
            total = fixed["bias2"]["value"] + fixed["variance"]["value"]
            assert fixed["mse"]["value"] == pytest.approx(total, rel=2e-3)
            assert abs(total - districts["value"]) < 4.5 * np.hypot(fixed["mse"]["error"], districts["error"])


def test_the_study_on_file_is_the_full_one(on_file):
    assert on_file["districts"] >= 500
    assert on_file["replications"] >= 200
    assert on_file["seed"] == coverage.SEED
    assert {"python", "numpy", "scipy"} <= set(on_file["versions"])


def test_intervals_of_schools_hold_what_they_promise(on_file):
    for level, row in on_file["coverage"].items():
        for size, found in row["theta"].items():
            assert abs(found["value"] - float(level)) < 4 * found["error"] + 0.01, f"{level} intervals, {size} pupils"


def test_partial_pooling_errs_least(on_file):
    mse = {pooling: row["all"] for pooling, row in on_file["mse"].items()}
    for other in ("no", "complete"):
        assert mse["partial"]["value"] + 4 * np.hypot(mse["partial"]["error"], mse[other]["error"]) < mse[other]["value"]
