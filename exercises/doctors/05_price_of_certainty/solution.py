import numpy as np


def brier(p, y):
    """Return the mean Brier score."""
    return ((p - y) ** 2).mean()


def log_score(p, y):
    """Return the mean log score of what was not called impossible, and how many were."""
    # Choose first, take logarithms after: y * log(p) would be 0 times infinity where p = 0 was right.
    given = np.where(y == 1, p, 1 - p)
    possible = given > 0
    return np.log(given[possible]).mean(), np.sum(~possible)


def finished(theta, m):
    """Return the probability that one of the next m patients is a failure."""
    # The m patients share one unknown rate, so the power comes before the mean.
    return 1 - (theta**m).mean()
