"""Two quantities of every group at once: where the group's own estimate stands, and where pooling moves it."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.size_funnel import write_names
from hbm_lib.plots.style import COLOURS, FAINT, canvas

Point = tuple[float, float]


def moved_points(
    labels: Sequence[str], own: tuple[np.ndarray, np.ndarray], pooled: tuple[np.ndarray, np.ndarray], *, centre: Point,
    limits: tuple[Point, Point], named: Sequence[str], xlabel: str, ylabel: str, name: str, diagonal: bool = False,
) -> Picture:
    """Draw every group as an open circle, its own estimate, joined to a filled one, its pooled estimate.

    The description holds no digit of the pooled estimates but one: how much less they are spread.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups, J of them.
    own, pooled : tuple of two arrays of shape (J,)
        Abscissa and ordinate of each group's estimates, in the units of ``xlabel`` and ``ylabel``.
    centre : tuple of two floats
        What the estimates move toward: a dotted line across and one up.
    limits : tuple of two pairs of float
        Ends of the abscissa and of the ordinate; fixed, so that the axes do not follow a sampler's draws.
    named : sequence of str
        Groups whose names are written beside them.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    diagonal : bool
        Whether to draw the line on which both quantities are equal.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has not one finite number a group, a name is not among the labels, a point lies outside the limits, or
        the own estimates do not vary upward.
    """
    x0, y0, x1, y1 = columns(labels, **dict(zip(("own[0]", "own[1]", "pooled[0]", "pooled[1]"), (*own, *pooled), strict=True)))
    unknown = [n for n in named if n not in list(labels)]
    if unknown:
        raise ValueError(f"named: {unknown[0]!r} is not among the labels")
    for what, values, (low, high) in (("abscissa", (*x0, *x1), limits[0]), ("ordinate", (*y0, *y1), limits[1])):
        if min(values) < low or max(values) > high:
            raise ValueError(f"limits: the {what} runs from {min(values):.3g} to {max(values):.3g}, outside {low:g} to {high:g}")
    if np.ptp(y0) == 0:
        raise ValueError("own[1]: all values are equal, so nothing can be pulled together")
    with canvas(5.4, 4.6) as (fig, ax):
        ax.set_xlim(*limits[0])
        ax.set_ylim(*limits[1])
        ax.axvline(centre[0], color=COLOURS["complete pooling"], lw=1.2, ls=":")
        ax.axhline(centre[1], color=COLOURS["complete pooling"], lw=1.2, ls=":")
        if diagonal:
            ax.axline((centre[0], centre[0]), slope=1, color=FAINT, lw=1)
        ax.plot([x0, x1], [y0, y1], color=FAINT, lw=1.4)
        ax.plot(x0, y0, "o", mfc="none", mew=1.7, ms=6.5, color=COLOURS["no pooling"], label="own estimate")
        ax.plot(x1, y1, "o", ms=6, color=COLOURS["partial pooling"], label="partially pooled")
        ends = [np.column_stack([x0, y0]), np.column_stack([x1, y1])]
        paths = [ends[0] + s * (ends[1] - ends[0]) for s in np.linspace(0, 1, 7)]
        write_names(ax, labels, ends, named, np.vstack(paths))
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, labelcolor="linecolor", handletextpad=0.2)
    high, low = int(np.argmax(y0)), int(np.argmin(y0))
    words = (
        f"{len(labels)} groups by {xlabel} and {ylabel}: an open circle for a group's own estimate is joined by a line to a "
        f"filled one, the pooled estimate; dotted lines mark the mean. Upward, the own estimates reach from {y0[low]:.2f} "
        f"({labels[low]}) to {y0[high]:.2f} ({labels[high]}); the pooled ones are spread {y1.std() / y0.std():.1f} times as far."
    )
    if diagonal:
        words += f" On the diagonal both axes agree; {int(np.sum(y1 < x1))} filled circles lie below it."
    return Picture(fig, words, name)
