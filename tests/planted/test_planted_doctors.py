"""Broken baselines, predictions, scores and decisions for doctors: each is rejected by a check that the sound one passes."""

import doctor_checks
import doctor_predictions
import numpy as np
import pytest
from planting import planted
from scipy import special, stats

from hbm_lib import fit_exact
from hbm_lib.diagnostics import scoring
from hbm_lib.models import logistic
from hbm_lib.models.logistic import clinic, decisions, funnel, plain, predict, separation, validation

# what is wrong: (sound source, broken source)
SEPARATION = {
    "a row of both outcomes taken for one of successes": ("one = (y == 0) | (y == trials)", "one = y >= 0"),
    "failures pull the way successes do": (
        "turned = x / size * np.where(y > 0, 1.0, -1.0)", "turned = x / size * np.where(y > 0, 1.0, 1.0)"),
    "plus infinity for minus infinity": ("np.inf * (up - down)", "np.inf * (down - up)"),
    "the direction may move rows that nothing pushes": ("none = ~self.pushed", "none = self.pushed & False"),
    "finite coefficients called infinite": ("np.flatnonzero(left > 1e-9 * longest)", "np.flatnonzero(longest > 0)"),
}
FIRTH = {
    "a whole success added for half of one": ("leverage * (0.5 - p) if half", "leverage * (1 - 2 * p) if half"),
    "successes added and no failures": ("leverage * (0.5 - p) if half", "leverage * (1 - p) if half"),
    "the leverage without its weight": ("return p, hessian, w * np.einsum", "return p, hessian, trials * np.einsum"),
    "the penalty is left out": ("(leverage * (0.5 - p) if half else 0)", "0"),
}
LIKELIHOOD = {
    "the pushed rows are counted in the supremum": ("_log_likelihood(x[held] @ basis @ part, y[held], trials[held])\n",
                                                    "_log_likelihood(x @ basis @ part, y, trials)\n"),
    "trials taken for one": ("score = x.T @ (y - trials * p", "score = x.T @ (y - p"),
}
KNOWN = {
    "the next case counted twice among the trials": ("np.r_[data.trials[own], more]", "np.r_[data.trials[own], more + 1]"),
    "the covariates of the next case are dropped": (
        "in zip(data.covariates.items(), x, strict=True)}", "in zip(data.covariates.items(), 0 * x, strict=True)}"),
    "another group's cases": ("own = data.index == j", "own = data.index == (j + 1) % 3"),
}
NEW = {
    "the new group is the average one": (
        "LogitMixture(centre[some], spread[some],", "LogitMixture(centre[some], 0 * spread[some],"),
    "the variance for the standard deviation": (
        "LogitMixture(centre[some], spread[some],", "LogitMixture(centre[some], spread[some] ** 2,"),
    "the covariates are dropped": ("slope = n.beta * (x[0] if len(x) else 0.0)", "slope = 0 * n.beta"),
}
FOLDS = {
    "the fit has seen the fold": ("_four(some, names[asked]", "_four(data, names[asked]"),
    "probabilities given to the wrong cases": ("place = np.searchsorted(asked, row[out])",
                                               "place = len(asked) - 1 - np.searchsorted(asked, row[out])"),
    "a group that was not seen gets a rate all the same": ("np.full(len(names), np.nan)", "np.full(len(names), 0.5)"),
}


def caught(check, limit):
    """Whether a check of a broken module fails, by its result or by an error."""
    try:
        return not check() < limit
    except (ValueError, np.linalg.LinAlgError):
        return True


@pytest.fixture(scope="module")
def posterior():
    return fit_exact(logistic.random_intercept(), doctor_predictions.DATA)


@pytest.mark.parametrize("bug", SEPARATION)
def test_separation(bug, seed):
    assert doctor_checks.separation_faults(separation, seed) == 0
    assert caught(lambda: doctor_checks.separation_faults(planted(separation, *SEPARATION[bug]), seed), 1)


@pytest.mark.parametrize("bug", FIRTH)
def test_firth(bug, seed):
    assert doctor_checks.firth_gap(plain, seed) < 1e-5
    assert caught(lambda: doctor_checks.firth_gap(planted(plain, *FIRTH[bug]), seed), 1e-3)


@pytest.mark.parametrize("bug", LIKELIHOOD)
def test_maximum_likelihood(bug, seed):
    assert doctor_checks.likelihood_gap(plain, seed) < 1e-5
    assert caught(lambda: doctor_checks.likelihood_gap(planted(plain, *LIKELIHOOD[bug]), seed), 1e-3)


@pytest.mark.parametrize("bug", KNOWN)
def test_a_known_group(bug, posterior):
    assert doctor_predictions.known_gap(predict, posterior) < 1e-7
    assert caught(lambda: doctor_predictions.known_gap(planted(predict, *KNOWN[bug]), posterior), 1e-4)


@pytest.mark.parametrize("bug", NEW)
def test_a_new_group(bug, posterior):
    assert doctor_predictions.new_gap(predict, posterior) < 1e-6
    assert caught(lambda: doctor_predictions.new_gap(planted(predict, *NEW[bug]), posterior), 1e-4)


@pytest.mark.parametrize("bug", FOLDS)
def test_cross_validation(bug, seed):
    assert doctor_predictions.fold_faults(validation, seed) == []
    assert caught(lambda: len(doctor_predictions.fold_faults(planted(validation, *FOLDS[bug]), seed)), 1)


def test_a_clipped_log_score_is_not_minus_infinity():
    clipped = planted(scoring, "np.where(y == 1, np.log(p), np.log1p(-p))",
                      "np.where(y == 1, np.log(np.maximum(p, 1e-15)), np.log1p(-np.minimum(p, 1 - 1e-15)))")
    assert np.isneginf(scoring.log_score([0.0, 1.0], [1, 0])).all()
    assert not np.isneginf(clipped.log_score([0.0, 1.0], [1, 0])).any()


def test_a_bin_off_by_one_is_uncalibrated(seed):
    p = np.random.default_rng(seed).uniform(size=4000)
    y = (np.random.default_rng([seed, 1]).uniform(size=4000) < p).astype(int)
    broken = planted(scoring, "total = (np.bincount(at, w, len(ends) - 1) for w in (None, y.ravel(), p.ravel()))",
                     "total = (np.bincount(at, w, len(ends) - 1) for w in (None, np.roll(y.ravel(), 1), p.ravel()))")
    assert scoring.calibration(p, y, level=0.999).holds.sum() >= 9
    assert broken.calibration(p, y, level=0.999).holds.sum() < 9


@pytest.mark.parametrize("bug", [("stats.binom.sf(high - 1, n, rate)", "stats.binom.sf(high, n, rate)"),
                                 ("stats.binom.cdf(low, n, rate)", "stats.binom.cdf(low - 1, n, rate)"),
                                 ('"cases", 1), (1 - level) / 2', '"cases", 1), 1 - level')])
def test_funnel_limits(bug):
    """The counts inside are those of which neither tail is below 1/40."""
    n, y = 60, np.arange(61)
    inside = y[(stats.binom.cdf(y, n, 0.7) > 0.025) & (stats.binom.sf(y - 1, n, 0.7) > 0.025)]
    wanted = (inside[0] / n, inside[-1] / n)
    ends = lambda module: tuple(float(getattr(module.limits(0.7, [n]), end)[0]) for end in ("lower", "upper"))  # noqa: E731
    assert ends(funnel) == wanted
    assert ends(planted(funnel, *bug)) != wanted


@pytest.mark.parametrize("bug", [("expected.min(0) - least.mean(0)", "expected.max(0) - least.mean(0)"),
                                 ("best = expected.argmin(0)", "best = expected.argmax(0)"),
                                 ("self.per_failure * (1 - np.asarray(theta))", "self.per_failure * np.asarray(theta)")])
def test_decisions(bug):
    """Four draws of one group, by hand."""
    def answer(module):
        actions = {"leave": module.Loss(per_failure=10), "audit": module.Loss(2, 4)}
        row = module.decide(np.array([[0.9], [0.6], [0.5], [0.8]]), actions, ["x"]).iloc[0]
        return [row["leave"], row["audit"], row["best"] == "leave", row["perfect_information"]]

    wanted = [3, 3.2, True, 3 - (1 + 3.6 + 4 + 2) / 4]
    assert answer(decisions) == pytest.approx(wanted)
    assert answer(planted(decisions, *bug)) != pytest.approx(wanted)


def test_a_clinic_in_which_severity_helps(seed):
    def z(module):
        """The score of the true coefficient, in its standard deviations: that of the worst of ten clinics."""
        worst = 0
        for frame, truth in module.clinics(seed, 10):
            s = frame["severity"].to_numpy()
            p = special.expit(np.repeat(truth.alpha, truth.cases) - 0.7 * s)
            worst = max(worst, abs(s @ (frame["success"] - p)) / np.sqrt(s**2 @ (p * (1 - p))))
        return worst

    assert z(clinic) < 5
    assert z(planted(clinic, "expit(alpha + beta * severity)).astype", "expit(alpha - beta * severity)).astype")) > 5
