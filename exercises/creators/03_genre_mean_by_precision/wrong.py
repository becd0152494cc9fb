"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def average(effect, weights):
    return np.average(effect, weights=weights)


def spread(se, sigma_creator):
    return se**2 + sigma_creator**2


def mean_with(variance):
    def answer(effect, se, sigma_creator):
        return average(effect, 1 / spread(se, sigma_creator)), variance(se, sigma_creator)

    return answer


def fixed_effect(effect, se, sigma_creator):
    return average(effect, se**-2.0), 1 / np.sum(se**-2.0)


def forgot_it_in_the_mean(effect, se, sigma_creator):
    return average(effect, se**-2.0), 1 / np.sum(1 / spread(se, sigma_creator))


def plain(effect, se, sigma_creator):
    return effect.mean(), spread(se, sigma_creator).mean() / len(se)


def once_each(effect, se, sigma_creator, mu_global, sigma_genre):
    w = 1 / spread(se, sigma_creator)
    total = (w + sigma_genre**-2.0).sum()
    return (w * effect + mu_global / sigma_genre**2).sum() / total, 1 / total


def as_one_more_noise(effect, se, sigma_creator, mu_global, sigma_genre):
    w = 1 / (spread(se, sigma_creator) + sigma_genre**2)
    return average(effect, w), 1 / w.sum()


def parts(effect, se, sigma_creator):
    w = 1 / spread(se, sigma_creator)
    return average(effect, w), 1 / w.sum()


def follows_the_wrong_one(effect, se, sigma_creator, mu_global, sigma_genre):
    mean, variance = parts(effect, se, sigma_creator)
    share = sigma_genre**2 / (variance + sigma_genre**2)
    return (1 - share) * mean + share * mu_global, share * variance


def without_squares(effect, se, sigma_creator, mu_global, sigma_genre):
    mean, variance = parts(effect, se, sigma_creator)
    sd = np.sqrt(variance)
    return (mean / sd + mu_global / sigma_genre) / (1 / sd + 1 / sigma_genre), 1 / (1 / variance + sigma_genre**-2.0)


WRONG = (
    wrong_answer("noise only in the weights", genre_mean=fixed_effect),
    wrong_answer("noise only in the weights", genre_mean=forgot_it_in_the_mean),
    wrong_answer("simple mean", genre_mean=plain),
    wrong_answer("standard deviations in the weights", genre_mean=lambda effect, se, sigma_creator: (
        average(effect, 1 / (se + sigma_creator)), 1 / np.sum(1 / (se + sigma_creator)))),
    wrong_answer("standard deviations in the weights", genre_mean=lambda effect, se, sigma_creator: (
        average(effect, 1 / np.sqrt(spread(se, sigma_creator))), 1 / np.sum(1 / spread(se, sigma_creator)))),
    wrong_answer("weights of the shrinkage", genre_mean=lambda effect, se, sigma_creator: (
        average(effect, 1 - sigma_creator**2 / spread(se, sigma_creator)), 1 / np.sum(1 / spread(se, sigma_creator)))),
    wrong_answer("noise only in the variance", genre_mean=mean_with(lambda se, sigma: 1 / np.sum(se**-2.0))),
    wrong_answer("variance of a simple mean", genre_mean=mean_with(lambda se, sigma: spread(se, sigma).mean() / len(se))),
    wrong_answer("precision or sd for the variance", genre_mean=mean_with(lambda se, sigma: np.sum(1 / spread(se, sigma)))),
    wrong_answer(
        "precision or sd for the variance", genre_mean=mean_with(lambda se, sigma: np.sqrt(1 / np.sum(1 / spread(se, sigma))))
    ),
    wrong_answer(
        "variance of a new creator", genre_mean=mean_with(lambda se, sigma: sigma**2 + 1 / np.sum(1 / spread(se, sigma)))
    ),
    wrong_answer("different", genre_mean=lambda effect, se, sigma_creator: (0.5, 0.03)),
    wrong_answer("platform ignored", with_platform=lambda effect, se, sigma_creator, mu_global, sigma_genre: parts(
        effect, se, sigma_creator)),
    wrong_answer("prior counted once for every creator", with_platform=once_each),
    wrong_answer("sigma_genre in every weight", with_platform=as_one_more_noise),
    wrong_answer("weights swapped", with_platform=follows_the_wrong_one),
    wrong_answer("standard deviations for variances", with_platform=without_squares),
)
