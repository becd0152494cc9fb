import numpy as np


def p_best(theta):
    """Return the probability that each school is the best, shape (schools,)."""
    # One winner a draw; how often a school wins is its probability.
    winner = theta.argmax(axis=1)
    return np.bincount(winner, minlength=theta.shape[1]) / len(theta)


def rank_interval(theta, school, level):
    """Return the lower and upper end of the central interval of a school's rank."""
    # The rank is one more than the number of schools above, counted within each draw.
    rank = 1 + (theta > theta[:, [school]]).sum(axis=1)
    tail = (1 - level) / 2
    lower, upper = np.quantile(rank, [tail, 1 - tail], method="inverted_cdf")
    return lower, upper
