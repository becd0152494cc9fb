import numpy as np

from hbm_lib.models.regression import simulate

data, _ = simulate.grouped(7, groups=8, smallest=3, largest=12, beta=(5.0, 2.0))
X = data.x + np.array([0.0, 4.0])
y, group = data.y, data.index
m, Lambda = np.array([0.0, 0.0]), np.array([[2.0, 0.0], [0.0, 30.0]])

wrong_update = "beta"


def mended(rng, at):
    """Return one draw of the block whose update was wrong, given the rest."""
    B = Lambda + X.T @ X
    center = np.linalg.solve(B, Lambda @ m + X.T @ (y - at["gamma"][group]))
    root = np.linalg.inv(np.linalg.cholesky(B))
    # B = L L', so its inverse is inv(L)' inv(L): the transpose stands first. The colleague's noise
    # had the covariance inv(L) inv(L)', which has the right determinant and the wrong shape.
    return center + np.sqrt(at["sigma2"]) * root.T @ rng.standard_normal(2)
