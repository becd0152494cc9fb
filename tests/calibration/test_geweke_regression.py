"""The Gibbs samplers for regression with groups keep the joint distribution of parameters and data."""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.models import regression
from hbm_lib.models.regression import gibbs, gibbs_scales
from hbm_lib.priors import Exponential, Gamma, HalfCauchy, HalfNormal, HalfStudentT, InverseGamma

FORMS = ("separate", "blocked", "interwoven")
# four groups of one to four rows; the third column is constant within groups
SIZES = (3, 1, 2, 4)
X = np.column_stack([np.ones(10), [-1, 0.5, 2, 0.3, -0.3, 0.7, -0.7, 1.1, 0.2, -0.4], np.repeat([0.5, -1, 0.3, 1.2], SIZES)])
ROWS = regression.Data(X, np.zeros(10), np.repeat(list("abcd"), SIZES))
NAMED = regression.Prior([0.5, -1, 0], [[2, 0.6, 0], [0.6, 1, 0.1], [0, 0.1, 1.5]], InverseGamma(3, 2), tau2=InverseGamma(3, 1.5))
PRIORS = {
    "inverse gamma": NAMED,
    "half-t": regression.Prior(0, [1, 2, 4], InverseGamma(4, 3), tau=HalfStudentT(4, 1)),
    "half-Cauchy": regression.Prior(0, 1, Gamma(3, 2), tau=HalfCauchy(0.5)),
    "half-normal": regression.Prior(1, 1, InverseGamma(3, 2), tau=HalfNormal(1)),
    "exponential": regression.Prior(0, 2, Gamma(3, 1), tau2=Exponential(1)),
}


def case(name):
    return regression.hierarchical(PRIORS[name]), ROWS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PRIORS)
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*case(name), form, np.random.default_rng(seed))
    assert found.ok, found.verdict


# what is wrong: (module, prior, form, sound source, broken source)
BUGS = {
    "the prior of beta is forgotten by sigma2": (
        gibbs_scales, "inverse gamma", "blocked", "(data.n_rows + state.beta.shape[1]) / 2", "data.n_rows / 2"),
    "no Jacobian for the factor": (gibbs_scales, "inverse gamma", "interwoven", "+ 2 * d +", "+"),
    "a draw that forgets the offsets it integrates out": (
        gibbs, "inverse gamma", "blocked", "weight = 1 / (1 + t.sizes[:, None] * (state.tau2 / state.sigma2))\n    precision",
        "weight = 1 / (1 + t.sizes[:, None] * 0 * state.tau2)\n    precision"),
    "the mixture's scale never moves": (
        gibbs_scales, "half-t", "separate", "a = mixing_scale(rng, state.tau2, nu, law.scale)", "a = np.ones_like(state.tau2)"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed, monkeypatch):
    module, prior, form, old, new = BUGS[bug]
    broken = planted(module, old, new)
    step = broken.step if module is gibbs else gibbs.step
    if module is gibbs_scales:
        for name in ("draw_sigma2", "draw_tau2", "rescale"):
            monkeypatch.setattr(gibbs, name, getattr(broken, name))
    found = run(*case(prior), form, np.random.default_rng(seed), step=step)
    assert not found.ok, f"{bug}: {found.verdict}"
