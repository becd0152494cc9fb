"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def fitted(years, scores):
    return np.polyfit(years - np.mean(years), scores, 1)[0]


def shrink(own, precision, beta, tau_slope):
    return (precision * own + beta / tau_slope**2) / (precision + 1 / tau_slope**2)


def through_the_origin(years, scores, beta, tau_slope, sigma):
    own = np.dot(years, scores) / np.dot(years, years)
    return shrink(own, np.dot(years, years) / sigma**2, beta, tau_slope)


def overconfident(years, scores, beta, tau_slope, sigma):
    return shrink(fitted(years, scores), np.dot(years, years) / sigma**2, beta, tau_slope)


def like_an_average(years, scores, beta, tau_slope, sigma):
    return shrink(fitted(years, scores), len(scores) / sigma**2, beta, tau_slope)


def follows_the_noise(years, scores, beta, tau_slope, sigma):
    error = sigma**2 / ((years - years.mean()) ** 2).sum()
    return (error * fitted(years, scores) + tau_slope**2 * beta) / (error + tau_slope**2)


def forecast(year):
    def told(level, slope, sigma):
        line = level + year * slope
        return line.mean(), np.hypot(line.std(), np.sqrt(np.mean(sigma**2)))

    return told


def spread(*terms):
    return np.sqrt(sum(terms))


def middle(level, slope):
    return np.mean(level + 3 * slope)


WRONG = (
    wrong_answer("no change expected", expected_change=lambda first, mu, tau, sigma: first - first),
    wrong_answer("all the way back", expected_change=lambda first, mu, tau, sigma: -(first - mu)),
    wrong_answer(
        "level and luck swapped", expected_change=lambda first, mu, tau, sigma: (mu - first) / (1 + (sigma / tau) ** 2)
    ),
    wrong_answer(
        "change away from the mean", expected_change=lambda first, mu, tau, sigma: (first - mu) / (1 + (tau / sigma) ** 2)
    ),
    wrong_answer(
        "score instead of change",
        expected_change=lambda first, mu, tau, sigma: mu + tau**2 / (tau**2 + sigma**2) * (first - mu),
    ),
    wrong_answer("own slope only", pooled_slope=lambda years, scores, beta, tau_slope, sigma: fitted(years, scores)),
    wrong_answer("time not centered", pooled_slope=through_the_origin),
    wrong_answer("spread of the years not centered", pooled_slope=overconfident),
    wrong_answer("years counted", pooled_slope=like_an_average),
    wrong_answer("weights swapped", pooled_slope=follows_the_noise),
    wrong_answer("one year after the middle", next_year=forecast(1)),
    wrong_answer("last year again", next_year=forecast(2)),
    wrong_answer("time not counted from the middle", next_year=forecast(5)),
    wrong_answer("time not counted from the middle", next_year=forecast(6)),
    wrong_answer(
        "uncertainty of the slope left out",
        next_year=lambda level, slope, sigma: (middle(level, slope), spread(np.var(level), np.mean(sigma**2))),
    ),
    wrong_answer(
        "noise of the report left out",
        next_year=lambda level, slope, sigma: (middle(level, slope), np.std(level + 3 * slope)),
    ),
    wrong_answer(
        "level and slope taken apart",
        next_year=lambda level, slope, sigma: (middle(level, slope), spread(np.var(level), np.var(3 * slope), np.mean(sigma**2))),
    ),
    wrong_answer("noise only", next_year=lambda level, slope, sigma: (middle(level, slope), np.mean(sigma))),
)
