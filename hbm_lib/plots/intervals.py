"""Intervals of one quantity under several priors or models."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas


def intervals(rows: Mapping[str, tuple[float, float, float]], *, xlabel: str, name: str, what: str) -> Picture:
    """Draw one interval a row: low, middle, high.

    Parameters
    ----------
    rows : mapping of str to tuple of float
        Name to (low, middle, high), drawn from the top down.
    xlabel, name : str
        Axis text and the picture's name.
    what : str
        What the intervals are, for the description.

    Returns
    -------
    Picture
    """
    wrong = [key for key, row in rows.items() if np.shape(row) != (3,)]
    if wrong:
        raise ValueError(f"rows: low, middle and high are needed, got {rows[wrong[0]]!r} for {wrong[0]}")
    each = dict(zip(("low", "middle", "high"), zip(*rows.values(), strict=True), strict=False))
    low, middle, high = columns(rows, **(each or dict.fromkeys(("low", "middle", "high"), ())))
    with canvas(5.4, 0.4 * len(rows) + 0.9) as (fig, ax):
        at = np.arange(len(rows))[::-1]
        ax.hlines(at, low, high, color=COLOURS["partial pooling"], lw=2.5)
        ax.plot(middle, at, "o", color=COLOURS["partial pooling"], ms=7)
        ax.set_yticks(at, list(rows))
        ax.set_xlabel(xlabel)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    said = "; ".join(f"{k}: {m:.1f}, from {a:.1f} to {b:.1f}" for k, (a, m, b) in rows.items())
    return Picture(fig, f"{what} are drawn: {said}.", name)
