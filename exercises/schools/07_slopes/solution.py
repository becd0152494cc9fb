import numpy as np


def covariance(tau0, tau1, rho):
    """Return the covariance matrix of a school's intercept and slope, shape (2, 2)."""
    together = rho * tau0 * tau1
    return np.array([[tau0**2, together], [together, tau1**2]])


def score_variance(x, tau0, tau1, rho, sigma):
    """Return the variance of a score at intake x and a school drawn at random."""
    # Var(a + b x) has a term for the covariance, twice; the pupil is independent of the school.
    return tau0**2 + 2 * rho * tau0 * tau1 * x + tau1**2 * x**2 + sigma**2


def x_least(tau0, tau1, rho):
    """Return the intake score at which the schools differ least."""
    # The derivative of the parabola, 2 rho tau0 tau1 + 2 tau1² x, is zero there.
    return -rho * tau0 / tau1
