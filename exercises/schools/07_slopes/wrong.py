"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def quadratic(x, matrix, sigma):
    return matrix[0][0] + 2 * matrix[0][1] * x + matrix[1][1] * x**2 + sigma**2


def bad_diagonal(tau0, tau1, rho):
    return np.outer([tau0, tau1], [tau0, tau1]) * rho * (1 - np.eye(2)) + np.diag([tau0, tau1])


def uncorrelated(x, tau0, tau1, rho, sigma):
    return quadratic(x, [[tau0**2, 0], [0, tau1**2]], sigma)


def once(x, tau0, tau1, rho, sigma):
    return quadratic(x, [[tau0**2, rho * tau0 * tau1 / 2], [0, tau1**2]], sigma)


def both(x, tau0, tau1, rho, sigma):
    return quadratic(x, [[tau0**2, rho * tau0 * tau1], [0, tau1**2]], sigma)


WRONG = (
    wrong_answer("correlation dropped from the matrix", covariance=lambda tau0, tau1, rho: [[tau0**2, 0], [0, tau1**2]]),
    wrong_answer("correlation for covariance", covariance=lambda tau0, tau1, rho: [[tau0**2, rho], [rho, tau1**2]]),
    wrong_answer("standard deviations on the diagonal", covariance=bad_diagonal),
    wrong_answer("correlation dropped", score_variance=uncorrelated),
    wrong_answer("covariance once", score_variance=once),
    wrong_answer("slopes left out", score_variance=lambda x, tau0, tau1, rho, sigma: tau0**2 + sigma**2 + 0 * x),
    wrong_answer("pupils left out", score_variance=lambda x, tau0, tau1, rho, sigma: both(x, tau0, tau1, rho, 0)),
    wrong_answer("standard deviation for variance", score_variance=lambda *given: both(*given) ** 0.5),
    wrong_answer("standard deviations added", score_variance=lambda x, tau0, tau1, rho, sigma: tau0 + x * tau1 + sigma),
    wrong_answer("sign lost", x_least=lambda tau0, tau1, rho: tau0 / tau1 * rho),
    wrong_answer("least at zero", x_least=lambda tau0, tau1, rho: 0),
    wrong_answer("ratio turned over", x_least=lambda tau0, tau1, rho: -tau1 / tau0 * rho),
)
