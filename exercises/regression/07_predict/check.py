"""The posterior predictive of a conjugate regression: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

DF, CENTER, SCALE = range(3)


def line(x, Lambda):
    """Return the variance of x' beta in units of sigma2."""
    return x @ np.linalg.solve(Lambda, x)


def predictive(x, m, Lambda, a, b):
    return 2 * a, x @ m, np.sqrt(b / a * (1 + line(x, Lambda)))


def interval(x, m, Lambda, a, b, level):
    return stats.t.interval(level, *predictive(x, m, Lambda, a, b))


def scale_of_mean(x, k, m, Lambda, a, b):
    return np.sqrt(b / a * (1 / k + line(x, Lambda)))


def any_gives(*wrongs, part=None):
    """Recognize any of these answers."""
    found = [gives(wrong, part=part) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def part(index, *functions):
    """Recognize one part of the tuple by any of these functions."""
    return any_gives(*(lambda *given, f=f: {index: f(*given)} for f in functions), part=index)


def scale_by(*functions):
    """Recognize the scale by any of these *squared* scales."""
    return part(SCALE, *(lambda *given, f=f: np.sqrt(f(*given)) for f in functions))


def ends(law):
    """Recognize the central interval of another law, a frozen distribution."""
    return gives(lambda x, m, Lambda, a, b, level: law(x, m, Lambda, a, b).interval(level))


def wrong_t(df=lambda a: 2 * a, squared=lambda x, Lambda, a, b: b / a * (1 + line(x, Lambda))):
    return lambda x, m, Lambda, a, b: stats.t(df(a), x @ m, np.sqrt(squared(x, Lambda, a, b)))


def wrong_normal(squared):
    return lambda x, m, Lambda, a, b: stats.norm(x @ m, np.sqrt(squared(x, Lambda, a, b)))


def other_level(change):
    """Recognize the right law at another pair of probabilities."""

    def wrong(x, m, Lambda, a, b, level):
        low, high = change(level)
        return tuple(stats.t(*predictive(x, m, Lambda, a, b)).ppf([low, high]))

    return gives(wrong)


def center_and_half(x, m, Lambda, a, b, level):
    low, high = interval(x, m, Lambda, a, b, level)
    return (low + high) / 2, (high - low) / 2


def fixed_multiple(x, m, Lambda, a, b, level):
    _, center, scale = predictive(x, m, Lambda, a, b)
    return center - 2 * scale, center + 2 * scale


def by_mean(*squared):
    """Recognize the scale of a mean by any of these squared scales; q is the doubt about the line."""
    return any_gives(
        *(lambda x, k, m, Lambda, a, b, f=f: np.sqrt(b / a * f(line(x, Lambda), k)) for f in squared)
    )


def inputs(label, x, m, root, a, b, **more):
    """Return a case with a precision that is not diagonal, made up anew at every check but for its outline."""
    rng = np.random.default_rng()
    root = np.array(root) * rng.uniform(0.9, 1.1, np.shape(root))
    given = {"m": np.array(m), "Lambda": root.T @ root, "a": a, "b": b}
    x = {"x": np.array(x) * rng.uniform(0.9, 1.1, len(x))}
    return case(label, **x, **more, **given) if "k" in more else case(label, **x, **given, **more)


FEW = {"x": [1.0, 3.5], "m": [2.0, 0.7], "root": [[1.5, 2.0], [0.0, 1.2]], "a": 4.0, "b": 9.0}
THREE = {
    "x": [1.0, -2.0, 0.5],
    "m": [-1.0, 0.4, 3.0],
    "root": [[2.0, 0.8, -0.5], [0.0, 1.5, 0.9], [0.0, 0.0, 0.8]],
    "a": 2.5,
    "b": 1.0,
}
MANY = {"x": [1.0, 6.0], "m": [40.0, -3.0], "root": [[3.0, 6.0], [0.0, 4.0]], "a": 12.0, "b": 300.0}

CHECKER = Checker(
    Question(
        "predictive",
        predictive,
        (
            inputs("two columns, a=4, b=9", **FEW),
            inputs("three columns, a=2.5, b=1", **THREE),
            inputs("two columns, a=12, b=300", **MANY),
        ),
        parts=("degrees of freedom", "center", "scale"),
        misconceptions=(
            Misconception(
                "a for 2a",
                "You gave a as the degrees of freedom. An inverse gamma with shape a stands for *twice* a squared deviations.",
                part(DF, lambda x, m, Lambda, a, b: a),
            ),
            Misconception(
                "a column taken from the degrees of freedom",
                "You took something off 2a, as one takes p off n. The a that you are handed is the posterior's: what had to be "
                "counted is counted.",
                part(
                    DF,
                    lambda x, m, Lambda, a, b: 2 * a - len(x),
                    lambda x, m, Lambda, a, b: 2 * a - 1,
                    lambda x, m, Lambda, a, b: 2 * a - 2,
                    lambda x, m, Lambda, a, b: a - 1,
                ),
            ),
            Misconception(
                "normal instead of t",
                "Infinite degrees of freedom are a normal: that would be right if sigma2 were known. It is an estimate too, and "
                "this gives the tails.",
                lambda attempt: all(np.isinf(float(answer[DF])) for answer in attempt.answers),
            ),
            Misconception(
                "intercept left out of the center",
                "Your center is not x'm: a column of x is left out of it. The intercept is a column like the others.",
                part(CENTER, lambda x, m, Lambda, a, b: x[1:] @ m[1:], lambda x, m, Lambda, a, b: m[0]),
            ),
            Misconception(
                "noise forgotten",
                "Your scale is that of the line at x. A new row does not lie on the line: its own noise comes on top.",
                scale_by(
                    lambda x, m, Lambda, a, b: b / a * line(x, Lambda),
                    lambda x, m, Lambda, a, b: b / (a - 1) * line(x, Lambda),
                ),
            ),
            Misconception(
                "doubt about beta forgotten",
                "Your scale is that of the noise alone, as if beta were known. It is an estimate, and the doubt about the line "
                "depends on x.",
                scale_by(lambda x, m, Lambda, a, b: b / a, lambda x, m, Lambda, a, b: b / (a - 1)),
            ),
            Misconception(
                "standard deviation for scale",
                "You put in the mean of sigma2, b/(a - 1). That gives the *standard deviation* of the prediction. The scale of a "
                "Student-t is smaller than its standard deviation.",
                scale_by(lambda x, m, Lambda, a, b: b / (a - 1) * (1 + line(x, Lambda))),
            ),
            Misconception(
                "most probable sigma2 put in",
                "You put in the most probable sigma2, b/(a + 1). No single value is to be put in: averaged over all of them the "
                "scale has b/a.",
                scale_by(lambda x, m, Lambda, a, b: b / (a + 1) * (1 + line(x, Lambda))),
            ),
            Misconception(
                "squared scale",
                "Your third number is the *square* of the scale. Take its root.",
                part(SCALE, lambda *given: predictive(*given)[SCALE] ** 2),
            ),
            Misconception(
                "a and b swapped",
                "You have a/b where b/a belongs. b is in squared units of y, so it stands above the line.",
                scale_by(lambda x, m, Lambda, a, b: a / b * (1 + line(x, Lambda))),
            ),
            Misconception(
                "precision not inverted",
                "You used x' Lambda x. Lambda is a precision: more data make it larger, and the doubt about the line smaller.",
                scale_by(lambda x, m, Lambda, a, b: b / a * (1 + x @ Lambda @ x)),
            ),
            Misconception(
                "coefficients taken apart",
                "You used the diagonal alone. The coefficients are correlated: a higher intercept goes with a flatter slope, and "
                "at x the two errors may cancel or add up.",
                scale_by(
                    lambda x, m, Lambda, a, b: b / a * (1 + x**2 @ np.diag(np.linalg.inv(Lambda))),
                    lambda x, m, Lambda, a, b: b / a * (1 + (x**2 / np.diag(Lambda)).sum()),
                ),
            ),
            Misconception(
                "standard deviations added",
                "You added the scales of the line and of the noise. They are independent given sigma2: their *squares* add up.",
                part(SCALE, lambda x, m, Lambda, a, b: np.sqrt(b / a) * (1 + np.sqrt(line(x, Lambda)))),
            ),
            Misconception(
                "one of the two without its sigma2",
                "One of your two parts is not in units of y: both the variance of the noise *and* that of the line have the "
                "factor sigma2.",
                scale_by(
                    lambda x, m, Lambda, a, b: b / a + line(x, Lambda),
                    lambda x, m, Lambda, a, b: 1 + b / a * line(x, Lambda),
                    lambda x, m, Lambda, a, b: 1 + line(x, Lambda),
                ),
            ),
        ),
    ),
    Question(
        "interval",
        interval,
        (
            inputs("two columns, a=4, b=9, level=0.95", **FEW, level=0.95),
            inputs("three columns, a=2.5, b=1, level=0.5", **THREE, level=0.5),
            inputs("two columns, a=12, b=300, level=0.8", **MANY, level=0.8),
        ),
        parts=("lower end", "upper end"),
        misconceptions=(
            Misconception(
                "normal for t",
                "Your interval is a normal one with the scale of the t. That would be right if sigma2 were known; with few data "
                "it is too short.",
                ends(wrong_normal(lambda x, Lambda, a, b: b / a * (1 + line(x, Lambda)))),
            ),
            Misconception(
                "normal with the standard deviation of the t",
                "Your interval is that of a normal with the same standard deviation. A t has more in its middle and more in its "
                "tails: no normal is right at every level.",
                ends(wrong_normal(lambda x, Lambda, a, b: b / (a - 1) * (1 + line(x, Lambda)))),
            ),
            Misconception(
                "t stretched to its standard deviation",
                "You multiplied a quantile of the t by its standard deviation. The quantiles of a t belong to its *scale*.",
                ends(wrong_t(squared=lambda x, Lambda, a, b: b / (a - 1) * (1 + line(x, Lambda)))),
            ),
            Misconception(
                "a degrees of freedom in the interval",
                "Your interval has a degrees of freedom where 2a belong.",
                ends(wrong_t(df=lambda a: a)),
            ),
            Misconception(
                "interval of the line",
                "Your interval is one for the line at x, without the noise of the new row. Half of all rows may lie outside it.",
                ends(wrong_t(squared=lambda x, Lambda, a, b: b / a * line(x, Lambda))),
            ),
            Misconception(
                "interval of the noise",
                "Your interval is as wide as if the line were known. The doubt about beta is missing.",
                ends(wrong_t(squared=lambda x, Lambda, a, b: b / a)),
            ),
            Misconception(
                "one tail for two",
                "You took the quantiles at 1 - level and level: so much is left out on *each* side. The two sides share what is "
                "missing.",
                other_level(lambda level: (1 - level, level)),
            ),
            Misconception(
                "level not used",
                "Your interval is the center plus and minus two scales at every level, or the one of 95%. `level` is an "
                "argument.",
                any_gives(
                    fixed_multiple,
                    lambda x, m, Lambda, a, b, level: interval(x, m, Lambda, a, b, 0.95),
                    lambda x, m, Lambda, a, b, level: tuple(
                        x @ m + s * 1.96 * predictive(x, m, Lambda, a, b)[SCALE] for s in (-1, 1)
                    ),
                ),
            ),
            Misconception(
                "what is left out for level",
                "Your interval holds 1 - level. Is `level` what lies inside, or what lies outside?",
                other_level(lambda level: (level / 2, 1 - level / 2)),
            ),
            Misconception(
                "center and half width",
                "You return the center and half of the width. Both ends are asked.",
                gives(center_and_half),
            ),
            Misconception(
                "ends swapped",
                "The two ends are right, in the wrong order: the lower one comes first.",
                gives(lambda *given: interval(*given)[::-1]),
            ),
        ),
    ),
    Question(
        "scale_of_mean",
        scale_of_mean,
        (
            inputs("two columns, k=100", **FEW, k=100),
            inputs("three columns, k=4", **THREE, k=4),
            inputs("two columns, k=7", **MANY, k=7),
        ),
        misconceptions=(
            Misconception(
                "line averaged out too",
                "You divided everything by k. The noise is drawn anew for every outcome, but all k of them lie about the *same* "
                "line: if it is wrong, it is wrong k times.",
                by_mean(lambda q, k: (1 + q) / k),
            ),
            Misconception(
                "mean taken for one outcome",
                "Your scale does not depend on k. The noise of k outcomes partly cancels in their mean.",
                by_mean(lambda q, k: 1 + q),
            ),
            Misconception(
                "mean of a few taken for the expectation",
                "You left the noise out. It would be gone for endlessly many outcomes; in the mean of k a part of it is left.",
                by_mean(lambda q, k: q),
            ),
            Misconception(
                "noise divided by k squared",
                "You divided the *scale* of the noise by k. In a mean of k independent numbers it is the variance that is "
                "divided by k.",
                by_mean(lambda q, k: 1 / k**2 + q),
            ),
            Misconception(
                "line divided instead of the noise",
                "You divided the doubt about the line by k and left the noise whole: the other way round.",
                by_mean(lambda q, k: 1 + q / k),
            ),
            Misconception(
                "line forgotten in the mean",
                "Your scale is that of the averaged noise alone: with many outcomes it would go to 0. The doubt about the line "
                "does not go away.",
                by_mean(lambda q, k: 1 / k),
            ),
            Misconception(
                "sum for mean",
                "Your scale grows with k: it is that of the *sum* of k outcomes, or nearly so. Divide by k.",
                by_mean(lambda q, k: k + k**2 * q, lambda q, k: k * (1 + q), lambda q, k: k + q),
            ),
            Misconception(
                "squared scale of the mean",
                "You return the square of the scale. Take its root.",
                gives(lambda *given: scale_of_mean(*given) ** 2),
            ),
            Misconception(
                "standard deviation of the mean",
                "You put in the mean of sigma2, b/(a - 1). That gives a standard deviation; the scale has b/a.",
                gives(lambda x, k, m, Lambda, a, b: np.sqrt(b / (a - 1) * (1 / k + line(x, Lambda)))),
            ),
        ),
    ),
    right=(
        "Three doubts, three places: the noise is the 1, the line is the quadratic form, and the doubt about sigma2 is in the "
        "degrees of freedom. New outcomes at the same x wash out the first alone: the mean of very many is as uncertain as the "
        "line."
    ),
)
