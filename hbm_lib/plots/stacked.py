"""Squared bias and variance, stacked, for each estimator and size of group."""

from collections.abc import Mapping, Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas, label


def stacked(
    bins: Sequence[str], parts: Mapping[str, tuple[np.ndarray, np.ndarray]], *, xlabel: str, ylabel: str, name: str
) -> Picture:
    """Draw for each bin one bar an estimator: squared bias hatched below, variance plain above.

    Parameters
    ----------
    bins : sequence of str
        Names of the B bins.
    parts : mapping of str to tuple of array
        Estimator to squared bias (B,) and variance (B,).
    xlabel, ylabel, name : str
        Text under and beside the axes, the picture's name.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an estimator has not two parts, or a part not one number a bin.
    """
    if not parts:
        raise ValueError("parts: there is nothing to draw; give at least one estimator")
    for key, pair in parts.items():
        if not hasattr(pair, "__len__") or len(pair) != 2:
            raise ValueError(f"parts[{key!r}]: squared bias and variance are needed, got {pair!r}")
    parts = {
        key: columns(bins, **{f"squared bias of {key}": bias, f"variance of {key}": variance})
        for key, (bias, variance) in parts.items()
    }
    width = 0.8 / len(parts)
    with canvas(4.4, 4.0) as (fig, ax):
        at = np.arange(len(bins))
        for k, (key, (bias, variance)) in enumerate(parts.items()):
            x = at + (k - (len(parts) - 1) / 2) * width
            bias = np.maximum(bias, 0)
            ax.bar(x, bias, width * 0.86, fill=False, hatch="////", edgecolor=COLOURS[key], lw=1)
            ax.bar(x, variance, width * 0.86, bottom=bias, color=COLOURS[key], label=key)
        ax.set_xticks(at, list(bins))
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.set_ylim(0, 1.3 * ax.get_ylim()[1])  # room for the legend above the bars
        ax.legend(loc="upper right", labelcolor="linecolor")
        label(ax, 1.0, 0.67, "hatched: squared bias\nplain: variance", INK, xycoords="axes fraction", ha="right", fontsize=10)
    said = []
    for i, b in enumerate(bins):
        each = ", ".join(f"{key} {max(bias[i], 0):.1f} + {variance[i]:.1f}" for key, (bias, variance) in parts.items())
        said.append(f"{b}: {each}")
    return Picture(fig, f"Stacked bars show squared bias plus variance of each estimator, by {xlabel}. {'; '.join(said)}.", name)
