"""Observed values against what the model predicts for each group."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas, label


def predictive(
    labels: Sequence[str], y: np.ndarray, low: np.ndarray, high: np.ndarray, centre: np.ndarray, *, xlabel: str, name: str
) -> Picture:
    """Draw each group's predictive interval and mean, and its observed value on top.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    y, low, high, centre : array of shape (J,)
        Observed value, ends and mean of the predictive interval.
    xlabel, name : str
        Axis text and the picture's name.

    Returns
    -------
    Picture
    """
    y, low, high, centre = columns(labels, y=y, low=low, high=high, centre=centre)
    inside = int(np.sum((y >= low) & (y <= high)))
    with canvas(5.4, 0.36 * len(labels) + 1.2) as (fig, ax):
        rows = np.arange(len(labels))[::-1]
        ax.hlines(rows, low, high, color=COLOURS["partial pooling"], lw=6, alpha=0.35)
        ax.plot(centre, rows, "|", color=COLOURS["partial pooling"], ms=13, mew=2)
        ax.plot(y, rows, "o", color=COLOURS["data"], ms=7)
        ax.set_yticks(rows, labels)
        ax.set_xlabel(xlabel)
        ax.set_ylim(-0.6, len(labels) + 0.2)
        label(ax, 0.0, len(labels) - 0.3, "● observed", COLOURS["data"], xycoords=("axes fraction", "data"))
        label(ax, 0.3, len(labels) - 0.3, "▬ 95 % predictive interval", INK, xycoords=("axes fraction", "data"))
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    worst = int(np.argmax(np.abs(y - centre) / (high - low)))
    words = (
        f"One row a group: its 95 percent predictive interval and its observed value. {inside} of {len(labels)} observed "
        f"values lie inside; the one furthest out for its width is {labels[worst]}, {y[worst]:.0f} in an interval from "
        f"{low[worst]:.0f} to {high[worst]:.0f}."
    )
    return Picture(fig, words, name)
