"""Effect, Welch's standard error and interval from users' rows: what is asked, and the slips that have a name."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

EFFECT, SE, LOWER = range(3)
CENT = {"rtol": 0, "atol": 5e-4}


def arms(group, revenue):
    return revenue[group == "treatment"], revenue[group == "control"]


def of(variance, reach=1.96):
    """Build the readout of a reader who computes this variance of the effect from the two arms."""

    def told(group, revenue):
        x, y = arms(group, revenue)
        effect, se = x.mean() - y.mean(), np.sqrt(variance(x, y))
        return effect, se, effect - reach * se, effect + reach * se

    return told


def welch(x, y):
    return x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y)


def one_variance(x, y):
    return (1 / len(x) + 1 / len(y)) * np.concatenate([x, y]).var(ddof=1)


def equal_variances(x, y):
    squares = (len(x) - 1) * x.var(ddof=1) + (len(y) - 1) * y.var(ddof=1)
    return (1 / len(x) + 1 / len(y)) * squares / (len(x) + len(y) - 2)


def same(*variances):
    """Recognize the standard error of any of these variances."""
    found = [gives(of(one), part=SE, **CENT) for one in variances]
    return lambda attempt: any(one(attempt) for one in found)


def by_t(degrees):
    """Build the readout of a reader whose interval reaches as far as Student's t with so many degrees of freedom."""
    return lambda group, revenue: of(welch, stats.t.ppf(0.975, degrees(*arms(group, revenue))))(group, revenue)


def of_welch(x, y):
    """Return Welch's degrees of freedom."""
    a, b = x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)
    return (a + b) ** 2 / (a**2 / (len(x) - 1) + b**2 / (len(y) - 1))


DEGREES = (of_welch, lambda x, y: len(x) + len(y) - 2, lambda x, y: min(len(x), len(y)) - 1)


def turned(group, revenue):
    effect, *rest = readout(group, revenue)
    return -effect, *rest


readout = of(welch)


def users_needed(se, sigma):
    return 4 * sigma**2 / se**2


def experiment(treated, control, effect, spread):
    """Return a case of users made up anew at every check: `spread` is the sd of both arms."""
    rng = np.random.default_rng()
    group = np.repeat(["treatment", "control"], [treated, control])
    x, y = rng.standard_normal(treated), rng.standard_normal(control)
    x, y = ((z - z.mean()) / z.std(ddof=1) * rng.uniform(0.9, 1.1) * sd for z, sd in ((x, spread[0]), (y, spread[1])))
    revenue = np.concatenate([5 + effect * rng.uniform(0.9, 1.1) + x, 5 + y])
    mixed = rng.permutation(len(group))
    label = f"{treated} treated users and {control} controls"
    return case(label, group=group[mixed], revenue=revenue[mixed])


USERS = (
    experiment(30, 34, 1.5, (2.0, 2.6)),
    experiment(45, 20, -1.2, (3.5, 1.2)),
    experiment(12, 80, 2.4, (1.5, 2.5)),
)
SIZES = (case(se=0.5, sigma=2.0), case(se=0.1, sigma=2.0), case(se=0.25, sigma=float(np.random.default_rng().uniform(3, 5))))

CHECKER = Checker(
    Question(
        "readout",
        readout,
        USERS,
        compare=Exact(**CENT),
        parts=("effect", "se", "lower", "upper"),
        misconceptions=(
            Misconception(
                "control minus treatment",
                "Your effect has the wrong sign: it is what the treatment earns *more*, treatment minus control.",
                gives(turned, part=EFFECT, **CENT),
            ),
            Misconception(
                "one variance for all users",
                "You took one variance of all users, treated or not. It contains the effect itself, because the arms lie "
                "apart, and it mixes two spreads that need not be the same. Take each arm's own variance.",
                same(one_variance),
            ),
            Misconception(
                "equal variances assumed",
                "You averaged the variances of the two arms, as Student's test does. If the small arm is the noisy one, "
                "that is too small an error. Welch divides each arm's own variance by its own users.",
                same(equal_variances),
            ),
            Misconception(
                "standard deviation for standard error",
                "Your error is the spread of single users: it would not shrink with a million of them. The error of a "
                "*mean* is asked.",
                same(lambda x, y: x.var(ddof=1) + y.var(ddof=1), lambda x, y: np.concatenate([x, y]).var(ddof=1)),
            ),
            Misconception(
                "all users counted in each arm",
                "You divided both variances by the number of all users. Each mean rests on the users of its own arm.",
                same(lambda x, y: (x.var(ddof=1) + y.var(ddof=1)) / (len(x) + len(y))),
            ),
            Misconception(
                "variance divided by n",
                "Your variances divide by n. The mean was estimated from the same users, so n - 1 are left: say `ddof=1`. "
                "With 12 users in an arm it matters.",
                same(lambda x, y: x.var() / len(x) + y.var() / len(y)),
            ),
            Misconception(
                "standard errors added",
                "You added the standard errors of the two arms. For independent parts the *variances* add up.",
                same(lambda x, y: (np.sqrt(x.var(ddof=1) / len(x)) + np.sqrt(y.var(ddof=1) / len(y))) ** 2),
            ),
            Misconception(
                "variances subtracted",
                "You subtracted the variances because the means are subtracted. Two independent errors do not cancel: "
                "their variances add up in a sum *and* in a difference.",
                same(lambda x, y: abs(x.var(ddof=1) / len(x) - y.var(ddof=1) / len(y))),
            ),
            Misconception(
                "square root forgotten",
                "Your error is a variance, in squared dollars. Take the root.",
                same(lambda x, y: welch(x, y) ** 2),
            ),
            Misconception(
                "interval of one standard error",
                "Your interval reaches one standard error to each side and holds the truth two times in three. For 95% go "
                "1.96 of them.",
                gives(of(welch, reach=1.0), part=LOWER, **CENT),
            ),
            Misconception(
                "interval of 90%",
                "Your interval reaches 1.645 standard errors. That leaves out 5% on *each* side, so it holds 90%.",
                gives(of(welch, reach=1.645), part=LOWER, rtol=0, atol=2e-3),
            ),
            Misconception(
                "quantile of Student's t",
                "Your interval reaches as far as Student's t says. In small arms that is the better interval. Asked for is the "
                "one that platforms show: 1.96 standard errors to each side.",
                lambda attempt: any(gives(by_t(degrees), part=LOWER, **CENT)(attempt) for degrees in DEGREES),
            ),
        ),
    ),
    Question(
        "users_needed",
        users_needed,
        SIZES,
        misconceptions=(
            Misconception(
                "rounded to whole users",
                "You rounded to whole users, as one would in the end. Here leave the number as it comes.",
                lambda attempt: any(gives(lambda *given, f=f: f(users_needed(*given)))(attempt) for f in (
                    np.ceil, np.round, lambda n: 2 * np.ceil(n / 2))),
            ),
            Misconception(
                "users of one arm",
                "That is the number of users in *one* arm. The other arm needs as many.",
                gives(lambda se, sigma: users_needed(se, sigma) / 2),
            ),
            Misconception(
                "error of one mean",
                "You solved for the error of one mean. An effect is the difference of two means, each from half of the users.",
                gives(lambda se, sigma: users_needed(se, sigma) / 4),
            ),
            Misconception(
                "error falls with n",
                "You have the error fall in proportion to the number of users. It falls with the *root* of it: half the "
                "error costs four times the users.",
                lambda attempt: any(gives(lambda se, sigma, k=k: k * sigma / se)(attempt) for k in (1, 2, 4)),
            ),
        ),
    ),
    right=(
        "The error of the effect falls with the root of the users. With revenue that scatters by 2 dollars, 60 users give "
        f"{np.sqrt(4 * 2**2 / 60):.2f} dollars of error, and an error of 0.10 takes {users_needed(0.1, 2):,.0f} users: few "
        "creators have them."
    ),
)
