"""What is asked of a crossed posterior: the cells' means, and where the variance between creators comes from."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.models.crossed.spec import SCALES


def cell_means(draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the mean effect of every genre in every segment, shape (..., G, S), in the effect's units.

    Parameters
    ----------
    draws : mapping of str to array
        Posterior draws by the names of the model's variables, with any leading axes.
    """
    mu, genre, segment = (np.asarray(draws[n]) for n in ("mu_global", "genre_effect", "segment_effect"))
    return mu[..., None, None] + genre[..., :, None] + segment[..., None, :] + np.asarray(draws["interaction"])


def variance_shares(draws: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return which share of the variance of a random creator's effect each level holds; four shares (...) that add to 1.

    Parameters
    ----------
    draws : mapping of str to array
        Posterior draws of the four scales.
    """
    squares = {name: np.asarray(draws[name]) ** 2 for name in SCALES}
    total = sum(squares.values())
    return {name.removeprefix("sigma_"): value / total for name, value in squares.items()}
