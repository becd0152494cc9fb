"""One-dimensional slice sampling, for many chains at once (Neal 2003, figures 3 and 5)."""

from collections.abc import Callable

import numpy as np


def slice_step(
    rng: np.random.Generator,
    x: np.ndarray,
    log_density: Callable[[np.ndarray], np.ndarray],
    width: float = 2.0,
    limit: int = 60,
) -> tuple[np.ndarray, int]:
    """Advance every chain by one slice update.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    x : array of shape (C,)
        Current values, one a chain.
    log_density : callable
        Unnormalised log density, (C,) to (C,); chain c's value depends on x[c] only.
    width : float
        The first interval's width, in the units of x.
    limit : int
        How often an interval may be widened on each side.

    Returns
    -------
    tuple
        The new values (C,) and the number of density evaluations.

    Raises
    ------
    FloatingPointError
        If the density at the current value is not finite.
    """
    here = log_density(x)
    if not np.all(np.isfinite(here)):
        raise FloatingPointError("slice_step: the density at the current value is not finite")
    height = here - rng.exponential(size=x.shape)
    low = x - width * rng.uniform(size=x.shape)
    high = low + width
    calls = 1
    left = np.floor(limit * rng.uniform(size=x.shape))
    right = limit - 1 - left
    for edge, room, sign in ((low, left, -1), (high, right, 1)):
        while True:
            grow = (room > 0) & (log_density(edge) > height)
            calls += 1
            if not grow.any():
                break
            edge[grow] += sign * width
            room[grow] -= 1
    new = x.copy()
    todo = np.ones(x.shape, bool)
    while todo.any():
        trial = np.where(todo, low + (high - low) * rng.uniform(size=x.shape), new)
        ok = log_density(trial) > height
        calls += 1
        new = np.where(todo, trial, new)
        missed = todo & ~ok
        below = missed & (trial < x)
        low = np.where(below, trial, low)
        high = np.where(missed & ~below, trial, high)
        todo = missed
    return new, calls
