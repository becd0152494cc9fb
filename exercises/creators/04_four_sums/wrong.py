"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def summed(weights, log=np.log):
    def answer(sigma, effect, se):
        w = np.array([weights(value, se) for value in sigma])
        return np.column_stack([log(w).sum(1), w.sum(1), w @ effect, w @ effect**2])

    return answer


def right_w(sigma, se):
    return 1 / (sigma**2 + se**2)


right = summed(right_w)


def log_outside(sigma, effect, se):
    found = right(sigma, effect, se)
    found[:, 0] = np.log(found[:, 1])
    return found


def of(sums):
    a, b, c, d = sums.T
    return 0.5 * a - 0.5 * np.log(b) - 0.5 * (d - c * c / b)


def known_mean(sums):
    a, b, c, d = sums.T
    m = c / b
    return 0.5 * (a - (d - 2 * m * c + m**2 * b))


WRONG = (
    wrong_answer("noise only", four_sums=summed(lambda sigma, se: se**-2.0)),
    wrong_answer("standard deviations in the weights", four_sums=summed(lambda sigma, se: (sigma**2 + se**2) ** -0.5)),
    wrong_answer("standard deviations in the weights", four_sums=summed(lambda sigma, se: 1 / (sigma + se) ** 2)),
    wrong_answer("variances for weights", four_sums=summed(lambda sigma, se: sigma**2 + se**2)),
    wrong_answer("log of the sum", four_sums=log_outside),
    wrong_answer("log of the variance", four_sums=summed(right_w, log=lambda w: -np.log(w))),
    wrong_answer("means for sums", four_sums=lambda sigma, effect, se: right(sigma, effect, se) / len(se)),
    wrong_answer("axes swapped", four_sums=lambda sigma, effect, se: right(sigma, effect, se).transpose()),
    wrong_answer("shape", four_sums=lambda sigma, effect, se: right(sigma, effect, se)[:, 1:]),
    wrong_answer("log term missing", log_likelihood=lambda sums: of(sums) - 0.5 * sums[:, 0]),
    wrong_answer("mean taken as known", log_likelihood=known_mean),
    wrong_answer("squares about zero", log_likelihood=lambda sums: 0.5 * (sums[:, 0] - np.log(sums[:, 1]) - sums[:, 3])),
    wrong_answer(
        "square of the sum not divided",
        log_likelihood=lambda sums: 0.5 * (sums[:, 0] - np.log(sums[:, 1]) - (sums[:, 3] - sums[:, 2] ** 2)),
    ),
    wrong_answer("halves forgotten", log_likelihood=lambda sums: 2 * of(sums)),
    wrong_answer("likelihood for its log", log_likelihood=lambda sums: np.exp(of(sums))),
    wrong_answer("turned to minus", log_likelihood=lambda sums: -of(sums)),
    # learned by heart: the same five numbers whatever the sums are
    wrong_answer("different", log_likelihood=lambda sums: np.array([1.0, 2.0, 3.0, 2.0, 1.0])),
    wrong_answer("likelihoods added up", of_machines=lambda parts: sum(of(part) for part in parts)),
    wrong_answer("sums averaged", of_machines=lambda parts: of(np.mean(parts, axis=0))),
    wrong_answer("likelihoods averaged", of_machines=lambda parts: np.mean([of(part) for part in parts], axis=0)),
    wrong_answer("one machine only", of_machines=lambda parts: of(parts[0])),
    wrong_answer("sums handed back", of_machines=lambda parts: np.sum(parts, axis=0)),
)
