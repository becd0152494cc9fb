"""Wrong answers as readers write them. Each must be told its own misconception."""

import math

from hbm_lib.exercises import wrong_answer


def partial(n, tau, sigma):
    return 1 / (n / sigma**2 + 1 / tau**2)


def roots(n, tau, sigma):
    return sigma / math.sqrt(n), tau, math.sqrt(partial(n, tau, sigma))


def one_pupil(n, tau, sigma):
    return sigma**2, tau**2, partial(n, tau, sigma)


def from_the_average(n, tau, sigma):
    return sigma**2 / n, sigma**2 / n + tau**2, partial(n, tau, sigma)


def never_moves(n, tau, sigma):
    return sigma**2 / n, 0, partial(n, tau, sigma)


def plain_weights(n, tau, sigma):
    w = n / (n + (sigma / tau) ** 2)
    return sigma**2 / n, tau**2, w * sigma**2 / n + (1 - w) * tau**2


def over_n(n, tau, sigma):
    return (sigma / n) ** 2, tau**2, partial(n, tau, sigma)


def over_n_in_points(n, tau, sigma):
    return sigma / n, tau**2, partial(n, tau, sigma)


def over_n_carried_on(n, tau, sigma):
    no = sigma**2 / n**2
    return no, tau**2, 1 / (1 / no + 1 / tau**2)


def added_up(n, tau, sigma):
    return sigma**2 / n, tau**2, (sigma**2 + n * tau**2) / n


def sum_of_precisions(n, tau, sigma):
    return sigma**2 / n, tau**2, (n * tau**2 + sigma**2) / (sigma * tau) ** 2


def one_over_the_sum(n, tau, sigma):
    return sigma**2 / n, tau**2, 1 / (sigma**2 / n + tau**2)


def halfway(n, tau, sigma):
    return sigma**2 / n, tau**2, 0.5 * sigma**2 / n + 0.5 * tau**2


def variance_only(n, tau, sigma):
    w = n / (n + (sigma / tau) ** 2)
    return sigma**2 / n, tau**2, w * w * sigma**2 / n


WRONG = (
    wrong_answer("root taken", expected_errors=roots),
    wrong_answer("size forgotten", expected_errors=one_pupil),
    wrong_answer("divided by n instead of its root", expected_errors=over_n),
    wrong_answer("divided by n instead of its root", expected_errors=over_n_in_points),
    wrong_answer("divided by n instead of its root", expected_errors=over_n_carried_on),
    wrong_answer("distance from the average", expected_errors=from_the_average),
    wrong_answer("no variance, no error", expected_errors=never_moves),
    wrong_answer("weights not squared", expected_errors=plain_weights),
    wrong_answer("errors added up", expected_errors=added_up),
    wrong_answer("not turned back", expected_errors=sum_of_precisions),
    wrong_answer("not turned back", expected_errors=one_over_the_sum),
    wrong_answer("halfway between", expected_errors=halfway),
    wrong_answer("bias left out", expected_errors=variance_only),
    wrong_answer("standard deviations", equal_size=lambda tau, sigma: sigma / tau),
    wrong_answer("turned over", equal_size=lambda tau, sigma: (tau / sigma) ** 2),
    wrong_answer("different", equal_size=lambda tau, sigma: 5.76),
    wrong_answer("shape", expected_errors=lambda n, tau, sigma: partial(n, tau, sigma)),
)
