"""Shrinkage given mu and tau: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()


def shrinkage(tau, sigma):
    return sigma**2 / (sigma**2 + tau**2)


def shrunken_estimate(y, sigma, mu, tau):
    pull = shrinkage(tau, sigma)
    return pull * mu + (1 - pull) * y


def pulled(share, target):
    """Build the estimate of a reader who goes this share of the way to this target."""

    def estimate(y, sigma, mu, tau):
        pull = share(tau, sigma)
        return pull * target(y, sigma, mu) + (1 - pull) * y

    return estimate


def common(y, sigma, mu):
    return mu


def weight_of_data(tau, sigma):
    return tau**2 / (sigma**2 + tau**2)


def by_sd(tau, sigma):
    return sigma / (sigma + tau)


FACTORS = (
    case(tau=5.0, sigma=15.0),
    case(tau=10.0, sigma=9.0),
    case(tau=np.float64(0.0), sigma=np.float64(11.0)),
    case(tau=3.0, sigma=SCHOOLS.sigma),
)
ESTIMATES = (
    case(y=28.0, sigma=15.0, mu=8.0, tau=5.0),
    case("the eight schools, mu=8, tau=5", y=SCHOOLS.y, sigma=SCHOOLS.sigma, mu=8.0, tau=5.0),
    case("the eight schools, mu=-20, tau=12", y=SCHOOLS.y, sigma=SCHOOLS.sigma, mu=-20.0, tau=12.0),
)

CHECKER = Checker(
    Question(
        "shrinkage",
        shrinkage,
        FACTORS,
        misconceptions=(
            Misconception(
                "weight of the data",
                "You gave `tau`² over the sum of variances, which is the weight of the school's "
                "own estimate. Shrinkage is one minus it: test yours at `tau = 0`, where nothing "
                "is left of a school's own estimate.",
                gives(weight_of_data),
            ),
            Misconception(
                "standard deviations for variances",
                "You divided standard deviations. Precisions add up, and a precision is one over a "
                "*variance*: square before you divide.",
                gives(by_sd),
            ),
            Misconception(
                "ratio instead of share",
                "You gave the ratio of the two variances. It runs past 1; a share has the sum of "
                "both below the line.",
                gives(lambda tau, sigma: np.divide(sigma**2, tau**2)),
            ),
        ),
    ),
    Question(
        "shrunken_estimate",
        shrunken_estimate,
        ESTIMATES,
        misconceptions=(
            Misconception(
                "weights swapped",
                "Your two weights have changed places: the noisier a school, the more your "
                "estimate follows it. A large `sigma` must bring the estimate nearer to `mu`.",
                gives(pulled(weight_of_data, common)),
            ),
            Misconception(
                "shrunk toward zero",
                "You took away part of `y` and put nothing in its place, so you shrink toward 0. "
                "The schools are pulled toward `mu`.",
                gives(pulled(shrinkage, lambda y, sigma, mu: 0.0)),
            ),
            Misconception(
                "shrunk toward the plain mean",
                "You shrink toward the plain average of the `y`s. The prior of the effects is "
                "centered at `mu`, which is handed to you.",
                gives(pulled(shrinkage, lambda y, sigma, mu: np.mean(y))),
            ),
            Misconception(
                "standard deviations in the weights",
                "Your estimate is weighted by standard deviations although your `shrinkage` is "
                "right: use that function, so that there is one formula and not two.",
                gives(pulled(by_sd, common)),
            ),
        ),
    ),
    right=(
        "Shrinkage is the school's share of the total variance, sigma² of sigma² + tau². "
        f"At tau = 5 school A goes {shrinkage(5, SCHOOLS.sigma[0]):.0%} of the way to mu: whoever "
        "sets tau sets the answer."
    ),
)
