from itertools import pairwise

import numpy as np


def by_size(truth, lower, upper, n_treatment, n_control, edges):
    """Return coverage and mean width of the intervals in each bin of size, each of shape (B,)."""
    size = n_treatment + n_control
    inside = (lower <= truth) & (truth <= upper)
    # A size on an edge belongs to the bin above: at least its lower edge, below its upper one.
    bins = [(low <= size) & (size < high) for low, high in pairwise(edges)]
    return np.array([inside[b].mean() for b in bins]), np.array([(upper - lower)[b].mean() for b in bins])


def how_far_off(covered, creators, level):
    """Return how many standard errors the measured coverage is from the promised one."""
    # A kept promise makes the count binomial; its share varies with level (1 - level) / creators.
    return (covered / creators - level) / np.sqrt(level * (1 - level) / creators)
