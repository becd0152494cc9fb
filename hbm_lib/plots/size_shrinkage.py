"""From each group's own average to its partially pooled estimate, against the group's size."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.size_funnel import size_axis, write_names
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def size_shrinkage(
    labels: Sequence[str], sizes: np.ndarray, means: np.ndarray, pooled: np.ndarray, *, centre: float, named: Sequence[str],
    ylabel: str, name: str, member: str = "pupils", truth: np.ndarray | None = None, unit: str = "school",
    where: str = "in the school", own: str = "own average",
) -> Picture:
    """Draw where every group's average goes, smallest groups at the left.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    sizes : array of shape (J,)
        Members of each group.
    means, pooled : array of shape (J,)
        Own average and partially pooled estimate, in the units of ``ylabel``.
    centre : float
        The mean that estimates move toward.
    named : sequence of str
        Groups whose names are written beside them.
    ylabel, name, member : str
        Axis text, the picture's name, the word for a group's members.
    truth : array of shape (J,), optional
        True means, drawn as crosses.
    unit, where, own : str
        The word for a group, how its members belong to it ("in the school"), and what its own estimate is called.

    Returns
    -------
    Picture
    """
    columns(labels, sizes=sizes, means=means, pooled=pooled)
    sizes, means, pooled = np.asarray(sizes), np.asarray(means, float), np.asarray(pooled, float)
    with canvas(5.4, 4.6) as (fig, ax):
        size_axis(ax, sizes, member, where)
        ax.axhline(centre, color=COLOURS["complete pooling"], lw=1.8)
        ax.vlines(sizes, means, pooled, color=FAINT, lw=1.6)
        ax.plot(sizes, means, "o", mfc="none", mew=1.8, ms=7, color=COLOURS["no pooling"], label=own)
        ax.plot(sizes, pooled, "o", ms=6.5, color=COLOURS["partial pooling"], label="partially pooled")
        if truth is not None:
            ax.plot(sizes, truth, "x", ms=6.5, mew=1.8, color=COLOURS["truth"], label="truth")
        ax.autoscale_view()
        steps = np.linspace(0, 1, 9)[:, None]
        paths = (means + steps * (pooled - means)).ravel()
        marks = [np.column_stack([np.tile(sizes, 9), paths])] + ([np.column_stack([sizes, truth])] if truth is not None else [])
        write_names(ax, labels, [np.column_stack([sizes, v]) for v in (means, pooled)], named, np.vstack(marks))
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, labelcolor="linecolor", handletextpad=0.2,
                  columnspacing=1.2)
    moved = pooled - means
    far, near = int(np.argmax(np.abs(moved))), int(np.argmax(sizes))
    words = (
        f"{own[0].upper()}{own[1:]} and partially pooled estimate of {len(labels)} {unit}s against the number of {member}; a "
        f"line marks the mean at {centre:.1f}. The longest move is that of {labels[far]} ({sizes[far]} {member}), from "
        f"{means[far]:.1f} to {pooled[far]:.1f}; the largest {unit}, {labels[near]} ({sizes[near]} {member}), moves from "
        f"{means[near]:.1f} to {pooled[near]:.1f}."
    )
    if truth is not None:
        better = int(np.sum(np.abs(pooled - truth) < np.abs(means - truth)))
        words += f" Crosses mark the truth: {better} of the {len(labels)} pooled estimates are nearer to it than the {own}."
    return Picture(fig, words, name)
