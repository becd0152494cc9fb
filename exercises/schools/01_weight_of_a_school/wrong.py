"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def variance_of_a_pupil(n, tau, sigma):
    return tau**2 / (tau**2 + sigma**2) + 0 * n


def follows_the_small(average, n, mu, tau, sigma):
    error = sigma**2 / n
    return (error * average + tau**2 * mu) / (error + tau**2)


def towards_zero(average, n, mu, tau, sigma):
    return average / (1 + sigma**2 / (n * tau**2))


def towards_plain_mean(average, n, mu, tau, sigma):
    center = np.asarray(average).mean()
    return center + n * tau**2 / (n * tau**2 + sigma**2) * (average - center)


def same_pull_for_all(average, n, mu, tau, sigma):
    return mu + tau**2 / (tau**2 + sigma**2) * (average - mu)


def weights_by_sd(average, n, mu, tau, sigma):
    error = sigma / n**0.5
    return (average / error + mu / tau) / (1 / error + 1 / tau)


WRONG = (
    wrong_answer("size forgotten", weight=variance_of_a_pupil),
    wrong_answer("weight of the others", weight=lambda n, tau, sigma: sigma**2 / (n * tau**2 + sigma**2)),
    wrong_answer(
        "standard deviations for variances",
        weight=lambda n, tau, sigma: np.sqrt(n) * tau / (np.sqrt(n) * tau + sigma),
    ),
    wrong_answer("weights swapped", pooled_estimate=follows_the_small),
    wrong_answer("shrunk toward zero", pooled_estimate=towards_zero),
    wrong_answer("shrunk toward the plain mean", pooled_estimate=towards_plain_mean),
    wrong_answer("every school of one pupil", pooled_estimate=same_pull_for_all),
    wrong_answer("standard deviations in the weights", pooled_estimate=weights_by_sd),
    wrong_answer("different", weight=lambda n, tau, sigma: n / (n + 4.0)),
    wrong_answer("signature", weight=lambda n: n),
)
