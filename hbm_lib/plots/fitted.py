"""Rows and the line fitted to them, with its interval: a panel a fit."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas

_TONES = ("no pooling", "partial pooling", "complete pooling")


def fitted(
    x: np.ndarray, y: np.ndarray, grid: np.ndarray, panels: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], *,
    xlabel: str, ylabel: str, name: str, truth: np.ndarray | None = None,
) -> Picture:
    """Draw the rows and, a panel a fit, a line and its interval on the same axes.

    Parameters
    ----------
    x, y : array of shape (n,)
        The rows.
    grid : array of shape (K,)
        Increasing places on the horizontal axis.
    panels : mapping of str to tuple of three arrays of shape (K,)
        Fit to the interval's lower end, the line and the upper end on the grid.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    truth : array of shape (K,), optional
        The true line on the grid, drawn dotted.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no fit or more than three, or an array has not one finite number a place.
    """
    if not 0 < len(panels) <= len(_TONES):
        raise ValueError(f"panels: one to {len(_TONES)} fits are drawn side by side, got {len(panels)}")
    x, y = columns(np.size(x), x=x, y=y)
    (grid,) = columns(np.size(grid), grid=grid)
    parts = ("lower end", "line", "upper end")
    panels = {key: columns(len(grid), **{f"{part} of {key}": v for part, v in zip(parts, value, strict=True)})
              for key, value in panels.items()}
    if truth is not None:
        (truth,) = columns(len(grid), truth=truth)
    said = []
    with canvas(5.4, 3.4, 1, len(panels), sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for ax, tone, (key, (low, middle, high)) in zip(axes[0], _TONES, panels.items(), strict=False):
            ax.fill_between(grid, low, high, color=COLOURS[tone], alpha=0.22, lw=0)
            ax.plot(grid, middle, color=COLOURS[tone])
            if truth is not None:
                ax.plot(grid, truth, color=COLOURS["truth"], ls=":")
            ax.plot(x, y, "o", color=INK, ms=5)
            ax.set_title(key)
            ax.set_xlabel(xlabel)
            said.append(f"{key}: the line goes from {middle[0]:.1f} to {middle[-1]:.1f}, its interval at the right end from "
                        f"{low[-1]:.1f} to {high[-1]:.1f}")
        axes[0, 0].set_xlim(grid[0], grid[-1])
        axes[0, 0].set_ylabel(ylabel)
    ends = "" if truth is None else f" The true line, dotted, goes from {truth[0]:.1f} to {truth[-1]:.1f}."
    words = f"{len(x)} rows and a fitted line with its interval, {ylabel} against {xlabel}. " + "; ".join(said) + "." + ends
    return Picture(fig, words, name)
