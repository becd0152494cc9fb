"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def coverage(y, low, high):
    return sum(bool(lo < one < hi) for one, lo, hi in zip(y, low, high, strict=True)) / len(y)


def of_theta(y, theta, replicates):
    inside = coverage(y, *np.percentile(theta, [2.5, 97.5], axis=0))
    return inside, inside < 0.9


def one_interval(y, theta, replicates):
    low, high = np.percentile(replicates, [2.5, 97.5])
    inside = np.mean((y > low) & (y < high))
    return inside, bool(inside < 0.9)


def of_the_mean(y, theta, replicates):
    centre, error = replicates.mean(0), replicates.std(0) / len(replicates) ** 0.5
    inside = coverage(y, centre - 1.96 * error, centre + 1.96 * error)
    return inside, inside < 0.9


def passes_instead(y, theta, replicates):
    inside = coverage(y, *np.percentile(replicates, [2.5, 97.5], axis=0))
    return inside, inside >= 0.9


def at_most(y, theta, replicates):
    inside = coverage(y, *np.percentile(replicates, [2.5, 97.5], axis=0))
    return inside, inside <= 0.9


WRONG = (
    wrong_answer(
        "the mean for the interval", tau_verdict=lambda tau: (tau.mean(), tau.mean() > 10)
    ),
    wrong_answer(
        "five percent on one side",
        tau_verdict=lambda tau: (np.percentile(tau, 95), np.percentile(tau, 95) > 10),
    ),
    wrong_answer("the largest draw", tau_verdict=lambda tau: (max(tau), max(tau) > 10)),
    wrong_answer(
        "the verdict on tau turned round",
        tau_verdict=lambda tau: (np.percentile(tau, 97.5), np.percentile(tau, 97.5) <= 10),
    ),
    wrong_answer("the interval of theta", coverage_verdict=of_theta),
    wrong_answer("one interval for all schools", coverage_verdict=one_interval),
    wrong_answer("the error of the mean", coverage_verdict=of_the_mean),
    wrong_answer("the verdict on coverage turned round", coverage_verdict=passes_instead),
    wrong_answer("fires at the border", coverage_verdict=at_most),
    wrong_answer("type", tau_verdict=lambda tau: (np.quantile(tau, 0.975), "abandon")),
)
