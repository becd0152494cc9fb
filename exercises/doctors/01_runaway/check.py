"""Separation in logistic regression: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special

from hbm_lib.exercises import Checker, Misconception, Question, agree, case, gives


def log_likelihood(alpha, successes, cases):
    return successes * alpha - cases * np.logaddexp(0, alpha)


def one_kind(y):
    return y.min() == y.max()


def rising(x, y):
    return x[y == 0].max() <= x[y == 1].min()


def falling(x, y):
    return x[y == 1].max() <= x[y == 0].min()


def runs_away(x, y):
    return bool(one_kind(y) or rising(x, y) or falling(x, y))


def half_added(successes, cases):
    return np.log((successes + 0.5) / (cases - successes + 0.5))


def strict(x, y):
    """A reader who wants a gap between successes and failures."""
    return bool(one_kind(y) or x[y == 0].max() < x[y == 1].min() or x[y == 1].max() < x[y == 0].min())


def overflows(attempt):
    """Recognize what is right near 0 and not a finite number far out."""
    near = [
        agree(answer, log_likelihood(*tried.inputs.values()))
        for tried, answer in zip(attempt.cases, attempt.answers, strict=True)
        if abs(tried.inputs["alpha"]) < 100
    ]
    return all(near) and not all(np.isfinite(answer) for answer in attempt.answers)


def any_gives(*wrongs):
    found = [gives(wrong) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def shuffled(x, y):
    """Return severities and outcomes, in an order and on a scale of every check's own."""
    rng = np.random.default_rng()
    order = rng.permutation(len(x))
    return {"x": (np.array(x) * rng.uniform(0.8, 1.2))[order], "y": np.array(y)[order]}


CLINIC = (
    case("4 successes of 4", **shuffled([-1.0, 0.0, 0.5, 1.5], [1, 1, 1, 1])),
    case("8 patients, successes and failures mixed", **shuffled([-2, -1, -0.5, 0, 0.5, 1, 1.5, 2], [1, 1, 0, 1, 0, 1, 0, 0])),
    case("6 patients, failures above a cut", **shuffled([-2, -1, 0, 0.5, 1, 2], [1, 1, 1, 0, 0, 0])),
    case("6 patients, successes above a cut", **shuffled([-2, -1, 0, 0.5, 1, 2], [0, 0, 0, 0, 1, 1])),
    case("6 patients, a success and a failure at the cut", **shuffled([-2, -1, 0, 0, 1, 2], [1, 1, 1, 0, 0, 0])),
    case("3 failures of 3", **shuffled([-0.5, 0.0, 1.0], [0, 0, 0])),
    case("3 patients, a failure between two successes", **shuffled([-1.0, 0.2, 1.0], [1, 0, 1])),
)

CHECKER = Checker(
    Question(
        "log_likelihood",
        log_likelihood,
        (
            case(alpha=0.4, successes=3, cases=7),
            case(alpha=-1.2, successes=0, cases=3),
            case(alpha=2.5, successes=4, cases=4),
            case(alpha=800.0, successes=4, cases=4),
        ),
        misconceptions=(
            Misconception(
                "overflow",
                "Near 0 you are right; at alpha = 800 your number is not finite. Either e^800 is too large for the computer, or "
                "1 - p has become 0 and you took its logarithm. The likelihood itself is harmless there.",
                overflows,
            ),
            Misconception(
                "failures left out",
                "You counted the successes alone. A failure has a probability too, 1 - p, and without it every logit would "
                "run away.",
                gives(lambda alpha, successes, cases: -successes * np.logaddexp(0, -alpha)),
            ),
            Misconception(
                "likelihood, not its logarithm",
                "You return the likelihood itself. Its logarithm is asked: products of many patients become sums.",
                gives(lambda *given: np.exp(log_likelihood(*given))),
            ),
            Misconception(
                "binomial coefficient kept",
                "You kept the binomial coefficient. It holds no alpha; it was to be left out.",
                gives(lambda alpha, successes, cases: log_likelihood(alpha, successes, cases)
                      + np.log(special.comb(cases, successes))),
            ),
            Misconception(
                "alpha taken for the probability",
                "You put alpha where the probability belongs. It is a logit, and may be any number.",
                gives(lambda alpha, successes, cases: special.xlogy(successes, alpha)
                      + special.xlogy(cases - successes, 1 - alpha)),
            ),
            Misconception(
                "averaged over the patients",
                "You divided by the number of patients. Each patient adds a term: four of four says more than one of one.",
                gives(lambda alpha, successes, cases: log_likelihood(alpha, successes, cases) / cases),
            ),
            Misconception(
                "sign turned",
                "This is minus the log likelihood, what an optimizer is told to make small.",
                gives(lambda *given: -log_likelihood(*given)),
            ),
        ),
    ),
    Question(
        "runs_away",
        runs_away,
        CLINIC,
        misconceptions=(
            Misconception(
                "only all or nothing",
                "You look for doctors with one kind of outcome. With a severity in the model that is not the only way: let a "
                "cut part successes from failures, and beta runs off.",
                gives(lambda x, y: bool(one_kind(y))),
            ),
            Misconception(
                "all or nothing forgotten",
                "You look for a cut between successes and failures. A doctor with only one of the two has none to look for, and "
                "alpha runs off by itself.",
                gives(lambda x, y: bool(not one_kind(y) and (rising(x, y) or falling(x, y)))),
            ),
            Misconception(
                "one direction only",
                "You find the cut when all successes lie on one certain side of it. They may lie on the other: the line falls as "
                "well as it rises.",
                any_gives(
                    lambda x, y: bool(one_kind(y) or rising(x, y)),
                    lambda x, y: bool(one_kind(y) or falling(x, y)),
                ),
            ),
            Misconception(
                "tie at the cut",
                "You ask for a gap between successes and failures. With a tie *at* the cut the two who are tied stay at one "
                "half, and all others still gain from a steeper line. (It is called quasi-complete separation.)",
                gives(strict),
            ),
            Misconception(
                "few patients",
                "You judge by the number of patients. Three patients may have a highest point, and three hundred none: it is how "
                "the outcomes lie that counts.",
                any_gives(*(lambda x, y, size=size: len(x) < size for size in range(4, 9))),
            ),
            Misconception(
                "the other way round",
                "You say `True` where there *is* a highest point.",
                gives(lambda x, y: not runs_away(x, y)),
            ),
        ),
    ),
    Question(
        "half_added",
        half_added,
        (case(successes=4, cases=4), case(successes=0, cases=3), case(successes=90, cases=240), case(successes=3, cases=6)),
        misconceptions=(
            Misconception(
                "one for a half",
                "You added a whole success and a whole failure. That is a flat prior on the probability, and pulls "
                "twice as hard.",
                gives(lambda successes, cases: np.log((successes + 1) / (cases - successes + 1))),
            ),
            Misconception(
                "rate for logit",
                "You return the rate. Its logit is asked.",
                gives(lambda successes, cases: (successes + 0.5) / (cases + 1)),
            ),
            Misconception(
                "half only where needed",
                "You add the halves only where the raw logit is infinite, so 3 of 4 and 4 of 4 are measured with two yardsticks. "
                "Add them for every doctor: at 240 patients they do next to nothing.",
                gives(lambda successes, cases: half_added(successes, cases) if successes in (0, cases)
                      else np.log(successes / (cases - successes))),
            ),
            Misconception(
                "divided by the cases",
                "You divided successes by *cases* and took the logarithm. A logit compares successes with failures.",
                any_gives(
                    lambda successes, cases: np.log((successes + 0.5) / (cases + 1)),
                    lambda successes, cases: np.log((successes + 0.5) / (cases + 0.5)),
                ),
            ),
            Misconception(
                "half a success only",
                "You added the half success and not the half failure. At 4 of 4 the logit is infinite still.",
                gives(lambda successes, cases: np.log(np.divide(successes + 0.5, cases - successes))),
            ),
        ),
    ),
    right=(
        "A program that reports alpha = 24.6 for 4 of 4 has not found a maximum; it has grown tired. Half a success added is "
        "finite for every doctor, but it knows no colleague. The first page of the chapter "
        "(chapters/doctors/01_four_out_of_four) lets it know them."
    ),
)
