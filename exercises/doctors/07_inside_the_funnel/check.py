"""Funnel limits, and the probability of being worse by a margin: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special, stats

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def ends(rate, n, tail):
    """Return the smallest and the largest count inside when each tail may hold ``tail``; arrays of n are allowed."""
    return stats.binom.ppf(tail, n, rate), stats.binom.isf(tail, n, rate)


def limits(rate, cases, level):
    low, high = ends(rate, cases, (1 - level) / 2)
    return float(low / cases), float(high / cases)


def tails(rate, cases, level):
    """Return the probabilities of the counts below and above the limits, each (J,)."""
    low, high = ends(rate, cases, (1 - level) / 2)
    return stats.binom.cdf(low - 1, cases, rate), stats.binom.sf(high, cases, rate)


def outside_by_chance(rate, cases, level):
    return float(np.sum(tails(rate, cases, level)))


def gap(theta, cases):
    return theta - (theta @ cases / cases.sum())[:, None]


def worse_by(theta, cases, margin):
    return (gap(theta, cases) < -margin).mean(0)


def any_gives(*wrongs):
    """Recognize any of these answers."""
    found = [gives(wrong) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def swung(spread, clip):
    """Build limits that swing by a normal quantile times a spread."""

    def wrong(rate, cases, level):
        half = stats.norm.isf((1 - level) / 2) * spread(rate, cases)
        low, high = rate - half, rate + half
        return (max(low, 0.0), min(high, 1.0)) if clip else (low, high)

    return wrong


def normal(*spreads):
    return any_gives(*(swung(spread, clip) for spread in spreads for clip in (False, True)))


def at_tail(tail, rate, cases):
    low, high = ends(rate, cases, tail)
    return low / cases, high / cases


def moved(down, up, clip=False):
    """Build limits whose counts are off by a few."""

    def wrong(rate, cases, level):
        low, high = ends(rate, cases, (1 - level) / 2)
        low, high = low + down, high + up
        return (max(low, 0) / cases, min(high, cases) / cases) if clip else (low / cases, high / cases)

    return wrong


def others(theta, cases):
    """Return the rate of all other groups together, (S, J)."""
    own = theta * cases
    return (own.sum(1, keepdims=True) - own) / (cases.sum() - cases)


def system_of(center):
    """Build the answer of a reader who holds the groups against another rate."""
    return lambda theta, cases, margin: (theta < center(theta, cases) - margin).mean(0)


def clinic(label, mu, tau, cases, margin, S=1500):
    """Return draws of groups' rates, new at every check: they rise and fall together, and small groups are less known."""
    rng = np.random.default_rng()
    n = np.array(cases)
    alpha = rng.normal(mu, tau, n.size) + 2.0 / np.sqrt(n) * rng.standard_normal((S, n.size)) + 0.5 * rng.standard_normal((S, 1))
    return case(label, theta=special.expit(alpha), cases=n, margin=margin)


FUNNELS = (
    case(rate=0.34, cases=29, level=0.95),
    case(rate=0.7, cases=3, level=0.95),
    case(rate=0.34, cases=92, level=0.998),
    case(rate=0.85, cases=40, level=0.9),
)
SIZES = np.array([1, 1, 2, 2, 3, 4, 5, 6, 10, 12, 15, 16, 20, 25, 28, 30, 33, 38, 43, 50, 58, 64, 74, 92])
GROUPS = (
    case("rate 0.34, 24 groups of 1 to 92 cases, level 0.95", rate=0.34, cases=SIZES, level=0.95),
    case("rate 0.8, 24 groups of 1 to 92 cases, level 0.9", rate=0.8, cases=SIZES, level=0.9),
    case("rate 0.5, three groups, level 0.998", rate=0.5, cases=np.array([12, 30, 200]), level=0.998),
)
CLINICS = (
    clinic("draws of 6 groups, margin 0.05", 1.0, 0.5, [4, 12, 30, 60, 9, 250], 0.05),
    clinic("draws of 5 groups, margin 0.1", -0.5, 0.7, [20, 6, 45, 110, 15], 0.1),
)
EXPECTED = outside_by_chance(0.34, SIZES, 0.95)

CHECKER = Checker(
    Question(
        "limits",
        limits,
        FUNNELS,
        parts=("lower", "upper"),
        misconceptions=(
            Misconception(
                "normal approximation",
                "Your limits are those of a normal distribution. With few cases they leave the range from 0 to 1 or promise "
                "what counts "
                "cannot do. Use the binomial probabilities themselves.",
                normal(lambda rate, cases: np.sqrt(rate * (1 - rate) / cases)),
            ),
            Misconception(
                "spread of one case",
                "You swing by the standard deviation of a *single* case, or of a count. That of a rate falls with the root of "
                "the number "
                "of cases. And the limits asked for are exact, without a normal distribution.",
                normal(lambda rate, cases: np.sqrt(rate * (1 - rate)),
                       lambda rate, cases: np.sqrt(rate * (1 - rate) * cases)),
            ),
            Misconception(
                "all on each side",
                "Each of your tails holds all that the level leaves over. Half of it belongs to each side.",
                gives(lambda rate, cases, level: at_tail(1 - level, rate, cases)),
            ),
            Misconception(
                "level for tail",
                "You put the level where the tail belongs: what may lie outside on one side is half of 1 - level.",
                any_gives(lambda rate, cases, level: at_tail(level, rate, cases),
                          lambda rate, cases, level: at_tail(level / 2, rate, cases)),
            ),
            Misconception(
                "level not used",
                "You drew 95 % limits at every level.",
                gives(lambda rate, cases, level: at_tail(0.025, rate, cases)),
            ),
            Misconception(
                "counts for rates",
                "You return counts. Divide by the number of cases.",
                gives(lambda rate, cases, level: ends(rate, cases, (1 - level) / 2)),
            ),
            Misconception(
                "first outside",
                "You return the first rates *outside*. Asked are the last ones inside.",
                any_gives(moved(-1, 1), moved(-1, 1, True)),
            ),
            Misconception(
                "off by one",
                "One of your limits is off by one count. P(Y >= k) holds k itself, and `sf(k)` does not; `cdf(k)` does.",
                any_gives(moved(0, 1), moved(0, 1, True), moved(0, -1), moved(1, 0),
                          moved(-1, 0), moved(-1, 0, True), moved(1, -1)),
            ),
        ),
    ),
    Question(
        "outside_by_chance",
        outside_by_chance,
        GROUPS,
        misconceptions=(
            Misconception(
                "five percent of the groups",
                "You took the share that the level leaves over. It is a bound: counts come in steps, and a group of one or two "
                "cases can "
                "hardly be outside at all.",
                gives(lambda rate, cases, level: (1 - level) * len(cases)),
            ),
            Misconception(
                "limits counted as outside",
                "You add the limits' own probability. They are inside.",
                gives(lambda rate, cases, level: np.sum(
                    [f(e, cases, rate) for f, e in zip((stats.binom.cdf, lambda k, n, p: stats.binom.sf(k - 1, n, p)),
                                                      ends(rate, cases, (1 - level) / 2), strict=True)])),
            ),
            Misconception(
                "one side only",
                "You count one side of the funnel. Groups fall out above and below.",
                any_gives(lambda *given: np.sum(tails(*given)[0]), lambda *given: np.sum(tails(*given)[1])),
            ),
            Misconception(
                "at least one",
                "You return the probability that *any* group is outside. Asked is how many are on average.",
                any_gives(lambda *given: 1 - np.prod(1 - sum(tails(*given))), lambda rate, cases, level: 1 - level ** len(cases)),
            ),
            Misconception(
                "share for a number",
                "You return the mean over the groups. Their number is asked for: the sum.",
                gives(lambda rate, cases, level: outside_by_chance(rate, cases, level) / len(cases)),
            ),
            Misconception(
                "cases for groups",
                "You weighed every group by its cases. Asked is how many *groups* are outside.",
                any_gives(lambda *given: sum(tails(*given)) @ given[1], lambda rate, cases, level: (1 - level) * cases.sum()),
            ),
        ),
    ),
    Question(
        "worse_by",
        worse_by,
        CLINICS,
        misconceptions=(
            Misconception(
                "every group alike",
                "Your system is the plain mean of the groups' rates. The rate of all cases together gives a group of many "
                "cases more weight.",
                gives(system_of(lambda theta, cases: theta.mean(1, keepdims=True))),
            ),
            Misconception(
                "system for known",
                "You averaged the system's rate over the draws first and held every draw against that one number. The system "
                "rises and "
                "falls with its groups: compare within each draw.",
                any_gives(system_of(lambda theta, cases: (theta @ cases / cases.sum()).mean()),
                          system_of(lambda theta, cases: theta.mean())),
            ),
            Misconception(
                "group held against the others",
                "You left the group itself out of the system. A fair question, but not the one that is asked: the system is "
                "all cases "
                "together.",
                gives(system_of(others)),
            ),
            Misconception(
                "margin left out",
                "You return the probability of being worse at all. Half of all groups are worse than the middle; asked is by "
                "how much.",
                gives(lambda theta, cases, margin: (gap(theta, cases) < 0).mean(0)),
            ),
            Misconception(
                "margin on the wrong side",
                "You count groups that are above the system less the margin, or below the system *plus* the margin. Worse by "
                "the margin "
                "means below the system less the margin.",
                any_gives(lambda theta, cases, margin: (gap(theta, cases) < margin).mean(0),
                          lambda theta, cases, margin: (gap(theta, cases) > -margin).mean(0)),
            ),
            Misconception(
                "better for worse",
                "You return the probability of being *better* by the margin. A high rate is good here.",
                gives(lambda theta, cases, margin: (gap(theta, cases) > margin).mean(0)),
            ),
            Misconception(
                "margin as a share",
                "You took the margin as a share of the system's rate. It is in points: 0.05 is five of a hundred cases.",
                gives(lambda theta, cases, margin: (gap(theta, cases) < -margin * (theta - gap(theta, cases))).mean(0)),
            ),
            Misconception(
                "means compared",
                "You compared the mean rates, and return 0 or 1. Compare in every draw, and average last.",
                gives(lambda theta, cases, margin: (gap(theta, cases).mean(0) < -margin) * 1.0),
            ),
        ),
    ),
    right=(
        f"Of 24 groups with one rate and these sizes, {EXPECTED:.1f} are outside 95 % limits on average, not 1.2: counts come "
        "in steps, and the smallest groups cannot fall out at all. And to be outside is not to be worse by an amount that "
        "matters. The page “Fifty-four hospitals” (chapters/doctors/05_fifty_four_hospitals) has both for a real table."
    ),
)
