"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def both(group, revenue):
    return revenue[group == "treatment"], revenue[group == "control"]


def around(effect, se, z=1.959964):
    return effect, se, effect - z * se, effect + z * se


def by(error, sign=1, z=1.959964):
    def told(group, revenue):
        a, b = both(group, revenue)
        return around(sign * (np.mean(a) - np.mean(b)), error(a, b), z)

    return told


def right(a, b):
    return np.hypot(stats.sem(a), stats.sem(b))


def student(a, b):
    test = stats.ttest_ind(a, b, equal_var=True)
    return (a.mean() - b.mean()) / test.statistic


def student_interval(degrees):
    def told(group, revenue):
        a, b = both(group, revenue)
        return around(a.mean() - b.mean(), right(a, b), stats.t.isf(0.025, degrees(a, b)))

    return told


def from_all(group, revenue):
    a, b = both(group, revenue)
    se = np.std(revenue, ddof=1) * np.sqrt(1 / len(a) + 1 / len(b))
    return around(a.mean() - b.mean(), se)


WRONG = (
    wrong_answer("control minus treatment", readout=by(right, sign=-1)),
    wrong_answer("one variance for all users", readout=from_all),
    wrong_answer("equal variances assumed", readout=by(student)),
    wrong_answer("standard deviation for standard error", readout=by(lambda a, b: np.hypot(a.std(ddof=1), b.std(ddof=1)))),
    wrong_answer("standard deviation for standard error", readout=by(lambda a, b: np.std([*a, *b], ddof=1))),
    wrong_answer(
        "all users counted in each arm",
        readout=by(lambda a, b: np.hypot(a.std(ddof=1), b.std(ddof=1)) / np.sqrt(len(a) + len(b))),
    ),
    wrong_answer("variance divided by n", readout=by(lambda a, b: np.hypot(stats.sem(a, ddof=0), stats.sem(b, ddof=0)))),
    wrong_answer("standard errors added", readout=by(lambda a, b: stats.sem(a) + stats.sem(b))),
    wrong_answer("variances subtracted", readout=by(lambda a, b: abs(stats.sem(a) ** 2 - stats.sem(b) ** 2) ** 0.5)),
    wrong_answer("square root forgotten", readout=by(lambda a, b: stats.sem(a) ** 2 + stats.sem(b) ** 2)),
    wrong_answer("interval of one standard error", readout=by(right, z=1)),
    wrong_answer("interval of 90%", readout=by(right, z=stats.norm.ppf(0.95))),
    wrong_answer("quantile of Student's t", readout=student_interval(lambda a, b: len(a) + len(b) - 2)),
    wrong_answer("quantile of Student's t", readout=student_interval(lambda a, b: min(len(a), len(b)) - 1)),
    wrong_answer("quantile of Student's t", readout=student_interval(
        lambda a, b: stats.ttest_ind(a, b, equal_var=False).df)),
    wrong_answer("shape", readout=lambda group, revenue: by(right)(group, revenue)[:2]),
    # an answer learned by heart: it was right for other users
    wrong_answer("different", readout=lambda group, revenue: around(1.5, 0.57)),
    wrong_answer("users of one arm", users_needed=lambda se, sigma: 2 * (sigma / se) ** 2),
    wrong_answer("rounded to whole users", users_needed=lambda se, sigma: np.ceil((2 * sigma / se) ** 2)),
    wrong_answer("rounded to whole users", users_needed=lambda se, sigma: round(4 * (sigma / se) ** 2)),
    wrong_answer("error of one mean", users_needed=lambda se, sigma: sigma**2 / se**2),
    wrong_answer("error falls with n", users_needed=lambda se, sigma: sigma / se),
    wrong_answer("error falls with n", users_needed=lambda se, sigma: 4 * sigma / se),
)
