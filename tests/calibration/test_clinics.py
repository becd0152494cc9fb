"""Doctors where the truth is known: the study of 500 clinics on file, and a small one here."""

import json

import numpy as np
import pytest
from scipy import special, stats

from benchmarks import clinics as study
from hbm_lib.models.logistic.clinic import as_data, clinics

NUMBER = 6
RARE = 1e-4


@pytest.fixture(scope="module")
def on_file():
    return json.loads(study.RESULTS.read_text(encoding="utf-8"))


def disagreements(small, on_file):
    """Compare a small study with the one on file; return what differs by more than chance, at 1e-4 each."""
    out, ratio, limit = [], np.hypot(np.sqrt(on_file["clinics"] / NUMBER), 1), stats.norm.isf(RARE / 2)
    for level, row in on_file["coverage"].items():
        for name in study.SCALARS:
            hits = round(small["coverage"][level][name]["value"] * NUMBER)
            if stats.binomtest(hits, NUMBER, row[name]["value"]).pvalue < RARE:
                out.append((level, name))
        # the spread between clinics as it is on file: a few clinics hardly know it
        now, then = small["coverage"][level]["theta"]["all"]["value"], row["theta"]["all"]
        if abs(now - then["value"]) > limit * then["error"] * ratio:
            out.append((level, "theta"))
    return out


def test_a_small_study_agrees_with_the_one_on_file(on_file, seed):
    assert disagreements(study.study(NUMBER, seed), on_file) == []


def test_a_posterior_of_a_third_of_the_width_is_caught(on_file, seed, monkeypatch):
    honest = study.position

    def narrow(posterior, name, truth):
        if name != "alpha":
            return honest(posterior, name, truth)
        centre = posterior.mean(name)
        return honest(posterior, name, centre + 3 * (truth - centre))

    monkeypatch.setattr(study, "position", narrow)
    assert ("0.9", "theta") in disagreements(study.study(NUMBER, seed), on_file)


def test_positions_and_intervals_say_the_same(seed):
    """The distribution function at the truth is inside the level where quantiles hold it, of the logit and of the probability."""
    (frame, truth), = clinics(seed, 1, doctors=5, largest=60)
    posterior = study.fitted(as_data(frame))
    at = study.position(posterior, "alpha", truth.alpha)
    for level in study.LEVELS:
        for name in ("alpha", "p"):
            low, high = (posterior.quantile(name, q) for q in ((1 - level) / 2, (1 + level) / 2))
            value = getattr(truth, name)
            np.testing.assert_array_equal(np.abs(at - 0.5) <= level / 2, (low <= value) & (value <= high), err_msg=name)


def test_the_estimates_are_what_they_are_called(seed):
    """One doctor who only succeeded: raw and likelihood say 1, the others less, and pooling ranks between them and all."""
    (frame, _), = clinics(seed, 1, doctors=4, smallest=20, largest=60)
    frame.loc[frame["doctor"] == "Dr. A", "success"] = 1
    data = as_data(frame)
    found = study.estimates(data, study.fitted(data))
    assert tuple(found) == study.METHODS
    assert found["raw"][0] == found["maximum likelihood"][0] == 1
    assert found["complete pooling"][0] < found["partial pooling"][0] < 1
    assert found["Firth"][0] < 1
    np.testing.assert_allclose(found["complete pooling"], found["complete pooling"][0])
    assert all(np.all((p >= 0) & (p <= 1)) for p in found.values())


def test_the_bins_hold_every_doctor_once(on_file):
    rows = study.groups()
    assert on_file["doctors_in_bin"] == {name: int(kept.sum()) for name, kept in rows.items()}
    np.testing.assert_array_equal(sum(kept.astype(int) for name, kept in rows.items() if name != "all"), rows["all"])


def test_the_study_on_file_is_the_full_one(on_file):
    assert on_file["clinics"] >= 500
    assert on_file["seed"] == study.SEED
    assert {"python", "numpy", "scipy"} <= set(on_file["versions"])
    assert tuple(on_file["mse"]) == study.METHODS


def test_intervals_of_doctors_hold_what_they_promise(on_file):
    for level, row in on_file["coverage"].items():
        for load, found in row["theta"].items():
            assert abs(found["value"] - float(level)) < 4 * found["error"] + 0.02, f"{level} intervals, {load} patients"


def test_partial_pooling_is_nearest_to_the_truth(on_file):
    """Over all doctors by far; and the fewer the patients the more it gains on every estimate of one doctor alone."""
    mse = {name: {k: v["value"] for k, v in row.items()} for name, row in on_file["mse"].items()}
    few, _, many = (f"{low} to {high}" for low, high in study.BINS)
    for name, row in on_file["worse"].items():
        assert row["value"] > 5 * row["error"], name
    for name in ("raw", "maximum likelihood", "Firth"):
        assert mse[name][few] - mse["partial pooling"][few] > mse[name][many] - mse["partial pooling"][many], name


def test_a_logit_and_its_probability_have_one_position(seed):
    """Why one coverage serves both: the probability is a function of the logit that only rises."""
    (frame, truth), = clinics(seed, 1, doctors=4, largest=40)
    posterior = study.fitted(as_data(frame))
    np.testing.assert_allclose(study.position(posterior, "alpha", truth.alpha),
                               study.position(posterior, "p", special.expit(truth.alpha)), rtol=1e-9)
