"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def by_pupils(pupils, tau_teacher, sigma):
    return sigma / len(np.repeat(np.arange(len(pupils)), pupils)) ** 0.5


def everything_by_pupils(pupils, tau_teacher, sigma):
    return np.hypot(tau_teacher, sigma) / np.sqrt(pupils.sum())


def equal_teachers(pupils, tau_teacher, sigma):
    return np.hypot(tau_teacher / np.sqrt(len(pupils)), sigma / np.sqrt(pupils.sum()))


def squared(pupils, tau_teacher, sigma):
    share = pupils / pupils.sum()
    return share @ share * tau_teacher**2 + sigma**2 / pupils.sum()


def no_pupils(pupils, tau_teacher, sigma):
    share = pupils / pupils.sum()
    return tau_teacher * np.linalg.norm(share)


WRONG = (
    wrong_answer("teachers ignored", standard_error=by_pupils),
    wrong_answer("teachers averaged out by pupils", standard_error=everything_by_pupils),
    wrong_answer("teachers counted as equal", standard_error=equal_teachers),
    wrong_answer("variance for standard error", standard_error=squared),
    wrong_answer("pupils left out", standard_error=no_pupils),
    wrong_answer(
        "standard deviations for variances",
        teacher_share=lambda tau_school, tau_teacher, sigma: tau_teacher / (tau_school + tau_teacher + sigma),
    ),
    wrong_answer(
        "schools counted in",
        teacher_share=lambda tau_school, tau_teacher, sigma: 1 - sigma**2 / (tau_school**2 + tau_teacher**2 + sigma**2),
    ),
    wrong_answer(
        "schools left out of the total",
        teacher_share=lambda tau_school, tau_teacher, sigma: 1 / (1 + (sigma / tau_teacher) ** 2),
    ),
    wrong_answer(
        "share of the schools",
        teacher_share=lambda tau_school, tau_teacher, sigma: 1 / (1 + (tau_teacher**2 + sigma**2) / tau_school**2),
    ),
    wrong_answer("signature", teacher_share=lambda tau_teacher, sigma: tau_teacher),
)
