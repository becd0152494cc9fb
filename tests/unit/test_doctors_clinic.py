"""The made-up clinic: the story's outcomes, everything else as the model says, and what the model makes of Dr. B."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from hbm_lib import fit_exact
from hbm_lib.models import logistic
from hbm_lib.models.logistic import clinic, spec


def test_the_story_is_told():
    frame, truth = clinic.clinic(42)
    counts = frame.groupby("doctor")["success"].agg(["sum", "size"])
    assert tuple(counts.loc["Dr. B"]) == (4, 4)
    assert tuple(counts.loc["Dr. D"]) == (0, 3)
    assert counts.loc["Dr. G", "size"] == 240
    assert sorted(counts["size"])[2:-1] == [6, 10, 16, 27, 44, 73, 120]
    assert truth.labels == clinic.DOCTORS == tuple(counts.index)
    np.testing.assert_array_equal(counts["size"], truth.cases)
    np.testing.assert_allclose(special.logit(truth.p), truth.alpha)
    assert clinic.clinic(42)[0].equals(frame)
    assert not clinic.clinic(43)[0].equals(frame)
    data = clinic.as_data(frame)
    assert isinstance(data, spec.Data)
    assert data.labels == clinic.DOCTORS
    assert clinic.as_data(frame, severity=False).n_rows == 10


def test_four_of_four_is_worth_about_83_percent():
    """The third digit depends on the colleagues that the seed makes up; that four of four shrinks by so much does not."""
    data = clinic.as_data(clinic.clinic(42)[0], severity=False)
    p = dict(zip(data.labels, fit_exact(logistic.partial_pooling(), data).mean("p"), strict=True))
    assert 0.78 < p["Dr. B"] < 0.88
    assert 0.2 < p["Dr. D"] < 0.6
    g = data.place("Dr. G")
    assert abs(p["Dr. G"] - data.successes[g] / 240) < 0.02


def test_conditioning_on_the_story_changes_dr_b_and_dr_d_alone(seed):
    """What made four of four is better than the average doctor, or has milder cases; the others are plain draws."""
    made = [clinic.clinic(int(s))[1] for s in np.random.default_rng(seed).integers(2**31, size=150)]
    alpha, severity = (np.array([getattr(t, n) for t in made]) for n in ("alpha", "severity"))
    others = np.array([name not in clinic.STORY for name in clinic.DOCTORS])
    z = (alpha[:, others] - 1.1) / 0.8
    assert abs(z.mean()) < 5 / np.sqrt(z.size)
    assert abs(z.var() - 1) < 5 * np.sqrt(2 / z.size)
    b, d = clinic.DOCTORS.index("Dr. B"), clinic.DOCTORS.index("Dr. D")
    # the means given the event, by importance weights on plain draws
    rng = np.random.default_rng([seed, 1])
    a, m = 1.1 + 0.8 * rng.standard_normal(20_000), 0.5 * rng.standard_normal(20_000)
    s = np.round(2 * (m[:, None] + np.sqrt(0.75) * rng.standard_normal((20_000, 4)))) / 2
    p = special.expit(a[:, None] - 0.7 * s)
    for j, w in ((b, p.prod(1)), (d, (1 - p[:, :3]).prod(1))):
        for values, plain in ((alpha[:, j], a), (severity[:, j], m)):
            mean = (w * plain).sum() / w.sum()
            error = np.hypot(values.std() / np.sqrt(150), np.sqrt((w**2 * (plain - mean) ** 2).sum()) / w.sum())
            assert abs(values.mean() - mean) < 5 * error
            assert error < 0.12


def test_plain_clinics_are_draws_from_the_model(seed):
    made = clinic.clinics(seed, 60)
    assert [len(f) for f, _ in made] == [int(t.cases.sum()) for _, t in made]
    assert all(sorted(t.cases) == sorted(made[0][1].cases) for _, t in made)
    assert len({tuple(t.cases) for _, t in made}) > 1
    frame = pd.concat([f.assign(logit=np.repeat(t.alpha, t.cases) - 0.7 * f["severity"]) for f, t in made])
    p = special.expit(frame["logit"].to_numpy())
    z = (frame["success"] - p).sum() / np.sqrt((p * (1 - p)).sum())
    slope = ((frame["success"] - p) * frame["severity"]).sum() / np.sqrt((p * (1 - p) * frame["severity"] ** 2).sum())
    assert max(abs(z), abs(slope)) < 5
    alpha = np.concatenate([t.alpha for _, t in made])
    assert abs(alpha.mean() - 1.1) < 5 * 0.8 / np.sqrt(600)
    assert abs(alpha.std() / 0.8 - 1) < 5 / np.sqrt(1200)
    np.testing.assert_array_equal(frame["severity"] * 2, np.round(frame["severity"] * 2))
    mix = np.concatenate([t.severity for _, t in made])
    assert abs(mix.std() / 0.5 - 1) < 5 / np.sqrt(1200)


@pytest.mark.parametrize("mix", [0.0, 0.5, 0.8])
def test_severity_is_in_standard_deviations_of_all_patients(mix, seed):
    """A doctor a patient: independent draws of spread 1, to which half steps add a twelfth of their square."""
    n = 5000
    frame, _ = clinic.clinics(seed, 1, doctors=n, smallest=1, largest=1, mix=mix)[0]
    variance = (frame["severity"] ** 2).mean()
    assert abs(variance / (1 + 0.5**2 / 12) - 1) < 5 * np.sqrt(2 / n)


def test_further_patients_come_to_the_same_doctors(seed):
    _, truth = clinic.clinic(42)
    found = clinic.next_patients(np.random.default_rng(seed), truth, 2000)
    assert list(found.groupby("doctor").size()) == [2000] * 10
    by = found.groupby("doctor")
    assert np.abs(by["severity"].mean() - truth.severity).max() < 5 / np.sqrt(2000)
    z = (by["success"].sum() - by["p"].sum()) / np.sqrt(by["p"].apply(lambda p: (p * (1 - p)).sum()))
    assert (z**2).sum() < stats.chi2(10).isf(1e-6)
    np.testing.assert_allclose(special.logit(found["p"]), np.repeat(truth.alpha, 2000) - 0.7 * found["severity"])


@pytest.mark.parametrize(("wrong", "said"), [
    ({"tau": -1.0}, "tau: a standard deviation"), ({"mix": 1.0}, "mix: at least 0"), ({"mu": np.nan}, "mu: a finite number"),
    ({"beta": "x"}, "beta: a finite number")])
def test_hyperparameters_that_make_no_sense_are_refused(wrong, said):
    for make in (lambda **k: clinic.clinic(1, **k), lambda **k: clinic.clinics(1, 1, **k)):
        with pytest.raises(ValueError, match=said):
            make(**wrong)


@pytest.mark.parametrize("wrong", [{"doctors": 1}, {"smallest": 0}, {"largest": 2}, {"doctors": 2.5}])
def test_counts_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="clinics: whole numbers"):
        clinic.clinics(1, 2, **wrong)
    with pytest.raises(ValueError, match="clinics: whole numbers"):
        clinic.clinics(1, 0)
    with pytest.raises(ValueError, match="seed: "):
        clinic.clinic(-1)


def bad(frame, **columns):
    return clinic.as_data(frame.assign(**columns))


def test_a_story_that_cannot_happen_is_given_up():
    with pytest.raises(ValueError, match=r"mu=30 and tau=0 Dr. D never had 0 successes of 3 in 100,000 tries"):
        clinic.clinic(1, mu=30, tau=0)


def test_a_clinics_table_is_checked_at_the_door():
    frame = clinic.clinic(42)[0]
    with pytest.raises(ValueError, match="column 'success', row 0: 2 is not an outcome"):
        bad(frame, success=2)
    with pytest.raises(ValueError, match="column 'severity', row 5: nan is missing"):
        bad(frame, severity=np.where(np.arange(len(frame)) == 5, np.nan, frame["severity"]))
    with pytest.raises(ValueError, match="covariate 'severity': every row has 1; a constant"):
        bad(frame, severity=1.0)
    with pytest.raises(ValueError, match="column 'severity' is not in the table"):
        clinic.as_data(frame.drop(columns="severity"))
    counts = pd.DataFrame({"doctor": ["a", "b"], "y": [3, 2], "n": [2, 4]})
    columns = {"successes": "y", "trials": "n", "group": "doctor"}
    with pytest.raises(ValueError, match="column 'y', row 0: 3 successes among 2 trials"):
        spec.Data.from_counts(counts, **columns)
    with pytest.raises(ValueError, match="column 'n', row 0: 0 trials; a group without cases"):
        spec.Data.from_counts(counts.assign(y=[0, 2], n=[0, 4]), **columns)
