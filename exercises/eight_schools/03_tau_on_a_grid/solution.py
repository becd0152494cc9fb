import numpy as np

from hbm_lib.priors import HalfCauchy


def tau_density(grid, y, sigma, scale):
    """Return the posterior density of tau on an evenly spaced grid."""
    w = 1 / (sigma**2 + grid[:, None] ** 2)  # (K, J)
    v_mu = 1 / w.sum(axis=1)
    mu_hat = v_mu * (w * y).sum(axis=1)
    # sqrt(V_mu) is what the integral over mu leaves behind: the width of its normal given tau.
    log_density = (
        HalfCauchy(scale).logpdf(grid)
        + 0.5 * np.log(v_mu)
        + 0.5 * np.log(w).sum(axis=1)
        - 0.5 * (w * (y - mu_hat[:, None]) ** 2).sum(axis=1)
    )
    density = np.exp(log_density - log_density.max())
    # A density has area 1, so the spacing of the grid belongs to the sum.
    return density / (density.sum() * (grid[1] - grid[0]))
