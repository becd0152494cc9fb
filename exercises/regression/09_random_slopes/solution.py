import numpy as np


def update(beta, mu, nu, scale):
    """Return nu and scale of the inverse-Wishart law of Sigma given beta and mu."""
    # About mu, not about their own mean: Sigma is drawn given mu, and mu is drawn elsewhere.
    gap = beta - mu
    # Each group brings |Sigma|^(-1/2) and one matrix of squares: counts add up, squares add up.
    return nu + len(beta), scale + gap.T @ gap


def draw_sigma(rng, beta, mu, nu, scale):
    """Return one draw of Sigma given beta and mu, (q, q)."""
    count, squares = update(beta, mu, nu, scale)
    # The vectors have the *inverse* of the scale as their covariance, and their sum of squares is inverted again.
    root = np.linalg.cholesky(np.linalg.inv(squares))
    z = rng.standard_normal((count, len(mu))) @ root.T
    return np.linalg.inv(z.T @ z)


def weight(J, q, nu):
    """Return the share of the prior's mean in the mean of Sigma after the update."""
    # scale = (nu - q - 1) times the prior's mean: the prior counts like so many groups.
    return (nu - q - 1) / (nu + J - q - 1)
