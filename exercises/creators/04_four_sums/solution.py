import numpy as np


def four_sums(sigma, effect, se):
    """Return the sums of log w, w, w d and w d² at each sigma, shape (K, 4)."""
    w = 1 / (sigma[:, None] ** 2 + se**2)
    terms = (np.log(w), w, w * effect, w * effect**2)
    return np.stack([term.sum(axis=1) for term in terms], axis=1)


def log_likelihood(sums):
    """Return the log marginal likelihood at each sigma from the four sums, shape (K,)."""
    log_w, w, wd, wdd = sums.T
    # The squares about the weighted mean: multiplied out, sum w d² - (sum w d)² / sum w.
    return (log_w - np.log(w) - (wdd - wd**2 / w)) / 2


def of_machines(parts):
    """Return the log marginal likelihood of a genre whose creators lie on P machines, shape (K,)."""
    # The sums of the whole are the sums of the parts added up. Likelihoods would not do: each machine
    # would have integrated over a genre's mean of its own.
    return log_likelihood(parts.sum(axis=0))
