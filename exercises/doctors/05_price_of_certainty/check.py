"""Brier score, log score and what a forecast of 100 % costs: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, agree, case, gives

MEAN, COUNT = range(2)
FLOORS = [10.0**-k for k in range(2, 19)] + [np.finfo(float).eps, np.finfo(float).tiny]


def given(p, y):
    """Return the probability that was given to what happened."""
    return np.where(y == 1, p, 1 - p)


def brier(p, y):
    return float(((p - y) ** 2).mean())


def log_score(p, y):
    q = given(p, y)
    return float(np.log(q[q > 0]).mean()), int((q == 0).sum())


def finished(theta, m):
    return float(1 - (theta**m).mean())


def rest(p, y):
    """Return what was given to what happened, where it was not 0."""
    q = given(p, y)
    return q[q > 0]


def mean_is(*wrongs):
    """Recognize the first part of the tuple by any of these functions."""
    found = [gives(lambda p, y, f=f: (f(p, y), 0), part=MEAN) for f in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def count_is(*wrongs):
    """Recognize a right mean beside a wrong count by any of these functions."""
    found = [gives(lambda p, y, f=f: (log_score(p, y)[MEAN], f(p, y))) for f in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


CHANGED = (
    lambda p, y, floor: np.maximum(given(p, y), floor),
    lambda p, y, floor: given(np.clip(p, floor, 1 - floor), y),
    lambda p, y, floor: given(p, y) + floor,
)


def clipped(attempt):
    """Every mean is that of probabilities cut off at some floor, on one side or both, or with a small number added."""

    def same(tried, answer, change, floor):
        return np.isfinite(answer[MEAN]) and agree(answer[MEAN], np.log(change(**tried.inputs, floor=floor)).mean())

    pairs = list(zip(attempt.cases, attempt.answers, strict=True))
    return any(all(same(*pair, change, floor) for pair in pairs) for change in CHANGED for floor in FLOORS)


def as_product(p, y):
    """The formula of the textbooks, which is 0 times infinity where a certain forecast is right."""
    with np.errstate(all="ignore"):
        return y * np.log(p) + (1 - y) * np.log1p(-p)


def forecasts(n, certain=()):
    """Return probabilities and outcomes, new at every check; ``certain`` are pairs of forecasts of 0 or 1 and outcomes."""
    rng = np.random.default_rng()
    p = rng.uniform(0.05, 0.95, n)
    y = np.r_[1.0, 0.0, (rng.uniform(size=n - 2) < p[2:]).astype(float)]
    p[0], p[1] = rng.uniform(0.2, 0.4), rng.uniform(0.55, 0.8)
    if certain:
        p, y = np.r_[p, [c for c, _ in certain]], np.r_[y, [o for _, o in certain]]
        order = rng.permutation(len(p))
        p, y = p[order], y[order]
    return {"p": p, "y": y}


CASES = (
    case("12 probabilities, none of them 0 or 1", **forecasts(12)),
    case("30 probabilities, some of them 0 or 1, all of these right", **forecasts(26, [(1, 1), (1, 1), (0, 0), (1, 1)])),
    case("40 probabilities, three failures after a forecast of 1, one success after 0",
         **forecasts(33, [(1, 0), (1, 0), (1, 0), (0, 1), (1, 1), (1, 1), (0, 0)])),
)
DRAWS = tuple(
    case(f"2,000 draws about {a / (a + b):.2f}, m = {m}", theta=np.random.default_rng().beta(a, b, 2000), m=m)
    for a, b, m in ((8.0, 1.7, 4), (3.0, 2.0, 2), (30.0, 3.0, 10))
)

CHECKER = Checker(
    Question(
        "brier",
        brier,
        CASES,
        misconceptions=(
            Misconception(
                "distance not squared",
                "You took the mean of the distances. The square is there for a reason: with plain distances it would pay to "
                "say 0 or "
                "1 always.",
                gives(lambda p, y: np.abs(p - y).mean()),
            ),
            Misconception(
                "root taken",
                "You took a root at the end. The Brier score is the mean of the squares itself.",
                gives(lambda p, y: np.sqrt(brier(p, y))),
            ),
            Misconception(
                "sum of the squares",
                "You added the squares up. It would grow with every patient; take the mean.",
                gives(lambda p, y: ((p - y) ** 2).sum()),
            ),
            Misconception(
                "both outcomes counted",
                "Your score is twice what is asked: you counted the success and the failure of each patient. Brier did so "
                "himself in "
                "1950; here one term a patient is meant.",
                gives(lambda p, y: 2 * brier(p, y)),
            ),
            Misconception(
                "outcomes not looked at",
                "You return the mean of p (1 - p). That is what the score would be on average if every p were right. What "
                "happened?",
                gives(lambda p, y: (p * (1 - p)).mean()),
            ),
        ),
    ),
    Question(
        "log_score",
        log_score,
        CASES,
        parts=("mean", "count"),
        misconceptions=(
            Misconception(
                "clipped",
                "You cut the probabilities off before taking logarithms, or put a small number in. Then the score of the one "
                "who was "
                "sure and wrong is whatever you chose. Count these patients apart.",
                clipped,
            ),
            Misconception(
                "zero times infinity",
                "y log(p) + (1 - y) log(1 - p) is 0 times infinity where a forecast of 0 or 1 was *right*. Choose the "
                "probability of "
                "what happened first, then take its logarithm.",
                mean_is(lambda p, y: (s := as_product(p, y))[~np.isinf(s)].mean(),
                        lambda p, y: as_product(p, y).mean()),
            ),
            Misconception(
                "certain forecasts left out",
                "You left out every forecast of 0 or 1. Those that turned out right were not impossible: they score 0, and "
                "count.",
                mean_is(lambda p, y: np.log(given(p, y)[(p > 0) & (p < 1)]).mean()),
            ),
            Misconception(
                "infinity in the mean",
                "Your mean is minus infinity where something impossible happened. That is true of all patients together; asked "
                "is the "
                "mean over the others.",
                mean_is(lambda p, y: np.log(given(p, y)).mean()),
            ),
            Misconception(
                "divided by all",
                "You left the impossible ones out of the sum, and divided by the number of all patients. Divide by those that "
                "are left.",
                mean_is(lambda p, y: np.log(rest(p, y)).sum() / len(p)),
            ),
            Misconception(
                "log of p whatever happened",
                "You took the logarithm of p for successes and failures alike. For a failure, what probability was given to what "
                "happened?",
                mean_is(lambda p, y: np.log(p[p > 0]).mean(), lambda p, y: np.log(p[given(p, y) > 0]).mean(),
                        lambda p, y: np.log(p).mean()),
            ),
            Misconception(
                "failures not scored",
                "Only the successes enter your score. A failure after a high probability must cost something.",
                mean_is(lambda p, y: np.log(p[(y == 1) & (p > 0)]).mean(),
                        lambda p, y: np.log(p[(y == 1) & (p > 0)]).sum() / len(p),
                        lambda p, y: np.log(p[(y == 1) & (p > 0)]).sum() / (given(p, y) > 0).sum()),
            ),
            Misconception(
                "log of the mean",
                "You averaged the probabilities and took the logarithm of the mean. The logarithm comes first: it is what "
                "makes one "
                "near-certain mistake expensive.",
                mean_is(lambda p, y: np.log(rest(p, y).mean()), lambda p, y: np.log(given(p, y).mean())),
            ),
            Misconception(
                "sign turned",
                "You return the logarithmic *loss*, which is low when it is good. The score is its negative: at most 0.",
                mean_is(lambda p, y: -np.log(rest(p, y)).mean()),
            ),
            Misconception(
                "other base",
                "Your logarithm has another base. Natural logarithms are meant.",
                mean_is(lambda p, y: np.log2(rest(p, y)).mean(), lambda p, y: np.log10(rest(p, y)).mean()),
            ),
            Misconception(
                "sum of the logarithms",
                "You added the logarithms up. Take the mean over those that were not impossible.",
                mean_is(lambda p, y: np.log(rest(p, y)).sum()),
            ),
            Misconception(
                "certain forecasts counted",
                "Your mean is right. The number is that of all forecasts of 0 or 1; only those that turned out *wrong* called "
                "something "
                "impossible that happened.",
                count_is(lambda p, y: ((p == 0) | (p == 1)).sum()),
            ),
            Misconception(
                "one kind of impossible",
                "Your mean is right. You count the impossible on one side only: a success after 0 *and* a failure after 1 are "
                "such.",
                count_is(lambda p, y: ((p == 0) & (y == 1)).sum(), lambda p, y: ((p == 1) & (y == 0)).sum()),
            ),
            Misconception(
                "a share for a number",
                "Your mean is right. The second part is a share of the patients; their number is asked for.",
                count_is(lambda p, y: (given(p, y) == 0).mean()),
            ),
        ),
    ),
    Question(
        "finished",
        finished,
        DRAWS,
        misconceptions=(
            Misconception(
                "mean rate put in",
                "You took the mean rate to the power of m. The m patients have *one* rate that is not known: take the power "
                "for each "
                "draw, then the mean. A rate that may be low or high ends the game early less often than you think.",
                gives(lambda theta, m: 1 - theta.mean() ** m),
            ),
            Misconception(
                "probability to survive",
                "You return the probability that all m are successes: that the game is *not* over.",
                gives(lambda theta, m: (theta**m).mean()),
            ),
            Misconception(
                "all must fail",
                "You return the probability that all m patients are failures. One is enough.",
                gives(lambda theta, m: ((1 - theta) ** m).mean()),
            ),
            Misconception(
                "one patient for m",
                "You return the probability that *one* patient is a failure. There are m of them.",
                gives(lambda theta, m: 1 - theta.mean()),
            ),
            Misconception(
                "number of failures expected",
                "You return how many failures are expected among m patients. Several of them may come together, so it is no "
                "probability; it can exceed 1.",
                gives(lambda theta, m: m * (1 - theta).mean()),
            ),
        ),
    ),
    right=(
        f"Where the truth is 83 %, the one who says so has a Brier score of {0.83 * 0.17:.3f} in the long run, the one who "
        f"says 100 % "
        f"{0.17:.3f}: a difference that drowns in a few patients. The log score needs four patients to be minus infinity with a "
        f"probability of {1 - 0.83**4:.0%}. It is the score that takes 100 % at its word."
    ),
)
