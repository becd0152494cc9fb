"""Wrong answers as readers write them. Each must be told its own misconception."""

import math

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import wrong_answer


def pooled(share=None, sd=None):
    def answer(own, se, mu, tau):
        a, b = 1 / se**2, 1 / tau**2
        w = a / (a + b) if share is None else share(se, tau)
        return w * own + (1 - w) * mu, (a + b) ** -0.5 if sd is None else sd(se, tau)

    return answer


def by_rates(own, se, mu, tau):
    a, b = 1 / se**2, 1 / tau**2
    rate = (a * special.expit(own) + b * special.expit(mu)) / (a + b)
    return math.log(rate / (1 - rate)), (a + b) ** -0.5


def grid(m, v, far=8):
    alpha = np.linspace(m - far * v, m + far * v, 4001)
    return alpha, stats.norm.pdf(alpha, m, v)


def taylor(m, v):
    p = 1 / (1 + math.exp(-m))
    return p + v**2 / 2 * p * (1 - p) * (1 - 2 * p)


def unweighted(m, v):
    return special.expit(grid(m, v, 5)[0]).mean()


def as_variance(m, v):
    alpha, weight = grid(m, math.sqrt(v))
    return np.average(special.expit(alpha), weights=weight)


def swung(m, v, level):
    p = special.expit(m)
    half = stats.norm.ppf((1 + level) / 2) * p * (1 - p) * v
    return p - half, p + half


def by_moments(m, v, level):
    alpha, weight = grid(m, v)
    p = special.expit(alpha)
    mean = np.average(p, weights=weight)
    half = stats.norm.isf((1 - level) / 2) * np.sqrt(np.average((p - mean) ** 2, weights=weight))
    return mean - half, mean + half


def ends(low, high):
    return lambda m, v, level: (
        special.expit(m + v * stats.norm.ppf(low(level))),
        special.expit(m + v * stats.norm.ppf(high(level))),
    )


WRONG = (
    wrong_answer("weights swapped", pooled_logit=pooled(lambda se, tau: se**2 / (se**2 + tau**2))),
    wrong_answer("weights swapped", pooled_logit=pooled(lambda se, tau: se / (se + tau))),
    wrong_answer("standard deviations for variances", pooled_logit=pooled(lambda se, tau: (1 / se) / (1 / se + 1 / tau))),
    wrong_answer("half and half", pooled_logit=pooled(lambda se, tau: 0.5)),
    wrong_answer("averaged as rates", pooled_logit=by_rates),
    wrong_answer("not pooled", pooled_logit=pooled(lambda se, tau: 1.0)),
    wrong_answer("variance for standard deviation", pooled_logit=pooled(sd=lambda se, tau: 1 / (1 / se**2 + 1 / tau**2))),
    wrong_answer("variance for standard deviation", pooled_logit=pooled(sd=lambda se, tau: 1 / se**2 + 1 / tau**2)),
    wrong_answer("doubts added up", pooled_logit=pooled(sd=lambda se, tau: math.sqrt(se**2 + tau**2))),
    wrong_answer("doubts added up", pooled_logit=pooled(sd=lambda se, tau: se + tau)),
    wrong_answer("one source's doubt", pooled_logit=pooled(sd=lambda se, tau: se)),
    wrong_answer("one source's doubt", pooled_logit=pooled(sd=lambda se, tau: tau)),
    wrong_answer("different", pooled_logit=pooled(sd=lambda se, tau: (se + tau) / 2)),
    wrong_answer("shape", pooled_logit=lambda own, se, mu, tau: own),
    wrong_answer("expit of the mean", mean_rate=lambda m, v: special.expit(m)),
    wrong_answer("expit of the mean", mean_rate=lambda m, v: special.expit(np.average(grid(m, v)[0], weights=grid(m, v)[1]))),
    wrong_answer("logits not turned into rates", mean_rate=lambda m, v: np.average(grid(m, v)[0], weights=grid(m, v)[1])),
    wrong_answer("a first correction only", mean_rate=taylor),
    wrong_answer("a normal curve for the logistic one", mean_rate=lambda m, v: special.expit(m / np.sqrt(1 + np.pi / 8 * v**2))),
    wrong_answer("a normal curve for the logistic one", mean_rate=lambda m, v: stats.norm.cdf(m / np.sqrt(1.7**2 + v**2))),
    wrong_answer("all logits alike", mean_rate=unweighted),
    wrong_answer("variance for sd in the grid", mean_rate=as_variance),
    wrong_answer("different", mean_rate=lambda m, v: 0.5),
    wrong_answer("symmetric on the scale of rates", rate_interval=swung),
    wrong_answer("symmetric on the scale of rates", rate_interval=by_moments),
    wrong_answer("ends left on the logit scale", rate_interval=lambda m, v, level: stats.norm.interval(level, m, v)),
    wrong_answer("one tail for two", rate_interval=ends(lambda level: 1 - level, lambda level: level)),
    wrong_answer("level not used", rate_interval=ends(lambda level: 0.025, lambda level: 0.975)),
    wrong_answer("level not used", rate_interval=lambda m, v, level: (special.expit(m - 2 * v), special.expit(m + 2 * v))),
    wrong_answer("what is left out for level", rate_interval=ends(lambda level: level / 2, lambda level: 1 - level / 2)),
    wrong_answer("ends swapped", rate_interval=ends(lambda level: 0.5 + level / 2, lambda level: 0.5 - level / 2)),
    wrong_answer("different", rate_interval=lambda m, v, level: (0.0, 1.0)),
)
