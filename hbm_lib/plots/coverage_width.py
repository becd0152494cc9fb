"""Every unit's interval by its width, and whether it held the truth, one lane an estimator."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas

VECTORS = 4_000
"""More intervals than this are drawn as one image inside the figure."""


def coverage_width(
    intervals: Mapping[str, tuple[np.ndarray, np.ndarray]], truth: np.ndarray, *, xlabel: str, name: str, level: float = 0.95,
    unit: str = "creators",
) -> Picture:
    """Draw a tick for every interval at its width (log scale), above the line if it holds the truth and below if not.

    Parameters
    ----------
    intervals : mapping of str to tuple of two arrays of shape (N,)
        Estimator ("no pooling", "complete pooling", "partial pooling") to lower and upper ends.
    truth : array of shape (N,)
        True values.
    xlabel, name, unit : str
        Axis text, the picture's name, the word for the units.
    level : float
        What share of intervals should hold the truth.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has not one finite number a unit, or an upper end is not above its lower one.
    """
    (truth,) = columns(np.size(truth), truth=truth)
    if not intervals:
        raise ValueError("intervals: there is nothing to draw; give at least one estimator")
    ends = {key: columns(len(truth), **{f"lower ends of {key}": low, f"upper ends of {key}": high})
            for key, (low, high) in intervals.items()}
    for key, (low, high) in ends.items():
        if np.any(high <= low):
            raise ValueError(f"upper ends of {key}, row {int(np.argmax(high <= low))}: an end above the lower one is needed")
    said = []
    many = len(truth) * len(ends) > VECTORS
    with canvas(5.4, 1.25 * len(ends) + 1.05, len(ends), 1, sharex=True, squeeze=False, dpi=200 if many else 100) as (fig, axes):
        for ax, (key, (low, high)) in zip(axes[:, 0], ends.items(), strict=True):
            width, held = high - low, (low <= truth) & (truth <= high)
            ax.axhline(0, color=FAINT, lw=0.8)
            ax.axvline(width.mean(), color=COLOURS[key], lw=1.4, ls=":", zorder=1)
            for rows, up in ((held, 0.5), (~held, -0.5)):
                ax.plot(width[rows], np.full(rows.sum(), up), "|", color=COLOURS[key], ms=12, mew=1, alpha=0.55, rasterized=many)
            ax.set_ylim(-1, 1)
            ax.set_yticks([-0.5, 0.5], ["missed", "held"])
            ax.tick_params(axis="y", length=0)
            for side in ("left", "bottom"):
                ax.spines[side].set_visible(False)
            ax.tick_params(axis="x", length=0)
            ax.set_title(f"{key}: {100 * held.mean():.1f} % held, mean width {width.mean():.2f}", fontsize=11, color=COLOURS[key])
            said.append(f"{key}: {held.sum():,} of {len(truth):,} hold it ({100 * held.mean():.1f} %), mean width "
                        f"{width.mean():.3f}, from {width.min():.3f} to {width.max():.3f}")
        last = axes[-1, 0]
        last.set_xscale("log")
        last.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        last.xaxis.set_minor_locator(NullLocator())
        last.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        last.set_xlabel(xlabel, parse_math=False)
        fig.suptitle(f"aim: {100 * level:g} % held", fontsize=11, color=INK)
    words = f"Ticks at the widths of {len(truth):,} {unit}' intervals stand above a line where the interval holds the truth"
    return Picture(fig, f"{words}: {'; '.join(said)}. The aim is {100 * level:g} %.", name)
