"""A few units, the one with fewest members first: own and pooled estimate with their intervals, a panel each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas
from hbm_lib.plots.wrapping import fitted

Interval = tuple[np.ndarray, np.ndarray, np.ndarray]
ACROSS = 4
"""Panels in a row."""


def interval_grid(
    labels: Sequence[str], sizes: np.ndarray, own: Interval, pooled: Interval | None, centres: np.ndarray, *,
    ylabel: str, name: str, member: str = "users", centre_label: str = "group's mean", truth: np.ndarray | None = None,
) -> Picture:
    """Draw one small panel a unit, all on one scale, sorted by size.

    Parameters
    ----------
    labels : sequence of str
        Names of the J units, 24 at most.
    sizes : array of shape (J,)
        Members of each unit.
    own, pooled : tuple of three arrays of shape (J,)
        Low end, estimate and high end of the interval without pooling and with partial pooling, in the units of ``ylabel``;
        ``pooled`` may be None.
    centres : array of shape (J,)
        Mean of each unit's group: a dashed line.
    ylabel, name, member, centre_label : str
        Axis text, the picture's name, the words for a unit's members and for the group's mean.
    truth : array of shape (J,), optional
        True values: a dotted line.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has not one finite number a unit, or there are more units than panels can be read.
    """
    if len(labels) > 24:
        raise ValueError(f"labels: 24 panels at most can be read, got {len(labels)}; choose some")
    sizes, centres = columns(labels, sizes=sizes, centres=centres)
    parts = ("low end", "estimate", "high end")
    ends = {kind: columns(labels, **{f"{part} of {kind}": v for part, v in zip(parts, three, strict=True)})
            for kind, three in (("no pooling", own), ("partial pooling", pooled)) if three is not None}
    if truth is not None:
        (truth,) = columns(labels, truth=truth)
    order = np.argsort(sizes, kind="stable")
    across = min(ACROSS, len(labels))
    down = -(-len(labels) // across)
    places = (0, 1) if len(ends) > 1 else (0.5,)
    with canvas(5.4, 1.3 * down + 0.75, down, across, sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for ax, j in zip(axes.flat, order, strict=False):
            ax.axhline(centres[j], color=COLOURS["complete pooling"], lw=1.6, ls="--")
            if truth is not None:
                ax.axhline(truth[j], color=COLOURS["truth"], lw=2, ls=":")
            for x, mark, (kind, (low, middle, high)) in zip(places, "oD", ends.items(), strict=False):
                ax.vlines(x, low[j], high[j], color=COLOURS[kind], lw=2.6)
                ax.plot(x, middle[j], mark, color=COLOURS[kind], ms=6.5)
            ax.set_title(f"{fitted(labels[j], 11)}\n{sizes[j]:,.0f} {member}", fontsize=10, parse_math=False)
            ax.set_xticks([])
            ax.set_xlim(-0.8, 1.8)
            ax.tick_params(labelsize=10)
        for ax in axes.flat[len(labels):]:
            ax.set_visible(False)
        below = 0.1 / fig.get_figheight()  # room for the lower half of a tick's number at the end of the axis
        fig.get_layout_engine().set(rect=(0, below, 1, 1 - below))
        fig.supylabel(ylabel, fontsize=11, parse_math=False)
        keys = [Line2D([], [], color=COLOURS[kind], marker=mark, lw=2.6, label=text) for kind, mark, text in
                zip(ends, "oD", ("own, no pooling", "partially pooled"), strict=False)]
        keys.append(Line2D([], [], color=COLOURS["complete pooling"], ls="--", lw=1.6, label=centre_label))
        if truth is not None:
            keys.append(Line2D([], [], color=COLOURS["truth"], ls=":", lw=2, label="truth"))
        fig.legend(handles=keys, loc="outside upper center", ncols=2, fontsize=10.5, columnspacing=1.4, handlelength=2.2)
    return Picture(fig, _words(labels, sizes, ends, truth, order, member), name)


def _words(labels: Sequence[str], sizes: np.ndarray, ends: dict[str, tuple], truth: np.ndarray | None, order: np.ndarray,
           member: str) -> str:
    """Say what happens to the first and the last panel, and how many intervals hold the truth."""
    kinds = "own and partially pooled estimate" if len(ends) > 1 else "own estimate"
    said = [f"{len(labels)} panels on one scale show {kinds} with intervals, sorted by the number of {member}"]
    for j in dict.fromkeys((order[0], order[-1])):
        each = [f"{word} {middle[j]:.2f} from {low[j]:.2f} to {high[j]:.2f}"
                for word, (low, middle, high) in zip(("own", "pooled"), ends.values(), strict=False)]
        said.append(f"{labels[j]}, with {sizes[j]:,.0f} {member}: {', '.join(each)}")
    if truth is not None:
        held = [int(np.sum((low <= truth) & (truth <= high))) for low, _, high in ends.values()]
        more = f" and {held[1]} of the pooled ones" if len(held) > 1 else ""
        said.append(f"{held[0]} of the own intervals{more} hold the truth")
    return ". ".join(said) + "."
