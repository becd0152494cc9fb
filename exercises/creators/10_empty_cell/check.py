"""Predictions for an empty cell: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

MEAN, SD = range(2)
NEAR = {"rtol": 0.015, "atol": 0.004}


def square(scale):
    return np.mean(scale**2)


def line(mu, genre, segment):
    return np.var(mu + genre + segment)


def cell(mu, genre, segment, sigma_cell):
    return np.mean(mu + genre + segment), np.sqrt(line(mu, genre, segment) + square(sigma_cell))


def first_readout(mu, genre, segment, sigma_cell, sigma_creator, se):
    mean, sd = cell(mu, genre, segment, sigma_cell)
    return mean, np.sqrt(sd**2 + square(sigma_creator) + se**2)


def sd_by(*variances):
    """Recognize the standard deviation of a reader with any of these variances."""
    found = [gives(lambda *given, f=f: (None, np.sqrt(f(*given))), part=SD, **NEAR) for f in variances]
    return lambda attempt: any(one(attempt) for one in found)


def mean_by(*means):
    """Recognize the mean of a reader with any of these."""
    found = [gives(lambda *given, f=f: (np.mean(f(*given)), None), part=MEAN, **NEAR) for f in means]
    return lambda attempt: any(one(attempt) for one in found)


def apart(m, g, s):
    return m.var() + g.var() + s.var()


def draws(center, spread, shared, cells, creators, size=40_000):
    """Return joint draws, new at every check: what genre and segment gain, mu loses."""
    rng = np.random.default_rng()
    z = rng.standard_normal((3, size))
    mu, genre, segment = (c * rng.uniform(0.95, 1.05) for c in center)
    return {
        "mu": mu + shared * z[0],
        "genre": genre - 0.6 * shared * z[0] + spread[0] * z[1],
        "segment": segment - 0.3 * shared * z[0] + spread[1] * z[2],
        "sigma_cell": cells * rng.gamma(4, 1 / 4, size),
    }, {"sigma_creator": creators * rng.gamma(100, 1 / 100, size)}


def cases(label, *given):
    cells, creators = draws(*given[:-1])
    return case(label, **cells), case(f"{label}, se={given[-1]}", **cells, **creators, se=given[-1])


CELLS, READOUTS = zip(
    cases("education for teenagers, 40,000 draws", (0.5, -0.2, 0.35), (0.20, 0.15), 0.25, 0.30, 0.4, 0.25),
    cases("music for commuters, 40,000 draws", (-1.0, -0.4, 0.3), (0.15, 0.20), 0.40, 0.50, 0.6, 0.40),
    strict=True,
)

CHECKER = Checker(
    Question(
        "cell",
        cell,
        CELLS,
        compare=Exact(rtol=0.02),
        parts=("mean", "sd"),
        misconceptions=(
            Misconception(
                "segment or genre left out",
                "Your mean leaves out the genre, the segment, or both. What is known of them moves the expectation of the cell.",
                mean_by(lambda m, g, s, c: m, lambda m, g, s, c: m + g, lambda m, g, s, c: m + s),
            ),
            Misconception(
                "mean of genre and segment",
                "You averaged what the genre and the segment would give. In this model their effects *add up*, each on top of "
                "`mu`.",
                mean_by(lambda m, g, s, c: m + (g + s) / 2),
            ),
            Misconception(
                "mu counted twice",
                "You added the mean of the genre and the mean of the segment: `mu` is in both. Take it once.",
                mean_by(lambda m, g, s, c: 2 * m + g + s),
            ),
            Misconception(
                "interaction left out",
                "You left out the interaction because its mean is 0. Nobody has seen this cell: it may be off by `sigma_cell`, "
                "and the spread must say so.",
                sd_by(lambda m, g, s, c: line(m, g, s)),
            ),
            Misconception(
                "interaction alone",
                "Your spread has the interaction alone. `mu`, `genre` and `segment` are not known exactly either.",
                sd_by(lambda m, g, s, c: square(c), lambda m, g, s, c: c.mean() ** 2),
            ),
            Misconception(
                "parts taken apart",
                "You added the variances of `mu`, `genre` and `segment` as if they were independent. They were drawn together, "
                "and their errors partly cancel: add within each draw.",
                sd_by(lambda m, g, s, c: apart(m, g, s) + square(c)),
            ),
            Misconception(
                "standard deviations added",
                "You added standard deviations. For independent parts the *variances* add up.",
                sd_by(lambda m, g, s, c: (np.sqrt(line(m, g, s)) + c.mean()) ** 2,
                      lambda m, g, s, c: (np.sqrt(line(m, g, s)) + np.sqrt(square(c))) ** 2),
            ),
            Misconception(
                "mean of sigma_cell plugged in",
                "You put in the mean of `sigma_cell` as if it were known. It is not, and large values count more: average its "
                "*square* over the draws.",
                sd_by(lambda m, g, s, c: line(m, g, s) + c.mean() ** 2),
            ),
            Misconception(
                "variance for the sd",
                "Your second number is a variance. Take its root.",
                sd_by(lambda *given: cell(*given)[SD] ** 4),
            ),
        ),
    ),
    Question(
        "first_readout",
        first_readout,
        READOUTS,
        compare=Exact(rtol=0.02),
        parts=("mean", "sd"),
        misconceptions=(
            Misconception(
                "creator left out",
                "You predict the average creator of the cell. The first one differs from it by `sigma_creator`.",
                sd_by(lambda m, g, s, c, t, e: line(m, g, s) + square(c) + e**2),
            ),
            Misconception(
                "noise left out",
                "You predict the creator's *true* effect. What the experiment shows has the noise `se` on top.",
                sd_by(lambda m, g, s, c, t, e: line(m, g, s) + square(c) + square(t)),
            ),
            Misconception(
                "interaction left out of the readout",
                "Your prediction has the creator and the noise, but not the interaction. The first creator lives in a cell that "
                "nobody has seen.",
                sd_by(lambda m, g, s, c, t, e: line(m, g, s) + square(t) + e**2),
            ),
            Misconception(
                "cell only",
                "You give the cell's mean effect again. A creator is drawn from the cell, and then an experiment from the "
                "creator.",
                sd_by(lambda m, g, s, c, t, e: line(m, g, s) + square(c)),
            ),
            Misconception(
                "genre and segment known",
                "Your spread has interaction, creator and noise around a center that is known exactly. The center is an "
                "estimate.",
                sd_by(lambda m, g, s, c, t, e: square(c) + square(t) + e**2),
            ),
            Misconception(
                "spreads added",
                "You added the spreads of cell, creator and noise. They are independent steps: their *variances* add up.",
                sd_by(
                    lambda m, g, s, c, t, e: (np.sqrt(line(m, g, s) + square(c)) + t.mean() + e) ** 2,
                    lambda m, g, s, c, t, e: (np.sqrt(line(m, g, s)) + c.mean() + t.mean() + e) ** 2,
                ),
            ),
        ),
    ),
    right=(
        "An effect that was never seen is not 0 but unknown. Shrinkage toward genre and segment gives the empty cell a center; "
        "`sigma_cell` says how far to trust it. The page on segments (chapters/creators/09_segments) fits the model."
    ),
)
