"""What two priors of tau say: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

LIMIT = 5.0


def p_half_cauchy(limit, scale):
    return 2 / np.pi * np.arctan(limit / scale)


def p_half_normal(limit, sigma):
    return 2 * stats.norm.cdf(limit / sigma) - 1


def half_at_five(attempt):
    """Recognize the plan's statement: a half, at limit 5 and scale 10."""
    return attempt.cases[0].inputs == CAUCHY[0].inputs and gives(0.5)(_first(attempt))


def _first(attempt):
    return type(attempt)(attempt.cases[:1], attempt.answers[:1])


CAUCHY = (case(limit=5.0, scale=10.0), case(limit=5.0, scale=2.0), case(limit=30.0, scale=10.0))
NORMAL = (case(limit=5.0, sigma=5.0), case(limit=2.0, sigma=8.0), case(limit=15.0, sigma=10.0))
ONE_IN_1000 = Exact(rtol=1e-3)
SIGMA = LIMIT / stats.norm.ppf(0.75)

CHECKER = Checker(
    Question(
        "p_half_cauchy",
        p_half_cauchy,
        CAUCHY,
        misconceptions=(
            Misconception(
                "the whole Cauchy",
                "You used the whole Cauchy, half of whose mass is below zero. `tau` is not "
                "negative: fold that half over.",
                gives(lambda limit, scale: stats.cauchy.cdf(limit, scale=scale)),
            ),
            Misconception(
                "mass between 0 and the limit, not folded",
                "You took the mass of the Cauchy between 0 and the limit, and no more. Your "
                "function never gets past one half: where has the rest of the mass gone?",
                gives(lambda limit, scale: np.arctan(limit / scale) / np.pi),
            ),
            Misconception(
                "half the scale, half the mass",
                "You say that half of the scale holds half of the mass, as the plan does. For a "
                "half-Cauchy the *scale itself* is the median, and the mass does not grow in "
                "proportion to the limit.",
                half_at_five,
            ),
            Misconception(
                "the other tail of the Cauchy",
                "You gave the probability of being above the limit.",
                gives(lambda limit, scale: 1 - p_half_cauchy(limit, scale)),
            ),
        ),
    ),
    Question(
        "p_half_normal",
        p_half_normal,
        NORMAL,
        misconceptions=(
            Misconception(
                "the whole normal",
                "You used the whole normal. The half below zero belongs to values that `tau` "
                "cannot take.",
                gives(lambda limit, sigma: stats.norm.cdf(limit / sigma)),
            ),
            Misconception(
                "sigma as a variance",
                "You read `sigma` as a variance: your half-normal is too narrow or too wide by a "
                "square root.",
                gives(lambda limit, sigma: p_half_normal(limit, sigma**0.5)),
            ),
            Misconception(
                "the other tail of the normal",
                "You gave the probability that `tau` is above the limit.",
                gives(lambda limit, sigma: 1 - p_half_normal(limit, sigma)),
            ),
        ),
    ),
    Question(
        "cauchy_scale",
        LIMIT,
        compare=ONE_IN_1000,
        misconceptions=(
            Misconception(
                "the scale of the plan",
                "That is the plan's scale. Your own `p_half_cauchy(5, 10)` says how much lies "
                "below 5.",
                gives(2 * LIMIT),
            ),
            Misconception(
                "the median of the whole Cauchy",
                "With this scale P(tau < 5) is well above a half. The quartile of the whole Cauchy "
                "becomes the median when it is folded: where is that quartile?",
                gives(LIMIT / 2),
            ),
        ),
    ),
    Question(
        "normal_sigma",
        SIGMA,
        compare=ONE_IN_1000,
        misconceptions=(
            Misconception(
                "sigma taken for the median",
                "For a half-Cauchy the scale is the median. For a half-normal it is not: your "
                "`p_half_normal(5, 5)` is the well-known two thirds.",
                gives(LIMIT),
            ),
            Misconception(
                "multiplied where one divides",
                "You went the wrong way: to have less mass below 5 than sigma = 5 gives, the prior "
                "must be wider, not narrower.",
                gives(LIMIT * stats.norm.ppf(0.75), rtol=1e-2),
            ),
        ),
    ),
    right=(
        f"P(tau < 5) is {p_half_normal(5, 5):.1%} under half-normal(5), as the plan says, and "
        f"{p_half_cauchy(5, 10):.1%} under half-Cauchy(10), not 50 %. The plan's first model "
        "expects larger differences between schools than its author believed."
    ),
)
