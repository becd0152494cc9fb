"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def inverse_gamma(rng, shape, scale):
    return 1 / rng.gamma(shape, 1 / scale)


def with_parts(shape=lambda gamma, group, a: a + gamma.size / 2, scale=lambda gamma, group, b: b + gamma @ gamma / 2):
    def draw(rng, gamma, group, a, b):
        return inverse_gamma(rng, shape(gamma, group, a), scale(gamma, group, b))

    return draw


def posterior_mean(rng, gamma, group, a, b):
    return (b + gamma @ gamma / 2) / (a + gamma.size / 2 - 1)


def own_seed(rng, gamma, group, a, b):
    return with_parts()(np.random.default_rng(1), gamma, group, a, b)


def tau(rng, gamma, group, a, b):
    return with_parts()(rng, gamma, group, a, b) ** 0.5


def precision(rng, gamma, group, a, b):
    return rng.gamma(a + gamma.size / 2, 1 / (b + gamma @ gamma / 2))


def gamma_number(rng, gamma, group, a, b):
    return rng.gamma(a + gamma.size / 2, b + gamma @ gamma / 2)


def rate(rng, gamma, group, a, b):
    return 1 / rng.gamma(a + gamma.size / 2, b + gamma @ gamma / 2)


def over_rows(rng, gamma, group, a, b):
    each = gamma[group]
    return inverse_gamma(rng, a + len(each) / 2, b + (each**2).sum() / 2)


def by_sample_variance(rng, gamma, group, a, b):
    J = len(gamma)
    return inverse_gamma(rng, a + (J - 1) / 2, b + (J - 1) * np.var(gamma, ddof=1) / 2)


def all_twice(rng, gamma, group, a, b):
    return 2 * with_parts()(rng, gamma, group, a, b)


def array(rng, gamma, group, a, b):
    return (b + gamma**2 / 2) / rng.standard_gamma(a + 0.5, len(gamma))


WRONG = (
    wrong_answer("no draw", draw_tau2=posterior_mean),
    wrong_answer("no draw", draw_tau2=own_seed),
    wrong_answer("no draw", draw_tau2=lambda rng, gamma, group, a, b: gamma.var(ddof=1)),
    wrong_answer("standard deviation for variance", draw_tau2=tau),
    wrong_answer("not turned over", draw_tau2=precision),
    wrong_answer("not turned over", draw_tau2=gamma_number),
    wrong_answer("rate for scale", draw_tau2=rate),
    wrong_answer("offsets not counted", draw_tau2=with_parts(shape=lambda gamma, group, a: a)),
    wrong_answer("prior left out", draw_tau2=lambda rng, gamma, group, a, b: gamma @ gamma / rng.chisquare(gamma.size)),
    wrong_answer("prior left out", draw_tau2=with_parts(scale=lambda gamma, group, b: gamma @ gamma / 2)),
    wrong_answer("prior left out", draw_tau2=with_parts(shape=lambda gamma, group, a: gamma.size / 2)),
    wrong_answer("rows for groups in the shape", draw_tau2=with_parts(shape=lambda gamma, group, a: a + len(group) / 2)),
    wrong_answer("squares summed over the rows", draw_tau2=over_rows),
    wrong_answer(
        "squares summed over the rows", draw_tau2=with_parts(scale=lambda gamma, group, b: b + np.sum(gamma[group] ** 2) / 2)
    ),
    wrong_answer("shape not halved", draw_tau2=with_parts(shape=lambda gamma, group, a: a + len(gamma))),
    wrong_answer("squares not halved", draw_tau2=with_parts(scale=lambda gamma, group, b: b + gamma @ gamma)),
    wrong_answer("mean of squares", draw_tau2=with_parts(scale=lambda gamma, group, b: b + np.mean(gamma**2) / 2)),
    wrong_answer("mean of squares", draw_tau2=with_parts(scale=lambda gamma, group, b: b + np.mean(gamma**2))),
    wrong_answer("offsets not squared", draw_tau2=with_parts(scale=lambda gamma, group, b: b + sum(gamma) / 2)),
    wrong_answer("offsets not squared", draw_tau2=with_parts(scale=lambda gamma, group, b: b + sum(gamma))),
    wrong_answer("sum squared", draw_tau2=with_parts(scale=lambda gamma, group, b: b + sum(gamma) ** 2 / 2)),
    wrong_answer("spread about the mean of the offsets", draw_tau2=by_sample_variance),
    wrong_answer(
        "spread about the mean of the offsets",
        draw_tau2=with_parts(scale=lambda gamma, group, b: b + gamma.size * gamma.var() / 2),
    ),
    wrong_answer("different", draw_tau2=all_twice),
    wrong_answer("shape", draw_tau2=array),
    wrong_answer("signature", draw_tau2=lambda rng, gamma, a, b: 1.0),
)
