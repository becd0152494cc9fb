"""Averages against the sizes of their groups, in the funnel that chance alone would fill."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas, label

TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def size_axis(ax: Axes, sizes: np.ndarray, member: str, where: str = "in the school") -> None:
    """Make the abscissa the log of the groups' sizes, with round numbers on it."""
    ends = sizes.min() / 1.25, sizes.max() * 1.3
    ax.set_xscale("log")
    ticks = [t for t in TICKS if ends[0] <= t <= ends[1]]
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.minorticks_off()
    ax.set_xlim(*ends)
    ax.set_xlabel(f"{member} {where} (log scale)")


def write_names(ax: Axes, labels: Sequence[str], at: Sequence[np.ndarray], named: Sequence[str], marks: np.ndarray) -> None:
    """Write the names of some groups beside one of their marks, where fewest other marks and names are in the way.

    ``at`` holds one array (J, 2) of places for each kind of mark a name may stand at, and ``marks`` (M, 2) all that is
    drawn, in data units; the axes' limits must stand.
    """
    frame = ax.transAxes.inverted()
    *places, taken = (frame.transform(ax.transData.transform(np.asarray(v, float))) for v in (*at, marks))
    half, gap = 0.022, 0.022
    for j in (list(labels).index(n) for n in named):
        wide = 0.0185 * len(labels[j])
        spots = []
        for x, y in (place[j] for place in places):
            spots += [(x + gap, y, "left", "center"), (x - gap - wide, y, "right", "center"),
                      (x - wide / 2, y + gap + half, "center", "bottom"), (x - wide / 2, y - gap - half, "center", "top")]
        faults = [np.sum((abs(taken[:, 0] - left - wide / 2) < wide / 2 + 0.01) & (abs(taken[:, 1] - mid) < half + 0.015))
                  + 9 * (left < 0 or left + wide > 1) for left, mid, _, _ in spots]
        left, mid, across, up = spots[int(np.argmin(faults))]
        anchor = {"left": left, "right": left + wide, "center": left + wide / 2}[across]
        height = {"center": mid, "bottom": mid - half, "top": mid + half}[up]
        label(ax, anchor, height, labels[j], fontsize=10.5, xycoords="axes fraction", ha=across, va=up)
        taken = np.vstack([taken, np.column_stack([np.linspace(left, left + wide, 5), np.full(5, mid)])])


def size_funnel(
    labels: Sequence[str], sizes: np.ndarray, means: np.ndarray, *, centre: float, sigma: float, named: Sequence[str],
    ylabel: str, name: str, member: str = "pupils", times: float = 2.0,
) -> Picture:
    """Draw each group's average against its size, with the band where equal groups would mostly fall.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    sizes, means : array of shape (J,)
        Members and average of each group.
    centre, sigma : float
        Mean of all and standard deviation within a group: the band is
        ``centre ± times * sigma / sqrt(n)``.
    named : sequence of str
        Groups whose names are written beside them.
    ylabel, name, member : str
        Axis text, the picture's name, the word for a group's members.
    times : float
        Half-width of the band in standard errors.

    Returns
    -------
    Picture
    """
    columns(labels, sizes=sizes, means=means)
    sizes, means = np.asarray(sizes), np.asarray(means, float)
    out = np.abs(means - centre) > times * sigma / np.sqrt(sizes)
    with canvas(5.4, 4.2) as (fig, ax):
        size_axis(ax, sizes, member)
        grid = np.geomspace(*ax.get_xlim(), 200)
        half = times * sigma / np.sqrt(grid)
        ax.axhline(centre, color=COLOURS["complete pooling"], lw=1.8, label="mean of all")
        ax.fill_between(grid, centre - half, centre + half, color=COLOURS["complete pooling"], alpha=0.18, lw=0,
                        label=f"± {times:g} standard errors")
        ax.plot(sizes[~out], means[~out], "o", mfc="none", mew=1.8, ms=7, color=COLOURS["no pooling"])
        ax.plot(sizes[out], means[out], "o", ms=7.5, color=COLOURS["no pooling"])
        top = max(means.max(), centre + times * sigma / np.sqrt(sizes.min()))
        low = min(means.min(), centre - times * sigma / np.sqrt(sizes.min()))
        ax.set_ylim(low - 1, top + 1)
        at = np.column_stack([sizes, means])
        write_names(ax, labels, [at], named, at)
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1.2)
    best, worst = int(np.argmax(means)), int(np.argmin(means))
    half_size = np.median(sizes)
    words = (
        f"{len(labels)} schools: average against the number of {member}, in a band of plus or minus {times:g} standard errors "
        f"about the mean of all, {centre:.1f}; the band narrows from left to right. The highest is {labels[best]}, "
        f"{means[best]:.1f} with {sizes[best]} {member}, the lowest {labels[worst]}, {means[worst]:.1f} with {sizes[worst]}. "
        f"{int(out.sum())} schools lie outside the band, {int(out[sizes > half_size].sum())} of them larger than the median "
        f"school."
    )
    return Picture(fig, words, name)
