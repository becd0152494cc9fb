"""Curves over time with their intervals, one panel a group, all on one scale."""

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas


def bands(
    labels: Sequence[str], x: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray, *, xlabel: str, ylabel: str,
    name: str, truth: np.ndarray | None = None, level: np.ndarray | None = None,
    words: tuple[str, str, str] = ("estimate, with interval", "truth", "one level for all"),
) -> Picture:
    """Draw one panel a group: a curve in its interval, and on request the truth and a level.

    Parameters
    ----------
    labels : sequence of str
        Names of the G groups.
    x : array of shape (T,)
        The horizontal axis.
    low, middle, high : array of shape (G, T)
        The interval and its middle.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    truth : array of shape (G, T), optional
        A dotted curve.
    level : array of shape (G,), optional
        A dashed horizontal line.
    words : tuple of str
        What the legend calls the curve, the truth and the level.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has another shape or holds what is not a finite number.
    """
    (x,) = columns(np.size(x), x=x)
    given = {"low": low, "middle": middle, "high": high} | ({"truth": truth} if truth is not None else {})
    for what, value in given.items():
        if np.shape(value) != (len(labels), len(x)) or not np.all(np.isfinite(value)):
            raise ValueError(f"{what}: finite numbers of shape ({len(labels)}, {len(x)}) are needed, got shape {np.shape(value)}")
    if level is not None:
        (level,) = columns(labels, level=level)
    across = min(2, len(labels))
    down = -(-len(labels) // across)
    with canvas(5.4, 1.75 * down + 1.0, down, across, sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for g, ax in enumerate(axes.flat[: len(labels)]):
            ax.fill_between(x, low[g], high[g], color=COLOURS["partial pooling"], alpha=0.25, lw=0)
            ax.plot(x, middle[g], color=COLOURS["partial pooling"])
            if truth is not None:
                ax.plot(x, truth[g], color=COLOURS["truth"], ls=":")
            if level is not None:
                ax.axhline(level[g], color=COLOURS["complete pooling"], ls="--", lw=1.6)
            ax.set_title(labels[g], parse_math=False)
        for ax in axes.flat[len(labels):]:
            ax.set_visible(False)
        for ax in axes[-1]:
            ax.set_xlabel(xlabel)
        if len(labels) % across:
            axes[-2, -1].xaxis.set_tick_params(labelbottom=True)
            axes[-2, -1].set_xlabel(xlabel)
        fig.supylabel(ylabel, fontsize=11.5)
        keys = [Line2D([], [], color=COLOURS["partial pooling"], label=words[0])]
        if truth is not None:
            keys.append(Line2D([], [], color=COLOURS["truth"], ls=":", label=words[1]))
        if level is not None:
            keys.append(Line2D([], [], color=COLOURS["complete pooling"], ls="--", lw=1.6, label=words[2]))
        fig.legend(handles=keys, loc="outside upper center", ncols=2, fontsize=10.5)
    said = [f"{label} goes from {m[0]:.2f} to {m[-1]:.2f}" + (f", its level is {level[g]:.2f}" if level is not None else "")
            for g, (label, m) in enumerate(zip(labels, middle, strict=True))]
    held = None if truth is None else np.mean((low <= truth) & (truth <= high))
    inside = "" if held is None else f" The interval holds the truth at {held:.0%} of the points."
    return Picture(fig, f"{len(labels)} panels show {ylabel} against {xlabel}: {'; '.join(said)}.{inside}", name)
