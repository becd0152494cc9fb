"""Beta with the offsets integrated out: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case, gives
from hbm_lib.exercises.laws import standstill
from hbm_lib.exercises.montecarlo import Moments, MonteCarlo, draws_like

COVARIANCE = 1


def same(group):
    return (group[:, None] == group).astype(float)


def counts(group):
    return np.bincount(group)[group]


def weighted(c=lambda k, sigma2, tau2: 0.0, W=None, prior=None):
    """Build the law of a reader with this share c of a group's sum, these weights W, or this prior's precision."""

    def told(y, X, group, sigma2, tau2, mean, precision):
        own = (np.eye(len(y)) - c(counts(group), sigma2, tau2) * same(group)) / sigma2
        w = own if W is None else W(group, sigma2, tau2)
        L = precision / sigma2 if prior is None else prior(precision, sigma2)
        V = np.linalg.inv(L + X.T @ w @ X)
        return V @ (L @ mean + X.T @ w @ y), V

    return told


def share(k, sigma2, tau2):
    return tau2 / (sigma2 + k * tau2)


beta_given_scales = weighted(share)


def no_mean(y, X, group, sigma2, tau2, mean, precision):
    return beta_given_scales(y, X, group, sigma2, tau2, 0 * mean, precision)


def anyof(*laws):
    found = [gives(law) for law in laws]
    return lambda attempt: any(one(attempt) for one in found)


def covariance_is(change):
    """Recognize an answer whose second part is this function of the right covariance."""
    return gives(lambda *given: (None, change(beta_given_scales(*given)[COVARIANCE], given)), part=COVARIANCE)


def group_means(group, sigma2, tau2):
    """The group means alone, with their right variance: what lies within groups is lost."""
    k = counts(group)
    return same(group) / k**2 / (tau2 + sigma2 / k)


def moments(root):
    """Build the moments of draws whose noise is multiplied by this matrix of the right covariance."""

    def told(rng, *given):
        center, V = beta_given_scales(*given)
        R = root(V)
        spread = R @ R.T
        return Moments(center, np.sqrt(np.diag(spread)), total_sd=float(np.sqrt(spread.sum())))

    return told


def ignoring_offsets(rng, *given):
    center, V = weighted(lambda k, s, t: 0.0)(*given)
    return Moments(center, np.sqrt(np.diag(V)), total_sd=float(np.sqrt(V.sum())))


def lower(V):
    return np.linalg.cholesky(V)


def rows(label, n, J, sigma2, tau2, precision, rng=None, center=1.5):
    """Return rows in groups of unequal size, made up anew at every check; a far center makes coefficients correlate."""
    make = np.random.default_rng()
    p = len(precision)
    size = make.permutation(np.arange(1, J + 1))
    group = make.permutation(np.concatenate([np.arange(J), make.choice(J, n - J, p=size / size.sum())]))
    X = np.column_stack([np.ones(n), make.normal(center, 1.0, (n, p - 1)) + make.normal(0, 0.7, J)[group][:, None]])
    mean = np.array([3.0, -2.0, 1.5])[:p]
    y = X @ (mean + make.normal(0, 1, p)) + make.normal(0, tau2**0.5, J)[group] + make.normal(0, sigma2**0.5, n)
    first = {} if rng is None else {"rng": rng}
    return case(label, **first, y=y, X=X, group=group, sigma2=sigma2, tau2=tau2, mean=mean, precision=precision)


PRIOR = np.array([[0.3, 0.1, 0.0], [0.1, 1.2, 0.3], [0.0, 0.3, 0.8]])
CASES = (
    rows("18 rows in 5 groups, 2 columns, sigma2=4, tau2=3", 18, 5, 4.0, 3.0, PRIOR[1:, 1:]),
    rows("40 rows in 8 groups, 3 columns, sigma2=2, tau2=9", 40, 8, 2.0, 9.0, PRIOR),
    rows("25 rows in 6 groups, 3 columns, sigma2=9, tau2=0.5", 25, 6, 9.0, 0.5, PRIOR),
)
DRAWS = (
    rows("18 rows in 5 groups, 2 columns, sigma2=4, tau2=3", 18, 5, 4.0, 3.0, PRIOR[1:, 1:], rng=FRESH, center=4.0),
    rows("30 rows in 6 groups, 2 columns, sigma2=0.3, tau2=1", 30, 6, 0.3, 1.0, PRIOR[:2, :2], rng=FRESH, center=4.0),
)

CHECKER = Checker(
    Question(
        "beta_given_scales",
        beta_given_scales,
        CASES,
        parts=("mean", "covariance"),
        misconceptions=(
            Misconception(
                "offsets ignored",
                "Your rows have the noise alone: you set the offsets to zero, which is not the same as integrating them "
                "out. Rows of "
                "one group miss the line *together*, and that makes the line less certain.",
                anyof(weighted(lambda k, s, t: 0.0)),
            ),
            Misconception(
                "offset as noise of each row",
                "You added tau2 to every row's own variance. But the rows of a group share *one* offset: it does not average out "
                "within the group. Two rows of a group have a covariance.",
                anyof(weighted(W=lambda group, s, t: np.eye(len(group)) / (s + t))),
            ),
            Misconception(
                "offsets left free",
                "You took the whole group mean out of every row. That is what is left with a dummy for each group, where tau2 is "
                "infinite. With a finite tau2 the group means still tell something of the line.",
                anyof(weighted(lambda k, s, t: 1 / k)),
            ),
            Misconception(
                "number of rows forgotten",
                "Your weights have sigma2 + tau2 where sigma2 + n_j tau2 belongs, with n_j the rows of the group. The more rows "
                "share an offset, the more of their common part is explained by it.",
                anyof(weighted(lambda k, s, t: t / (s + t)), weighted(lambda k, s, t: t / (s + t) / k)),
            ),
            Misconception(
                "all rows for the group's own",
                "Your weights use one number of rows for all groups: the total, or the average. Each group counts by its own.",
                anyof(weighted(lambda k, s, t: t / (s + len(k) * t)),
                      weighted(lambda k, s, t: t / (s + len(k) / np.sum(1 / k) * t))),
            ),
            Misconception(
                "sigma2 and tau2 swapped",
                "In the weights sigma2 and tau2 have changed places: with tau2 = 0 nothing should be taken out of the rows.",
                anyof(weighted(lambda k, s, t: s / (t + k * s))),
            ),
            Misconception(
                "group means only",
                "You used the group means alone. Within a group the rows tell something of the slopes as well.",
                anyof(weighted(W=group_means)),
            ),
            Misconception(
                "standard deviations for variances",
                "Your weights are made of `sigma` and `tau`. You are handed variances, and variances are what adds up: "
                "take no roots "
                "and square nothing.",
                anyof(weighted(lambda k, s, t: t**0.5 / (s**0.5 + k * t**0.5)),
                      weighted(lambda k, s, t: t**2 / (s**2 + k * t**2))),
            ),
            Misconception(
                "prior not in units of the noise",
                "You added `precision` as it is. The prior of `beta` has the covariance sigma2 times its inverse, so its "
                "precision is "
                "`precision` over sigma2.",
                anyof(weighted(share, prior=lambda L, s: L)),
            ),
            Misconception(
                "covariance for the prior's precision",
                "You turned `precision` over. It is a precision already.",
                anyof(weighted(share, prior=lambda L, s: np.linalg.inv(L) / s)),
            ),
            Misconception(
                "prior left out",
                "The prior of `beta` is not in your answer: this is generalized least squares.",
                anyof(weighted(share, prior=lambda L, s: 0 * L)),
            ),
            Misconception(
                "prior mean forgotten",
                "Your covariance is right, but the mean is pulled toward zero: `mean` is missing.",
                anyof(no_mean),
            ),
            Misconception(
                "precision for covariance",
                "Your second matrix is the precision of `beta`. Its inverse is asked.",
                covariance_is(lambda V, given: np.linalg.inv(V)),
            ),
            Misconception(
                "sigma2 twice",
                "You multiplied the covariance by sigma2, or divided it. The weights of the rows hold sigma2 already.",
                lambda attempt: any(covariance_is(f)(attempt) for f in (lambda V, g: V * g[3], lambda V, g: V / g[3])),
            ),
        ),
    ),
    Question(
        "draw_beta",
        moments(lower),
        DRAWS,
        compare=MonteCarlo(repeats=1200),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same `beta` every time. A Gibbs update is a *draw*: the mean alone leaves out "
                "what is not "
                "known; and draw with the `rng` that you are handed.",
                standstill,
            ),
            Misconception(
                "draw that ignores the offsets",
                "Your draws are as narrow as if there were no offsets. `beta_given_scales` has them integrated out: draw "
                "from its law.",
                draws_like(ignoring_offsets),
            ),
            Misconception(
                "covariance for its root",
                "You multiplied the noise by the covariance. What multiplies it must be a root of it, as a standard "
                "deviation is of "
                "a variance.",
                draws_like(moments(lambda V: V)),
            ),
            Misconception(
                "root of the precision",
                "Your noise is multiplied by the root of the *precision*: where `beta` is known well, your draws scatter most.",
                draws_like(moments(lambda V: lower(np.linalg.inv(V)))),
            ),
            Misconception(
                "root not transposed",
                "You inverted the triangle L of the precision, L L', and used it as it stands. inv(L) @ z has the covariance "
                "inv(L) inv(L)', and the inverse of L L' is inv(L)' inv(L): transpose it.",
                draws_like(moments(lambda V: np.linalg.inv(lower(np.linalg.inv(V))))),
            ),
            Misconception(
                "triangle turned round",
                "You multiplied the noise by the transpose of the covariance's triangle. NumPy's `cholesky` gives the "
                "lower triangle L, and "
                "it is L L' that is the covariance.",
                draws_like(moments(lambda V: lower(V).T)),
            ),
            Misconception(
                "coefficients drawn apart",
                "Each coefficient has its right spread, but they are drawn independently. A steeper line has a lower "
                "intercept: use "
                "the whole covariance matrix, not its diagonal.",
                draws_like(moments(lambda V: np.diag(np.sqrt(np.diag(V))))),
            ),
            Misconception(
                "one noise for all",
                "All coefficients move together: you drew one random number for all of them.",
                lambda attempt: all(abs(np.corrcoef(np.asarray(d).T)[0, 1]) > 0.9999 for d in attempt.answers),
            ),
        ),
    ),
    right=(
        "A group of a million rows says of the intercept what one number with the variance tau2 says, and no more: the "
        "rows share its "
        "offset. With the offsets integrated out, beta moves across the whole ridge in one step, and the offsets follow."
    ),
)
