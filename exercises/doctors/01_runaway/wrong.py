"""Wrong answers as readers write them. Each must be told its own misconception."""

import math

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import wrong_answer


def by_probability(alpha, successes, cases):
    p = 1 / (1 + np.exp(-alpha))
    with np.errstate(all="ignore"):
        return successes * np.log(p) + (cases - successes) * np.log(1 - p)


def by_exp(alpha, successes, cases):
    with np.errstate(all="ignore"):
        return successes * alpha - cases * np.log(1 + np.exp(np.float64(alpha)))


def logs(alpha, successes, cases):
    return successes * special.log_expit(alpha) + (cases - successes) * special.log_expit(-alpha)


def direction(x, y):
    if y.all() or not y.any():
        return True
    return bool(x[y == 1].max() <= x[y == 0].min())


def other_direction(x, y):
    return len(set(y)) == 1 or bool(x[y == 0].max() <= x[y == 1].min())


def gap(x, y):
    if len(set(y)) == 1:
        return True
    low, high = x[y == 0], x[y == 1]
    return bool(low.max() < high.min()) or bool(high.max() < low.min())


def cut_only(x, y):
    if len(set(y)) == 1:
        return False
    return bool(x[y == 0].max() <= x[y == 1].min() or x[y == 1].max() <= x[y == 0].min())


def mixed(x, y):
    return not (cut_only(x, y) or len(set(y)) == 1)


def clipped(successes, cases):
    if successes == 0 or successes == cases:
        return math.log((successes + 0.5) / (cases - successes + 0.5))
    return math.log(successes / (cases - successes))


def infinite(successes, cases):
    with np.errstate(divide="ignore"):
        return np.log(np.float64(successes + 0.5) / (cases - successes))


def rate(successes, cases):
    return (successes + 0.5) / (cases + 1)


WRONG = (
    wrong_answer("overflow", log_likelihood=by_probability),
    wrong_answer("overflow", log_likelihood=by_exp),
    wrong_answer("failures left out", log_likelihood=lambda alpha, successes, cases: successes * special.log_expit(alpha)),
    wrong_answer("likelihood, not its logarithm", log_likelihood=lambda *given: math.exp(logs(*given))),
    wrong_answer(
        "binomial coefficient kept",
        log_likelihood=lambda alpha, successes, cases: logs(alpha, successes, cases) + math.log(math.comb(cases, successes)),
    ),
    wrong_answer(
        "alpha taken for the probability",
        log_likelihood=lambda alpha, successes, cases: special.xlogy(successes, alpha)
        + special.xlogy(cases - successes, 1 - alpha),
    ),
    wrong_answer("averaged over the patients", log_likelihood=lambda *given: logs(*given) / given[-1]),
    wrong_answer("sign turned", log_likelihood=lambda *given: -logs(*given)),
    wrong_answer("different", log_likelihood=lambda alpha, successes, cases: stats.norm.logpdf(alpha)),
    wrong_answer("only all or nothing", runs_away=lambda x, y: bool(y.all() or not y.any())),
    wrong_answer("only all or nothing", runs_away=lambda x, y: y.mean() in (0, 1)),
    wrong_answer("all or nothing forgotten", runs_away=cut_only),
    wrong_answer("one direction only", runs_away=direction),
    wrong_answer("one direction only", runs_away=other_direction),
    wrong_answer("tie at the cut", runs_away=gap),
    wrong_answer("few patients", runs_away=lambda x, y: len(y) < 5),
    wrong_answer("few patients", runs_away=lambda x, y: y.size <= 6),
    wrong_answer("the other way round", runs_away=mixed),
    wrong_answer("different", runs_away=lambda x, y: True),
    wrong_answer("type", runs_away=lambda x, y: float(y.mean())),
    wrong_answer("one for a half", half_added=lambda successes, cases: math.log((successes + 1) / (cases - successes + 1))),
    wrong_answer("rate for logit", half_added=rate),
    wrong_answer("half only where needed", half_added=clipped),
    wrong_answer("divided by the cases", half_added=lambda successes, cases: math.log(rate(successes, cases))),
    wrong_answer("divided by the cases", half_added=lambda successes, cases: math.log((successes + 0.5) / (cases + 0.5))),
    wrong_answer("half a success only", half_added=infinite),
    wrong_answer("different", half_added=lambda successes, cases: successes - cases / 2),
)
