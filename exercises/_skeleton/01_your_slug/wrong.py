"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer

WRONG = (
    wrong_answer("plain mean", weighted_mean=lambda y, w: np.average(y)),
    wrong_answer("sum not divided by the weights", weighted_mean=lambda y, w: np.dot(w, y)),
    wrong_answer("divided by the count", weighted_mean=lambda y, w: np.dot(w, y) / len(y)),
)
