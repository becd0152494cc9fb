import numpy as np
from scipy import stats


def counts_inside(rate, cases, level):
    """Return all counts, and whether each is inside."""
    k, tail = np.arange(cases + 1), (1 - level) / 2
    # P(Y >= k) is P(Y > k - 1): both tails hold the count itself.
    inside = (stats.binom.cdf(k, cases, rate) > tail) & (stats.binom.sf(k - 1, cases, rate) > tail)
    return k, inside


def limits(rate, cases, level):
    """Return the smallest and the largest rate inside."""
    k, inside = counts_inside(rate, cases, level)
    return k[inside].min() / cases, k[inside].max() / cases


def outside_by_chance(rate, cases, level):
    """Return how many groups are outside on average if all have the common rate."""
    total = 0.0
    for n in cases:
        k, inside = counts_inside(rate, n, level)
        total += stats.binom.pmf(k[~inside], n, rate).sum()
    return total


def worse_by(theta, cases, margin):
    """Return for each group the probability of being worse than the system by more than the margin."""
    # The system's rate moves with the groups', so it is taken draw by draw.
    system = theta @ cases / cases.sum()
    return (theta < system[:, None] - margin).mean(0)
