"""A normal logit and the rate that belongs to it: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

NEAR = Exact(rtol=0, atol=0.001)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(100)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
MEAN, SD = 0, 1


def pooled_logit(own, se, mu, tau):
    precision = 1 / se**2 + 1 / tau**2
    return (own / se**2 + mu / tau**2) / precision, precision**-0.5


def mean_rate(m, v):
    return float(special.expit(m + v * NODES) @ WEIGHTS)


def rate_interval(m, v, level):
    return tuple(special.expit(stats.norm.interval(level, m, v)))


def weighted(own, se, mu, tau, share):
    return share * own + (1 - share) * mu


def any_gives(*wrongs, part=None, **tolerance):
    """Recognize any of these answers, or any of these parts."""
    if part is not None:
        wrongs = [lambda *given, f=f: {part: f(*given)} for f in wrongs]
    found = [gives(wrong, part=part, **tolerance) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def near(*wrongs):
    return any_gives(*wrongs, rtol=0, atol=0.001)


def delta(m, v, level):
    """The interval of the textbooks on the scale of rates: rate give or take a multiple of its approximate sd."""
    rate = special.expit(m)
    half = stats.norm.ppf(0.5 + level / 2) * v * rate * (1 - rate)
    return rate - half, rate + half


def around_the_mean(m, v, level):
    """The same about the mean rate, with the exact sd of the rate."""
    rate = special.expit(m + v * NODES)
    mean = rate @ WEIGHTS
    half = stats.norm.ppf(0.5 + level / 2) * np.sqrt((rate - mean) ** 2 @ WEIGHTS)
    return mean - half, mean + half


def carried(low, high):
    """Carry the quantiles at two other probabilities over."""
    return lambda m, v, level: tuple(special.expit(stats.norm.ppf([low(level), high(level)], m, v)))


LOGITS = (case(m=2.0, v=1.5), case(m=-1.0, v=0.6), case(m=-3.0, v=2.0), case(m=0.7, v=1.0))

CHECKER = Checker(
    Question(
        "pooled_logit",
        pooled_logit,
        (
            case(own=2.2, se=1.5, mu=0.9, tau=0.8),
            case(own=-1.9, se=1.7, mu=0.9, tau=1.2),
            case(own=-0.4, se=0.14, mu=0.9, tau=0.8),
        ),
        parts=("mean", "standard deviation"),
        misconceptions=(
            Misconception(
                "weights swapped",
                "Your weights are swapped: the less certain source speaks louder. The doctor with four patients keeps nearly "
                "all of the logit, and the one with 240 is pulled away from it.",
                any_gives(lambda *g: weighted(*g, g[1] ** 2 / (g[1] ** 2 + g[3] ** 2)),
                          lambda *g: weighted(*g, g[1] / (g[1] + g[3])), part=MEAN),
            ),
            Misconception(
                "standard deviations for variances",
                "You weight by one over the standard deviation. Independent errors add up in *squares*, so the weight is one "
                "over the variance.",
                any_gives(lambda *g: weighted(*g, g[3] / (g[1] + g[3])), part=MEAN),
            ),
            Misconception(
                "half and half",
                "You took the middle of the two. A doctor with 240 patients need not meet the colleagues halfway.",
                any_gives(lambda *g: (g[0] + g[2]) / 2, part=MEAN),
            ),
            Misconception(
                "averaged as rates",
                "You turned both into rates, averaged those, and went back. The scatter of the doctors is normal on the logit "
                "scale, and there the weights apply.",
                any_gives(lambda *g: special.logit(
                    weighted(special.expit(g[0]), 0, special.expit(g[2]), 0, g[3] ** 2 / (g[1] ** 2 + g[3] ** 2))), part=MEAN),
            ),
            Misconception(
                "not pooled",
                "You return the doctor's own logit. The colleagues have not been heard.",
                any_gives(lambda *g: g[0], part=MEAN),
            ),
            Misconception(
                "variance for standard deviation",
                "Your second number is a variance, or a precision. Its standard deviation is asked.",
                any_gives(lambda *g: pooled_logit(*g)[SD] ** 2, lambda *g: pooled_logit(*g)[SD] ** -2.0, part=SD),
            ),
            Misconception(
                "doubts added up",
                "Your standard deviation is larger than either of the two. Two sources on one number leave *less* doubt than "
                "each.",
                any_gives(lambda *g: np.hypot(g[1], g[3]), lambda *g: g[1] + g[3], part=SD),
            ),
            Misconception(
                "one source's doubt",
                "Your standard deviation is that of one of the two sources. What is left of the doubt is less than either.",
                any_gives(lambda *g: g[1], lambda *g: g[3], part=SD),
            ),
        ),
    ),
    Question(
        "mean_rate",
        mean_rate,
        LOGITS,
        compare=NEAR,
        misconceptions=(
            Misconception(
                "expit of the mean",
                "You give expit(m), the rate that half of the probability lies above: the *median* rate. The mean is another "
                "number, because expit is curved. Turn each logit into a rate first.",
                near(lambda m, v: special.expit(m)),
            ),
            Misconception(
                "logits not turned into rates",
                "You averaged the logits. That gives m again, and m is no rate.",
                near(lambda m, v: m),
            ),
            Misconception(
                "a first correction only",
                "You corrected expit(m) by half of its curvature times the variance. That is the beginning of a series, good "
                "for small v alone.",
                near(lambda m, v: special.expit(m) * (1 + 0.5 * v**2 * (1 - special.expit(m)) * (1 - 2 * special.expit(m)))),
            ),
            Misconception(
                "a normal curve for the logistic one",
                "You used expit of a shrunk logit, the approximation that takes a normal distribution function for expit. It is "
                "good to a percent or so. The sum is asked.",
                near(lambda m, v: special.expit(m / np.sqrt(1 + np.pi * v**2 / 8)),
                     lambda m, v: stats.norm.cdf(m / np.sqrt(1.7**2 + v**2))),
            ),
            Misconception(
                "all logits alike",
                "You averaged the rates over the grid without weights. The ends of the grid are as good as impossible, and they "
                "count as much as the middle.",
                lambda attempt: any(
                    gives(lambda m, v, far=far: special.expit(np.linspace(m - far * v, m + far * v, 20001)).mean(),
                          rtol=0, atol=0.002)(attempt)
                    for far in (3, 4, 5, 6, 8, 10)
                ),
            ),
            Misconception(
                "variance for sd in the grid",
                "You took v for a variance. It is the standard deviation.",
                near(lambda m, v: mean_rate(m, v**0.5), lambda m, v: mean_rate(m, v**2)),
            ),
        ),
    ),
    Question(
        "rate_interval",
        rate_interval,
        (case(m=2.0, v=1.5, level=0.95), case(m=-1.0, v=0.6, level=0.5), case(m=-3.0, v=2.0, level=0.8)),
        parts=("lower end", "upper end"),
        misconceptions=(
            Misconception(
                "symmetric on the scale of rates",
                "Your interval reaches equally far to both sides of a rate. Near 0 and 1 there is no room for that: it may leave "
                "the range of rates. Make the interval on the logit scale, and carry its ends over.",
                any_gives(delta, around_the_mean, rtol=0, atol=1e-4),
            ),
            Misconception(
                "ends left on the logit scale",
                "Your ends are logits. Carry them over.",
                gives(lambda m, v, level: stats.norm.interval(level, m, v)),
            ),
            Misconception(
                "one tail for two",
                "You left out 1 - level on *each* side. The two sides share what is missing.",
                gives(carried(lambda level: 1 - level, lambda level: level)),
            ),
            Misconception(
                "level not used",
                "Your interval is the same at every level. `level` is an argument.",
                any_gives(carried(lambda level: 0.025, lambda level: 0.975),
                          lambda m, v, level: (special.expit(m - 2 * v), special.expit(m + 2 * v)),
                          lambda m, v, level: (special.expit(m - v), special.expit(m + v)),
                          lambda m, v, level: (special.expit(m - 1.96 * v), special.expit(m + 1.96 * v))),
            ),
            Misconception(
                "what is left out for level",
                "Your interval holds 1 - level. Is `level` what lies inside, or outside?",
                gives(carried(lambda level: level / 2, lambda level: 1 - level / 2)),
            ),
            Misconception(
                "ends swapped",
                "Lower end first, then the upper one.",
                gives(lambda *given: rate_interval(*given)[::-1]),
            ),
        ),
    ),
    right=(
        f"With m = 2 and v = 1.5 the bet is {mean_rate(2.0, 1.5):.0%}, not {special.expit(2.0):.0%}. Quantiles go through expit "
        "as they are, and means do not. So average the draws of the rate: the rate of the average logit is something else."
    ),
)
