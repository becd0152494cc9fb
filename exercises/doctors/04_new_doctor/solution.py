import numpy as np
from scipy import special, stats


def known(mu, tau, beta, alpha, j, x):
    """Return the probability that the next patient of doctor j succeeds."""
    # A probability for every draw, and the mean of them last.
    return special.expit(alpha[:, j] + beta * x).mean()


def of_new(mu, tau, beta, x):
    """Return rates of a new doctor, (draws, points), and the weights of the points."""
    # The new doctor is drawn from the clinic of each draw: her logit is anywhere about mu.
    z = np.linspace(-6, 6, 121)
    weight = stats.norm.pdf(z)
    logit = mu[:, None] + tau[:, None] * z + beta[:, None] * x
    return special.expit(logit), weight / weight.sum()


def unknown(mu, tau, beta, alpha, x):
    """Return the probability that the first patient of a new doctor succeeds."""
    rate, weight = of_new(mu, tau, beta, x)
    return (rate @ weight).mean()


def two_of_two(mu, tau, beta, alpha, x):
    """Return the probability that the first two patients of a new doctor both succeed."""
    # Both see the same doctor, so it is the square that is averaged: a first success speaks for her.
    rate, weight = of_new(mu, tau, beta, x)
    return (rate**2 @ weight).mean()
