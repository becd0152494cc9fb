import numpy as np


def tau_verdict(tau):
    """Return the upper end of the 95 % interval of tau and whether the criterion fires."""
    upper = np.quantile(tau, 0.975)
    return upper, bool(upper > 10)


def coverage_verdict(y, theta, replicates):
    """Return the fraction of schools inside their intervals and whether the criterion fires."""
    # y is one more replicate if the model is true: compare it with replicates, not with effects.
    low, high = np.quantile(replicates, [0.025, 0.975], axis=0)
    inside = np.mean((y >= low) & (y <= high))
    return inside, bool(inside < 0.9)
