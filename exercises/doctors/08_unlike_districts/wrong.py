"""Wrong answers as readers write them. Each must be told its own misconception."""

import itertools

import numpy as np
from scipy import special, stats

from hbm_lib import seeds
from hbm_lib.exercises import wrong_answer


def rates(women):
    return (women["use"] == "Y").groupby(women["district"]).mean().to_numpy()


def odds_of(women):
    p = rates(women)
    return p / (1 - p)


def larger_over_smaller(numbers):
    return [1.0 if a == b else np.float64(max(a, b)) / np.float64(min(a, b)) for a, b in itertools.combinations(numbers, 2)]


def not_a_number(women):
    a = odds_of(women)
    return np.median([np.maximum(x, y) / np.minimum(x, y) for x, y in itertools.combinations(a, 2)])


def nan_left_out(women):
    logit = special.logit(rates(women))
    return np.exp(np.nanmedian([abs(a - b) for a, b in itertools.combinations(logit, 2)]))


def dropped(women):
    a = odds_of(women)
    return np.median(larger_over_smaller(a[(a > 0) & np.isfinite(a)]))


def half_added(some):
    def answer(women):
        yes = (women["use"] == "Y").groupby(women["district"]).sum()
        no = (women["use"] == "N").groupby(women["district"]).sum()
        return np.median(larger_over_smaller(((yes + some) / (no + some)).to_numpy()))

    return answer


def as_they_come(women):
    return np.median([1.0 if a == b else a / b for a, b in itertools.combinations(odds_of(women), 2)])


def itself_too(women):
    logit = special.logit(rates(women))
    gaps = np.abs(logit[:, None] - logit)
    return np.exp(np.median(np.where(np.isnan(gaps), 0, gaps)))


def from_all(women):
    p = (women["use"] == "Y").mean()
    return np.exp(np.median(np.abs(special.logit(rates(women)) - special.logit(p))))


def distance(women):
    return np.log(np.median(larger_over_smaller(odds_of(women))))


QUARTILE = stats.norm.isf(0.25)
Q = stats.norm.ppf((np.arange(40_000) + 0.5) / 40_000)


def simulated(tau):
    first, second = seeds.rng(8, "two districts").normal(0, tau, (2, 100_000))
    return np.median(np.exp(np.abs(first - second)))


def mean_share(logit, sd):
    return np.mean(special.expit(logit + sd * Q))


def turned(p, q):
    return q * (1 - p) / (p * (1 - q))


def with_share(second):
    """Build the answer of a reader with the right share and this second part."""
    return lambda eta, beta, tau: (mean_share(eta, tau), second(eta, beta, tau))


def spread(sd):
    """Build the answer of a reader who averages over districts with another standard deviation."""
    return lambda eta, beta, tau: (
        mean_share(eta, sd(tau)), turned(mean_share(eta, sd(tau)), mean_share(eta + beta, sd(tau))))


def seen(eta, beta, tau):
    return turned(mean_share(eta, tau), mean_share(eta + beta, tau))


def shrunk(c):
    return lambda eta, beta, tau: (special.expit(eta / (1 + c * tau**2) ** 0.5), np.exp(beta / (1 + c * tau**2) ** 0.5))


WRONG = (
    wrong_answer("zero over zero", raw_odds_ratio=not_a_number),
    wrong_answer("zero over zero", raw_odds_ratio=nan_left_out),
    wrong_answer("ends dropped", raw_odds_ratio=dropped),
    wrong_answer("cases added", raw_odds_ratio=half_added(0.5)),
    wrong_answer("cases added", raw_odds_ratio=half_added(1)),
    wrong_answer("rates for odds", raw_odds_ratio=lambda women: np.median(larger_over_smaller(rates(women)))),
    wrong_answer("mean of the ratios", raw_odds_ratio=lambda women: np.mean(larger_over_smaller(odds_of(women)))),
    wrong_answer("either over the other", raw_odds_ratio=as_they_come),
    wrong_answer("a district paired with itself", raw_odds_ratio=itself_too),
    wrong_answer("held against all", raw_odds_ratio=from_all),
    wrong_answer("logits for odds", raw_odds_ratio=distance),
    wrong_answer("different", raw_odds_ratio=lambda women: 2.0338696),
    wrong_answer("shape", raw_odds_ratio=lambda women: np.array(larger_over_smaller(odds_of(women)))),
    wrong_answer("one district against the middle", median_odds_ratio=lambda tau: np.exp(0.67449 * tau)),
    wrong_answer("variances not added", median_odds_ratio=lambda tau: np.exp(QUARTILE * (tau + tau))),
    wrong_answer("tau for the variance", median_odds_ratio=lambda tau: np.exp(0.95387 * tau**2)),
    wrong_answer("tau for the variance", median_odds_ratio=lambda tau: np.exp((tau + tau) ** 0.5 * QUARTILE)),
    wrong_answer("tau for the variance", median_odds_ratio=lambda tau: np.exp((tau**2 + tau**2) * QUARTILE)),
    wrong_answer("quantile of one half", median_odds_ratio=lambda tau: np.exp(2**0.5 * tau * stats.norm.ppf(0.5))),
    wrong_answer("the lower quartile", median_odds_ratio=lambda tau: np.exp(2**0.5 * tau * stats.norm.ppf(0.25))),
    wrong_answer("a standard deviation for a median", median_odds_ratio=lambda tau: np.exp(np.hypot(tau, tau))),
    wrong_answer("a standard deviation for a median", median_odds_ratio=np.exp),
    wrong_answer("95 % for one half", median_odds_ratio=lambda tau: np.exp(1.96 * np.hypot(tau, tau))),
    wrong_answer("mean for median", median_odds_ratio=lambda tau: np.mean(np.exp(np.abs(np.hypot(tau, tau) * Q)))),
    wrong_answer("mean for median", median_odds_ratio=lambda tau: np.exp(np.mean(np.abs(np.hypot(tau, tau) * Q)))),
    wrong_answer("drawn at random", median_odds_ratio=simulated),
    wrong_answer("drawn at random", median_odds_ratio=lambda tau: np.exp(1.41 * 0.67 * tau)),
    wrong_answer("distance of logits", median_odds_ratio=lambda tau: np.median(np.abs(np.hypot(tau, tau) * Q))),
    wrong_answer("different", median_odds_ratio=lambda tau: 1.5 * np.exp(np.sqrt(2) * tau * QUARTILE)),
    wrong_answer("expit of the mean", survey=lambda eta, beta, tau: (special.expit(eta), np.exp(beta))),
    wrong_answer("expit of the mean", survey=lambda eta, beta, tau: (1 / (1 + np.exp(-eta)), seen(eta, beta, tau))),
    wrong_answer("odds averaged", survey=lambda eta, beta, tau: (
        (mean := np.exp(eta + tau**2 / 2)) / (1 + mean), np.exp(beta))),
    wrong_answer("square of tau", survey=spread(lambda tau: tau * tau)),
    wrong_answer("square of tau", survey=spread(np.sqrt)),
    wrong_answer("rule of thumb", survey=shrunk(0.346)),
    wrong_answer("rule of thumb", survey=shrunk(np.pi / 8)),
    wrong_answer("town for village", survey=lambda eta, beta, tau: (mean_share(eta + beta, tau), seen(eta, beta, tau))),
    wrong_answer("ratio within a district", survey=with_share(lambda eta, beta, tau: np.exp(beta))),
    wrong_answer("ratio of shares", survey=with_share(
        lambda eta, beta, tau: mean_share(eta + beta, tau) / mean_share(eta, tau))),
    wrong_answer("difference of logits", survey=with_share(
        lambda eta, beta, tau: special.logit(mean_share(eta + beta, tau)) - special.logit(mean_share(eta, tau)))),
    wrong_answer("village over town", survey=with_share(
        lambda eta, beta, tau: turned(mean_share(eta + beta, tau), mean_share(eta, tau)))),
    wrong_answer("middle district for all", survey=with_share(
        lambda eta, beta, tau: turned(special.expit(eta), mean_share(eta + beta, tau)))),
    wrong_answer("middle district for all", survey=with_share(
        lambda eta, beta, tau: turned(mean_share(eta, tau), special.expit(eta + beta)))),
    wrong_answer("shape", survey=lambda eta, beta, tau: mean_share(eta, tau)),
)
