"""One bar an estimator in each of a few bins, with its value over it."""

from collections.abc import Mapping, Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas, label

_HATCHES = {"no pooling": None, "complete pooling": "////", "partial pooling": None}


def grouped_bars(
    bins: Sequence[str], values: Mapping[str, np.ndarray], *, xlabel: str, ylabel: str, name: str, form: str = "{:.3f}",
) -> Picture:
    """Draw for each bin one bar an estimator.

    Parameters
    ----------
    bins : sequence of str
        Names of the B bins.
    values : mapping of str to array of shape (B,)
        Estimator ("no pooling", "complete pooling", "partial pooling") to heights of 0 or more, in the units of ``ylabel``.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    form : str
        How a value is written.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no estimator, an unknown one, or not one finite height of 0 or more a bin.
    """
    if not values:
        raise ValueError("values: there is nothing to draw; give at least one estimator")
    unknown = [key for key in values if key not in _HATCHES]
    if unknown:
        raise ValueError(f"values: {unknown[0]!r} has no color; known are {', '.join(_HATCHES)}")
    values = {key: columns(bins, **{f"values[{key!r}]": heights})[0] for key, heights in values.items()}
    for key, heights in values.items():
        if heights.min() < 0:
            where = bins[int(heights.argmin())]
            raise ValueError(f"values[{key!r}]: heights of 0 or more are needed, got {heights.min():g} for {where}")
    width = 0.84 / len(values)
    with canvas(5.4, 3.9) as (fig, ax):
        at = np.arange(len(bins))
        for k, (key, heights) in enumerate(values.items()):
            x = at + (k - (len(values) - 1) / 2) * width
            look = {"color": COLOURS[key]} if _HATCHES[key] is None else {
                "fill": False, "hatch": _HATCHES[key], "edgecolor": COLOURS[key], "lw": 1.2}
            ax.bar(x, heights, width * 0.88, label=key, **look)
            for one, height in zip(x, heights, strict=True):
                label(ax, one, height, form.format(height).removeprefix("0"), INK, ha="center", va="bottom", fontsize=9.5,
                      xytext=(0, 1), textcoords="offset points")
        ax.set_xticks(at, list(bins))
        ax.tick_params(axis="x", length=0)
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1.4)
    said = "; ".join(f"{b}: " + ", ".join(f"{key} {form.format(v[i])}" for key, v in values.items()) for i, b in enumerate(bins))
    return Picture(fig, f"The bars show {ylabel} by {xlabel}. {said}.", name)
