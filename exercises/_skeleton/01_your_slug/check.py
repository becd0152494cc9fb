"""Weighted mean: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def truth(y, w):
    return (w * y).sum() / w.sum()


CASES = (
    case(y=np.array([1.0, 2.0, 4.0]), w=np.array([1.0, 1.0, 2.0])),
    case(y=np.array([-3.0, 5.0]), w=np.array([0.2, 0.3])),
)

MISCONCEPTIONS = (
    Misconception(
        "plain mean",
        "You took the plain mean: every entry counts the same, whatever its weight.",
        gives(lambda y, w: y.mean()),
    ),
    Misconception(
        "sum not divided by the weights",
        "You summed the weighted entries. A mean also divides: think of weights that add to 2.",
        gives(lambda y, w: (w * y).sum()),
    ),
    Misconception(
        "divided by the count",
        "You divided by the number of entries; the weights rarely add up to that.",
        gives(lambda y, w: (w * y).mean()),
    ),
)

CHECKER = Checker(
    Question("weighted_mean", truth, CASES, misconceptions=MISCONCEPTIONS),
    right="One sentence that the reader should take home.",
)
