"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib import fit_exact, seeds
from hbm_lib.data.real import load
from hbm_lib.exercises import wrong_answer
from hbm_lib.models import schools
from hbm_lib.priors import Exponential, Normal

MODEL = schools.partial_pooling().with_prior(mu=Normal(12, 10), tau=Exponential(0.2), sigma=Exponential(0.1))
FRAME = load("hsb82")
DATA = schools.Data.from_frame(FRAME, y="mAch", school="school")
DRAWS = fit_exact(MODEL, DATA).sample(seeds.rng(5, "posterior"), 4000)
BY_SCHOOL = FRAME.groupby("school")["mAch"]
BETWEEN, WITHIN = BY_SCHOOL.mean().var(), BY_SCHOOL.var().mean()


def of_means(tau, sigma):
    between = np.mean(tau) ** 2
    return between / (between + np.mean(sigma) ** 2)


def turned_over(tau, sigma):
    low, high = np.percentile(tau, [2.5, 97.5])
    return low**2 / (low**2 + sigma.mean() ** 2), high**2 / (high**2 + sigma.mean() ** 2)


def turned_over_at_the_median(tau, sigma):
    ends = np.quantile(tau, [0.025, 0.975])
    return ends**2 / (ends**2 + np.median(sigma) ** 2)


def worst_and_best(tau, sigma):
    (low, high), (small, large) = np.percentile(tau, [2.5, 97.5]), np.percentile(sigma, [2.5, 97.5])
    return low**2 / (low**2 + large**2), high**2 / (high**2 + small**2)


def both_low_both_high(tau, sigma):
    (low, high), (small, large) = np.percentile(tau, [2.5, 97.5]), np.percentile(sigma, [2.5, 97.5])
    return low**2 / (low**2 + small**2), high**2 / (high**2 + large**2)


def two_sd(tau, sigma):
    share = tau**2 / (tau**2 + sigma**2)
    return share.mean() - 2 * share.std(), share.mean() + 2 * share.std()


def two_sd_by_the_table(tau, sigma):
    share = tau**2 / (tau**2 + sigma**2)
    return share.mean() - 1.96 * share.std(ddof=1), share.mean() + 1.96 * share.std(ddof=1)


def of_the_mean(tau, sigma):
    share = tau**2 / (tau**2 + sigma**2)
    half = 1.96 * share.std(ddof=1) / np.sqrt(share.size)
    return share.mean() - half, share.mean() + half


WRONG = (
    wrong_answer("standard deviations for variances", icc=lambda tau, sigma: (tau / (tau + sigma)).mean()),
    wrong_answer("ratio instead of share", icc=lambda tau, sigma: ((tau / sigma) ** 2).mean()),
    wrong_answer("ICC of the means", icc=of_means),
    wrong_answer("share of the pupils", icc=lambda tau, sigma: np.mean(sigma**2 / (tau**2 + sigma**2))),
    wrong_answer("not averaged", icc=lambda tau, sigma: 1 / (1 + (sigma / tau) ** 2)),
    wrong_answer("interval of tau turned into one of the ICC", interval=turned_over),
    wrong_answer("interval of tau turned into one of the ICC", interval=turned_over_at_the_median),
    wrong_answer("ends of two intervals combined", interval=worst_and_best),
    wrong_answer("ends of two intervals combined", interval=both_low_both_high),
    wrong_answer("mean and two sd", interval=two_sd),
    wrong_answer("mean and two sd", interval=two_sd_by_the_table),
    wrong_answer("error of the mean", interval=of_the_mean),
    wrong_answer("interval of 90%", interval=lambda tau, sigma: np.quantile(1 / (1 + (sigma / tau) ** 2), [0.05, 0.95])),
    wrong_answer("shape", interval=lambda tau, sigma: np.mean(tau**2 / (tau**2 + sigma**2))),
    wrong_answer("different", interval=lambda tau, sigma: np.quantile(tau**2 / (tau**2 + sigma**2), [0.25, 0.75])),
    wrong_answer("raw variance of the averages", share=BETWEEN / (BETWEEN + WITHIN)),
    wrong_answer("standard deviations of real schools", share=np.mean(DRAWS["tau"] / (DRAWS["tau"] + DRAWS["sigma"]))),
    wrong_answer("ratio of real schools", share=np.mean(DRAWS["tau"] ** 2 / DRAWS["sigma"] ** 2)),
    wrong_answer("spread between schools", share=DRAWS["tau"].mean()),
    wrong_answer("type", share="0.18"),
)
