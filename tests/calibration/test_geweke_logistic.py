"""The Gibbs sampler for rates keeps the joint distribution of parameters and counts."""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.models import logistic
from hbm_lib.models.logistic import gibbs
from hbm_lib.priors import Uniform

RATES = logistic.Data(np.zeros(4), [1, 4, 4, 25], list("abcd"))
# group c has one row; both rows of group a have one case each
ROWS = logistic.Data(np.zeros(7), [1, 1, 4, 9, 3, 12, 5], list("aabbcdd"), {"x": [0, 1, 0, 1, 1, 0, 1]})
TWO = logistic.Data(np.zeros(7), [1, 1, 4, 9, 3, 12, 5], list("aabbcdd"), {
    "x": [0, 1, 0, 1, 1, 0, 1], "z": [-1.0, 0.3, 0.3, 1.2, 0.5, -0.6, 0.1]})
PARTIAL, REGRESSION = logistic.partial_pooling(), logistic.random_intercept()
CASES = {
    "rates": (PARTIAL, RATES), "one covariate": (REGRESSION, ROWS), "two covariates": (REGRESSION, TWO),
    "complete pooling": (logistic.complete_pooling(), RATES), "regression": (logistic.random_intercept("complete"), ROWS),
    "bounded": (PARTIAL.with_prior(tau=Uniform(0.2, 2)), RATES),
}


@pytest.mark.parametrize(("name", "form"), [
    *[("rates", form) for form in gibbs.FORMS], ("one covariate", "interwoven"), ("two covariates", "interwoven"),
    ("complete pooling", "noncentered"), ("regression", "noncentered"), ("bounded", "noncentered")])
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


# what is wrong: (study, form, sound source, broken source)
BUGS = {
    "no Jacobian for tau, centered": ("rates", "centered", "(1 - data.n_groups) * log_tau", "-data.n_groups * log_tau"),
    "no Jacobian for tau, non-centered": ("rates", "noncentered", "logpdf(np.exp(log_tau)) + log_tau + log_y",
                                          "logpdf(np.exp(log_tau)) + log_y"),
    "successes for successes less half the trials": (
        "rates", "interwoven", "kappa, spread2 = data.y - data.trials / 2", "kappa, spread2 = data.y - data.trials / 4"),
    "one trial a row": ("rates", "interwoven", "draw(rng, data.trials,", "draw(rng, np.minimum(data.trials, 1),"),
    "the covariate left out of omega": ("one covariate", "interwoven", "state.gap[:, data.index] + state.b[:, 1:] @ data.x.T\n",
                                        "state.gap[:, data.index]\n"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    name, form, old, new = BUGS[bug]
    broken = planted(gibbs, old, new)
    found = run(*CASES[name], form, np.random.default_rng(seed), step=broken.step)
    assert not found.ok, f"{bug}: {found.verdict}"
