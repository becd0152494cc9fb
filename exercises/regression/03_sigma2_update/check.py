"""The update of sigma2: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case
from hbm_lib.exercises.laws import Law, law_like, standstill


def residuals(y, X, group, beta, gamma):
    left = y - X @ beta - gamma[group]
    return left @ left


def distance(beta, mean, precision):
    return (beta - mean) @ precision @ (beta - mean)


def law(count=lambda n, p, J: n + p, own=distance, rss=residuals, extra=lambda gamma: 0.0, halves=(2.0, 2.0), law=None):
    """Build the law of a reader with this count of squares, prior's square, residual sum of squares or further squares."""

    def told(rng, y, X, group, beta, gamma, mean, precision, a, b):
        shape = a + count(len(y), len(beta), len(gamma)) / halves[0]
        scale = b + (rss(y, X, group, beta, gamma) + own(beta, mean, precision) + extra(gamma)) / halves[1]
        return (law or inverse_gamma)(shape, scale)

    return told


def inverse_gamma(shape, scale):
    return stats.invgamma(shape, scale=scale)


def without_prior(take_a, take_b):
    """Build the law of a reader who forgets a or b."""
    right = law()
    return lambda *given: right(*given[:-2], given[-2] * take_a, given[-1] * take_b)


def follows(*laws):
    """Recognize any of these laws."""
    found = [law_like(one) for one in laws]
    return lambda attempt: any(one(attempt) for one in found)


def nothing(beta, mean, precision):
    return 0.0


def rows_only(n, p, J):
    return n


def squares(of):
    """Build a residual sum of squares."""

    def rss(*given):
        left = of(*given)
        return left @ left

    return rss


def regression(label, n, J, precision, far, a, b):
    """Return few rows with many columns, made up anew at every check.

    Beta stands ``far`` from its prior mean: its own square is so many times that of the noise.
    """
    rng = np.random.default_rng()
    p = len(precision)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, p - 1))])
    group = rng.permutation(np.arange(n) % J)
    mean, noise = rng.normal(0, 1.5, p), rng.normal(size=n)
    noise *= np.sqrt(3 * n / (noise @ noise))
    beta = mean + np.array([1.0, -1.2, 0.8, 1.1])[:p]
    beta = mean + (beta - mean) * np.sqrt(far * 3 * n / distance(beta, mean, precision))
    gamma = rng.permutation(np.linspace(-2.5, 3.5, J))
    return case(label, rng=FRESH, y=X @ beta + gamma[group] + noise, X=X, group=group, beta=beta, gamma=gamma, mean=mean,
                precision=precision, a=a, b=b)


TIGHT = np.array([[0.3, 0.1, 0.0, 0.0], [0.1, 2.0, 0.4, 0.0], [0.0, 0.4, 1.5, -0.3], [0.0, 0.0, -0.3, 0.5]])
CASES = (
    regression("10 rows, 4 columns, 3 groups", 10, 3, TIGHT, 0.5, 2.0, 9.0),
    regression("8 rows, 4 columns, 4 groups", 8, 4, 0.2 * TIGHT, 0.9, 3.0, 12.0),
    regression("6 rows, 3 columns, 3 groups", 6, 3, TIGHT[1:, 1:], 0.3, 2.0, 8.0),
)

CHECKER = Checker(
    Question(
        "draw_sigma2",
        law(),
        CASES,
        compare=Law(repeats=4000),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same number every time. A Gibbs update is a *draw*, not the mean or the best value; and "
                "it draws with the `rng` that it is handed.",
                standstill,
            ),
            Misconception(
                "standard deviation for variance",
                "You return draws of `sigma`. The variance `sigma2` is asked, and it is what the other updates expect.",
                law_like(law(law=lambda shape, scale: stats.gengamma(shape, -2, scale=np.sqrt(scale)))),
            ),
            Misconception(
                "not turned over",
                "Your draws follow a gamma law: they are draws of the precision, 1 / `sigma2`, or of its like. An inverse gamma "
                "number is one *over* a gamma number.",
                follows(law(law=lambda shape, scale: stats.gamma(shape, scale=1 / scale)),
                        law(law=lambda shape, scale: stats.gamma(shape, scale=scale))),
            ),
            Misconception(
                "rate for scale",
                "The second argument of `rng.gamma` is the *scale*, one over the rate. You handed it the rate, so the scale of "
                "your inverse gamma is turned over.",
                law_like(law(law=lambda shape, scale: stats.invgamma(shape, scale=1 / scale))),
            ),
            Misconception(
                "prior of beta forgotten",
                "This is the classic slip. The rows are not the only place where `sigma2` stands: look at the prior of `beta`, "
                "which is stated in units of it. Its p dimensions bring p more squares. Without them the sampler runs, "
                "converges, and gives the posterior of no model at all.",
                law_like(law(rows_only, nothing)),
            ),
            Misconception(
                "prior's count forgotten",
                "The prior of `beta` is in your scale and not in your shape. Its density has a determinant in front: one factor "
                "v^(-1/2) for every coefficient.",
                law_like(law(rows_only)),
            ),
            Misconception(
                "prior's square forgotten",
                "You counted the coefficients in the shape, and left out of the scale how far `beta` is from its prior mean. "
                "The exponent of the prior has `sigma2` under it as well.",
                law_like(law(own=nothing)),
            ),
            Misconception(
                "distance without the precision",
                "You added the plain squared distance of `beta` from its prior mean. It must be measured in the prior's own "
                "units: `precision` stands between the two.",
                law_like(law(own=lambda beta, mean, precision: (beta - mean) @ (beta - mean))),
            ),
            Misconception(
                "covariance for precision",
                "Between the two distances you put the inverse of `precision`, or only its diagonal. In the exponent of a normal "
                "density stands the whole precision matrix.",
                follows(law(own=lambda beta, mean, precision: distance(beta, mean, np.linalg.inv(precision))),
                        law(own=lambda beta, mean, precision: distance(beta, mean, np.diag(np.diag(precision))))),
            ),
            Misconception(
                "prior mean forgotten",
                "You measured how far `beta` is from zero. Its prior is centered at `mean`.",
                law_like(law(own=lambda beta, mean, precision: distance(beta, 0 * mean, precision))),
            ),
            Misconception(
                "offsets left in the noise",
                "Your residuals still hold the offsets of the groups. The noise is what is left when `X @ beta` *and* the "
                "group's `gamma` are taken away.",
                follows(*(law(count, own, squares(lambda y, X, group, beta, gamma: y - X @ beta))
                          for count, own in ((lambda n, p, J: n + p, distance), (rows_only, nothing)))),
            ),
            Misconception(
                "line left in the noise",
                "Your residuals still hold the line. The noise is what is left when `X @ beta` *and* the group's `gamma` are "
                "taken away.",
                follows(*(law(count, own, squares(lambda y, X, group, beta, gamma: y - gamma[group]))
                          for count, own in ((lambda n, p, J: n + p, distance), (rows_only, nothing)))),
            ),
            Misconception(
                "offsets counted too",
                "You counted the offsets as well. Their prior is in units of `tau2`: it tells this update nothing.",
                follows(law(lambda n, p, J: n + p + J, extra=lambda gamma: gamma @ gamma), law(lambda n, p, J: n + p + J),
                        law(extra=lambda gamma: gamma @ gamma)),
            ),
            Misconception(
                "coefficients subtracted",
                "Your shape has n - p, the degrees of freedom of least squares. There the p coefficients are estimated from the "
                "rows and use them up. Here `beta` is *given*, and its prior adds p squares.",
                follows(law(lambda n, p, J: n - p), law(lambda n, p, J: n - p, nothing), law(lambda n, p, J: n - p - J),
                        law(lambda n, p, J: n - p - J, nothing)),
            ),
            Misconception(
                "shape not halved",
                "Your shape has the number of squares where half of it belongs: each brings v^(-1/2), not v^(-1).",
                follows(law(halves=(1.0, 2.0)), law(rows_only, nothing, halves=(1.0, 2.0))),
            ),
            Misconception(
                "squares not halved",
                "Your scale has the whole sum of squares. In the exponent of a normal density stands *half* of a square.",
                follows(law(halves=(2.0, 1.0)), law(rows_only, nothing, halves=(2.0, 1.0))),
            ),
            Misconception(
                "prior of sigma2 left out",
                "The prior of `sigma2` itself is missing, or half of it: `a` belongs in the shape and `b` in the scale.",
                follows(without_prior(0, 0), without_prior(0, 1), without_prior(1, 0)),
            ),
        ),
    ),
    right=(
        "The prior of beta is worth p more squares, because it is stated in units of the noise. With six rows and four columns "
        "you have ten squares, not six. On thousands of rows nobody sees the slip; on few rows it moves sigma by more than a "
        "posterior standard deviation."
    ),
)
