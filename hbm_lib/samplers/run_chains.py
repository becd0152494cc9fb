"""Run a sampler of the form init/step over many chains in one vectorised sweep."""

from collections.abc import Callable
from typing import Any

import numpy as np


def run_chains(
    init: Callable[[np.random.Generator], Any],
    step: Callable[[np.random.Generator, Any], tuple[Any, Any]],
    record: Callable[[Any], dict[str, np.ndarray]],
    rng: np.random.Generator,
    *,
    draws: int,
    tune: int,
    thin: int = 1,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Advance all chains and keep what they pass through.

    Parameters
    ----------
    init : callable
        ``init(rng) -> state``; every array in the state has a leading chain axis.
    step : callable
        ``step(rng, state) -> (state, info)``; info is a named tuple of numbers.
    record : callable
        ``record(state) -> {name: array of shape (C, …)}``.
    rng : numpy.random.Generator
        Source of randomness for all chains.
    draws, tune, thin : int
        Sweeps kept, sweeps dropped before, and sweeps per kept one.

    Returns
    -------
    tuple of dict
        Draws ``{name: (C, draws, …)}`` and infos ``{name: (draws,)}``.
    """
    state = init(rng)
    for _ in range(tune):
        state, _info = step(rng, state)
    kept: dict[str, np.ndarray] = {}
    infos: list[tuple] = []
    for d in range(draws):
        for _ in range(thin):
            state, info = step(rng, state)
        for name, value in record(state).items():
            if d == 0:
                kept[name] = np.empty((value.shape[0], draws, *value.shape[1:]))
            kept[name][:, d] = value
        infos.append(info)
    names = infos[0]._fields if infos else ()
    return kept, {n: np.array([getattr(i, n) for i in infos]) for n in names}
