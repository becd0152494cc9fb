"""Rates pooled on the logit scale: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

NEAR = Exact(rtol=0, atol=0.002)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def mean(function, passed, pupils, mu, tau):
    """Return the posterior mean of a function of the logit, by Gauss-Hermite quadrature."""
    alpha = mu + tau * NODES
    log_weight = stats.binom.logpmf(passed, pupils, special.expit(alpha))
    weight = WEIGHTS * np.exp(log_weight - log_weight.max())
    return float(function(alpha) @ weight / weight.sum())


def district_rate(mu, tau):
    return float(special.expit(mu + tau * NODES) @ WEIGHTS)


def shrunk_rate(passed, pupils, mu, tau):
    return mean(special.expit, passed, pupils, mu, tau)


def logit_of_the_rate(passed, pupils, mu, tau):
    """The reader pools the logit of the raw rate by its approximate variance."""
    with np.errstate(all="ignore"):
        rate = np.float64(passed) / pupils
        own = pupils * rate * (1 - rate)
        return special.expit((own * special.logit(rate) + mu / tau**2) / (own + 1 / tau**2))


def clipped(mu, tau):
    """The reader lets probabilities scatter by tau, and cuts them off at 0 and 1: mean by integration of the tails."""
    rate = special.expit(mu)
    low, high = -rate / tau, (1 - rate) / tau
    inside = rate * (stats.norm.cdf(high) - stats.norm.cdf(low)) + tau * (stats.norm.pdf(low) - stats.norm.pdf(high))
    return inside + stats.norm.sf(high)


def by_imaginary_pupils(passed, pupils, mu, tau):
    return (passed + special.expit(mu) / tau**2) / (pupils + 1 / tau**2)


def flat(passed, pupils, mu, tau):
    return (passed + 1) / (pupils + 2)


def near(wrong):
    return gives(wrong, rtol=0, atol=0.002)


DISTRICTS = (case(mu=1.1, tau=1.0), case(mu=-2.0, tau=1.5), case(mu=2.5, tau=2.0))
SCHOOLS = (
    case(passed=5, pupils=5, mu=1.1, tau=1.0),
    case(passed=0, pupils=8, mu=0.4, tau=1.5),
    case(passed=3, pupils=12, mu=1.1, tau=0.6),
    case(passed=40, pupils=50, mu=-0.5, tau=1.2),
)
BET = shrunk_rate(5, 5, special.logit(0.75), 1.0)

CHECKER = Checker(
    Question(
        "district_rate",
        district_rate,
        DISTRICTS,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "inv_logit of the mean",
                "You give inv_logit of the mean logit: the rate of a *typical* school. The mean of the rates is another "
                "number, because inv_logit is curved: turn each logit into a rate first.",
                near(lambda mu, tau: special.expit(mu)),
            ),
            Misconception(
                "normal on the scale of probabilities",
                "You let the probabilities themselves scatter by `tau`, and cut them off at 0 and 1. `mu` and `tau` belong "
                "to the logits.",
                near(clipped),
            ),
            Misconception(
                "logit not turned into a rate",
                "You averaged the logits. Their mean is `mu`; it is no probability.",
                near(lambda mu, tau: mu),
            ),
        ),
    ),
    Question(
        "shrunk_rate",
        shrunk_rate,
        SCHOOLS,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "raw rate",
                "You give the rate that was seen. Where nobody failed it says that nobody ever will.",
                near(lambda passed, pupils, mu, tau: passed / pupils),
            ),
            Misconception(
                "infinite logit",
                "You took the logit of the raw rate. Where all or none passed it is infinite, and the school drops out of "
                "the sum. Use the probability of the count, given `alpha`; it is finite everywhere.",
                near(logit_of_the_rate),
            ),
            Misconception(
                "inv_logit of the posterior mean",
                "You averaged the logits over their posterior, and turned the mean into a rate. Turn each into a rate "
                "first, then average.",
                near(lambda *given: special.expit(mean(lambda alpha: alpha, *given))),
            ),
            Misconception(
                "pooled on the scale of probabilities",
                "You pulled the rate itself toward inv_logit(mu), as one does with averages. The schools scatter on the "
                "logit scale, so the pull is not the same in the middle and near 0 or 1.",
                near(by_imaginary_pupils),
            ),
            Misconception(
                "other schools left out",
                "You added one pass and one failure to every school: a flat prior on `p`. It does not know the "
                "district: where are `mu` and `tau`?",
                near(flat),
            ),
            Misconception(
                "pupils left out",
                "You give the rate of the district. The pupils of this school have not changed it.",
                near(lambda passed, pupils, mu, tau: district_rate(mu, tau)),
            ),
        ),
    ),
    right=(
        f"After five passes of five the bet on the next pupil is {BET:.0%}, not 100%. The page “Pass rates” "
        "(chapters/schools/09_pass_rates) learns mu and tau from the schools themselves."
    ),
)
