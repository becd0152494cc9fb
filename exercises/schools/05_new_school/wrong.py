"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def told(score):
    return np.std(score), np.quantile(score, 0.05), np.quantile(score, 0.95)


def around(mean, sd):
    return sd, mean - 1.645 * sd, mean + 1.645 * sd


def plugged_in(rng, mu, tau, sigma):
    schools = rng.normal(mu.mean(), tau.mean(), len(mu))
    return told(rng.normal(schools, sigma.mean()))


WRONG = (
    wrong_answer("tau left out", new_school=lambda rng, mu, tau, sigma: told(rng.normal(mu, sigma))),
    wrong_answer("sigma left out", new_school=lambda rng, mu, tau, sigma: told(rng.normal(mu, tau))),
    wrong_answer("uncertainty of the district's mean only", new_school=lambda rng, mu, tau, sigma: around(mu.mean(), mu.std())),
    wrong_answer(
        "standard deviations added",
        new_school=lambda rng, mu, tau, sigma: around(mu.mean(), mu.std() + tau.mean() + sigma.mean()),
    ),
    wrong_answer("tau and sigma added", new_school=lambda rng, mu, tau, sigma: told(rng.normal(mu, tau + sigma))),
    wrong_answer("posterior means plugged in", new_school=plugged_in),
    wrong_answer("mean of the known school", known_school=lambda rng, theta, sigma: told(theta)),
    wrong_answer(
        "mean of the known school plugged in", known_school=lambda rng, theta, sigma: told(rng.normal(theta.mean(), sigma))
    ),
    wrong_answer(
        "standard deviations added for the known school",
        known_school=lambda rng, theta, sigma: around(theta.mean(), theta.std() + sigma.mean()),
    ),
    wrong_answer("shape", known_school=lambda rng, theta, sigma: rng.normal(theta, sigma).std()),
)
