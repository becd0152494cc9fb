"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import linalg

from hbm_lib.exercises import wrong_answer
from hbm_lib.models.regression import simulate

DATA, _ = simulate.grouped(7, groups=8, smallest=3, largest=12, beta=(5.0, 2.0))
X = DATA.x + np.array([0.0, 4.0])
B = X.T @ X + np.diag([2.0, 30.0])
V = linalg.inv(B)


def update(noise, P=B, taken=1.0):
    """Build an update with some noise about the center that the precision P gives."""

    def draw(rng, at):
        center = linalg.solve(P, X.T @ (DATA.y - taken * at["gamma"][DATA.index]))
        return center + noise(rng.standard_normal(2), at["sigma2"])

    return draw


def own_seed(rng, at):
    return update(lambda z, s: linalg.cholesky(V, lower=True) @ z * s**0.5)(np.random.default_rng(3), at)


def tau2(rng, at):
    return (4 + at["gamma"] @ at["gamma"] / 2) / rng.standard_gamma(7)


def offsets(rng, at):
    weight = DATA.counts / (DATA.counts + at["sigma2"] / at["tau2"])
    above = np.bincount(DATA.index, DATA.y - X @ at["beta"]) / DATA.counts
    return weight * above + np.sqrt(weight * at["sigma2"] / DATA.counts) * rng.standard_normal(8)


def mended(name, noise, *settings):
    return wrong_answer(name, mended=update(noise, *settings))


WRONG = (
    wrong_answer("sigma2 suspected", wrong_update="sigma2"),
    wrong_answer("gamma suspected", wrong_update="gamma"),
    wrong_answer("tau2 suspected", wrong_update=" Tau2"),
    wrong_answer("name of the function", wrong_update="draw_beta"),
    wrong_answer("different", wrong_update="all of them"),
    mended("no draw", lambda z, s: 0.0),
    wrong_answer("no draw", mended=own_seed),
    wrong_answer("another block", mended=tau2),
    wrong_answer("another block", mended=offsets),
    mended("as it was handed out", lambda z, s: linalg.solve_triangular(linalg.cholesky(B, lower=True), z, lower=True) * s**0.5),
    mended("root of the precision", lambda z, s: s**0.5 * linalg.cholesky(B, lower=True) @ z),
    mended("root of the precision", lambda z, s: s**0.5 * linalg.cholesky(B) @ z),
    mended("covariance for its root", lambda z, s: s * V @ z),
    mended("covariance for its root", lambda z, s: s**0.5 * V @ z),
    mended("coefficients drawn apart", lambda z, s: np.sqrt(s * np.diag(V)) * z),
    mended("noise forgotten in the spread", lambda z, s: linalg.cholesky(V, lower=True) @ z),
    mended("variance for standard deviation", lambda z, s: s * linalg.cholesky(V, lower=True) @ z),
    mended("prior taken out", lambda z, s: s**0.5 * linalg.cholesky(linalg.inv(X.T @ X), lower=True) @ z, X.T @ X),
    mended("offsets left in", lambda z, s: s**0.5 * linalg.cholesky(V, lower=True) @ z, B, 0.0),
    mended("different", lambda z, s: 2 * s**0.5 * linalg.cholesky(V, lower=True) @ z),
)
