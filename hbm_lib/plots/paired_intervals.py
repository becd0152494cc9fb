"""Two intervals a row: a unit's own, and beside it the partially pooled one."""

from collections.abc import Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas
from hbm_lib.plots.wrapping import fitted

Interval = tuple[np.ndarray, np.ndarray, np.ndarray]


def paired_intervals(
    labels: Sequence[str], own: Interval | None, pooled: Interval, *, xlabel: str, name: str, line: float = 0.0,
    what: str = "unit", digits: int = 2,
) -> Picture:
    """Draw one row a unit, the first at the top, with its own interval above its pooled one.

    Parameters
    ----------
    labels : sequence of str
        Names of the rows, J of them; any text.
    own, pooled : tuple of three arrays of shape (J,)
        Estimate, lower and upper end, in the units of ``xlabel``; ``own`` may be None.
    xlabel, name : str
        Axis text and the picture's name.
    line : float
        Where a dotted vertical line stands.
    what : str
        The word for a row.
    digits : int
        Decimals in the description.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has not one finite number a row.
    """
    parts = ("estimate", "lower end", "upper end")
    pooled = columns(labels, **dict(zip(parts, pooled, strict=True)))
    own = None if own is None else columns(labels, **dict(zip(parts, own, strict=True)))
    at = np.arange(len(labels))[::-1].astype(float)
    lift = 0.0 if own is None else 0.17
    with canvas(5.4, (0.34 if own is None else 0.42) * len(labels) + 1.2) as (fig, ax):
        ax.axvline(line, color=FAINT, lw=1.2, ls=":")
        if own is not None:
            ax.hlines(at + lift, own[1], own[2], color=COLOURS["no pooling"], lw=1.8)
            ax.plot(own[0], at + lift, "o", mfc="none", mew=1.6, ms=5.5, color=COLOURS["no pooling"], label="raw")
        ax.hlines(at - lift, pooled[1], pooled[2], color=COLOURS["partial pooling"], lw=2.6)
        ax.plot(pooled[0], at - lift, "o", ms=6, color=COLOURS["partial pooling"], label="pooled")
        ax.set_yticks(at, [fitted(label, 18) for label in labels])
        for text in ax.get_yticklabels():
            text.set_parse_math(False)
            if "\n" in text.get_text():
                text.set_fontsize(9)
        ax.set_ylim(-0.7, len(labels) - 0.3)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel, parse_math=False)
        if own is not None:
            ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, labelcolor="linecolor", handletextpad=0.2)
    width = float(np.median(pooled[2] - pooled[1]))
    words = (f"One row a {what}, {len(labels)} in all. The pooled estimates run from {pooled[0].min():.{digits}f} to "
             f"{pooled[0].max():.{digits}f} with intervals of median width {width:.{digits}f}")
    if own is not None:
        words += (f"; the raw ones run from {own[0].min():.{digits}f} to {own[0].max():.{digits}f} with intervals of median "
                  f"width "
                  f"{float(np.median(own[2] - own[1])):.{digits}f}")
    return Picture(fig, words + ".", name)
