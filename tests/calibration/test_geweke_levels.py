"""The Gibbs samplers for three levels and for slopes keep the joint distribution of parameters and data."""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.models import slopes, three_levels
from hbm_lib.models.slopes import gibbs as slopes_gibbs
from hbm_lib.models.three_levels import gibbs as three_gibbs

FORMS = ("noncentered", "centered", "interwoven")
PUPILS = three_levels.Data(np.zeros(12), np.repeat(list("abcde"), [1, 2, 2, 3, 4]), np.repeat(list("NNSSS"), [1, 2, 2, 3, 4]))
# group c has one row, and x is the same in all of group b
ROWS = slopes.Data(np.zeros(11), [-1, 0.5, 2, 0.3, 0.3, 0.3, -0.7, 1.1, 0.2, -0.4, 0.9], np.repeat(list("abcd"), [3, 3, 1, 4]))
THREE, SLOPES = three_levels.three_levels(), slopes.slopes()
CASES = {"three levels": (THREE, PUPILS), "slopes": (SLOPES, ROWS), "growth": (slopes.growth().with_prior(eta=1.0), ROWS)}


@pytest.mark.parametrize(("name", "form"), [
    *[("three levels", form) for form in FORMS], *[("slopes", form) for form in FORMS], ("growth", "interwoven")])
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


# what is wrong: (study, form, sound source, broken source)
BUGS = {
    "no Jacobian for a tau": (
        "three levels", "centered", "(1 - gaps.shape[1])", "(-gaps.shape[1])"),
    "teachers counted once in sigma": (
        "three levels", "interwoven", "(data.counts * residual(state, data) ** 2)", "(residual(state, data) ** 2)"),
    "teachers pulled to the district": (
        "three levels", "interwoven", "left = data.means - (mu[:, None] + school)[:, data.of_teacher]\n    teacher",
        "left = data.means - (mu[:, None] + 0 * school)[:, data.of_teacher]\n    teacher"),
    "no Jacobian for atanh rho": (
        "slopes", "interwoven", "prior.eta) + np.log((1 - rho) * (1 + rho))", "prior.eta)"),
    "the sign of the correlation": ("slopes", "centered", "- 2 * rho * cross", "+ 2 * rho * cross"),
    "no Jacobian for log sigma": ("slopes", "interwoven", "(1 - data.n_rows) * log_sigma", "-data.n_rows * log_sigma"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    name, form, old, new = BUGS[bug]
    broken = planted(slopes_gibbs if name == "slopes" else three_gibbs, old, new)
    found = run(*CASES[name], form, np.random.default_rng(seed), step=broken.step)
    assert not found.ok, f"{bug}: {found.verdict}"
