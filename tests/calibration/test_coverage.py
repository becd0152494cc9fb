"""Intervals where the truth is known: the study on file, and a small one here."""

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
            hits = round(small[level][name]["value"] * DISTRICTS)
            if stats.binomtest(hits, DISTRICTS, row[name]["value"]).pvalue < 1e-4:
                out.append((level, name))
        # the spread between districts as it is on file: twenty districts hardly know it
        now, then = small[level]["theta"]["all"]["value"], row["theta"]["all"]
        if abs(now - then["value"]) > stats.norm.isf(0.5e-4) * then["error"] * np.hypot(ratio, 1):
            out.append((level, "theta"))
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
    assert {("0.5", "theta"), ("0.9", "theta")} == set(wrong), "the other intervals did not change"


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


def test_the_bins_hold_every_school_once(on_file):
    rows = coverage.groups()
    assert on_file["schools_in_bin"] == {name: int(kept.sum()) for name, kept in rows.items()}
    np.testing.assert_array_equal(sum(kept.astype(int) for name, kept in rows.items() if name != "all"), rows["all"])


def test_the_study_on_file_is_the_full_one(on_file):
    assert on_file["districts"] >= 500
    assert on_file["seed"] == coverage.SEED
    assert {"python", "numpy", "scipy"} <= set(on_file["versions"])


def test_intervals_of_schools_hold_what_they_promise(on_file):
    for level, row in on_file["coverage"].items():
        for size, found in row["theta"].items():
            assert abs(found["value"] - float(level)) < 4 * found["error"] + 0.01, f"{level} intervals, {size} pupils"
