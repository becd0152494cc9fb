"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def look(revenue):
    """Return share, amount, and the standard errors of both."""
    paid = revenue[revenue != 0]
    p = np.mean(revenue != 0)
    return p, paid.mean(), np.sqrt(p * (1 - p) / revenue.size), paid.std(ddof=1) / np.sqrt(paid.size)


def se_by(error):
    """Build a readout whose effect is right, from the standard error of one arm's mean."""
    return lambda control, treatment: (
        treatment.mean() - control.mean(), np.hypot(error(*look(control)), error(*look(treatment))))


def effect_by(rule):
    right = se_by(lambda p, a, sp, sa: np.hypot(a * sp, p * sa))
    return lambda control, treatment: (rule(look(control), look(treatment)), right(control, treatment)[1])


def divided_by_all(control, treatment):
    def error(revenue):
        p, a, sp, _ = look(revenue)
        return np.hypot(a * sp, p * revenue[revenue > 0].std() / np.sqrt(revenue.size))

    return treatment.mean() - control.mean(), np.hypot(error(control), error(treatment))


def one_after_the_other(control, treatment):
    error = [np.hypot(a * sp, p * sa) for p, a, sp, sa in (look(control), look(treatment))]
    return treatment.mean() - control.mean(), sum(error)


def split(rule):
    return lambda control, treatment: rule(*look(control)[:2], *look(treatment)[:2])


def thrown_together(control, treatment):
    p, a, *_ = look(np.append(control, treatment))
    (p0, a0, *_), (p1, a1, *_) = look(control), look(treatment)
    return a * (p1 - p0), p * (a1 - a0)


def fractions(control, treatment):
    effect = treatment.mean() - control.mean()
    half = split(lambda p0, a0, p1, a1: ((p1 - p0) * (a0 + a1) / 2 / effect, (a1 - a0) * (p0 + p1) / 2 / effect))
    return half(control, treatment)


WRONG = (
    wrong_answer("payers alone", readout=effect_by(lambda c, t: t[1] - c[1])),
    wrong_answer("share alone", readout=effect_by(lambda c, t: t[0] - c[0])),
    wrong_answer("product of the effects", readout=effect_by(lambda c, t: (t[0] - c[0]) * (t[1] - c[1]))),
    wrong_answer("control minus treatment", readout=effect_by(lambda c, t: c[0] * c[1] - t[0] * t[1])),
    wrong_answer("share taken as known", readout=se_by(lambda p, a, sp, sa: p * sa)),
    wrong_answer("amount taken as known", readout=se_by(lambda p, a, sp, sa: a * sp)),
    wrong_answer("amount measured on all users", readout=divided_by_all),
    wrong_answer("derivatives forgotten", readout=se_by(lambda p, a, sp, sa: np.hypot(sp, sa))),
    wrong_answer("derivatives swapped", readout=se_by(lambda p, a, sp, sa: np.hypot(p * sp, a * sa))),
    wrong_answer("errors of share and amount added", readout=se_by(lambda p, a, sp, sa: a * sp + p * sa)),
    wrong_answer("covariance where there is none", readout=se_by(lambda p, a, sp, sa: abs(a * sp - p * sa))),
    wrong_answer(
        "covariance where there is none", readout=se_by(lambda p, a, sp, sa: np.sqrt(abs((a * sp) ** 2 - (p * sa) ** 2)))
    ),
    wrong_answer("errors of the arms added", readout=one_after_the_other),
    wrong_answer("derivatives forgotten", readout=se_by(lambda p, a, sp, sa: sa)),
    # learned by heart: the first experiment as it is on average
    wrong_answer("different", readout=lambda control, treatment: (0.6, 0.4)),
    wrong_answer("valued at the control", parts=split(lambda p0, a0, p1, a1: (a0 * (p1 - p0), p0 * (a1 - a0)))),
    wrong_answer("valued at the treatment", parts=split(lambda p0, a0, p1, a1: (a1 * (p1 - p0), p1 * (a1 - a0)))),
    wrong_answer("one arm for each part", parts=split(lambda p0, a0, p1, a1: (a1 * (p1 - p0), p0 * (a1 - a0)))),
    wrong_answer("one arm for each part", parts=split(lambda p0, a0, p1, a1: (a0 * (p1 - p0), p1 * (a1 - a0)))),
    wrong_answer("changes without a value", parts=split(lambda p0, a0, p1, a1: (p1 - p0, a1 - a0))),
    wrong_answer(
        "parts swapped", parts=split(lambda p0, a0, p1, a1: ((a1 - a0) * (p0 + p1) / 2, (p1 - p0) * (a0 + a1) / 2))
    ),
    wrong_answer("valued at all users together", parts=thrown_together),
    wrong_answer("fractions of the effect", parts=fractions),
)
