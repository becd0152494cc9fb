"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def told(mean, sd):
    return mean, sd, 1 - stats.norm.cdf(0, mean, sd)


def combine(d, m, precision_d, precision_m):
    total = precision_d + precision_m
    return (precision_d * d + precision_m * m) / total, 1 / np.sqrt(total)


def right(effect, se, genre_mean, sigma_creator):
    return combine(effect, genre_mean, se**-2.0, sigma_creator**-2.0)


def with_sd(change):
    def answer(effect, se, genre_mean, sigma_creator):
        mean, sd = right(effect, se, genre_mean, sigma_creator)
        return told(mean, change(sd, se, sigma_creator))

    return answer


def with_probability(change):
    def answer(effect, se, genre_mean, sigma_creator):
        mean, sd = right(effect, se, genre_mean, sigma_creator)
        return mean, sd, change(mean, sd, effect, se)

    return answer


WRONG = (
    wrong_answer("weights swapped", readout=lambda effect, se, genre_mean, sigma_creator: told(
        *combine(effect, genre_mean, sigma_creator**-2.0, se**-2.0))),
    wrong_answer("standard deviations for variances", readout=lambda effect, se, genre_mean, sigma_creator: told(
        *combine(effect, genre_mean, 1 / se, 1 / sigma_creator))),
    wrong_answer("shrunk toward zero", readout=lambda effect, se, genre_mean, sigma_creator: told(
        *combine(effect, 0.0, se**-2.0, sigma_creator**-2.0))),
    wrong_answer("not pooled", readout=lambda effect, se, genre_mean, sigma_creator: told(effect, se)),
    wrong_answer("halfway between", readout=lambda effect, se, genre_mean, sigma_creator: told(
        0.5 * effect + 0.5 * genre_mean, se)),
    wrong_answer("sd not shrunk", readout=with_sd(lambda sd, se, sigma: se)),
    wrong_answer("variances added", readout=with_sd(lambda sd, se, sigma: np.sqrt(se**2 + sigma**2))),
    wrong_answer("variances added", readout=with_sd(lambda sd, se, sigma: se + sigma)),
    wrong_answer("noise only", readout=with_sd(lambda sd, se, sigma: se / (1 + se**2 / sigma**2))),
    wrong_answer("variance or precision for the sd", readout=with_sd(lambda sd, se, sigma: sd**2)),
    wrong_answer("variance or precision for the sd", readout=with_sd(lambda sd, se, sigma: 1 / se**2 + 1 / sigma**2)),
    wrong_answer("probability below", readout=with_probability(lambda mean, sd, effect, se: stats.norm.cdf(0, mean, sd))),
    wrong_answer(
        "probability without the genre", readout=with_probability(lambda mean, sd, effect, se: stats.norm.sf(0, effect, se))
    ),
    wrong_answer(
        "probability without the genre", readout=with_probability(lambda mean, sd, effect, se: stats.norm.sf(0, mean, se))
    ),
    # learned by heart: right for the first creator, whoever is asked about
    wrong_answer("shape", readout=lambda effect, se, genre_mean, sigma_creator: told(*right(1.5, 0.8, 0.4, 0.4))),
    wrong_answer("users of one arm", users_for_half=lambda sigma_creator, sigma_obs: 2 * (sigma_obs / sigma_creator) ** 2),
    wrong_answer("error of one mean", users_for_half=lambda sigma_creator, sigma_obs: (sigma_obs / sigma_creator) ** 2),
    wrong_answer("scales not squared", users_for_half=lambda sigma_creator, sigma_obs: 4 * sigma_obs / sigma_creator),
    wrong_answer("turned over", users_for_half=lambda sigma_creator, sigma_obs: 4 * sigma_creator**2 / sigma_obs**2),
    wrong_answer("different", users_for_half=lambda sigma_creator, sigma_obs: 100.0),
)
