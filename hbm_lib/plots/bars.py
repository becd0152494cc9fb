"""Horizontal bars on one axis, with their values written out."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas, label


def bars(values: Mapping[str, float], *, xlabel: str, name: str, log: bool = False, form: str = "{:.1f}") -> Picture:
    """Draw one bar an entry, in the order given.

    Parameters
    ----------
    values : mapping of str to float
        Name to length, above 0 where ``log`` is set.
    xlabel, name : str
        Axis text and the picture's name.
    log : bool
        Logarithmic axis.
    form : str
        How a value is written.

    Returns
    -------
    Picture
    """
    names, (heights,) = list(values), columns(len(values), values=list(values.values()))
    if log and heights.min() <= 0:
        raise ValueError(f"values: a logarithmic axis needs lengths above 0, got {heights.min():g} for {names[heights.argmin()]}")
    with canvas(4.4, 0.5 * len(names) + 1.0) as (fig, ax):
        rows = np.arange(len(names))[::-1]
        ax.barh(rows, heights, color=COLOURS["partial pooling"], height=0.6)
        for row, height in zip(rows, heights, strict=True):
            label(ax, height, row, " " + form.format(height), INK)
        ax.set_yticks(rows, names)
        if log:
            ax.set_xscale("log")
            if heights.max() < 100 * heights.min():  # matplotlib's own labels run into one another
                ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                ax.xaxis.set_minor_locator(NullLocator())
                ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        ax.margins(x=0.2)
        ax.set_xlabel(xlabel)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    said = "; ".join(f"{n} {form.format(v)}" for n, v in zip(names, heights, strict=True))
    return Picture(fig, f"The bars show {xlabel}: {said}.", name)
