import numpy as np


def beta_given_scales(y, X, group, sigma2, tau2, mean, precision):
    """Return mean (p,) and covariance (p, p) of beta with the offsets integrated out."""
    # Rows of one group share an offset: their covariance is tau2, beside sigma2 for each row's noise.
    # Its inverse takes from each row a part c of the sum over its group; c sees how many rows there are.
    together = group[:, None] == group
    c = tau2 / (sigma2 + np.bincount(group)[group] * tau2)
    W = (np.eye(len(y)) - c * together) / sigma2
    # The prior of beta is in units of sigma2, the rows' weights are not: divide before adding.
    covariance = np.linalg.inv(precision / sigma2 + X.T @ W @ X)
    return covariance @ (precision @ mean / sigma2 + X.T @ W @ y), covariance


def draw_beta(rng, y, X, group, sigma2, tau2, mean, precision):
    """Return one draw of beta with the offsets integrated out, (p,)."""
    # The root R of the covariance, R R' = covariance, gives the noise its correlations.
    center, covariance = beta_given_scales(y, X, group, sigma2, tau2, mean, precision)
    return center + np.linalg.cholesky(covariance) @ rng.standard_normal(len(mean))
