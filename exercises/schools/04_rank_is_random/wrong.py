"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def winner_of_means(theta):
    means = theta.mean(axis=0)
    return 1.0 * (means == means.max())


def beats_the_rest_on_average(theta):
    schools = range(theta.shape[1])
    return np.array([np.mean(theta[:, j] > np.delete(theta, j, axis=1).mean(axis=1)) for j in schools])


def lowest(theta):
    return np.bincount(theta.argmin(axis=1), minlength=theta.shape[1]) / len(theta)


def shuffled(theta):
    mixed = np.random.default_rng().permuted(theta, axis=0)
    return np.bincount(mixed.argmax(axis=1), minlength=theta.shape[1]) / len(theta)


def of_theta(theta, school, level):
    return tuple(np.quantile(theta[:, school], [(1 - level) / 2, (1 + level) / 2]))


def interval(rank, tail):
    return tuple(np.quantile(rank, [tail, 1 - tail], method="inverted_cdf"))


def from_the_bottom(theta, school, level):
    return interval(theta.argsort(axis=1).argsort(axis=1)[:, school] + 1, (1 - level) / 2)


def from_zero(theta, school, level):
    return interval((-theta).argsort(axis=1).argsort(axis=1)[:, school], (1 - level) / 2)


def twice_the_tail(theta, school, level):
    return interval((-theta).argsort(axis=1).argsort(axis=1)[:, school] + 1, 1 - level)


WRONG = (
    wrong_answer("rank of the posterior means", p_best=winner_of_means),
    wrong_answer("above the others' mean", p_best=beats_the_rest_on_average),
    wrong_answer("lowest for best", p_best=lowest),
    wrong_answer("joint broken", p_best=shuffled),
    wrong_answer("interval of theta", rank_interval=of_theta),
    wrong_answer("counted from the bottom", rank_interval=from_the_bottom),
    wrong_answer("counted from zero", rank_interval=from_zero),
    wrong_answer("whole tail on each side", rank_interval=twice_the_tail),
)
