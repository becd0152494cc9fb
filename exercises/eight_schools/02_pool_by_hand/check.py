"""Pooled estimate, Q and I² by hand: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()


def pooled(y, sigma):
    w = sigma**-2.0
    return (w * y).sum() / w.sum(), w.sum() ** -0.5


def heterogeneity(y, sigma):
    return q_and_share(y, sigma, pooled(y, sigma)[0], len(y) - 1)


def q_and_share(y, sigma, centre, df, floor=0.0):
    q = (((y - centre) / sigma) ** 2).sum()
    return q, max(floor, 1 - df / q)


def weighted_by_sd(y, sigma):
    return (y / sigma).sum() / (1 / sigma).sum(), np.nan


CASES = (
    case("the eight schools", y=SCHOOLS.y, sigma=SCHOOLS.sigma),
    case(y=np.array([1.0, 9.0, 4.0]), sigma=np.array([1.0, 2.0, 0.5])),
    case(
        "six schools that differ",
        y=np.array([40.0, -25.0, 3.0, 18.0, -9.0, 30.0]),
        sigma=np.array([6.0, 8.0, 5.0, 12.0, 7.0, 9.0]),
    ),
)

Q, _ = heterogeneity(SCHOOLS.y, SCHOOLS.sigma)

CHECKER = Checker(
    Question(
        "pooled",
        pooled,
        CASES,
        parts=("estimate", "standard error"),
        misconceptions=(
            Misconception(
                "plain mean",
                "Your estimate is the plain mean of the schools: it lets a school with `sigma = "
                "18` speak as loudly as one with 9.",
                gives(lambda y, sigma: (y.mean(), np.nan), part=0),
            ),
            Misconception(
                "weights of one over sigma",
                "You weighted by one over the standard error. The precision is one over the "
                "*variance*: a school with half the error counts four times, not twice.",
                gives(weighted_by_sd, part=0),
            ),
            Misconception(
                "variance for standard error",
                "Your estimate is right. What you give beside it is the variance of the estimate: "
                "take its square root to be back in points.",
                gives(lambda y, sigma: (np.nan, 1 / (sigma**-2.0).sum()), part=1),
            ),
            Misconception(
                "standard error of the plain mean",
                "Your estimate is right, but the error beside it belongs to the plain mean. "
                "The precisions of the schools add up to the precision of the pooled estimate.",
                gives(lambda y, sigma: (np.nan, (sigma**2).sum() ** 0.5 / len(y)), part=1),
            ),
        ),
    ),
    Question(
        "heterogeneity",
        heterogeneity,
        CASES,
        parts=("Q", "I²"),
        misconceptions=(
            Misconception(
                "Q around the plain mean",
                "Your `Q` measures the distance from the plain mean. Measure it from the pooled "
                "estimate, the point that makes `Q` smallest.",
                gives(lambda y, sigma: q_and_share(y, sigma, y.mean(), len(y) - 1), part=0),
            ),
            Misconception(
                "I² below zero",
                "`Q` is right, and your `I²` goes below zero where `Q` is smaller than expected. "
                "A share of variance cannot: floor it at zero.",
                gives(
                    lambda y, sigma: q_and_share(
                        y, sigma, pooled(y, sigma)[0], len(y) - 1, floor=-np.inf
                    )
                ),
            ),
            Misconception(
                "as many degrees of freedom as schools",
                "`Q` is right. You expect it to be about the number of schools, but one degree of "
                "freedom went into the pooled estimate.",
                gives(lambda y, sigma: q_and_share(y, sigma, pooled(y, sigma)[0], len(y))),
            ),
            Misconception(
                "I² in percent",
                "`Q` is right and `I²` is in percent. A fraction between 0 and 1 is asked for.",
                gives(lambda y, sigma: tuple(np.array([1, 100]) * heterogeneity(y, sigma))),
            ),
        ),
    ),
    right=(
        f"For the eight schools Q is {Q:.1f} where {len(SCHOOLS.y) - 1} is expected, so I² is 0: "
        "they scatter less than noise alone would make them. That does not prove that tau is 0. "
        "The test only fails to see it."
    ),
)
