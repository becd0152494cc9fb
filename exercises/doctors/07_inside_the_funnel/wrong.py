"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def binomial(tail):
    """Build limits from the tail that the reader takes."""
    return lambda rate, cases, level: tuple(np.array(stats.binom.ppf([tail(level), 1 - tail(level)], cases, rate)) / cases)


def wald(rate, cases, level):
    return stats.norm.interval(level, rate, (rate * (1 - rate) / cases) ** 0.5)


def shifted(down, up):
    def answer(rate, cases, level):
        low, high = stats.binom.interval(level, cases, rate)
        return (low + down) / cases, (high + up) / cases

    return answer


def below(rate, n, level):
    return stats.binom.cdf(stats.binom.ppf((1 - level) / 2, n, rate) - 1, n, rate)


def above(rate, n, level):
    return stats.binom.sf(stats.binom.ppf((1 + level) / 2, n, rate), n, rate)


def inclusive(rate, n, level):
    low, high = stats.binom.interval(level, n, rate)
    return np.sum(stats.binom.cdf(low, n, rate) + 1 - stats.binom.cdf(high - 1, n, rate))


def each(rate, cases, level):
    return np.array([below(rate, n, level) + above(rate, n, level) for n in cases])


def system(theta, cases):
    return np.average(theta, axis=1, weights=cases)[:, None]


def compared(test):
    return lambda theta, cases, margin: np.mean(test(theta, system(theta, cases), margin), axis=0)


def against_the_others(theta, cases, margin):
    out = []
    for j in range(len(cases)):
        rest = np.average(np.delete(theta, j, 1), axis=1, weights=np.delete(cases, j))
        out.append(np.mean(theta[:, j] < rest - margin))
    return np.array(out)


WRONG = (
    wrong_answer("normal approximation", limits=wald),
    wrong_answer("normal approximation", limits=lambda *given: np.clip(wald(*given), 0, 1)),
    wrong_answer("spread of one case", limits=lambda rate, cases, level: stats.norm.interval(
        level, rate, (rate - rate**2) ** 0.5)),
    wrong_answer("all on each side", limits=binomial(lambda level: 1 - level)),
    wrong_answer("level for tail", limits=lambda rate, cases, level: (
        stats.binom.ppf(level, cases, rate) / cases, stats.binom.ppf(1 - level, cases, rate) / cases)),
    wrong_answer("level not used", limits=binomial(lambda level: 0.025)),
    wrong_answer("counts for rates", limits=lambda rate, cases, level: stats.binom.interval(level, cases, rate)),
    wrong_answer("first outside", limits=shifted(-1, 1)),
    wrong_answer("off by one", limits=shifted(0, 1)),
    wrong_answer("off by one", limits=shifted(1, 0)),
    wrong_answer("off by one", limits=shifted(0, -1)),
    wrong_answer("different", limits=lambda rate, cases, level: (rate, rate)),
    wrong_answer("shape", limits=lambda rate, cases, level: stats.binom.ppf(0.025, cases, rate) / cases),
    wrong_answer("five percent of the groups", outside_by_chance=lambda rate, cases, level: cases.size - cases.size * level),
    wrong_answer("limits counted as outside", outside_by_chance=inclusive),
    wrong_answer("one side only", outside_by_chance=lambda rate, cases, level: below(rate, cases, level).sum()),
    wrong_answer("one side only", outside_by_chance=lambda rate, cases, level: above(rate, cases, level).sum()),
    wrong_answer("at least one", outside_by_chance=lambda *given: 1 - np.exp(np.log1p(-each(*given)).sum())),
    wrong_answer("at least one", outside_by_chance=lambda rate, cases, level: 1 - level**cases.size),
    wrong_answer("share for a number", outside_by_chance=lambda *given: each(*given).mean()),
    wrong_answer("cases for groups", outside_by_chance=lambda *given: np.dot(each(*given), given[1])),
    wrong_answer("every group alike", worse_by=lambda theta, cases, margin: np.mean(
        theta + margin < theta.mean(1)[:, None], axis=0)),
    wrong_answer("system for known", worse_by=lambda theta, cases, margin: np.mean(
        theta < np.average(theta.mean(0), weights=cases) - margin, axis=0)),
    wrong_answer("system for known", worse_by=lambda theta, cases, margin: np.mean(theta < np.mean(theta) - margin, axis=0)),
    wrong_answer("group held against the others", worse_by=against_the_others),
    wrong_answer("margin left out", worse_by=compared(lambda theta, rate, margin: theta < rate)),
    wrong_answer("margin on the wrong side", worse_by=compared(lambda theta, rate, margin: theta < rate + margin)),
    wrong_answer("margin on the wrong side", worse_by=compared(lambda theta, rate, margin: theta > rate - margin)),
    wrong_answer("better for worse", worse_by=compared(lambda theta, rate, margin: theta > rate + margin)),
    wrong_answer("margin as a share", worse_by=compared(lambda theta, rate, margin: theta < rate * (1 - margin))),
    wrong_answer("means compared", worse_by=lambda theta, cases, margin: np.where(
        theta.mean(0) < system(theta, cases).mean() - margin, 1.0, 0.0)),
)
