import numpy as np


def update(effect, se, mean, sd, sigma_creator):
    """Return posterior mean and standard deviation of a creator's effect from the stored prior."""
    # The genre's mean is not known exactly and the creator differs from it: the variances add up.
    prior = sd**2 + sigma_creator**2
    weight = prior / (prior + se**2)
    return mean + weight * (effect - mean), np.sqrt(weight) * se


def take_out(effect, se, mean, sd, sigma_creator):
    """Return the genre's mean and standard deviation without an experiment that was in the fit."""
    # In the fit the effect was one measurement of the genre's mean. What adds up is precision and
    # precision times mean, so these two can be taken off again.
    own = 1 / (sigma_creator**2 + se**2)
    left = 1 / sd**2 - own
    return (mean / sd**2 - own * effect) / left, np.sqrt(1 / left)
