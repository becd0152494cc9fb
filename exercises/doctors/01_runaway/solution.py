import numpy as np


def log_likelihood(alpha, successes, cases):
    """Return the log likelihood of one doctor's logit."""
    # log p = alpha - log(1 + e^alpha), log(1 - p) = -log(1 + e^alpha); logaddexp does not overflow.
    return successes * alpha - cases * np.logaddexp(0, alpha)


def runs_away(x, y):
    """Return whether the likelihood has no highest point."""
    # One kind of outcome only: alpha runs off by itself.
    if y.min() == y.max():
        return True
    # A cut with all successes on one side, and a tie at the cut allowed: beta runs off.
    failed, succeeded = x[y == 0], x[y == 1]
    return bool(failed.max() <= succeeded.min() or succeeded.max() <= failed.min())


def half_added(successes, cases):
    """Return the logit with half a success and half a failure added."""
    # This is where the likelihood times Jeffreys' prior is highest, which is always somewhere.
    return np.log((successes + 0.5) / (cases - successes + 0.5))
