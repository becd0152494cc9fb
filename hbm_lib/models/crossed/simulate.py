"""Experiments made up for crossed genres and segments, with the truth known."""

import numpy as np

from hbm_lib import arguments, seeds
from hbm_lib.models.crossed import generative
from hbm_lib.models.crossed.spec import SCALES, Data, Prior


def make_up(
    seed: int, prior: Prior, *, genres: int = 5, segments: int = 3, each: int | np.ndarray = 10,
    se: tuple[float, float] = (0.1, 0.8), **scales: float,
) -> tuple[Data, dict[str, np.ndarray]]:
    """Make up creators of every genre and segment.

    Parameters
    ----------
    seed : int
        Of everything random here.
    prior : Prior
        What is not given is drawn from it.
    genres, segments : int
        How many genres and segments.
    each : int or array of int of shape (G, S)
        How many creators every cell has, or each cell; 0 leaves a cell empty, if every genre and segment has a creator.
    se : tuple of float
        Standard errors are drawn evenly between these, in the effect's units.
    **scales : float
        Values of mu_global, sigma_genre, sigma_segment, sigma_cell, sigma_creator to hold.

    Returns
    -------
    tuple of Data and dict
        The data and the truth by the names of the model's variables.

    Raises
    ------
    ValueError
        If a count is below 1, a genre or a segment would have no creator, the standard errors are no two numbers
        above 0 in order, or a name is not one of the model's.
    """
    for name, value in (("genres", genres), ("segments", segments), *([("each", each)] if np.ndim(each) == 0 else [])):
        arguments.whole(name, value)
    counts = np.broadcast_to(np.asarray(each), (genres, segments)) if np.ndim(each) == 0 else np.asarray(each)
    if counts.shape != (genres, segments) or counts.dtype.kind not in "iu" or (counts < 0).any():
        raise ValueError(f"each: whole numbers of shape ({genres}, {segments}) are needed, none below 0, got {each!r}")
    if not (counts.any(0).all() and counts.any(1).all()):
        raise ValueError("each: a genre or a segment has no creator; give every row and column at least one")
    if np.shape(se) != (2,) or not (0 < se[0] <= se[1] < np.inf):
        raise ValueError(f"se: two numbers above 0 are needed, the smaller first, got {se!r}")
    wrong = set(scales) - {"mu_global", *SCALES}
    if wrong:
        raise ValueError(f"{', '.join(sorted(wrong))}: not a hyperparameter; they are mu_global, {', '.join(SCALES)}")
    rng = seeds.rng(seed, "crossed")
    genre, segment = (v.ravel() for v in np.mgrid[:genres, :segments])
    n = int(counts.sum())
    empty = Data(np.zeros(n), rng.uniform(*se, n), np.repeat(genre, counts.ravel()), np.repeat(segment, counts.ravel()))
    truth = {k: v[0] for k, v in generative.draw_prior(rng, empty, prior, 1).items()}
    size = {"genre_effect": "sigma_genre", "segment_effect": "sigma_segment", "interaction": "sigma_cell"}
    gap = (truth["tau"] - generative.location(truth, empty)) / truth["sigma_creator"]
    unit = {name: truth[name] / truth[scale] for name, scale in size.items()}
    truth |= {name: np.float64(value) for name, value in scales.items()}
    truth |= {name: unit[name] * truth[scale] for name, scale in size.items()}
    truth["tau"] = generative.location(truth, empty) + truth["sigma_creator"] * gap
    return Data(generative.predict(rng, truth, empty, prior), empty.se, empty.genre, empty.segment), truth
