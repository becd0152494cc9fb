"""Intraclass correlation from draws and of real schools: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib import fit_exact, seeds
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
SEED, ENDS = 1982, (0.025, 0.975)


def shares(tau, sigma):
    return tau**2 / (tau**2 + sigma**2)


def icc(tau, sigma):
    return np.mean(shares(tau, sigma))


def interval(tau, sigma):
    return tuple(np.quantile(shares(tau, sigma), ENDS))


def turned(center):
    """Return the slip of turning the ends of tau's interval into shares, sigma held at its `center`."""
    return lambda tau, sigma: tuple(shares(np.quantile(tau, ENDS), center(sigma)))


def combined(order):
    """Return the slip of putting the ends of both intervals into one formula; `order` pairs them."""
    return lambda tau, sigma: tuple(shares(np.quantile(tau, ENDS), np.quantile(sigma, ENDS)[::order]))


def normal(reach, of_mean=False):
    """Return the slip of going `reach` standard deviations, or standard errors of the mean, to each side of the mean."""

    def ends(tau, sigma):
        share = shares(tau, sigma)
        half = reach * share.std() / (len(share) ** 0.5 if of_mean else 1)
        return share.mean() - half, share.mean() + half

    return ends


def near(*slips):
    """Recognize any of some slips up to the third digit, whatever formula of the sd or the quantile was used."""
    found = [gives(slip, rtol=0, atol=0.002) for slip in slips]
    return lambda attempt: any(one(attempt) for one in found)


def draws(index, tau, sigma):
    """Return a case with draws of both scales that vary much, so that the order of the steps matters."""
    rng = seeds.rng(SEED, "draws", index)
    label = f"500 draws, tau about {tau:g}, sigma about {sigma:g}"
    return case(label, tau=tau * rng.gamma(4, 1 / 4, 500), sigma=sigma * rng.gamma(20, 1 / 20, 500))


DRAWS = (draws(0, 3.0, 6.0), draws(1, 9.0, 4.0))
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
        "interval",
        interval,
        DRAWS,
        parts=("lower", "upper"),
        misconceptions=(
            Misconception(
                "interval of tau turned into one of the ICC",
                "You turned the interval of `tau` into an interval of the ICC and held `sigma` at its mean. `sigma` is "
                "unknown as well, and its uncertainty belongs in the answer. Compute the share within each draw; the "
                "interval comes last.",
                near(turned(np.mean), turned(np.median)),
            ),
            Misconception(
                "ends of two intervals combined",
                "You put the ends of the intervals of `tau` and `sigma` into the formula. That takes both to be extreme "
                "at once, which draws seldom are. Compute the share within each draw; the interval comes last.",
                near(combined(1), combined(-1)),
            ),
            Misconception(
                "mean and two sd",
                "You went about two standard deviations to each side of the mean. A share cannot leave 0 to 1 and its "
                "draws lie askew; read the ends off the draws themselves.",
                near(normal(1.96), normal(2)),
            ),
            Misconception(
                "error of the mean",
                "Your interval says how well 500 draws fix their *mean*; more draws would shrink it to nothing. What is "
                "asked is where the ICC itself may lie.",
                near(normal(1.96, of_mean=True), normal(2, of_mean=True)),
            ),
            Misconception(
                "interval of 90%",
                "Your ends leave out 5% on each side. A 95% interval leaves out 5% *altogether*.",
                gives(lambda tau, sigma: tuple(np.quantile(shares(tau, sigma), (0.05, 0.95)))),
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
        f"About {ICC['mean']:.0%} of the variance lies between schools (95% interval {ICC['2.5%']:.2f} to {ICC['97.5%']:.2f}; "
        "yours, from your draws, should be near). "
        "Most of the differences between pupils are found inside every school. The raw school averages would have said "
        f"{RAW / (RAW + SIGMA**2):.0%}."
    ),
)
