"""Intraclass correlation from draws and of real schools: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.data.real import load
from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives
from hbm_lib.models import schools
from hbm_lib.priors import Exponential, Normal

MODEL = schools.partial_pooling().with_prior(mu=Normal(12, 10), tau=Exponential(0.2), sigma=Exponential(0.1))
DATA = schools.Data.from_frame(load("hsb82"), y="mAch", school="school")
POSTERIOR = fit_exact(MODEL, DATA)
ICC = POSTERIOR.icc()
TAU, SIGMA = POSTERIOR.mean("tau"), POSTERIOR.mean("sigma")
RAW = float(np.var(DATA.sums.means))


def icc(tau, sigma):
    return np.mean(tau**2 / (tau**2 + sigma**2))


def draws(tau, sigma, label):
    """Return a case with draws that vary much, so that the order of the steps matters."""
    rng = np.random.default_rng(1982)
    return case(label, tau=tau * rng.gamma(4, 1 / 4, 500), sigma=sigma * rng.gamma(20, 1 / 20, 500))


DRAWS = (draws(3.0, 6.0, "500 draws, tau about 3, sigma about 6"), draws(9.0, 4.0, "500 draws, tau about 9, sigma about 4"))
NEAR = {"rtol": 0, "atol": 0.003}

CHECKER = Checker(
    Question(
        "icc",
        icc,
        DRAWS,
        misconceptions=(
            Misconception(
                "standard deviations for variances",
                "You give the share of *standard deviations*. They do not add up to a total; variances do.",
                gives(lambda tau, sigma: np.mean(tau / (tau + sigma))),
            ),
            Misconception(
                "ratio instead of share",
                "You give the ratio of the variance between schools to the variance within. A share has the "
                "total below the line, and stays below 1.",
                gives(lambda tau, sigma: np.mean(tau**2 / sigma**2)),
            ),
            Misconception(
                "ICC of the means",
                "You averaged `tau` and `sigma` first and computed one ICC of the two means. The mean of a "
                "function is not the function of the means: compute within each draw, average last.",
                gives(lambda tau, sigma: icc(tau.mean(), sigma.mean())),
            ),
            Misconception(
                "share of the pupils",
                "You give the share that lies *within* schools, `sigma`² over the total. The ICC is the other one.",
                gives(lambda tau, sigma: 1 - icc(tau, sigma)),
            ),
            Misconception(
                "not averaged",
                "You give one ICC for each draw. The posterior mean is one number: the mean of them.",
                gives(lambda tau, sigma: tau**2 / (tau**2 + sigma**2)),
            ),
        ),
    ),
    Question(
        "share",
        ICC["mean"],
        compare=Exact(**NEAR),
        misconceptions=(
            Misconception(
                "raw variance of the averages",
                "You took the variance of the school averages for `tau`². An average of few pupils varies by the "
                "luck of its pupils too, so that number counts sampling noise as differences between schools.",
                gives(RAW / (RAW + SIGMA**2), rtol=0, atol=0.004),
            ),
            Misconception(
                "standard deviations of real schools",
                "Your number is a share of standard deviations. Hand your draws to your own `icc`, which is right.",
                gives(TAU / (TAU + SIGMA), rtol=0, atol=0.006),
            ),
            Misconception(
                "ratio of real schools",
                "Your number is the ratio of the two variances. Hand your draws to your own `icc`, which is right.",
                gives(TAU**2 / SIGMA**2, rtol=0, atol=0.006),
            ),
            Misconception(
                "spread between schools",
                "You give the posterior mean of `tau`, in points. The question is what share of the variance it makes.",
                gives(TAU, rtol=0.01),
            ),
        ),
    ),
    right=(
        f"About {ICC['mean']:.0%} of the variance lies between schools (95% interval {ICC['2.5%']:.2f} to {ICC['97.5%']:.2f}). "
        "Most of the differences between pupils are found inside every school. The raw school averages would have said "
        f"{RAW / (RAW + SIGMA**2):.0%}."
    ),
)
