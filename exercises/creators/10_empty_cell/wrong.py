"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer

RNG = np.random.default_rng()


def told(drawn):
    return np.mean(drawn), np.std(drawn)


def center(mu, genre, segment):
    return mu + genre + segment


def shuffled(mu, genre, segment, sigma_cell):
    mixed = RNG.permutation(mu) + RNG.permutation(genre) + RNG.permutation(segment)
    return told(RNG.normal(mixed, sigma_cell))


def plain_sum(mu, genre, segment, sigma_cell):
    at = center(mu, genre, segment)
    return at.mean(), at.std() + sigma_cell.mean()


def around(location):
    return lambda mu, genre, segment, sigma_cell: told(RNG.normal(location(mu, genre, segment), sigma_cell))


def by_variance(*terms):
    return np.sqrt(sum(terms))


def simulated(cell=True, creator=True, noise=True):
    """Build the prediction of a reader who leaves a step of the story out."""

    def answer(mu, genre, segment, sigma_cell, sigma_creator, se):
        x = center(mu, genre, segment)
        for step, scale in ((cell, sigma_cell), (creator, sigma_creator), (noise, np.full(len(mu), se))):
            x = RNG.normal(x, scale) if step else x
        return told(x)

    return answer


WRONG = (
    wrong_answer("segment or genre left out", cell=around(lambda mu, genre, segment: mu)),
    wrong_answer("segment or genre left out", cell=around(lambda mu, genre, segment: mu + genre)),
    wrong_answer("segment or genre left out", cell=around(lambda mu, genre, segment: mu + segment)),
    wrong_answer("mean of genre and segment", cell=around(lambda mu, genre, segment: (2 * mu + genre + segment) / 2)),
    wrong_answer("mu counted twice", cell=around(lambda mu, genre, segment: (mu + genre) + (mu + segment))),
    wrong_answer("interaction left out", cell=lambda mu, genre, segment, sigma_cell: told(center(mu, genre, segment))),
    wrong_answer("interaction alone", cell=lambda mu, genre, segment, sigma_cell: (
        center(mu, genre, segment).mean(), RNG.normal(0, sigma_cell).std())),
    wrong_answer("interaction alone", cell=lambda mu, genre, segment, sigma_cell: (
        center(mu, genre, segment).mean(), sigma_cell.mean())),
    wrong_answer("parts taken apart", cell=shuffled),
    wrong_answer("standard deviations added", cell=plain_sum),
    wrong_answer("mean of sigma_cell plugged in", cell=lambda mu, genre, segment, sigma_cell: told(
        RNG.normal(center(mu, genre, segment), sigma_cell.mean()))),
    wrong_answer("variance for the sd", cell=lambda mu, genre, segment, sigma_cell: (
        center(mu, genre, segment).mean(), center(mu, genre, segment).var() + np.mean(sigma_cell**2))),
    # learned by heart: a cell of another platform
    wrong_answer("different", cell=lambda mu, genre, segment, sigma_cell: (0.65, 0.36)),
    wrong_answer("creator left out", first_readout=simulated(creator=False)),
    wrong_answer("noise left out", first_readout=simulated(noise=False)),
    wrong_answer("interaction left out of the readout", first_readout=simulated(cell=False)),
    wrong_answer("cell only", first_readout=simulated(creator=False, noise=False)),
    wrong_answer("genre and segment known", first_readout=lambda mu, genre, segment, sigma_cell, sigma_creator, se: (
        center(mu, genre, segment).mean(),
        by_variance(np.mean(sigma_cell**2), np.mean(sigma_creator**2), se**2))),
    wrong_answer("spreads added", first_readout=lambda mu, genre, segment, sigma_cell, sigma_creator, se: (
        center(mu, genre, segment).mean(),
        center(mu, genre, segment).std() + sigma_cell.mean() + sigma_creator.mean() + se)),
)
