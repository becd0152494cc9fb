"""How ranks move from one list to another: a line a group."""

from collections.abc import Collection, Sequence

import numpy as np
from scipy import optimize

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas, label


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Move heights as little as is simple until any two are at least ``gap`` apart, in the same order."""
    order, out = np.argsort(heights, kind="stable"), np.asarray(heights, float).copy()
    steps = np.arange(len(out)) * gap
    # with the steps taken off, heights that crowd are those that fall; their mean keeps the crowd where it is
    out[order] = optimize.isotonic_regression(out[order] - steps).x + steps
    return out


def moved_ranks(
    labels: Sequence[str], before: np.ndarray, after: np.ndarray, *, strong: Collection[str], left: str, right: str, name: str
) -> Picture:
    """Draw every group's rank in two lists, joined by a line.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups, J of them.
    before, after : array of shape (J,)
        Ranks, 1 is best.
    strong : collection of str
        Groups drawn strongly and named.
    left, right, name : str
        What the two lists are, and the picture's name.

    Returns
    -------
    Picture
    """
    before, after = columns(labels, before=before, after=after)
    named = [j for j, group in enumerate(labels) if group in strong]
    gap = len(labels) / 28  # a line of text in a figure of this height
    beside = dict(zip(named, zip(apart(before[named], gap), apart(after[named], gap), strict=True), strict=True))
    with canvas(3.8, 5.2) as (fig, ax):
        for j, (group, a, b) in enumerate(zip(labels, before, after, strict=True)):
            bold = group in strong
            colour = COLOURS["partial pooling"] if bold and b < a else COLOURS["no pooling"] if bold else FAINT
            look = {"lw": 2.2, "ms": 4, "zorder": 3} if bold else {"lw": 0.7, "ms": 2, "alpha": 0.55}
            ax.plot([0, 1], [a, b], marker="o", color=colour, ls=(0, (4, 2)) if bold and b > a else "-", **look)
            if bold:
                label(ax, -0.04, beside[j][0], str(group), colour, ha="right", fontsize=10)
                label(ax, 1.04, beside[j][1], str(group), colour, ha="left", fontsize=10)
        ax.set_xlim(-0.3, 1.3)
        ax.set_ylim(len(labels) + 1, 0)
        ax.set_xticks([0, 1], [left, right])
        ax.set_ylabel("rank (1 is best)")
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(axis="x", length=0)
    gaps = np.asarray(before) - np.asarray(after)
    up, down = int(np.argmax(gaps)), int(np.argmin(gaps))
    words = (
        f"Ranks of {len(labels)} groups in two lists, {left} and {right}, joined by lines that cross. "
        f"Group {labels[up]} rises from {before[up]:.0f} to {after[up]:.0f}, "
        f"group {labels[down]} falls from {before[down]:.0f} to {after[down]:.0f}."
    )
    return Picture(fig, words, name)
