"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def inverse(Lambda):
    return np.linalg.inv(Lambda)


def law(scale2, df=lambda x, a: 2 * a, center=lambda x, m: x @ m):
    """Build the answer of a reader with this squared scale, these degrees of freedom or this center."""
    return lambda x, m, Lambda, a, b: (df(x, a), center(x, m), scale2(x, inverse(Lambda), a, b) ** 0.5)


def right2(x, V, a, b):
    return b / a * (x @ V @ x + 1)


def swung(scale2=right2, quantile=lambda p, a: stats.t.ppf(p, 2 * a), p=lambda level: (1 + level) / 2):
    """Build the interval of a reader: the center plus and minus a quantile times a scale."""

    def ends(x, m, Lambda, a, b, level):
        half = quantile(p(level), a) * scale2(x, inverse(Lambda), a, b) ** 0.5
        return np.array([x @ m - half, x @ m + half])

    return ends


def with_sd(x, V, a, b):
    return b / (a - 1) * (1 + x @ V @ x)


def normal(p, a):
    return stats.norm.ppf(p)


def halves(x, m, Lambda, a, b, level):
    high = swung()(x, m, Lambda, a, b, level)[1]
    return x @ m, high - x @ m


def of_mean(scale2):
    return lambda x, k, m, Lambda, a, b: np.sqrt(b / a * scale2(x @ inverse(Lambda) @ x, k))


WRONG = (
    wrong_answer("a for 2a", predictive=law(right2, lambda x, a: a)),
    wrong_answer("a column taken from the degrees of freedom", predictive=law(right2, lambda x, a: 2 * a - len(x))),
    wrong_answer("a column taken from the degrees of freedom", predictive=law(right2, lambda x, a: 2 * a - 1)),
    wrong_answer("a column taken from the degrees of freedom", predictive=law(right2, lambda x, a: 2 * (a - 1))),
    wrong_answer("a column taken from the degrees of freedom", predictive=law(right2, lambda x, a: a - 1)),
    wrong_answer("normal instead of t", predictive=law(right2, lambda x, a: np.inf)),
    wrong_answer("intercept left out of the center", predictive=law(right2, center=lambda x, m: x[1:] @ m[1:])),
    wrong_answer("intercept left out of the center", predictive=law(right2, center=lambda x, m: m[0])),
    wrong_answer("noise forgotten", predictive=law(lambda x, V, a, b: b / a * (x @ V @ x))),
    wrong_answer("noise forgotten", predictive=law(lambda x, V, a, b: b / (a - 1) * (x @ V @ x))),
    wrong_answer("doubt about beta forgotten", predictive=law(lambda x, V, a, b: b / a)),
    wrong_answer("doubt about beta forgotten", predictive=law(lambda x, V, a, b: b / (a - 1))),
    wrong_answer("standard deviation for scale", predictive=law(with_sd)),
    wrong_answer("most probable sigma2 put in", predictive=law(lambda x, V, a, b: b / (a + 1) * (1 + x @ V @ x))),
    wrong_answer("squared scale", predictive=law(lambda x, V, a, b: right2(x, V, a, b) ** 2)),
    wrong_answer("a and b swapped", predictive=law(lambda x, V, a, b: a / b * (1 + x @ V @ x))),
    wrong_answer("precision not inverted", predictive=law(lambda x, V, a, b: b / a * (1 + x @ np.linalg.solve(V, x)))),
    wrong_answer("coefficients taken apart", predictive=law(lambda x, V, a, b: b / a * (1 + np.diag(V) @ x**2))),
    wrong_answer(
        "coefficients taken apart", predictive=law(lambda x, V, a, b: b / a * (1 + np.sum(x**2 / np.diag(np.linalg.inv(V)))))
    ),
    wrong_answer("standard deviations added", predictive=law(lambda x, V, a, b: b / a * (1 + (x @ V @ x) ** 0.5) ** 2)),
    wrong_answer("one of the two without its sigma2", predictive=law(lambda x, V, a, b: b / a + x @ V @ x)),
    wrong_answer("one of the two without its sigma2", predictive=law(lambda x, V, a, b: 1 + b / a * (x @ V @ x))),
    wrong_answer("one of the two without its sigma2", predictive=law(lambda x, V, a, b: 1 + x @ V @ x)),
    # an inverse gamma read with its rate as twice the sum of squares
    wrong_answer("different", predictive=law(lambda x, V, a, b: b / (2 * a) * (1 + x @ V @ x))),
    wrong_answer("shape", predictive=lambda x, m, Lambda, a, b: (x @ m, right2(x, inverse(Lambda), a, b) ** 0.5)),
    wrong_answer("signature", predictive=lambda x, m, V: (1, 2, 3)),
    wrong_answer("normal for t", interval=swung(quantile=normal)),
    wrong_answer("normal with the standard deviation of the t", interval=swung(with_sd, normal)),
    wrong_answer("t stretched to its standard deviation", interval=swung(with_sd)),
    wrong_answer("a degrees of freedom in the interval", interval=swung(quantile=lambda p, a: stats.t.ppf(p, a))),
    wrong_answer("interval of the line", interval=swung(lambda x, V, a, b: b / a * (x @ V @ x))),
    wrong_answer("interval of the noise", interval=swung(lambda x, V, a, b: b / a)),
    wrong_answer("one tail for two", interval=swung(p=lambda level: level)),
    wrong_answer("level not used", interval=swung(quantile=lambda p, a: 2)),
    wrong_answer("level not used", interval=swung(quantile=lambda p, a: 1.96)),
    wrong_answer("level not used", interval=swung(p=lambda level: 0.975)),
    wrong_answer("what is left out for level", interval=swung(p=lambda level: 1 - level / 2)),
    wrong_answer("center and half width", interval=halves),
    wrong_answer("ends swapped", interval=lambda *given: swung()(*given)[::-1]),
    # learned by heart: the quantile of a large sample at 95%
    wrong_answer("different", interval=swung(quantile=lambda p, a: 1.645)),
    wrong_answer("line averaged out too", scale_of_mean=of_mean(lambda q, k: (1 + q) / k)),
    wrong_answer("mean taken for one outcome", scale_of_mean=of_mean(lambda q, k: 1 + q)),
    wrong_answer("mean of a few taken for the expectation", scale_of_mean=of_mean(lambda q, k: q)),
    wrong_answer("noise divided by k squared", scale_of_mean=of_mean(lambda q, k: k**-2.0 + q)),
    wrong_answer("line divided instead of the noise", scale_of_mean=of_mean(lambda q, k: 1 + q / k)),
    wrong_answer("line forgotten in the mean", scale_of_mean=of_mean(lambda q, k: 1 / k)),
    wrong_answer("sum for mean", scale_of_mean=of_mean(lambda q, k: k + k**2 * q)),
    wrong_answer("sum for mean", scale_of_mean=of_mean(lambda q, k: k * (1 + q))),
    wrong_answer("sum for mean", scale_of_mean=of_mean(lambda q, k: k + q)),
    wrong_answer(
        "squared scale of the mean", scale_of_mean=lambda x, k, m, Lambda, a, b: b / a * (1 / k + x @ inverse(Lambda) @ x)
    ),
    wrong_answer(
        "standard deviation of the mean",
        scale_of_mean=lambda x, k, m, Lambda, a, b: np.sqrt(b / (a - 1) * (1 / k + x @ inverse(Lambda) @ x)),
    ),
)
