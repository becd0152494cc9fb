import numpy as np


def cell(mu, genre, segment, sigma_cell):
    """Return mean and standard deviation of the mean effect in a cell that is empty."""
    # Within each draw: mu, genre and segment were drawn together, and their errors partly cancel.
    center = mu + genre + segment
    # No data has been seen on the interaction, so it still varies as its prior does in each draw.
    return center.mean(), np.sqrt(center.var() + np.mean(sigma_cell**2))


def first_readout(mu, genre, segment, sigma_cell, sigma_creator, se):
    """Return mean and standard deviation of the effect that the cell's first experiment will show."""
    # On top come the creator's difference from the cell and the noise of the experiment.
    mean, sd = cell(mu, genre, segment, sigma_cell)
    return mean, np.sqrt(sd**2 + np.mean(sigma_creator**2) + se**2)
