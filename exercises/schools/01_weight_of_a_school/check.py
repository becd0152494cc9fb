"""Weight of a school's own average: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def weight(n, tau, sigma):
    return n * tau**2 / (n * tau**2 + sigma**2)


def pooled_estimate(average, n, mu, tau, sigma):
    own = weight(n, tau, sigma)
    return own * average + (1 - own) * mu


def one_pupil(n, tau, sigma):
    return weight(np.ones_like(n, dtype=float), tau, sigma)


def weight_of_mu(n, tau, sigma):
    return 1 - weight(n, tau, sigma)


def by_sd(n, tau, sigma):
    return tau / (tau + sigma / np.sqrt(n))


def toward(share, target):
    """Build the estimate of a reader who weights by this share and fills up with this target."""

    def estimate(average, n, mu, tau, sigma):
        own = share(n, tau, sigma)
        return own * average + (1 - own) * target(average, mu)

    return estimate


def common(average, mu):
    return mu


SIZES = np.array([2.0, 5.0, 12.0, 40.0, 150.0])
AVERAGES = np.array([88.0, 61.0, 79.0, 70.0, 74.0])
WEIGHTS = (
    case(n=4.0, tau=5.0, sigma=10.0),
    case(n=25.0, tau=3.0, sigma=12.0),
    case(n=10.0, tau=0.0, sigma=8.0),
    case("five schools of 2 to 150 pupils, tau=5, sigma=10", n=SIZES, tau=5.0, sigma=10.0),
)
ESTIMATES = (
    case(average=88.0, n=3.0, mu=75.0, tau=4.0, sigma=10.0),
    case("five schools, mu=75, tau=5, sigma=10", average=AVERAGES, n=SIZES, mu=75.0, tau=5.0, sigma=10.0),
    case("five schools, mu=60, tau=2, sigma=14", average=AVERAGES, n=SIZES, mu=60.0, tau=2.0, sigma=14.0),
)

CHECKER = Checker(
    Question(
        "weight",
        weight,
        WEIGHTS,
        misconceptions=(
            Misconception(
                "size forgotten",
                "Your weight does not depend on `n`: it is that of a school with one pupil. The average of "
                "many pupils is less noisy than one score.",
                gives(one_pupil),
            ),
            Misconception(
                "weight of the others",
                "You gave the weight of `mu`, which is the shrinkage. Test yours at `tau = 0`, where nothing is left "
                "of a school's own average.",
                gives(weight_of_mu),
            ),
            Misconception(
                "standard deviations for variances",
                "You divided standard deviations. Precisions add up, and a precision is one over a *variance*: "
                "square before you divide.",
                gives(by_sd),
            ),
        ),
    ),
    Question(
        "pooled_estimate",
        pooled_estimate,
        ESTIMATES,
        misconceptions=(
            Misconception(
                "weights swapped",
                "Your two weights have changed places: the more pupils a school has tested, the less your estimate "
                "listens to it.",
                gives(toward(weight_of_mu, common)),
            ),
            Misconception(
                "shrunk toward zero",
                "You weighted the average and put nothing in the place of the rest, so you shrink toward 0 points. "
                "The schools are pulled toward `mu`.",
                gives(toward(weight, lambda average, mu: 0.0)),
            ),
            Misconception(
                "shrunk toward the plain mean",
                "You shrink toward the plain mean of the averages. The prior of the schools is centered at `mu`, "
                "which is handed to you.",
                gives(toward(weight, lambda average, mu: np.mean(average))),
            ),
            Misconception(
                "every school of one pupil",
                "Your `weight` is right, but your estimate pulls all schools by the same share, as if each "
                "had one pupil. Call `weight` with the school's own `n`.",
                gives(toward(one_pupil, common)),
            ),
            Misconception(
                "standard deviations in the weights",
                "Your estimate is weighted by standard deviations although your `weight` is right: use that "
                "function, so that there is one formula and not two.",
                gives(toward(by_sd, common)),
            ),
        ),
    ),
    right=(
        "The weight grows with the number of pupils, and the pull goes with what is left. At tau = 5 and sigma = 10 "
        f"a school of 4 counts {weight(4, 5, 10):.0%}, one of 40 counts {weight(40, 5, 10):.0%}."
    ),
)
