"""Wrong answers as readers write them. Each must be told its own misconception."""

import math

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import wrong_answer


def clipped(mu, tau):
    p = special.expit(mu) + tau * np.linspace(-8, 8, 40_001)
    weight = stats.norm.pdf(np.linspace(-8, 8, 40_001))
    return np.clip(p, 0, 1) @ weight / weight.sum()


def mean_logit(passed, pupils, mu, tau):
    alpha = np.linspace(mu - 9 * tau, mu + 9 * tau, 2001)
    weight = stats.norm.pdf(alpha, mu, tau) * stats.binom.pmf(passed, pupils, special.expit(alpha))
    return special.expit(np.average(alpha, weights=weight))


def infinite(passed, pupils, mu, tau):
    rate = np.divide(passed, pupils)
    precision = pupils * rate * (1 - rate)
    logit = np.log(rate / (1 - rate))
    return special.expit((precision * logit + mu / tau**2) / (precision + 1 / tau**2))


def imaginary(passed, pupils, mu, tau):
    k = 1 / tau**2
    return (passed + k / (1 + math.exp(-mu))) / (pupils + k)


def district(mu, tau):
    return np.average(special.expit(mu + tau * np.linspace(-8, 8, 4001)), weights=stats.norm.pdf(np.linspace(-8, 8, 4001)))


WRONG = (
    wrong_answer("inv_logit of the mean", district_rate=lambda mu, tau: 1 / (1 + math.exp(-mu))),
    wrong_answer("normal on the scale of probabilities", district_rate=clipped),
    wrong_answer("logit not turned into a rate", district_rate=lambda mu, tau: mu),
    wrong_answer("raw rate", shrunk_rate=lambda passed, pupils, mu, tau: passed / pupils),
    wrong_answer("infinite logit", shrunk_rate=infinite),
    wrong_answer("inv_logit of the posterior mean", shrunk_rate=mean_logit),
    wrong_answer("pooled on the scale of probabilities", shrunk_rate=imaginary),
    wrong_answer("other schools left out", shrunk_rate=lambda passed, pupils, mu, tau: (passed + 1) / (pupils + 2)),
    wrong_answer("pupils left out", shrunk_rate=lambda passed, pupils, mu, tau: district(mu, tau)),
    wrong_answer("different", shrunk_rate=lambda passed, pupils, mu, tau: 0.5),
)
