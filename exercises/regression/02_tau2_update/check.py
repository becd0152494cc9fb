"""The update of tau2: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case
from hbm_lib.exercises.laws import Law, law_like, standstill


def shape_of(gamma, group, a):
    return a + len(gamma) / 2


def scale_of(gamma, group, b):
    return b + (gamma**2).sum() / 2


def told(shape=shape_of, scale=scale_of):
    """Build the law of a reader with this shape or this scale."""
    return lambda rng, gamma, group, a, b: stats.invgamma(shape(gamma, group, a), scale=scale(gamma, group, b))


def follows(*laws):
    """Recognize any of these laws."""
    found = [law_like(law) for law in laws]
    return lambda attempt: any(one(attempt) for one in found)


def by_rows(gamma, group, a):
    return a + len(group) / 2


def squares_of_rows(gamma, group, b):
    return b + (gamma[group] ** 2).sum() / 2


def centered(gamma, group, b):
    return b + ((gamma - gamma.mean()) ** 2).sum() / 2


def not_squared(gamma, group, b):
    return b + gamma.sum() / 2


def gamma_with(scale):
    """Build the law of a reader who draws a gamma number with this scale and does not turn it over."""
    return lambda rng, gamma, group, a, b: stats.gamma(shape_of(gamma, group, a), scale=scale(scale_of(gamma, group, b)))


def turned_with_the_rate(rng, gamma, group, a, b):
    return stats.invgamma(shape_of(gamma, group, a), scale=1 / scale_of(gamma, group, b))


def root(rng, gamma, group, a, b):
    """The law of the root of an inverse gamma number."""
    return stats.gengamma(shape_of(gamma, group, a), -2, scale=np.sqrt(scale_of(gamma, group, b)))


def groups(label, J, rows, tau, a, b):
    """Return the offsets of J groups, made up anew at every check; their mean is not 0, as happens with few groups."""
    rng = np.random.default_rng()
    gamma = rng.normal(0, tau, J)
    gamma = tau * (gamma - gamma.mean()) / gamma.std() + 0.8 * tau
    group = np.sort(np.concatenate([np.arange(J), rng.integers(0, J, rows - J)]))
    return case(label, rng=FRESH, gamma=rng.permutation(gamma), group=group, a=a, b=b)


CASES = (
    groups("12 groups of 90 rows, a=2, b=3", 12, 90, 2.0, 2.0, 3.0),
    groups("20 groups of 150 rows, a=3, b=20", 20, 150, 3.0, 3.0, 20.0),
    groups("6 groups of 40 rows, a=2.5, b=8", 6, 40, 4.0, 2.5, 8.0),
)

CHECKER = Checker(
    Question(
        "draw_tau2",
        told(),
        CASES,
        compare=Law(repeats=2000),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same number every time. A Gibbs update is a *draw*: the mean or the best value of "
                "`tau2` would leave out what is not known of it. If you draw, draw with the `rng` that you are handed.",
                standstill,
            ),
            Misconception(
                "standard deviation for variance",
                "You return draws of `tau`, the standard deviation. The variance `tau2` is asked, and it is what the other "
                "updates expect.",
                law_like(root),
            ),
            Misconception(
                "not turned over",
                "Your draws follow a gamma law: they are draws of the precision, 1 / `tau2`, or of its like. An inverse gamma "
                "number is one *over* a gamma number.",
                follows(gamma_with(lambda b: 1 / b), gamma_with(lambda b: b)),
            ),
            Misconception(
                "rate for scale",
                "Look up the second argument of `rng.gamma`: it is the *scale*, one over the rate. You handed it the rate, so "
                "the scale of your inverse gamma is turned over.",
                law_like(turned_with_the_rate),
            ),
            Misconception(
                "offsets not counted",
                "The shape of your law is that of the prior: the number of groups is not in it. Every offset brings a factor "
                "v^(-1/2) with its density, and these multiply.",
                law_like(told(shape=lambda gamma, group, a: a)),
            ),
            Misconception(
                "prior left out",
                "You used the offsets alone. The prior of `tau2` is a factor of the joint density too.",
                follows(told(lambda gamma, group, a: len(gamma) / 2, lambda gamma, group, b: (gamma**2).sum() / 2),
                        told(scale=lambda gamma, group, b: (gamma**2).sum() / 2),
                        told(shape=lambda gamma, group, a: len(gamma) / 2)),
            ),
            Misconception(
                "rows for groups in the shape",
                "Your shape counts the rows. Only the offsets have `tau2` in their density, and there is one a *group*: given "
                "the offsets, more rows say nothing more about how far groups differ.",
                law_like(told(shape=by_rows)),
            ),
            Misconception(
                "squares summed over the rows",
                "You summed `gamma[group]**2`, once for every row. Each group has one offset, whatever its number of rows.",
                follows(told(by_rows, squares_of_rows), told(scale=squares_of_rows)),
            ),
            Misconception(
                "shape not halved",
                "Your shape has J where half of it belongs: the density of one offset brings v^(-1/2), not v^(-1).",
                law_like(told(shape=lambda gamma, group, a: a + len(gamma))),
            ),
            Misconception(
                "squares not halved",
                "Your scale has the whole sum of squares. In the exponent of a normal density stands *half* of a square.",
                law_like(told(scale=lambda gamma, group, b: b + (gamma**2).sum())),
            ),
            Misconception(
                "mean of squares",
                "Your scale has the *mean* of the squares. Densities multiply, so their exponents add up: it is the sum.",
                follows(told(scale=lambda gamma, group, b: b + (gamma**2).mean() / 2),
                        told(scale=lambda gamma, group, b: b + (gamma**2).mean())),
            ),
            Misconception(
                "offsets not squared",
                "You summed the offsets without squaring them. Offsets below zero cancel those above, and the spread is lost.",
                follows(told(scale=not_squared), told(scale=lambda gamma, group, b: b + gamma.sum())),
            ),
            Misconception(
                "sum squared",
                "You squared the sum. It is the sum of the squares: each group differs from 0 on its own.",
                law_like(told(scale=lambda gamma, group, b: b + gamma.sum() ** 2 / 2)),
            ),
            Misconception(
                "spread about the mean of the offsets",
                "You took the offsets' squares about their own mean. The prior of an offset has the mean 0, so the distance "
                "from 0 counts; the common part of all groups is the intercept's.",
                follows(told(scale=centered), told(lambda gamma, group, a: a + (len(gamma) - 1) / 2, centered)),
            ),
        ),
    ),
    right=(
        "Given the offsets, tau2 has J observations, however many rows there are: ten times the rows make the offsets sharper, "
        "and this update not at all. That is why a model with six groups leans on the prior of tau2."
    ),
)
