"""Independent draws from many log-concave densities at once, by rejection under three tangents.

Left and right of the mode the log density lies below its tangents, and nowhere above its
maximum: a flat top between two exponential tails that are cut from the tangents (the
hull of Gilks & Wild 1992, "Adaptive rejection sampling", with three points and no adapting).
"""

from collections.abc import Callable

import numpy as np

_WHERE = 1.2


def draw(
    rng: np.random.Generator,
    log_density: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    mode: np.ndarray,
    scale: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Draw one value from each density.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    log_density : callable
        From values, shape (...), to unnormalised log densities and their derivatives, both (...).
        Each must be log-concave, strictly at the mode.
    mode : array of shape (...)
        Where each is largest.
    scale : array of shape (...)
        About the standard deviation of each: it changes only how often a proposal is accepted.

    Returns
    -------
    tuple
        The draws (...) and how many rounds of proposals were needed.
    """
    top, _ = log_density(mode)
    ends, slopes = [], []
    for sign in (-1, 1):
        at = mode + sign * _WHERE * scale
        height, slope = log_density(at)
        ends.append(at + (top - height) / slope)  # where the tangent reaches the top
        slopes.append(np.abs(slope))
    (low, high), (left, right) = ends, slopes
    mass = np.stack([1 / left, high - low, 1 / right])
    shares = mass.cumsum(0) / mass.sum(0)
    out, todo, rounds = np.array(mode, float), np.ones(np.shape(mode), bool), 0
    while todo.any():
        rounds += 1
        u, tail, level = rng.uniform(size=out.shape), rng.exponential(size=out.shape), rng.exponential(size=out.shape)
        piece = (u > shares[0]).astype(int) + (u > shares[1])
        inside = low + (high - low) * (u - shares[0]) / (shares[1] - shares[0])
        trial = np.choose(piece, [low - tail / left, inside, high + tail / right])
        hull = top - np.where(piece == 1, 0.0, tail)
        ok = todo & (log_density(trial)[0] >= hull - level)
        out = np.where(ok, trial, out)
        todo &= ~ok
    return out, rounds
