import numpy as np


def genre_mean(effect, se, sigma_creator):
    """Return posterior mean and variance of the genre's mean, its prior being flat."""
    # With tau integrated out, an effect misses the genre's mean by the creator's difference and by
    # its noise: the two variances add up. Each effect counts by one over that sum.
    w = 1 / (sigma_creator**2 + se**2)
    return (w * effect).sum() / w.sum(), 1 / w.sum()


def with_platform(effect, se, sigma_creator, mu_global, sigma_genre):
    """Return posterior mean and variance of the genre's mean, its prior being Normal(mu_global, sigma_genre)."""
    # The prior is one more measurement of the mean, with the variance sigma_genre².
    mean, variance = genre_mean(effect, se, sigma_creator)
    precision = 1 / variance + 1 / sigma_genre**2
    return (mean / variance + mu_global / sigma_genre**2) / precision, 1 / precision
