import numpy as np
from scipy import stats


def predictive(x, m, Lambda, a, b):
    """Return degrees of freedom, center and scale of the outcome of a new row."""
    # Given sigma2, the new outcome varies with the line, x' Lambda^-1 x, and with its own noise, 1.
    line = x @ np.linalg.solve(Lambda, x)
    # Averaged over an inverse gamma, a normal becomes a Student-t with 2a degrees of freedom.
    return 2 * a, x @ m, np.sqrt(b / a * (1 + line))


def interval(x, m, Lambda, a, b, level):
    """Return both ends of the central interval of a new outcome."""
    # SciPy's `scale` is the scale of the t, not its standard deviation.
    return stats.t.interval(level, *predictive(x, m, Lambda, a, b))


def scale_of_mean(x, k, m, Lambda, a, b):
    """Return the scale of the mean of k new outcomes at the same x."""
    # The noise is drawn anew k times and averages out; the line is the same in all k outcomes and does not.
    line = x @ np.linalg.solve(Lambda, x)
    return np.sqrt(b / a * (1 / k + line))
