"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def plain(y, sigma):
    return y.mean(), sigma.mean() / np.sqrt(len(y))


def one_over_sigma(y, sigma):
    w = 1 / sigma
    return np.average(y, weights=w), 1 / np.sqrt(w.sum())


def variance_beside(y, sigma):
    w = 1 / sigma**2
    return np.average(y, weights=w), 1 / w.sum()


def error_of_plain_mean(y, sigma):
    w = 1 / sigma**2
    return np.average(y, weights=w), np.sqrt(np.mean(sigma**2) / len(y))


def scatter(y, sigma, centre):
    return np.sum((y - centre) ** 2 / sigma**2)


def around_plain_mean(y, sigma):
    q = scatter(y, sigma, np.mean(y))
    return q, max(0, (q - len(y) + 1) / q)


def no_floor(y, sigma):
    q = scatter(y, sigma, np.average(y, weights=sigma**-2))
    return q, (q - len(y) + 1) / q


def one_too_many(y, sigma):
    q = scatter(y, sigma, np.average(y, weights=sigma**-2))
    return q, max(0, (q - len(y)) / q)


def per_cent(y, sigma):
    q = scatter(y, sigma, np.average(y, weights=sigma**-2))
    return q, 100 * max(0, (q - len(y) + 1) / q)


WRONG = (
    wrong_answer("plain mean", pooled=plain),
    wrong_answer("weights of one over sigma", pooled=one_over_sigma),
    wrong_answer("variance for standard error", pooled=variance_beside),
    wrong_answer("standard error of the plain mean", pooled=error_of_plain_mean),
    wrong_answer("Q around the plain mean", heterogeneity=around_plain_mean),
    wrong_answer("I² below zero", heterogeneity=no_floor),
    wrong_answer("as many degrees of freedom as schools", heterogeneity=one_too_many),
    wrong_answer("I² in percent", heterogeneity=per_cent),
    wrong_answer("shape", pooled=lambda y, sigma: np.average(y, weights=sigma**-2)),
)
