"""A readout from stored priors: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

MEAN, SD = range(2)


def posterior(effect, variance, mean, prior):
    """Combine an effect and a prior, both given with their variances."""
    weight = prior / (prior + variance)
    return mean + weight * (effect - mean), np.sqrt(weight * variance)


def by(prior, variance=lambda s: s**2):
    """Recognize a reader whose prior has this variance, computed from sd and sigma_creator."""
    return gives(lambda d, s, m, v, t: posterior(d, variance(s), m, prior(v, t)))


def both(v, t):
    return v**2 + t**2


def update(effect, se, mean, sd, sigma_creator):
    return posterior(effect, se**2, mean, both(sd, sigma_creator))


def without(own):
    """Build the answer of a reader who takes off this precision."""

    def told(effect, se, mean, sd, sigma_creator):
        w = own(se, sigma_creator)
        left = 1 / sd**2 - w
        return (mean / sd**2 - w * effect) / left, left**-0.5

    return told


take_out = without(lambda s, t: 1 / (t**2 + s**2))


def added(effect, se, mean, sd, sigma_creator):
    return without(lambda s, t: -1 / (t**2 + s**2))(effect, se, mean, sd, sigma_creator)


def half_way(part):
    """Build the answer of a reader who takes the experiment out of one of the two numbers only."""

    def told(d, s, m, v, t):
        right = take_out(d, s, m, v, t)
        return (right[0], v + 0 * d) if part == MEAN else (m + 0 * d, right[1])

    return told


def twice(d, s, m, v, t):
    """The posterior becomes the prior of the same experiment."""
    mean, sd = update(d, s, m, v, t)
    return posterior(d, s**2, mean, sd**2)


def morning(label, creators, others, sigma):
    """Return a genre after last night's fit, and the creators of whom it is asked, drawn anew at every check."""
    rng = np.random.default_rng()
    se = rng.uniform(0.1, 0.8, creators)
    total = np.sum(1 / (sigma**2 + rng.uniform(0.1, 0.8, others) ** 2)) + 1 / (sigma**2 + se**2)
    mean = rng.uniform(0.3, 0.7)
    return case(label, effect=rng.normal(mean, np.hypot(sigma, se)), se=se, mean=mean * rng.uniform(0.9, 1.1, creators),
                sd=total**-0.5, sigma_creator=sigma)


GENRES = (
    morning("six creators of a new genre", 6, 2, 0.4),
    morning("five creators of an old genre", 5, 40, 0.25),
)
NEW, OLD = (update(1.5, 0.5, 0.5, v, 0.4)[MEAN] for v in (0.4, 0.04))

CHECKER = Checker(
    Question(
        "update",
        update,
        GENRES,
        parts=("mean", "sd"),
        misconceptions=(
            Misconception(
                "standard deviations added",
                "You added `sd` and `sigma_creator`. The genre's error and the creator's difference are independent: their "
                "*variances* add up.",
                by(lambda v, t: (v + t) ** 2),
            ),
            Misconception(
                "genre taken as known",
                "Your prior has `sigma_creator` alone, as if the genre's mean were known exactly. In a new genre it is not.",
                by(lambda v, t: t**2),
            ),
            Misconception(
                "creator taken for the genre",
                "Your prior has `sd` alone: it tells where the *genre* lies. The creator differs from the genre by "
                "`sigma_creator`, and with many experiments in the genre you would hardly listen to the creator at all.",
                by(lambda v, t: v**2),
            ),
            Misconception(
                "experiment counted twice",
                "The experiment has gone in twice. A posterior is not a prior for the same data.",
                lambda attempt: any(one(attempt) for one in (gives(twice), by(both, lambda s: s**2 / 2))),
            ),
            Misconception(
                "precisions of the prior added",
                "You combined `sd` and `sigma_creator` as two sources on the same number, so that the prior is narrower than "
                "each of them. They are two steps, one after the other: the spread grows.",
                by(lambda v, t: v**2 * t**2 / (v**2 + t**2)),
            ),
            Misconception(
                "weights swapped",
                "Your two weights have changed places: the noisier the experiment, the more you follow it.",
                gives(lambda d, s, m, v, t: (d + m - update(d, s, m, v, t)[MEAN], None), part=MEAN),
            ),
            Misconception(
                "standard deviations in the weights",
                "You weighted by standard deviations. A precision is one over a *variance*.",
                gives(lambda d, s, m, v, t: (posterior(d, s, m, np.sqrt(both(v, t)))[MEAN], None), part=MEAN),
            ),
            Misconception(
                "spread of a prediction",
                "Your mean is right, but its sd grew: you added the variances of prior and experiment. Two sources on one number "
                "leave less unknown than each.",
                gives(lambda d, s, m, v, t: (None, np.sqrt(both(v, t) + s**2)), part=SD),
            ),
            Misconception(
                "variance for the sd",
                "Your second number is the posterior variance. Take its root.",
                gives(lambda d, s, m, v, t: (None, update(d, s, m, v, t)[SD] ** 2), part=SD),
            ),
        ),
    ),
    Question(
        "take_out",
        take_out,
        GENRES,
        parts=("mean", "sd"),
        misconceptions=(
            Misconception(
                "nothing taken out",
                "You gave the stored numbers back. They contain the experiment; with them it would count once in the prior and "
                "once more as data.",
                gives(lambda d, s, m, v, t: (m, v)),
            ),
            Misconception(
                "noise only taken out",
                "You took off one over the squared standard error. In the fit an effect told less of the genre than that, "
                "because the creator differs from it: `sigma_creator`² stood beside.",
                gives(without(lambda s, t: 1 / s**2), part=MEAN),
            ),
            Misconception(
                "added once more",
                "You put the experiment in once more. The genre must be *less* well known without it.",
                gives(added),
            ),
            Misconception(
                "taken out of the mean only",
                "Your mean is without the experiment, your standard deviation with it.",
                gives(half_way(MEAN)),
            ),
            Misconception(
                "taken out of the sd only",
                "Your standard deviation is without the experiment, but the mean still leans toward it.",
                gives(half_way(SD)),
            ),
            Misconception(
                "precision or variance for the sd",
                "Your second number is the precision or the variance that is left. Its standard deviation is asked.",
                lambda attempt: any(gives(lambda *g, k=k: (None, take_out(*g)[SD] ** k), part=SD)(attempt) for k in (2, -2)),
            ),
        ),
    ),
    right=(
        f"The less a genre is known, the weaker its pull: an effect of 1.50 ± 0.50 becomes {NEW:.2f} in a genre known to 0.40 "
        f"and {OLD:.2f} in one known to 0.04, around the same mean of 0.50. And what was in last night's fit must be taken out "
        "of the prior before it is used as data."
    ),
)
