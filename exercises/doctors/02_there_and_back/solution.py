import numpy as np
from scipy import special, stats


def pooled_logit(own, se, mu, tau):
    """Return mean and standard deviation of the doctor's logit."""
    # Precisions add up; each source speaks with its share of them.
    precision = 1 / se**2 + 1 / tau**2
    return (own / se**2 + mu / tau**2) / precision, precision**-0.5


def mean_rate(m, v):
    """Return the mean rate when the logit is normal."""
    # First each logit into a rate, then the mean: expit is curved, so the order matters.
    alpha = np.linspace(m - 8 * v, m + 8 * v, 2001)
    weight = stats.norm.pdf(alpha, m, v)
    return special.expit(alpha) @ weight / weight.sum()


def rate_interval(m, v, level):
    """Return both ends of the central interval of the rate."""
    # Quantiles may be carried over, because expit keeps the order. So the ends stay between 0 and 1.
    low, high = stats.norm.interval(level, m, v)
    return special.expit(low), special.expit(high)
