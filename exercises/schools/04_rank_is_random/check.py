"""Ranks from joint draws: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def p_best(theta):
    return (theta == theta.max(axis=1, keepdims=True)).mean(axis=0)


def ranks(theta, school):
    return 1 + (theta > theta[:, [school]]).sum(axis=1)


def ends(values, level, tail=0.5):
    probabilities = [(1 - level) * tail, 1 - (1 - level) * tail]
    return tuple(np.quantile(values, probabilities, method="inverted_cdf"))


def rank_interval(theta, school, level):
    return ends(ranks(theta, school), level)


def one_for(chosen, schools):
    return (np.arange(schools) == chosen).astype(float)


def above_the_others(theta):
    others = (theta.sum(axis=1, keepdims=True) - theta) / (theta.shape[1] - 1)
    return (theta > others).mean(axis=0)


def first_if_independent(theta):
    columns = np.sort(theta, axis=0)
    below = [np.searchsorted(column, theta) / len(theta) for column in columns.T]
    return np.stack([np.prod([b[:, j] for k, b in enumerate(below) if k != j], axis=0) for j in range(len(below))]).mean(axis=1)


def joint(center, spread, common, draws=4000):
    """Return draws of schools that share the noise of their mean, as a posterior's draws do."""
    rng = np.random.default_rng(1)
    together = common * rng.standard_normal((draws, 1))
    return np.array(center) + together + np.array(spread) * rng.standard_normal((draws, len(center)))


FIVE = joint([70.0, 79.0, 77.0, 74.0, 78.0], [1.0, 1.0, 4.0, 0.5, 0.7], 9.0)
THREE = joint([82.0, 75.0, 80.5], [1.0, 3.0, 1.0], 8.0)
DRAWS = (case("five schools", theta=FIVE), case("three schools", theta=THREE))
INTERVALS = (
    case("five schools, school 2, level 0.9", theta=FIVE, school=2, level=0.9),
    case("five schools, school 4, level 0.5", theta=FIVE, school=4, level=0.5),
    case("three schools, school 1, level 0.95", theta=THREE, school=1, level=0.95),
)
BEST = p_best(FIVE)

CHECKER = Checker(
    Question(
        "p_best",
        p_best,
        DRAWS,
        misconceptions=(
            Misconception(
                "rank of the posterior means",
                "You averaged the draws first and named one winner. The winner differs from draw to "
                "draw: compare within a draw, and average last.",
                gives(lambda theta: one_for(theta.mean(axis=0).argmax(), theta.shape[1])),
            ),
            Misconception(
                "above the others' mean",
                "You give the probability that a school is above the mean of the others. Half of the "
                "schools can be that at once. Only one can be best, so your numbers must add up to 1.",
                gives(above_the_others),
            ),
            Misconception(
                "lowest for best",
                "You give the probability that a school is the lowest. The best school has the highest `theta`.",
                gives(lambda theta: p_best(-theta)),
            ),
            Misconception(
                "joint broken",
                "Your numbers are those of schools that know nothing of each other. A row of `theta` is "
                "one state of the world for all schools: keep the rows together, do not shuffle a column.",
                gives(first_if_independent, rtol=0, atol=0.05),
            ),
        ),
    ),
    Question(
        "rank_interval",
        rank_interval,
        INTERVALS,
        parts=("lower", "upper"),
        misconceptions=(
            Misconception(
                "interval of theta",
                "You give an interval of the school's `theta`, in points. Turn each draw into a rank "
                "first, then take the interval of the ranks.",
                gives(lambda theta, school, level: np.quantile(theta[:, school], [0.5 - level / 2, 0.5 + level / 2]), rtol=1e-3),
            ),
            Misconception(
                "counted from the bottom",
                "Your ranks count from the lowest school. Rank 1 is the best: count the schools above.",
                gives(lambda theta, school, level: rank_interval(-theta, school, level)),
            ),
            Misconception(
                "counted from zero",
                "Your ranks begin at 0. The best school has rank 1: it has no school above it.",
                gives(lambda theta, school, level: ends(ranks(theta, school) - 1, level)),
            ),
            Misconception(
                "whole tail on each side",
                "You cut `1 - level` from each end, so twice too much is gone. Each end loses half of it.",
                gives(lambda theta, school, level: ends(ranks(theta, school), level, tail=1.0)),
            ),
        ),
    ),
    right=(
        "A rank is a function of all schools at once, so it is random as they are. Among the five schools the "
        f"one with the highest mean is best with probability {BEST[1]:.2f}, and the noisiest with {BEST[2]:.2f}."
    ),
)
