"""Expected squared error of three poolings: what is asked, and the slips that have a name."""

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

NO, COMPLETE, PARTIAL = range(3)


def expected_errors(n, tau, sigma):
    return sigma**2 / n, tau**2, sigma**2 * tau**2 / (n * tau**2 + sigma**2)


def equal_size(tau, sigma):
    return sigma**2 / tau**2


def weight(n, tau, sigma):
    return n * tau**2 / (n * tau**2 + sigma**2)


def only(part, *values):
    """Recognize any of some wrong values in one part of the tuple."""

    def recognizer(value):
        return gives(lambda n, tau, sigma: tuple(value(n, tau, sigma) if i == part else None for i in range(3)), part=part)

    found = [recognizer(value) for value in values]
    return lambda attempt: any(one(attempt) for one in found)


def mixed_without_squares(n, tau, sigma):
    w = weight(n, tau, sigma)
    return w * sigma**2 / n + (1 - w) * tau**2


def total(n, tau, sigma):
    return sigma**2 / n + tau**2


def precision(n, tau, sigma):
    return n / sigma**2 + 1 / tau**2


def between(n, tau, sigma):
    return total(n, tau, sigma) / 2


def noise_only(n, tau, sigma):
    return weight(n, tau, sigma) ** 2 * sigma**2 / n


SCHOOLS = (
    case(n=4, tau=5.0, sigma=12.0),
    case(n=60, tau=3.0, sigma=10.0),
    case(n=1, tau=8.0, sigma=9.0),
)
SCALES = (case(tau=5.0, sigma=12.0), case(tau=2.0, sigma=9.0), case(tau=7.0, sigma=3.5))

CHECKER = Checker(
    Question(
        "expected_errors",
        expected_errors,
        SCHOOLS,
        parts=("no", "complete", "partial"),
        misconceptions=(
            Misconception(
                "root taken",
                "You give errors in points, not squared points: your numbers are the roots of the expected "
                "*squared* errors.",
                gives(lambda *given: tuple(e**0.5 for e in expected_errors(*given))),
            ),
            Misconception(
                "size forgotten",
                "Your `no` is the variance of one pupil's score. The luck of `n` pupils partly cancels in "
                "their average.",
                only(NO, lambda n, tau, sigma: sigma**2),
            ),
            Misconception(
                "divided by n instead of its root",
                "Your `no` comes from `sigma` / `n`. The luck of `n` pupils cancels only in part: their *variances* add "
                "up, so the sd of their average falls with the root of `n`.",
                only(NO, lambda n, tau, sigma: (sigma / n) ** 2, lambda n, tau, sigma: sigma / n),
            ),
            Misconception(
                "distance from the average",
                "Your `complete` is how far `mu` lies from the school's *average*, luck of the pupils included. "
                "The error is the distance from the true mean `theta`.",
                only(COMPLETE, total),
            ),
            Misconception(
                "no variance, no error",
                "Your `complete` is 0. It is true that `mu` does not vary with the pupils. But an estimate that "
                "never moves can still be far from the truth: schools differ.",
                only(COMPLETE, lambda n, tau, sigma: 0.0),
            ),
            Misconception(
                "weights not squared",
                "Your `partial` mixes the two errors by the weights themselves. A factor `w` in front of a miss "
                "becomes `w`² in front of its variance.",
                only(PARTIAL, mixed_without_squares),
            ),
            Misconception(
                "errors added up",
                "Your `partial` is the sum of the other two errors. Then knowing more would make the estimate worse. "
                "What adds up when two independent guesses are combined is their precisions, one over each error.",
                only(PARTIAL, total),
            ),
            Misconception(
                "not turned back",
                "Your `partial` is one over an expected squared error: it grows as the estimate gets better. Turn it over.",
                only(PARTIAL, precision, lambda *given: 1 / total(*given)),
            ),
            Misconception(
                "halfway between",
                "Your `partial` is the mean of the other two errors. A compromise of two independent guesses is "
                "better than both of them, not halfway between.",
                only(PARTIAL, between),
            ),
            Misconception(
                "bias left out",
                "Your `partial` holds the luck of the pupils, made smaller by the weight, and nothing else. "
                "Shrinking also pulls a truly special school away from its truth: add that squared error.",
                only(PARTIAL, noise_only),
            ),
        ),
    ),
    Question(
        "equal_size",
        equal_size,
        SCALES,
        misconceptions=(
            Misconception(
                "standard deviations",
                "You divided standard deviations. Both errors are squared: compare `sigma`² over `n` with `tau`².",
                gives(lambda tau, sigma: sigma / tau),
            ),
            Misconception(
                "turned over",
                "Your ratio is upside down. The more pupils differ among themselves, the more of them an "
                "average needs.",
                gives(lambda tau, sigma: tau**2 / sigma**2),
            ),
        ),
    ),
    right=(
        f"With tau = 5 and sigma = 12 the two naive answers tie at {equal_size(5, 12):.1f} pupils, and there partial "
        "pooling halves the error. At every other size it beats the better of the two."
    ),
)
