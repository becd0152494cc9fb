"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def conjugate(d, precision, m, prior):
    total = precision + prior
    return (d * precision + m * prior) / total, total**-0.5


def with_prior(precision, power=-2.0):
    return lambda effect, se, mean, sd, sigma_creator: conjugate(effect, se**power, mean, precision(sd, sigma_creator))


right = with_prior(lambda sd, sigma: 1 / (sd**2 + sigma**2))


def posterior_as_prior(effect, se, mean, sd, sigma_creator):
    first = right(effect, se, mean, sd, sigma_creator)
    return conjugate(effect, se**-2.0, first[0], first[1] ** -2.0)


def follows_noise(effect, se, mean, sd, sigma_creator):
    return conjugate(effect, 1 / (sd**2 + sigma_creator**2), mean, se**-2.0)


def remove(effect, mean, sd, precision):
    left = sd**-2.0 - precision
    return (mean * sd**-2.0 - precision * effect) / left, left


def gone(effect, se, mean, sd, sigma_creator):
    return remove(effect, mean, sd, 1 / (se**2 + sigma_creator**2))


def once_more(effect, se, mean, sd, sigma_creator):
    return conjugate(effect, 1 / (se**2 + sigma_creator**2), mean, sd**-2.0)


def as_if_alone(effect, se, mean, sd, sigma_creator):
    with np.errstate(invalid="ignore"):
        m, left = remove(effect, mean, sd, se**-2.0)
        return m, left**-0.5


WRONG = (
    wrong_answer("standard deviations added", update=with_prior(lambda sd, sigma: (sd + sigma) ** -2.0)),
    wrong_answer("genre taken as known", update=with_prior(lambda sd, sigma: sigma**-2.0)),
    wrong_answer("creator taken for the genre", update=with_prior(lambda sd, sigma: sd**-2.0)),
    wrong_answer("experiment counted twice", update=posterior_as_prior),
    wrong_answer("precisions of the prior added", update=with_prior(lambda sd, sigma: sd**-2.0 + sigma**-2.0)),
    wrong_answer("weights swapped", update=follows_noise),
    wrong_answer(
        "standard deviations in the weights", update=with_prior(lambda sd, sigma: (sd**2 + sigma**2) ** -0.5, power=-1.0)
    ),
    wrong_answer("spread of a prediction", update=lambda effect, se, mean, sd, sigma_creator: (
        right(effect, se, mean, sd, sigma_creator)[0], np.sqrt(sd**2 + sigma_creator**2 + se**2))),
    wrong_answer("variance for the sd", update=lambda effect, se, mean, sd, sigma_creator: (
        right(effect, se, mean, sd, sigma_creator)[0], 1 / (se**-2.0 + 1 / (sd**2 + sigma_creator**2)))),
    # learned by heart: a platform's prior that was stored some night
    wrong_answer("different", update=lambda effect, se, mean, sd, sigma_creator: conjugate(effect, se**-2.0, 0.5, 0.41**-2.0)),
    wrong_answer("nothing taken out", take_out=lambda effect, se, mean, sd, sigma_creator: (mean, sd)),
    wrong_answer("noise only taken out", take_out=as_if_alone),
    wrong_answer("added once more", take_out=once_more),
    wrong_answer("taken out of the mean only", take_out=lambda effect, se, mean, sd, sigma_creator: (
        gone(effect, se, mean, sd, sigma_creator)[0], sd)),
    wrong_answer("taken out of the sd only", take_out=lambda effect, se, mean, sd, sigma_creator: (
        mean, gone(effect, se, mean, sd, sigma_creator)[1] ** -0.5)),
    wrong_answer("precision or variance for the sd", take_out=gone),
    wrong_answer("precision or variance for the sd", take_out=lambda effect, se, mean, sd, sigma_creator: (
        gone(effect, se, mean, sd, sigma_creator)[0], 1 / gone(effect, se, mean, sd, sigma_creator)[1])),
)
