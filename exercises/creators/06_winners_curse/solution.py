import numpy as np


def exaggeration(estimate, truth, k):
    """Return how much the estimates of each world's k winners exceed their truth, on average."""
    # Chosen within each world, by what the platform sees; the truth comes in only afterwards.
    winners = np.argsort(estimate, axis=1)[:, -k:]
    return np.take_along_axis(estimate - truth, winners, axis=1).mean()


def pooled_exaggeration(effect, se, truth, genre_mean, sigma_creator, k):
    """Return the same when the platform chooses and reports by posterior means."""
    # The posterior mean already expects luck in a high effect, and more of it in a noisy one.
    weight = sigma_creator**2 / (sigma_creator**2 + se**2)
    return exaggeration(genre_mean + weight * (effect - genre_mean), truth, k)
