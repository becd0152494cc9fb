import numpy as np


def readout(group, revenue):
    """Return effect, standard error, and lower and upper end of the 95% interval, in dollars."""
    treated, control = revenue[group == "treatment"], revenue[group == "control"]
    effect = treated.mean() - control.mean()
    # The variance of a mean is the arm's variance over the arm's users. The arms are independent, so
    # the variances of the two means add up, although the means are subtracted.
    se = np.sqrt(treated.var(ddof=1) / len(treated) + control.var(ddof=1) / len(control))
    return effect, se, effect - 1.96 * se, effect + 1.96 * se


def users_needed(se, sigma):
    """Return the number of users, both arms together, that gives the standard error se."""
    # Each arm has n/2 users: se² = 2 sigma² / (n/2). Solved for n.
    return 4 * sigma**2 / se**2
