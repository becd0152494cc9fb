"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def happened(p, y):
    """What was said of what came, as a reader would write it."""
    return np.abs(1 - y - p)


def impossible(p, y):
    return int(np.sum(happened(p, y) == 0))


def kept(p, y):
    q = happened(p, y)
    return q[q != 0]


def formula(p, y):
    return y * np.log(p) + (1 - y) * np.log(1 - p)


def cut(floor):
    return lambda p, y: (np.mean(formula(np.clip(p, floor, 1 - floor), y)), impossible(p, y))


def scored(mean):
    """Build the answer of a reader with this mean and the right number."""
    return lambda p, y: (mean(p, y), impossible(p, y))


def counted(count):
    """Build the answer of a reader with the right mean and this number."""
    return lambda p, y: (np.average(np.log(kept(p, y))), count(p, y))


def only_successes(p, y):
    won = p[(y == 1) & (p > 0)]
    return np.mean(np.log(won))


WRONG = (
    wrong_answer("distance not squared", brier=lambda p, y: np.mean(abs(y - p))),
    wrong_answer("root taken", brier=lambda p, y: np.linalg.norm(p - y) / len(p) ** 0.5),
    wrong_answer("sum of the squares", brier=lambda p, y: np.dot(p - y, p - y)),
    wrong_answer("both outcomes counted", brier=lambda p, y: np.mean((p - y) ** 2 + ((1 - p) - (1 - y)) ** 2)),
    wrong_answer("outcomes not looked at", brier=lambda p, y: np.mean(p - p**2)),
    wrong_answer("different", brier=lambda p, y: np.mean((p - y) ** 2) / 2),
    wrong_answer("clipped", log_score=cut(1e-6)),
    wrong_answer("clipped", log_score=cut(1e-15)),
    wrong_answer("clipped", log_score=lambda p, y: (np.mean(np.log(happened(p, y) + 1e-9)), 0)),
    wrong_answer("zero times infinity", log_score=scored(lambda p, y: np.mean(formula(p, y)))),
    wrong_answer("zero times infinity", log_score=lambda p, y: (np.mean((s := formula(p, y))[~np.isinf(s)]), np.isinf(s).sum())),
    wrong_answer("certain forecasts left out", log_score=scored(lambda p, y: np.mean(np.log(happened(p, y)[p * (1 - p) > 0])))),
    wrong_answer("infinity in the mean", log_score=scored(lambda p, y: np.mean(np.log(happened(p, y))))),
    wrong_answer("divided by all", log_score=scored(lambda p, y: np.sum(np.log(kept(p, y))) / y.size)),
    wrong_answer("log of p whatever happened", log_score=scored(lambda p, y: np.mean(np.log(p[p > 0])))),
    wrong_answer("log of p whatever happened", log_score=scored(lambda p, y: np.mean(np.log(p)))),
    wrong_answer("failures not scored", log_score=scored(only_successes)),
    wrong_answer("log of the mean", log_score=scored(lambda p, y: np.log(np.mean(kept(p, y))))),
    wrong_answer("sign turned", log_score=scored(lambda p, y: np.mean(np.log(1 / kept(p, y))))),
    wrong_answer("other base", log_score=scored(lambda p, y: np.mean(np.log2(kept(p, y))))),
    wrong_answer("sum of the logarithms", log_score=scored(lambda p, y: np.log(kept(p, y)).sum())),
    wrong_answer("certain forecasts counted", log_score=counted(lambda p, y: np.isin(p, (0, 1)).sum())),
    wrong_answer("one kind of impossible", log_score=counted(lambda p, y: np.sum((p == 1) * (y == 0)))),
    wrong_answer("one kind of impossible", log_score=counted(lambda p, y: np.sum((p == 0) * (y == 1)))),
    wrong_answer("a share for a number", log_score=counted(lambda p, y: impossible(p, y) / y.size)),
    wrong_answer("shape", log_score=lambda p, y: np.mean(np.log(kept(p, y)))),
    wrong_answer("mean rate put in", finished=lambda theta, m: 1 - np.mean(theta) ** m),
    wrong_answer("probability to survive", finished=lambda theta, m: np.mean(np.exp(m * np.log(theta)))),
    wrong_answer("all must fail", finished=lambda theta, m: np.mean((1 - theta) ** m)),
    wrong_answer("one patient for m", finished=lambda theta, m: np.mean(1 - theta)),
    wrong_answer("number of failures expected", finished=lambda theta, m: m - m * np.mean(theta)),
)
