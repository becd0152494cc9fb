"""The Gibbs sampler for creators keeps the joint distribution of parameters and effects."""

import numpy as np
import pytest
from geweke_runs import run
from planting import planted

from hbm_lib.models import creators
from hbm_lib.models.creators import gibbs
from hbm_lib.priors import Gamma, Normal, Uniform

MODEL = creators.partial_pooling()
# genres of one, two and four creators; standard errors far below and far above the scales
UNEVEN = creators.Data(np.zeros(7), [0.1, 0.5, 2.0, 0.05, 0.3, 1.0, 4.0], list("abbcccc"))
ONE = creators.Data(np.zeros(4), [0.2, 0.5, 1.0, 3.0], list("aaaa"))
CASES = {
    "three genres": (MODEL, UNEVEN), "one genre": (MODEL, ONE),
    "bounded": (MODEL.with_prior(sigma_genre=Uniform(0.2, 2), sigma_creator=Uniform(0.1, 1)), UNEVEN),
    "other priors": (MODEL.with_prior(mu_global=Normal(2, 0.5), sigma_creator=Gamma(3, 4)), UNEVEN),
}


@pytest.mark.parametrize(("name", "form"), [
    *[("three genres", form) for form in gibbs.FORMS], ("one genre", "interwoven"), ("bounded", "interwoven"),
    ("other priors", "interwoven")])
def test_joint_distribution_is_kept(name, form, seed):
    found = run(*CASES[name], form, np.random.default_rng(seed))
    assert found.ok, found.verdict


# what is wrong: (form, sound source, broken source)
BUGS = {
    "no Jacobian of the log scale, centered": ("centered", "(1 - gaps.shape[1])", "(-gaps.shape[1])"),
    "no Jacobian of the log scale, non-centered": (
        "noncentered", "logpdf(np.exp(log_scale)) + log_scale - 0.5 * total", "logpdf(np.exp(log_scale)) - 0.5 * total"),
    "mu_global gets no noise": (
        "interwoven", "mu = mu + rng.standard_normal(mu.shape) / np", "mu = mu + 0 * rng.standard_normal(mu.shape) / np"),
    "creators' noise by the variance": ("interwoven", "np.sqrt(share * noise)", "(share * noise)"),
    "creators not pulled to their genre": (
        "interwoven", "left = data.effect - (mu[:, None] + genre)[:, data.index]\n", "left = data.effect - mu[:, None]\n"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    form, old, new = BUGS[bug]
    broken = planted(gibbs, old, new)
    found = run(*CASES["three genres"], form, np.random.default_rng(seed), step=broken.step)
    assert not found.ok, f"{bug}: {found.verdict}"
