"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def by_groups(block, prior="L / s"):
    """Build an answer that adds up weights block(k, s, t), (k, k), group by group."""

    def answer(y, X, group, sigma2, tau2, mean, precision):
        A = eval(prior, {"np": np, "L": precision, "s": sigma2})
        h = A @ mean
        for j in np.unique(group):
            x, z = X[group == j], y[group == j]
            w = block(len(z), sigma2, tau2, len(y), len(np.unique(group)))
            A, h = A + x.T @ w @ x, h + x.T @ w @ z
        return np.linalg.solve(A, h), np.linalg.inv(A)

    return answer


def right_block(k, s, t, n, J):
    return np.linalg.inv(s * np.eye(k) + t * np.ones((k, k)))


right = by_groups(right_block)


def less(c):
    """Build the weights of a reader who takes this share of the group's sum off each row."""
    return by_groups(lambda k, s, t, n, J: (np.eye(k) - c(k, s, t, n, J) * np.ones((k, k))) / s)


def zero_mean(y, X, group, sigma2, tau2, mean, precision):
    return right(y, X, group, sigma2, tau2, np.zeros_like(mean), precision)


def with_covariance(change):
    def answer(y, X, group, sigma2, tau2, mean, precision):
        center, V = right(y, X, group, sigma2, tau2, mean, precision)
        return center, change(V, sigma2)

    return answer


def draw(noise, law=right):
    def answer(rng, *given):
        center, V = law(*given)
        return center + noise(rng, V)

    return answer


def triangle(V):
    return np.linalg.cholesky(np.linalg.inv(V))


def z(rng, V):
    return rng.standard_normal(len(V))


def scales(name, answer):
    return wrong_answer(name, beta_given_scales=answer)


def drawn(name, noise, law=right):
    return wrong_answer(name, draw_beta=draw(noise, law))


no_offsets = by_groups(lambda k, s, t, n, J: np.eye(k) / s)
WRONG = (
    scales("offsets ignored", no_offsets),
    scales("offset as noise of each row", by_groups(lambda k, s, t, n, J: np.eye(k) / (s + t))),
    scales("offsets left free", less(lambda k, s, t, n, J: 1 / k)),
    scales("number of rows forgotten", less(lambda k, s, t, n, J: t / (s + t))),
    scales("number of rows forgotten", less(lambda k, s, t, n, J: t / (s + t) / k)),
    scales("all rows for the group's own", less(lambda k, s, t, n, J: t / (s + n * t))),
    scales("all rows for the group's own", less(lambda k, s, t, n, J: t / (s + n / J * t))),
    scales("sigma2 and tau2 swapped", by_groups(lambda k, s, t, n, J: t / s * right_block(k, t, s, n, J))),
    scales("group means only", by_groups(lambda k, s, t, n, J: np.ones((k, k)) / k**2 / (t + s / k))),
    scales("standard deviations for variances", less(lambda k, s, t, n, J: t**2 / (s**2 + k * t**2))),
    scales("standard deviations for variances", less(lambda k, s, t, n, J: np.sqrt(t) / (np.sqrt(s) + k * np.sqrt(t)))),
    scales("prior not in units of the noise", by_groups(right_block, "L")),
    scales("covariance for the prior's precision", by_groups(right_block, "np.linalg.inv(L) / s")),
    scales("prior left out", by_groups(right_block, "0 * L")),
    scales("prior mean forgotten", zero_mean),
    scales("precision for covariance", with_covariance(lambda V, s: np.linalg.inv(V))),
    scales("sigma2 twice", with_covariance(lambda V, s: s * V)),
    scales("sigma2 twice", with_covariance(lambda V, s: V / s)),
    scales("different", with_covariance(lambda V, s: np.sqrt(np.abs(V)))),
    drawn("no draw", lambda rng, V: 0.0),
    drawn("draw that ignores the offsets", lambda rng, V: rng.multivariate_normal(np.zeros(len(V)), V), no_offsets),
    drawn("covariance for its root", lambda rng, V: V @ z(rng, V)),
    drawn("root of the precision", lambda rng, V: triangle(V) @ z(rng, V)),
    drawn("root not transposed", lambda rng, V: np.linalg.solve(triangle(V), z(rng, V))),
    drawn("triangle turned round", lambda rng, V: np.linalg.cholesky(V).T @ z(rng, V)),
    drawn("coefficients drawn apart", lambda rng, V: np.sqrt(np.diag(V)) * z(rng, V)),
    drawn("one noise for all", lambda rng, V: np.sqrt(np.diag(V)) * rng.standard_normal()),
    wrong_answer("shape", draw_beta=lambda rng, *given: rng.standard_normal()),
)
