"""Improvement over the years: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives


def expected_change(first, mu, tau, sigma):
    return -(first - mu) * sigma**2 / (tau**2 + sigma**2)


def own_slope(years, scores):
    time = years - np.mean(years)
    return (time * scores).sum() / (time**2).sum()


def pooled(years, scores, beta, tau_slope, sigma, square=None, own=None):
    """Pool a slope; a reader's wrong sum of squares or wrong own slope may be put in."""
    square = ((years - np.mean(years)) ** 2).sum() if square is None else square
    own = own_slope(years, scores) if own is None else own
    weight = square * tau_slope**2 / (square * tau_slope**2 + sigma**2)
    return weight * own + (1 - weight) * beta


def pooled_slope(years, scores, beta, tau_slope, sigma):
    return pooled(years, scores, beta, tau_slope, sigma)


def not_centered(years, scores, beta, tau_slope, sigma):
    square = (years**2).sum()
    return pooled(years, scores, beta, tau_slope, sigma, square, (years * scores).sum() / square)


def swapped(years, scores, beta, tau_slope, sigma):
    return own_slope(years, scores) + beta - pooled_slope(years, scores, beta, tau_slope, sigma)


def next_year(level, slope, sigma):
    line = level + 3 * slope
    return line.mean(), np.sqrt(line.var() + np.mean(sigma**2))


def at(year):
    """Build the forecast of a reader who puts another year into the line."""
    return lambda level, slope, sigma: next_year(level + (year - 3) * slope, slope, sigma)


def with_sd(variance):
    """Build the forecast of a reader whose mean is right."""
    return lambda level, slope, sigma: (level.mean() + 3 * slope.mean(), np.sqrt(variance(level, slope, sigma)))


def draws(label, level, slope, rho, sigma, size=40_000):
    """Return a case with joint draws of a school's level and slope."""
    rng = np.random.default_rng(7)
    z = rng.standard_normal((2, size))
    steep = slope[0] + slope[1] * (rho * z[0] + np.sqrt(1 - rho**2) * z[1])
    return case(label, level=level[0] + level[1] * z[0], slope=steep, sigma=sigma * rng.gamma(100, 1 / 100, size))


CHANGES = (
    case(first=88.0, mu=75.0, tau=5.0, sigma=6.0),
    case(first=61.0, mu=70.0, tau=3.0, sigma=2.0),
    case("three schools, mu=75, tau=4, sigma=8", first=np.array([60.0, 75.0, 92.0]), mu=75.0, tau=4.0, sigma=8.0),
)
SLOPES = (
    case("2019 to 2023", years=np.arange(2019, 2024), scores=np.array([70.0, 74.0, 71.0, 77.0, 79.0]), beta=0.5, tau_slope=0.8,
         sigma=2.5),
    case("1 to 5", years=np.arange(1, 6), scores=np.array([70.0, 74.0, 71.0, 77.0, 79.0]), beta=0.5, tau_slope=0.8, sigma=2.5),
    case("2015, 2016, 2020", years=np.array([2015, 2016, 2020]), scores=np.array([66.0, 60.0, 63.0]), beta=1.0, tau_slope=0.5,
         sigma=3.0),
)
DRAWS = (
    draws("40,000 draws, level 72, slope 1", (72.0, 1.5), (1.0, 0.9), 0.4, 1.2),
    draws("40,000 draws, level -0.4, slope 0.7", (-0.4, 0.2), (0.7, 0.12), -0.5, 0.25),
)

CHECKER = Checker(
    Question(
        "expected_change",
        expected_change,
        CHANGES,
        misconceptions=(
            Misconception(
                "no change expected",
                "You expect the same report again. But the first report was chosen by nobody: a high one is probably a "
                "good school *and* a lucky year, and the luck does not come back.",
                gives(lambda first, mu, tau, sigma: 0.0 * first),
            ),
            Misconception(
                "all the way back",
                "You expect the school at `mu`, as if all of its lead were luck. Part of it is the school's level.",
                gives(lambda first, mu, tau, sigma: mu - first),
            ),
            Misconception(
                "level and luck swapped",
                "The share that goes away is that of the *noise*. Yours is the share of the level: with noiseless reports "
                "you would expect the largest change.",
                gives(lambda first, mu, tau, sigma: (mu - first) * tau**2 / (tau**2 + sigma**2)),
            ),
            Misconception(
                "change away from the mean",
                "Your change has the wrong sign: high schools are expected to fall, low ones to rise.",
                gives(lambda *given: -expected_change(*given)),
            ),
            Misconception(
                "score instead of change",
                "You give the expected second report. Take the first one off.",
                gives(lambda first, mu, tau, sigma: first + expected_change(first, mu, tau, sigma)),
            ),
        ),
    ),
    Question(
        "pooled_slope",
        pooled_slope,
        SLOPES,
        misconceptions=(
            Misconception(
                "own slope only",
                "You give the school's own least-squares slope. A lucky first or last year is all it takes to make it "
                "steep: it is a guess with noise, to be pooled with `beta`.",
                gives(lambda years, scores, beta, tau_slope, sigma: own_slope(years, scores)),
            ),
            Misconception(
                "time not centered",
                "You took the years as they are, so your line is forced through score 0 in year 0. Take off the mean of "
                "the years: the level is not known.",
                gives(not_centered),
            ),
            Misconception(
                "spread of the years not centered",
                "Your own slope is right, but not its weight: the sum of squares in it is about year 0, as if the slope "
                "were known to many digits. Center the years there too.",
                gives(lambda y, s, b, t, e: pooled(y, s, b, t, e, square=(y**2).sum())),
            ),
            Misconception(
                "years counted",
                "Your weight counts the reports, as for an average. The variance of a slope is `sigma`² over the sum of "
                "squares of the centered years.",
                gives(lambda y, s, b, t, e: pooled(y, s, b, t, e, square=len(y))),
            ),
            Misconception(
                "weights swapped",
                "Your two weights have changed places: the noisier the reports, the more you follow them.",
                gives(swapped),
            ),
        ),
    ),
    Question(
        "next_year",
        next_year,
        DRAWS,
        parts=("mean", "sd"),
        compare=Exact(rtol=0.02),
        misconceptions=(
            Misconception(
                "one year after the middle",
                "You went one year on from the *middle* year. Time counts from there: the last year seen is 2.",
                gives(at(1), rtol=0.02),
            ),
            Misconception(
                "last year again",
                "You give the last year that was seen, once more. The next one is a year later.",
                gives(at(2), rtol=0.02),
            ),
            Misconception(
                "time not counted from the middle",
                "You count the years from the first one. `level` belongs to the middle year: with yours the forecast is "
                "years too far on.",
                lambda attempt: any(gives(at(year), rtol=0.02)(attempt) for year in (5, 6)),
            ),
            Misconception(
                "uncertainty of the slope left out",
                "Your spread has the level and the noise. The slope is not known either, and three years on it counts "
                "three times.",
                gives(with_sd(lambda level, slope, sigma: level.var() + np.mean(sigma**2)), rtol=0.02),
            ),
            Misconception(
                "noise of the report left out",
                "You give the uncertainty of the line. The report adds the noise of its year, `sigma`.",
                gives(with_sd(lambda level, slope, sigma: np.var(level + 3 * slope)), rtol=0.02),
            ),
            Misconception(
                "level and slope taken apart",
                "You added the variances of level and slope as if they were independent. They were drawn together: "
                "compute the line within each draw.",
                gives(with_sd(lambda level, slope, sigma: level.var() + 9 * slope.var() + np.mean(sigma**2)), rtol=0.02),
            ),
            Misconception(
                "noise only",
                "Your spread is the noise of the report about a line that is known exactly. Level and slope are estimates.",
                gives(with_sd(lambda level, slope, sigma: np.mean(sigma**2)), rtol=0.02),
            ),
        ),
    ),
    right=(
        "An extreme report comes back toward the mean by itself, with no improvement and no decline. Judge a school by a "
        "pooled slope, and forecast with all that is not known. The page “Growth” "
        "(chapters/schools/10_growth) does it with real schools."
    ),
)
