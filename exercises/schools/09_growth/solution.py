import numpy as np


def expected_change(first, mu, tau, sigma):
    """Return the expected change of a report when no school changes."""
    # The best estimate of the level is shrunk toward mu, and the next report is expected there.
    weight = tau**2 / (tau**2 + sigma**2)
    return (mu + weight * (first - mu)) - first


def pooled_slope(years, scores, beta, tau_slope, sigma):
    """Return the posterior mean of a school's improvement per year."""
    # Centered time takes the unknown level out of the slope: which year counts as 0 must not matter.
    time = np.asarray(years) - np.mean(years)
    square = (time**2).sum()
    own = (time * scores).sum() / square
    # The own slope has variance sigma² / square; the district's speaks with variance tau_slope².
    weight = square * tau_slope**2 / (square * tau_slope**2 + sigma**2)
    return weight * own + (1 - weight) * beta


def next_year(level, slope, sigma):
    """Return mean and standard deviation of the report in the year after the last one seen."""
    # Draw by draw, so that level and slope stay together; the years are -2 to 2, and the next is 3.
    line = level + 3 * slope
    return line.mean(), np.sqrt(line.var() + np.mean(sigma**2))
