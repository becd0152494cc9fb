"""Coverage and width by size: what is asked, and the slips that have a name."""

from itertools import pairwise

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

COVERAGE, WIDTH = range(2)


def measured(inside, width, size, edges, closed="left"):
    """Return coverage and mean width by bin; bins may be closed on the wrong side."""
    bins = np.digitize(size, edges, right=closed == "right") - 1
    at = [bins == b for b in range(len(edges) - 1)]
    return np.array([inside[b].mean() for b in at]), np.array([width[b].mean() for b in at])


def holds(truth, lower, upper):
    return (lower <= truth) & (truth <= upper)


def by_size(truth, lower, upper, n_treatment, n_control, edges):
    return measured(holds(truth, lower, upper), upper - lower, n_treatment + n_control, edges)


def inside_by(rule):
    """Recognize the coverage of a reader who counts by this rule."""
    return gives(lambda t, a, b, x, y, edges: (measured(rule(t, a, b), b - a, x + y, edges)[COVERAGE], None), part=COVERAGE)


def size_by(rule, closed="left"):
    """Recognize the bins of a reader with this size."""
    return gives(lambda t, a, b, x, y, edges: (None, measured(holds(t, a, b), b - a, rule(x, y), edges, closed)[WIDTH]),
                 part=WIDTH)


def width_by(rule):
    """Recognize the width of a reader with this rule, the bins being right."""
    return gives(lambda t, a, b, x, y, edges: (None, measured(b > a, rule(a, b), x + y, edges)[WIDTH]), part=WIDTH)


def all_bins(truth, lower, upper, n_treatment, n_control, edges):
    every = np.ones(len(edges) - 1)
    return every * holds(truth, lower, upper).mean(), every * (upper - lower).mean()


def shares_of_all(truth, lower, upper, n_treatment, n_control, edges):
    coverage, _ = by_size(truth, lower, upper, n_treatment, n_control, edges)
    size = n_treatment + n_control
    return coverage * np.histogram(np.digitize(size, edges) - 1, np.arange(len(edges)))[0] / len(size), None


def how_far_off(covered, creators, level):
    return (covered / creators - level) / np.sqrt(level * (1 - level) / creators)


def platform(edges, each, reach):
    """Return a case made up anew at every check: in each bin creators on its lower edge and inside."""
    rng = np.random.default_rng()
    inside = [rng.integers(low + 2, min(high, 4 * low), each) for low, high in pairwise(edges)]
    size = rng.permutation(np.concatenate([*inside, *[np.repeat(low, 6) for low in edges[:-1]]]).astype(int))
    treatment = rng.integers(size // 4, size // 2)
    se = 4 / np.sqrt(size)
    truth = rng.normal(0.5, 0.4, len(size))
    estimate = rng.normal(truth, se)
    half = reach * se * rng.uniform(0.8, 1.2, len(size))
    label = f"{len(size)} creators, edges {', '.join(f'{e:g}' for e in edges)}"
    return case(label, truth=truth, lower=estimate - half, upper=estimate + half, n_treatment=treatment,
                n_control=size - treatment, edges=edges)


PLATFORMS = (
    platform(np.array([30.0, 100.0, 500.0, np.inf]), 150, 1.2),
    platform(np.array([40.0, 200.0, np.inf]), 250, 1.0),
)
COUNTS = (
    case(covered=942, creators=1000, level=0.95),
    case(covered=60, creators=100, level=0.5),
    case(covered=int(np.random.default_rng().integers(290, 316)), creators=400, level=0.8),
)

CHECKER = Checker(
    Question(
        "by_size",
        by_size,
        PLATFORMS,
        parts=("coverage", "width"),
        misconceptions=(
            Misconception(
                "all creators in one",
                "You measured all creators together and gave every bin the same number. Large creators hide what happens to "
                "the small ones: bin first.",
                gives(all_bins),
            ),
            Misconception(
                "size of one arm",
                "You took the users of *one* arm for the size. A creator's size is both arms together.",
                lambda attempt: any(size_by(f)(attempt) for f in (lambda x, y: x, lambda x, y: y)),
            ),
            Misconception(
                "edges on the wrong side",
                "A creator whose size *is* an edge has gone into the bin below it. Bins hold their lower edge and not their "
                "upper one.",
                size_by(lambda x, y: x + y, closed="right"),
            ),
            Misconception(
                "edges in neither bin",
                "Creators whose size *is* an edge have fallen out of your bins. Each bin holds its lower edge.",
                gives(lambda t, a, b, x, y, edges: (None, measured(a < b, b - a, np.where(np.isin(x + y, edges), -1, x + y),
                                                                   edges)[WIDTH]), part=WIDTH),
            ),
            Misconception(
                "half of the width",
                "Your width is the reach to one side. An interval is as wide as from its lower to its upper end.",
                width_by(lambda a, b: (b - a) / 2),
            ),
            Misconception(
                "sign of the width",
                "Your width is negative: upper minus lower.",
                width_by(lambda a, b: a - b),
            ),
            Misconception(
                "one end checked",
                "You checked one end only. An interval can miss the truth on either side, and both misses count.",
                lambda attempt: any(inside_by(f)(attempt) for f in (lambda t, a, b: a <= t, lambda t, a, b: t <= b)),
            ),
            Misconception(
                "misses counted",
                "You counted the intervals that *miss*. Coverage is the share that hold the truth.",
                inside_by(lambda t, a, b: ~holds(t, a, b)),
            ),
            Misconception(
                "zero for the truth",
                "You counted the intervals that hold 0. Coverage asks for the creator's *true* effect, which is seldom 0.",
                inside_by(lambda t, a, b: (a <= 0) & (b >= 0)),
            ),
            Misconception(
                "share of all creators",
                "You divided the count of each bin by *all* creators. Each share is of the bin's own creators.",
                gives(shares_of_all, part=COVERAGE),
            ),
            Misconception(
                "counts instead of shares",
                "Your coverage is a count. Divide it by the creators of the bin.",
                gives(lambda *given: (shares_of_all(*given)[COVERAGE] * len(given[0]), None), part=COVERAGE),
            ),
        ),
    ),
    Question(
        "how_far_off",
        how_far_off,
        COUNTS,
        misconceptions=(
            Misconception(
                "difference of the shares",
                "You give the difference of the shares. Three points too few of 20 intervals are luck, of 20,000 a fault: divide "
                "by the standard error of the share.",
                gives(lambda covered, creators, level: covered / creators - level),
            ),
            Misconception(
                "spread of one interval",
                "You divided by the spread of a single yes or no. A share of many intervals varies less: divide its variance by "
                "`creators`.",
                gives(lambda covered, creators, level: (covered / creators - level) / np.sqrt(level * (1 - level))),
            ),
            Misconception(
                "variance for the standard error",
                "You divided by a variance. Take its root.",
                gives(lambda covered, creators, level: (covered / creators - level) / (level * (1 - level) / creators)),
            ),
            Misconception(
                "spread of the measured share",
                "Your standard error comes from the share that was measured. The question is how far luck goes *if* the promise "
                "is kept: use `level`. It matters when the share is far off; at a share of 1 yours would be 0.",
                gives(lambda covered, creators, level: (covered / creators - level)
                      / np.sqrt(covered / creators * (1 - covered / creators) / creators)),
            ),
            Misconception(
                "sign turned",
                "Your sign is turned: too few intervals that hold the truth shall give a negative number.",
                gives(lambda *given: -how_far_off(*given)),
            ),
        ),
    ),
    right=(
        "Coverage alone is bought with width: an interval as wide as the world covers everything. Look at both, by size, and "
        f"at how far luck goes: 942 of 1,000 is {abs(how_far_off(942, 1000, 0.95)):.1f} standard errors from 95%, nothing to "
        "worry about."
    ),
)
