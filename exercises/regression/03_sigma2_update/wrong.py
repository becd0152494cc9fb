"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def by_hand(shape, scale, turn=lambda rng, shape, scale: scale / rng.standard_gamma(shape)):
    """Build an update from its shape and its scale."""

    def draw(rng, y, X, group, beta, gamma, mean, precision, a, b):
        r, d, (n, p) = y - np.dot(X, beta) - np.take(gamma, group), beta - mean, X.shape
        given = {"y": y, "X": X, "group": group, "beta": beta, "gamma": gamma, "m": mean, "L": precision, "a": a, "b": b}
        given |= {"r2": np.sum(r**2), "d": d, "own": np.sum(d * (precision @ d)), "n": n, "p": p, "J": gamma.size}
        return turn(rng, eval(shape, {"np": np}, given), eval(scale, {"np": np}, given))

    return draw


SHAPE, SCALE = "a + n / 2 + p / 2", "b + 0.5 * (r2 + own)"


def at_the_mean(rng, shape, scale):
    return scale / (shape - 1)


def sd(rng, shape, scale):
    return np.sqrt(scale / rng.standard_gamma(shape))


def over(rng, shape, scale):
    return rng.gamma(shape, 1 / scale)


def plain_gamma(rng, shape, scale):
    return rng.gamma(shape, scale)


def rate(rng, shape, scale):
    return 1 / rng.gamma(shape, scale)


def wrong(name, shape=SHAPE, scale=SCALE, **turn):
    return wrong_answer(name, draw_sigma2=by_hand(shape, scale, **turn))


WRONG = (
    wrong("no draw", turn=at_the_mean),
    wrong("standard deviation for variance", turn=sd),
    wrong("not turned over", turn=over),
    wrong("not turned over", turn=plain_gamma),
    wrong("rate for scale", turn=rate),
    wrong("prior of beta forgotten", "a + n / 2", "b + r2 / 2"),
    wrong("prior's count forgotten", "a + n / 2"),
    wrong("prior's square forgotten", scale="b + r2 / 2"),
    wrong("distance without the precision", scale="b + (r2 + d @ d) / 2"),
    wrong("covariance for precision", scale="b + (r2 + d @ np.linalg.solve(L, d)) / 2"),
    wrong("covariance for precision", scale="b + (r2 + d**2 @ np.diag(L)) / 2"),
    wrong("prior mean forgotten", scale="b + (r2 + beta @ L @ beta) / 2"),
    wrong("offsets left in the noise", scale="b + (np.sum((y - X @ beta)**2) + own) / 2"),
    wrong("offsets left in the noise", "a + n / 2", "b + np.sum((y - X @ beta)**2) / 2"),
    wrong("line left in the noise", scale="b + (np.sum((y - gamma[group])**2) + own) / 2"),
    wrong("line left in the noise", "a + n / 2", "b + np.sum((y - gamma[group])**2) / 2"),
    wrong("offsets counted too", "a + (n + p + J) / 2", "b + (r2 + own + gamma @ gamma) / 2"),
    wrong("offsets counted too", "a + (n + p + J) / 2"),
    wrong("offsets counted too", scale="b + (r2 + own + gamma @ gamma) / 2"),
    wrong("coefficients subtracted", "a + (n - p) / 2", "b + r2 / 2"),
    wrong("coefficients subtracted", "a + (n - p) / 2"),
    wrong("shape not halved", "a + n + p"),
    wrong("shape not halved", "a + n", "b + r2 / 2"),
    wrong("squares not halved", scale="b + r2 + own"),
    wrong("squares not halved", "a + n / 2", "b + r2"),
    wrong("prior of sigma2 left out", "(n + p) / 2", "(r2 + own) / 2"),
    wrong("prior of sigma2 left out", "(n + p) / 2"),
    wrong("prior of sigma2 left out", scale="(r2 + own) / 2"),
    wrong("different", scale="b + (r2 + own) / n"),
    wrong_answer("signature", draw_sigma2=lambda rng, y, X, beta: 1.0),
)
