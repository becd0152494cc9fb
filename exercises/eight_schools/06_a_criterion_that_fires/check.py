"""Criteria as verdicts: what is asked, and the slips that have a name.

The inputs are grids of quantiles, not random draws: the verdicts are the same on every machine.
"""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()
LEVELS = (np.arange(2000) + 0.5) / 2000


def tau_verdict(tau):
    upper = np.quantile(tau, 0.975)
    return upper, bool(upper > 10)


def share_inside(y, draws):
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return np.mean((low <= y) & (y <= high))


def coverage_verdict(y, theta, replicates):
    inside = share_inside(y, replicates)
    return inside, bool(inside < 0.9)


def opposite(verdict):
    """Build the answer of a reader with the right number and the verdict turned round."""

    def answer(*inputs):
        number, fires = verdict(*inputs)
        return number, not fires

    return answer


def with_share(share):
    return lambda y, theta, replicates: (share(y, theta, replicates), None)


def around_the_mean(y, theta, replicates):
    half = 1.96 * replicates.std(axis=0) / np.sqrt(len(replicates))
    return np.mean(np.abs(y - replicates.mean(axis=0)) <= half)


def at_the_border(y, theta, replicates):
    inside = share_inside(y, replicates)
    return inside, bool(inside <= 0.9)


def spread(sd, count):
    """Return the quantiles of a normal around 8, one column for each school."""
    return 8 + np.outer(stats.norm.ppf(LEVELS), np.broadcast_to(sd, count))


def draws(label, y, theta_sd, sigma):
    both = np.sqrt(theta_sd**2 + np.square(sigma))
    return case(label, y=y, theta=spread(theta_sd, len(y)), replicates=spread(both, len(y)))


TAU = (
    case("draws like a half-normal(5)", tau=stats.halfnorm.ppf(LEVELS, scale=5)),
    case("draws like a half-normal(4.5)", tau=stats.halfnorm.ppf(LEVELS, scale=4.5)),
    case("draws between 11 and 13", tau=11 + 2 * LEVELS),
    case("draws like an exponential with mean 1.5", tau=stats.expon.ppf(LEVELS, scale=1.5)),
)
PRECISE = np.array([22.0, 1.0, 15.0, 30.0])
TEN = np.append(np.linspace(-4, 20, 9), 45.0)
COVERAGE = (
    draws("the eight schools", SCHOOLS.y, 5.5, SCHOOLS.sigma),
    draws("ten schools, one far out", TEN, 5.0, np.full(10, 10.0)),
    draws("four schools, one of them precise", PRECISE, 3.0, np.array([2.0, 18.0, 16.0, 20.0])),
)

CHECKER = Checker(
    Question(
        "tau_verdict",
        tau_verdict,
        TAU,
        parts=("upper end", "verdict"),
        misconceptions=(
            Misconception(
                "the mean for the interval",
                "You looked at the mean of `tau`. The criterion speaks of the interval: it asks "
                "what the data still allow, not what is typical.",
                gives(lambda tau: (tau.mean(), None), part=0),
            ),
            Misconception(
                "five percent on one side",
                "You left 5 % above the end. A central 95 % interval shares the 5 % between its "
                "two sides.",
                gives(lambda tau: (np.quantile(tau, 0.95), None), part=0),
            ),
            Misconception(
                "the largest draw",
                "You took the largest draw. It grows with the number of draws and says nothing of "
                "an interval.",
                gives(lambda tau: (tau.max(), None), part=0),
            ),
            Misconception(
                "the verdict on tau turned round",
                "The upper end is right and every verdict is the opposite: `True` means that the "
                "criterion fires, so that the model is to be abandoned.",
                gives(opposite(tau_verdict)),
            ),
        ),
    ),
    Question(
        "coverage_verdict",
        coverage_verdict,
        COVERAGE,
        parts=("coverage", "verdict"),
        misconceptions=(
            Misconception(
                "the interval of theta",
                "You compared `y` with the interval of the effect `theta`. An observation also has "
                "its own sampling error; the replicates hold both.",
                gives(with_share(lambda y, theta, r: share_inside(y, theta)), part=0),
            ),
            Misconception(
                "one interval for all schools",
                "You made one interval out of the replicates of all schools. Each school has its "
                "own `sigma`, hence its own interval: take quantiles along the draws only.",
                gives(with_share(lambda y, theta, r: share_inside(y, r.ravel())), part=0),
            ),
            Misconception(
                "the error of the mean",
                "Your interval holds the *mean* of the replicates, and shrinks as draws are added. "
                "The observation is one replicate, not their mean.",
                gives(with_share(around_the_mean), part=0),
            ),
            Misconception(
                "the verdict on coverage turned round",
                "The coverage is right and every verdict is the opposite: `True` means that too "
                "few schools are inside.",
                gives(opposite(coverage_verdict)),
            ),
            Misconception(
                "fires at the border",
                'Right but for one case: with exactly 90 % inside, "less than 90 %" does not hold.',
                gives(at_the_border),
            ),
        ),
    ),
    right=(
        "A verdict is a number, a limit and a direction, fixed before the data are seen. Both of "
        "these can fail. Ask of each how often it would fire if the model were true."
    ),
)
