import numpy as np


def new_school(rng, mu, tau, sigma):
    """Return sd, lower and upper end of the 90% interval of a pupil's score at a new school."""
    # Draw by draw: a school of this district, then a pupil of that school. What is not known about
    # mu, tau and sigma comes along, because every draw has its own.
    theta = rng.normal(mu, tau)
    return known_school(rng, theta, sigma)


def known_school(rng, theta, sigma):
    """Return sd, lower and upper end of the 90% interval of a pupil's score at a known school."""
    score = rng.normal(theta, sigma)
    return score.std(), *np.quantile(score, [0.05, 0.95])
