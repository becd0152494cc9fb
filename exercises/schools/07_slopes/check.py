"""Lines that differ between schools: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def covariance(tau0, tau1, rho):
    return np.array([[tau0**2, rho * tau0 * tau1], [rho * tau0 * tau1, tau1**2]])


def score_variance(x, tau0, tau1, rho, sigma):
    return tau0**2 + 2 * rho * tau0 * tau1 * x + tau1**2 * x**2 + sigma**2


def x_least(tau0, tau1, rho):
    return -rho * tau0 / tau1


def variance_with(twice=2.0, slope=1.0, pupil=1.0):
    """Build the variance of a reader who keeps these parts of the sum."""

    def variance(x, tau0, tau1, rho, sigma):
        return tau0**2 + twice * rho * tau0 * tau1 * x + slope * tau1**2 * x**2 + pupil * sigma**2

    return variance


LINES = (case(tau0=0.3, tau1=0.12, rho=0.5), case(tau0=0.8, tau1=0.3, rho=-0.4), case(tau0=2.0, tau1=0.5, rho=0.9))
X = np.linspace(-2.0, 2.0, 5)
SCORES = (
    case(x=1.5, tau0=0.3, tau1=0.12, rho=0.5, sigma=0.74),
    case(x=-2.0, tau0=0.8, tau1=0.3, rho=-0.4, sigma=1.2),
    case("five intake scores from -2 to 2", x=X, tau0=0.6, tau1=0.4, rho=0.7, sigma=0.9),
)

CHECKER = Checker(
    Question(
        "covariance",
        covariance,
        LINES,
        misconceptions=(
            Misconception(
                "correlation dropped from the matrix",
                "Your matrix is diagonal: intercept and slope go their own ways. Here they are correlated.",
                gives(lambda tau0, tau1, rho: np.diag([tau0**2, tau1**2])),
            ),
            Misconception(
                "correlation for covariance",
                "You put the correlation itself off the diagonal. A covariance carries the units of both: "
                "multiply by the two standard deviations.",
                gives(lambda tau0, tau1, rho: np.array([[tau0**2, rho], [rho, tau1**2]])),
            ),
            Misconception(
                "standard deviations on the diagonal",
                "The diagonal of a covariance matrix holds variances, not standard deviations.",
                gives(lambda tau0, tau1, rho: np.array([[tau0, rho * tau0 * tau1], [rho * tau0 * tau1, tau1]])),
            ),
        ),
    ),
    Question(
        "score_variance",
        score_variance,
        SCORES,
        misconceptions=(
            Misconception(
                "correlation dropped",
                "Your variance is the same at `x` and at `-x`: the covariance of intercept and slope is missing.",
                gives(variance_with(twice=0)),
            ),
            Misconception(
                "covariance once",
                "The covariance stands in the variance of a sum *twice*, like the middle term of a square.",
                gives(variance_with(twice=1)),
            ),
            Misconception(
                "slopes left out",
                "You have the intercepts and the pupils. Schools also differ in their slopes, and the more so the "
                "farther `x` is from 0.",
                gives(variance_with(twice=0, slope=0)),
            ),
            Misconception(
                "pupils left out",
                "You give how much the *schools'* lines differ at `x`. A pupil's score varies about the line by `sigma`.",
                gives(variance_with(pupil=0)),
            ),
            Misconception(
                "standard deviation for variance",
                "You give the standard deviation. The variance is its square.",
                gives(lambda *given: np.sqrt(score_variance(*given))),
            ),
            Misconception(
                "standard deviations added",
                "You added standard deviations. Of independent parts the variances add up, and of dependent ones the "
                "covariance comes in.",
                gives(lambda x, tau0, tau1, rho, sigma: tau0 + tau1 * x + sigma),
            ),
        ),
    ),
    Question(
        "x_least",
        x_least,
        LINES,
        misconceptions=(
            Misconception(
                "sign lost",
                "The sign is turned. With a positive correlation the high lines are also the steep ones: on which side "
                "of 0 do the lines come together?",
                gives(lambda tau0, tau1, rho: rho * tau0 / tau1),
            ),
            Misconception(
                "least at zero",
                "At 0 the schools differ by `tau0`. That is the least only if intercept and slope are uncorrelated.",
                gives(lambda tau0, tau1, rho: 0.0),
            ),
            Misconception(
                "ratio turned over",
                "Your ratio is upside down: its unit is that of a slope, and an intake score is asked for.",
                gives(lambda tau0, tau1, rho: -rho * tau1 / tau0),
            ),
        ),
    ),
    right=(
        "The lines fan out. With a positive correlation schools differ most for strong pupils, and one number for "
        "“the effect of the school” no longer exists. The page “Does the slope differ?” "
        "(chapters/schools/08_slopes) fits the lines of London."
    ),
)
