"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def keeps_the_noisy(y, sigma, mu, tau):
    total = tau**2 + sigma**2
    return (sigma**2 * y + tau**2 * mu) / total


def towards_zero(y, sigma, mu, tau):
    return y / (1 + sigma**2 / tau**2)


def towards_plain_mean(y, sigma, mu, tau):
    centre = np.asarray(y).mean()
    return centre + tau**2 / (tau**2 + sigma**2) * (y - centre)


def weights_by_sd(y, sigma, mu, tau):
    return (y / sigma + mu / tau) / (1 / sigma + 1 / tau)


WRONG = (
    wrong_answer("weight of the data", shrinkage=lambda tau, sigma: tau**2 / (tau**2 + sigma**2)),
    wrong_answer(
        "standard deviations for variances", shrinkage=lambda tau, sigma: 1 - tau / (tau + sigma)
    ),
    wrong_answer(
        "ratio instead of share", shrinkage=lambda tau, sigma: (np.float64(sigma) / tau) ** 2
    ),
    wrong_answer("weights swapped", shrunken_estimate=keeps_the_noisy),
    wrong_answer("shrunk toward zero", shrunken_estimate=towards_zero),
    wrong_answer("shrunk toward the plain mean", shrunken_estimate=towards_plain_mean),
    wrong_answer("standard deviations in the weights", shrunken_estimate=weights_by_sd),
    wrong_answer("different", shrinkage=lambda tau, sigma: np.exp(-((tau / sigma) ** 2))),
    wrong_answer("signature", shrinkage=lambda tau: tau),
)
