"""Estimates with their intervals, one row a group."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas, label


def estimates(
    labels: Sequence[str],
    centre: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    line: float,
    line_label: str,
    xlabel: str,
    name: str,
    kind: str = "no pooling",
) -> Picture:
    """Draw one interval a group and a vertical line for what they share.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups, J of them.
    centre, low, high : array of shape (J,)
        Estimate and interval ends, in the units of ``xlabel``.
    line : float
        Where the vertical line stands.
    line_label, xlabel, name : str
        Text beside the line, text under the axis, the picture's name.
    kind : str
        Which estimator this is: its color.

    Returns
    -------
    Picture
    """
    centre, low, high = columns(labels, centre=centre, low=low, high=high)
    order = np.argsort(centre)
    with canvas(5.4, 0.36 * len(labels) + 1.1) as (fig, ax):
        rows = np.arange(len(labels))
        ax.axvline(line, color=COLOURS["complete pooling"], lw=2)
        label(ax, line, len(labels) - 0.35, " " + line_label, COLOURS["complete pooling"])
        ax.axvline(0, color=FAINT, lw=1, ls=":")
        ax.hlines(rows, np.asarray(low)[order], np.asarray(high)[order], color=COLOURS[kind], lw=2)
        ax.plot(np.asarray(centre)[order], rows, "o", color=COLOURS[kind], ms=7)
        ax.set_yticks(rows, [labels[i] for i in order])
        ax.set_ylim(-0.6, len(labels) + 0.1)
        ax.set_xlabel(xlabel)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    top, bottom = order[-1], order[0]
    zero = int(np.sum((np.asarray(low) > 0) | (np.asarray(high) < 0)))
    words = (
        f"One row a group: estimate and interval. The estimates run from {centre[bottom]:.1f} (group {labels[bottom]}) "
        f"to {centre[top]:.1f} (group {labels[top]}); {zero} of the {len(labels)} intervals exclude zero, "
        f"and a vertical line marks {line_label} at {line:.1f}."
    )
    return Picture(fig, words, name)
