import numpy as np


def arm(revenue):
    """Return the share of payers, their mean amount, and the variances of these two."""
    paid = revenue[revenue > 0]
    share = len(paid) / len(revenue)
    return share, paid.mean(), share * (1 - share) / len(revenue), paid.var(ddof=1) / len(paid)


def readout(control, treatment):
    """Return the effect on mean revenue and its standard error, in dollars per user."""
    mean, variance = [], []
    for share, amount, var_share, var_amount in map(arm, (control, treatment)):
        mean.append(share * amount)
        # The derivatives of share * amount are amount and share; the two errors are uncorrelated.
        variance.append(amount**2 * var_share + share**2 * var_amount)
    return mean[1] - mean[0], np.sqrt(sum(variance))


def parts(control, treatment):
    """Return what the share of payers and what their amount contribute to the effect."""
    (p0, a0, *_), (p1, a1, *_) = arm(control), arm(treatment)
    return (p1 - p0) * (a0 + a1) / 2, (a1 - a0) * (p0 + p1) / 2
