import numpy as np
from scipy import stats


def readout(effect, se, genre_mean, sigma_creator):
    """Return posterior mean, standard deviation and P(tau > 0) of a creator's effect."""
    # The weight is the experiment's share of the precision, multiplied out.
    weight = sigma_creator**2 / (sigma_creator**2 + se**2)
    mean = weight * effect + (1 - weight) * genre_mean
    # One over the sum of the precisions is weight * se²: smaller than se² and than sigma_creator².
    sd = np.sqrt(weight) * se
    return mean, sd, stats.norm.cdf(mean / sd)


def users_for_half(sigma_creator, sigma_obs):
    """Return the number of users at which experiment and genre count the same."""
    # se² = 4 sigma_obs² / n for two arms of n/2 users; it is sigma_creator² at equal weights.
    return 4 * sigma_obs**2 / sigma_creator**2
