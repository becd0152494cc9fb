"""Conjugate regression: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

MEAN, V, SHAPE, SCALE = range(4)
DF, CENTER, WIDTH = range(3)


def square(d, A):
    return d @ A @ d


def center(X, y, m, L):
    return np.linalg.solve(L + X.T @ X, L @ m + X.T @ y)


def rss(X, y, beta):
    return ((y - X @ beta) ** 2).sum()


def ols(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def posterior(X, y, mean, precision, a, b):
    m = center(X, y, mean, precision)
    squares = rss(X, y, m) + square(m - mean, precision)
    return m, np.linalg.inv(precision + X.T @ X), a + len(y) / 2, b + squares / 2


def last_slope(X, y, mean, precision, a, b):
    m, cov, shape, scale = posterior(X, y, mean, precision, a, b)
    return 2 * shape, m[-1], np.sqrt(scale / shape * cov[-1, -1])


def part(question, at, *wrong):
    """Recognize any of these values of one part, computed from the question's arguments."""
    found = [gives(lambda *g, f=f: (None,) * at + (f(*g),) + (None,) * (len(question) - at - 1), part=at) for f in wrong]
    return lambda attempt: any(one(attempt) for one in found)


def of_posterior(at, *wrong):
    return part((MEAN, V, SHAPE, SCALE), at, *wrong)


def of_slope(at, *wrong):
    return part((DF, CENTER, WIDTH), at, *wrong)


def wide(scale):
    """Build a width from a_n, b_n and the whole V_n."""

    def told(X, y, m, L, a, b):
        _, cov, a_n, b_n = posterior(X, y, m, L, a, b)
        return scale(cov, a_n, b_n)

    return told


def rows(label, n, precision, a, b):
    """Return few rows about a line, made up anew at every check."""
    rng = np.random.default_rng()
    p = len(precision)
    X = np.column_stack([np.ones(n), rng.normal(1.0, 1.0, (n, p - 1))])
    mean = rng.normal(2.0, 1.0, p)
    y = X @ (mean + rng.normal(0, 1.5, p)) + rng.normal(0, 1.5, n)
    return case(label, X=X, y=y, mean=mean, precision=precision, a=a, b=b)


FULL = np.array([[0.4, 0.1, 0.0], [0.1, 3.0, 0.5], [0.0, 0.5, 1.6]])
CASES = (
    rows("9 rows, 2 columns, a=2, b=3", 9, np.diag([0.2, 2.5]), 2.0, 3.0),
    rows("7 rows, 3 columns, a=3, b=5", 7, FULL, 3.0, 5.0),
    rows("30 rows, 3 columns, a=2.5, b=4", 30, FULL, 2.5, 4.0),
)

CHECKER = Checker(
    Question(
        "posterior",
        posterior,
        CASES,
        parts=("m_n", "V_n", "a_n", "b_n"),
        misconceptions=(
            Misconception(
                "least squares returned",
                "Your center is that of ordinary least squares: the prior is not in it. With few rows `mean` and `precision` "
                "should pull.",
                of_posterior(MEAN, lambda X, y, m, L, a, b: ols(X, y)),
            ),
            Misconception(
                "covariance for the prior's precision",
                "You turned `precision` over, or took it for a covariance. It is a precision, and precisions add up as they are.",
                of_posterior(MEAN, lambda X, y, m, L, a, b: center(X, y, m, np.linalg.inv(L))),
            ),
            Misconception(
                "shrunk toward zero",
                "Your center is pulled toward 0: `mean` is missing beside X'y.",
                of_posterior(MEAN, lambda X, y, m, L, a, b: center(X, y, 0 * m, L)),
            ),
            Misconception(
                "prior mean without its precision",
                "You added `mean` to X'y as it is. What is averaged must be weighted: in X'y the rows are, by X; the prior mean "
                "must be, by its precision.",
                of_posterior(MEAN, lambda X, y, m, L, a, b: np.linalg.solve(L + X.T @ X, m + X.T @ y)),
            ),
            Misconception(
                "prior added to least squares",
                "You averaged the prior mean and the least-squares estimate as if both were worth the same. Each counts by its "
                "precision, Λ or X'X.",
                of_posterior(MEAN, lambda X, y, m, L, a, b: (m + ols(X, y)) / 2),
            ),
            Misconception(
                "precision for covariance",
                "Your second number is Λ + X'X, a precision. A covariance is asked: turn it over.",
                of_posterior(V, lambda X, y, m, L, a, b: L + X.T @ X),
            ),
            Misconception(
                "covariance of least squares",
                "Your center is right, and V_n is that of least squares, without the prior. The prior is worth rows: it "
                "makes the "
                "posterior narrower.",
                of_posterior(V, lambda X, y, m, L, a, b: np.linalg.inv(X.T @ X)),
            ),
            Misconception(
                "covariances added",
                "You added the prior's covariance and that of least squares. Two sources on one number leave *less* unknown than "
                "each: it is the precisions that add up.",
                of_posterior(V, lambda X, y, m, L, a, b: np.linalg.inv(L) + np.linalg.inv(X.T @ X)),
            ),
            Misconception(
                "noise put into V",
                "You multiplied V_n by an estimate of the noise. Here σ² stands *before* V_n in the law of β: V_n is in "
                "units of it.",
                of_posterior(V, wide(lambda cov, a_n, b_n: b_n / a_n * cov), wide(lambda cov, a_n, b_n: b_n / (a_n - 1) * cov)),
            ),
            Misconception(
                "shape not halved",
                "You added the number of rows to `a`. Each row brings the density v^(-1/2), so it adds a half.",
                of_posterior(SHAPE, lambda X, y, m, L, a, b: a + len(y)),
            ),
            Misconception(
                "conditional for marginal",
                "Your shape has (n + p)/2. That is the law of σ² when β is *given*, as in a Gibbs sampler. Here β has been "
                "integrated out, and its normal law took p/2 along.",
                of_posterior(SHAPE, lambda X, y, m, L, a, b: a + (len(y) + len(m)) / 2),
            ),
            Misconception(
                "degrees of freedom of least squares",
                "Your shape has (n - p)/2. Least squares loses a row for every coefficient; here the prior of β brings p squares "
                "and β takes them, so all n rows are left.",
                of_posterior(SHAPE, lambda X, y, m, L, a, b: a + (len(y) - len(m)) / 2),
            ),
            Misconception(
                "prior forgotten in the scale",
                "Your scale holds the residuals alone. How far the line had to move away from its prior mean counts as well, in "
                "units of the prior: if the rows contradict the prior, the noise must be larger.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: b + rss(X, y, center(X, y, m, L)) / 2),
            ),
            Misconception(
                "residuals of least squares",
                "Your scale takes the residuals about the line of least squares, which is as close to the rows as a line can be. "
                "The posterior's own line is not, and its distance from the prior counts, too.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: b + rss(X, y, ols(X, y)) / 2,
                             lambda X, y, m, L, a, b: b + (rss(X, y, ols(X, y)) + square(ols(X, y) - m, L)) / 2),
            ),
            Misconception(
                "residuals about the prior's line",
                "Your scale takes the residuals about the prior mean's line, as if the rows had taught nothing of β.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: b + rss(X, y, m) / 2),
            ),
            Misconception(
                "squares of the prior mean forgotten",
                "You multiplied the squares out and lost one: beside y'y stands the prior mean's own m'Λm.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: posterior(X, y, m, L, a, b)[SCALE] - square(m, L) / 2),
            ),
            Misconception(
                "squares not halved",
                "Your scale has the whole sum of squares. In the exponent of a normal density stands *half* of a square.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: 2 * posterior(X, y, m, L, a, b)[SCALE] - b),
            ),
            Misconception(
                "distance without the precision",
                "You added the plain squared distance of m_n from the prior mean. It must be measured in the prior's own units: "
                "`precision` stands between the two.",
                of_posterior(SCALE, lambda X, y, m, L, a, b: b + (rss(X, y, center(X, y, m, L))
                                                                  + ((center(X, y, m, L) - m) ** 2).sum()) / 2),
            ),
            Misconception(
                "prior of the noise left out",
                "The prior of σ² itself is missing: `a` belongs in the shape, `b` in the scale.",
                lambda attempt: of_posterior(SHAPE, lambda X, y, m, L, a, b: len(y) / 2)(attempt) or of_posterior(
                    SCALE, lambda X, y, m, L, a, b: posterior(X, y, m, L, a, b)[SCALE] - b)(attempt),
            ),
        ),
    ),
    Question(
        "last_slope",
        last_slope,
        CASES,
        parts=("degrees of freedom", "center", "scale"),
        misconceptions=(
            Misconception(
                "shape for degrees of freedom",
                "You gave a_n as the degrees of freedom. Half of a chi-squared number with k degrees of freedom is a gamma "
                "number of shape k/2: which k belongs to the shape a_n?",
                of_slope(DF, lambda X, y, m, L, a, b: a + len(y) / 2),
            ),
            Misconception(
                "degrees of freedom of the t test",
                "You gave n - p, or n, as the degrees of freedom. So does least squares. The prior of σ² adds what it "
                "knows, and the "
                "prior of β pays for its coefficients.",
                of_slope(DF, lambda X, y, m, L, a, b: len(y) - len(m), lambda X, y, m, L, a, b: len(y)),
            ),
            Misconception(
                "first for last",
                "These are center and scale of the *first* coefficient, the intercept.",
                of_slope(CENTER, lambda X, y, m, L, a, b: center(X, y, m, L)[0]),
            ),
            Misconception(
                "variance for scale",
                "Your third number is a squared scale. Take its root.",
                of_slope(WIDTH, wide(lambda cov, a_n, b_n: b_n / a_n * cov[-1, -1])),
            ),
            Misconception(
                "mean of the noise for b over a",
                "You put the posterior mean of σ², b_n / (a_n - 1), in the place of σ². That gives the standard deviation "
                "of the t law. "
                "Its scale is a little less: the tails do the rest.",
                of_slope(WIDTH, wide(lambda cov, a_n, b_n: np.sqrt(b_n / (a_n - 1) * cov[-1, -1]))),
            ),
            Misconception(
                "noise forgotten in the scale",
                "Your scale is the root of V_n alone. V_n is in units of σ²; what you know of σ² is still missing.",
                of_slope(WIDTH, wide(lambda cov, a_n, b_n: np.sqrt(cov[-1, -1]))),
            ),
            Misconception(
                "other columns taken as known",
                "You took one over the last entry of the precision Λ + X'X. That is the variance if all other "
                "coefficients were known. "
                "Turn the whole matrix over first.",
                of_slope(WIDTH, wide(lambda cov, a_n, b_n: np.sqrt(b_n / a_n / np.linalg.inv(cov)[-1, -1]))),
            ),
        ),
    ),
    right=(
        "The prior is worth rows: Λ = 4 says as much of a slope as four rows with x = 1. And what the rows and the prior cannot "
        "agree upon goes into the noise, which is why the prior of β stands in the scale of σ²."
    ),
)
