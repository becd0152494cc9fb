import numpy as np


def information(se, sigma_creator):
    """Return the share of the data in the precision of each creator's effect, shape (n,)."""
    return sigma_creator**2 / (sigma_creator**2 + se**2)


def kept(se, sigma_creator):
    """Return the share of a move of mu left after one round: centered, non-centered."""
    told = information(se, sigma_creator)
    # Centered: tau goes along by 1 - told, and mu follows the plain mean of the taus.
    # Non-centered: the offset goes the other way by told, so d - offset goes along by told; mu
    # follows its mean weighted by 1/se².
    return np.mean(1 - told), np.average(told, weights=1 / se**2)


def better_form(n, se, sigma_creator):
    """Return "centered" or "noncentered", whichever mixes faster in this genre."""
    # The number of users comes in through se alone, and only compared with sigma_creator.
    centered, noncentered = kept(se, sigma_creator)
    return "centered" if centered < noncentered else "noncentered"
