"""Every unit's own estimate against its partially pooled one, colored by group: how far pooling moves whom."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from hbm_lib.plots.columns import columns
from hbm_lib.plots.group_marks import MOST, marks, short, spread
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas, label

VECTORS = 3_000
"""More points than this are drawn as one image inside the figure, to keep it small."""
DRAWN = 30_000
"""More points than this are thinned."""
_DIAMETERS = np.array([3.0, 3.8, 5.0, 6.4, 8.0, 9.8])


def _steps(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's step of diameter (N,) and the size that stands for each step (6,), even on a log scale."""
    low, high = np.log(sizes.min()), np.log(sizes.max())
    if high == low:
        return np.full(len(sizes), 3), np.exp(np.full(6, low))
    place = (np.log(sizes) - low) / (high - low)
    return np.minimum((place * 6).astype(int), 5), np.exp(low + (high - low) * (np.arange(6) + 0.5) / 6)


def _rounded(value: float) -> str:
    """Write a size with two digits."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 1 else f"{value:.2g}"


def _size_legend(ax: Axes, stands: np.ndarray, member: str, place: str) -> None:
    """Show what three of the diameters mean."""
    for k in (0, 2, 5):
        ax.plot([], [], "o", ls="", color=FAINT, ms=_DIAMETERS[k], label=_rounded(stands[k]))
    box = ax.legend(title=member, loc=place, fontsize=10, title_fontsize=10, handletextpad=0.3, labelspacing=0.35,
                    borderpad=0.1, alignment="left")
    box.get_title().set_parse_math(False)


def shrinkage(
    own: np.ndarray, pooled: np.ndarray, sizes: np.ndarray, index: np.ndarray, groups: Sequence[str], centres: np.ndarray, *,
    xlabel: str, ylabel: str, name: str, member: str = "users", unit: str = "creators", truth: np.ndarray | None = None,
) -> Picture:
    """Draw own estimate across, pooled estimate up, with y = x and a line at each group's posterior mean.

    A unit on the line y = x was left where it stood; one on its group's line was pooled completely. Up to eight groups
    have a color, a mark and a name each; more share one color.

    Parameters
    ----------
    own, pooled : array of shape (N,)
        No-pooling and partially pooled estimates, in the units of the axes.
    sizes : array of shape (N,)
        Members of each unit, above 0; the larger, the larger its mark.
    index : array of int of shape (N,)
        Each unit's place among ``groups``.
    groups : sequence of str
        Names of the G groups.
    centres : array of shape (G,)
        Posterior means of the groups.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    member, unit : str
        The words for a unit's members and for the units.
    truth : array of shape (N,), optional
        True values: the description then counts whom pooling brought nearer.

    Returns
    -------
    Picture
        With more than 3,000 points these are one image in the SVG; of more than 30,000 an even share is drawn, and
        the figure and its description say so.

    Raises
    ------
    ValueError
        If an array has not one finite number a unit (``centres``: a group), a size is not above 0, or an index names no group.
    """
    own, pooled, sizes = columns(np.size(own), own=own, pooled=pooled, sizes=sizes)
    (centres,) = columns(groups, centres=centres)
    (index,) = columns(len(own), index=index)
    index = index.astype(int)
    if sizes.min() <= 0:
        raise ValueError(f"sizes, row {sizes.argmin()}: a size above 0 is needed, got {sizes.min():g}")
    if index.min() < 0 or index.max() >= len(centres):
        raise ValueError(f"index: places from 0 to {len(centres) - 1} are needed, got {index.min()} to {index.max()}")
    step, stands = _steps(sizes)
    by_size = np.argsort(-sizes, kind="stable")
    drawn = by_size
    if len(own) > DRAWN:  # evenly over the sizes, and the extremes
        ends = [int(find(v)) for v in (own, pooled) for find in (np.argmin, np.argmax)]
        drawn = np.unique(np.concatenate([by_size[np.linspace(0, len(own) - 1, DRAWN - 4).astype(int)], ends]))
    tones, shapes = marks(len(groups))
    with canvas(5.4, 5.0, dpi=200 if len(own) > VECTORS else 100) as (fig, ax):
        ax.axline((centres[0], centres[0]), slope=1, color=FAINT, lw=1.3, ls="--")
        for k in range(6)[::-1]:
            for g, (tone, shape) in enumerate(zip(tones, shapes, strict=True)):
                rows = drawn[(step[drawn] == k) & ((index[drawn] == g) if len(groups) <= MOST else True)]
                if len(rows):
                    ax.plot(own[rows], pooled[rows], shape, ls="", color=tone, ms=_DIAMETERS[k], mew=0, alpha=0.75,
                            rasterized=len(own) > VECTORS)
        ax.set_xlabel(xlabel, parse_math=False)
        ax.set_ylabel(ylabel, parse_math=False)
        ax.margins(0.04)
        ax.autoscale_view()
        bottom, top = ax.get_ylim()
        end = min(ax.get_xlim()[1], top)
        left, right = ax.get_xlim()
        room = end - left > 0.4 * (right - left)  # else the line ends where the legend would stand
        label(ax, end, end, "y = x", INK, fontsize=10.5, ha="right" if room else "left", va="top",
              xytext=(-9 if room else 9, -3), textcoords="offset points")
        if len(groups) <= MOST:
            heights = spread(centres, 0.052 * (top - bottom), bottom, top)
            for centre, height, group, tone in zip(centres, heights, groups, tones, strict=True):
                ax.axhline(centre, color=tone, lw=1.2, zorder=1)
                label(ax, 1.01, height, short(group), tone, xycoords=("axes fraction", "data"), fontsize=10.5, parse_math=False)
        else:
            tone = COLOURS["complete pooling"]
            ax.hlines(centres, 0.97, 1.0, color=tone, lw=0.8, transform=ax.get_yaxis_transform())
            label(ax, 1.01, float(np.median(centres)), "group\nmeans", tone, xycoords=("axes fraction", "data"), fontsize=10.5)
        if sizes.min() < sizes.max():
            _size_legend(ax, stands, member, "upper left" if room else "lower right")
        if len(drawn) < len(own):
            label(ax, 0.99, 0.02, f"{len(drawn):,} of {len(own):,} drawn", INK, xycoords="axes fraction", ha="right", va="bottom",
                  fontsize=10)
    return Picture(fig, _words(own, pooled, sizes, index, groups, centres, member, unit, truth, len(drawn)), name)


def _words(
    own: np.ndarray, pooled: np.ndarray, sizes: np.ndarray, index: np.ndarray, groups: Sequence[str], centres: np.ndarray,
    member: str, unit: str, truth: np.ndarray | None, drawn: int,
) -> str:
    """Say where estimates went and how far the smallest and the largest units moved."""
    said = [
        f"Own estimate across and partially pooled estimate up are drawn for {len(own):,} {unit} in {len(groups)} "
        f"group{'s' * (len(groups) != 1)}, larger marks for more {member}. Own estimates run from {own.min():.2f} to "
        f"{own.max():.2f}, pooled ones from {pooled.min():.2f} to {pooled.max():.2f}"
    ]
    if len(groups) <= MOST:
        said.append("Lines mark the groups' means: " + ", ".join(f"{g} {c:.2f}" for g, c in zip(groups, centres, strict=True)))
    else:
        said.append(f"Lines mark the groups' means, from {centres.min():.2f} to {centres.max():.2f}")
    order, tenth = np.argsort(sizes, kind="stable"), max(1, len(own) // 10)
    from_own, from_pooled = np.abs(own - centres[index]), np.abs(pooled - centres[index])
    if sizes.min() < sizes.max():
        for rows, which in ((order[:tenth], "fewest"), (order[-tenth:], "most")):
            before, after = from_own[rows].sum(), from_pooled[rows].sum()
            if before > 0:
                said.append(f"With the {which} {member} ({sizes[rows].min():g} to {sizes[rows].max():g}), pooled estimates lie "
                            f"{after / before:.2f} times as far from their groups' means as own ones")
    if truth is not None:
        (truth,) = columns(len(own), truth=truth)
        nearer = int(np.sum(np.abs(pooled - truth) < np.abs(own - truth)))
        said.append(f"{nearer:,} of the {len(own):,} pooled estimates are nearer to the truth than the own one")
    if drawn < len(own):
        said.append(f"{drawn:,} of the {len(own):,} are drawn, evenly over the sizes")
    return ". ".join(said) + "."
