"""Wrong answers as readers write them. Each must be told its own misconception.

The random numbers are fixed inputs: what the checker says of them does not depend on the day.
"""

import numpy as np

from hbm_lib.exercises import wrong_answer
from hbm_lib.models.eight_schools import eight_schools

SCHOOLS = eight_schools()


def conditional(mu, tau, y, sigma):
    b = sigma**2 / (sigma**2 + tau**2)
    return b * mu + (1 - b) * y, b * tau**2


def precise(mu, tau, y, sigma):
    return conditional(mu, tau, y, sigma)[0], tau**-2 + sigma**-2


def in_sd(mu, tau, y, sigma):
    mean, variance = conditional(mu, tau, y, sigma)
    return mean, variance**0.5


def added(mu, tau, y, sigma):
    return conditional(mu, tau, y, sigma)[0], tau**2 + sigma**2


def everybody(mu, tau, y, sigma):
    return conditional(mu, tau, np.full_like(y, np.mean(y)), sigma)


def swapped(mu, tau, y, sigma):
    b = tau**2 / (sigma**2 + tau**2)
    return b * mu + (1 - b) * y, b * sigma**2


def draw_with_variance(rng, mu, tau, y, sigma):
    return rng.normal(*conditional(mu, tau, y, sigma))


def draw_prior(rng, mu, tau, y, sigma):
    return mu + tau * rng.standard_normal(len(y))


def draw_together(rng, mu, tau, y, sigma):
    mean, variance = conditional(mu, tau, y, sigma)
    return mean + np.sqrt(variance) * rng.standard_normal()


def draw_nothing(rng, mu, tau, y, sigma):
    return conditional(mu, tau, y, sigma)[0]


def chain(update_mu, keep, rounds=4000):
    """Run the sampler at tau = 5 with some update of mu; keep theta_A or mu."""
    rng, mu, kept = np.random.default_rng(20251028), 8.0, []
    for _ in range(rounds):
        mean, variance = conditional(mu, 5.0, SCHOOLS.y, SCHOOLS.sigma)
        theta = mean + np.sqrt(variance) * rng.standard_normal(8)
        mu = update_mu(rng, theta, mu)
        kept.append(theta[0] if keep == "theta" else mu)
    return np.array(kept[100:])


def properly(rng, theta, mu):
    return theta.mean() + 5 / np.sqrt(8) * rng.standard_normal()


WRONG = (
    wrong_answer("precision for variance", theta_conditional=precise),
    wrong_answer("standard deviation for variance", theta_conditional=in_sd),
    wrong_answer("variances added", theta_conditional=added),
    wrong_answer("mean of all schools for the school's own", theta_conditional=everybody),
    wrong_answer("prior and data variances swapped", theta_conditional=swapped),
    wrong_answer("variance as the scale of the draw", draw_theta=draw_with_variance),
    wrong_answer("draws from the prior", draw_theta=draw_prior),
    wrong_answer("one noise for all schools", draw_theta=draw_together),
    wrong_answer("different", draw_theta=draw_nothing),
    wrong_answer("mu never drawn", theta_a=chain(lambda rng, theta, mu: mu, "theta")),
    wrong_answer(
        "mu set to the mean of theta", theta_a=chain(lambda rng, theta, mu: theta.mean(), "theta")
    ),
    wrong_answer("draws of mu", theta_a=chain(properly, "mu", rounds=12_000)),
    wrong_answer("few draws", theta_a=chain(properly, "theta", rounds=150)),
)
