"""A quantity against the size of the group, one line an estimator."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas

_DASHES = {"no pooling": (0, (5, 2)), "complete pooling": (0, (1, 1.4)), "partial pooling": "-"}
_MARKS = {"no pooling": "o", "complete pooling": "s", "partial pooling": "D"}


def by_size(
    sizes: np.ndarray, lines: Mapping[str, np.ndarray], *, ylabel: str, name: str, unit: str = "pupils",
) -> Picture:
    """Draw one line an estimator against group size (both axes log), labeled directly.

    Parameters
    ----------
    sizes : array of shape (J,)
        Group sizes, increasing.
    lines : mapping of str to array of shape (J,)
        Estimator to values, in the units of ``ylabel``.
    ylabel, name, unit : str
        Text on the axis, the picture's name, what a group's members are.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a line holds another number of values than there are sizes, or a number that a logarithmic axis cannot show.
    """
    if not lines:
        raise ValueError("lines: there is nothing to draw; give at least one estimator")
    (sizes,) = columns(np.size(sizes), sizes=sizes)
    lines = {key: columns(len(sizes), **{f"lines[{key!r}]": values})[0] for key, values in lines.items()}
    named = {"sizes": sizes} | {f"lines[{key!r}]": values for key, values in lines.items()}
    for what, values in named.items():
        if np.any(values <= 0):
            raise ValueError(f"{what}: a logarithmic axis needs values above 0, got {values.min():g}")
    if np.any(np.diff(sizes) < 0):
        raise ValueError("sizes: they must increase; sort sizes and lines by size")
    with canvas(4.4, 3.9) as (fig, ax):
        for key, values in lines.items():
            ax.plot(sizes, values, ls=_DASHES[key], marker=_MARKS[key], ms=4.5, color=COLOURS[key], label=key)
        ax.set_xscale("log")
        ax.set_yscale("log")
        ticks = [t for t in (2, 5, 10, 30, 100, 300, 1000) if sizes[0] <= t <= sizes[-1]]
        ax.set_xticks(ticks, [str(t) for t in ticks])
        low, high = (f([f(v) for v in lines.values()]) for f in (min, max))
        steps = [t for t in (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000) if low / 2 < t < high * 2]
        ax.set_yticks(steps, [f"{t:g}" for t in steps])
        ax.minorticks_off()
        ax.set_xlabel(f"{unit} in the school")
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower left", handlelength=2.4, labelcolor="linecolor")
    parts = [f"{key} runs from {v[0]:.1f} in the smallest school to {v[-1]:.1f} in the largest" for key, v in lines.items()]
    words = f"{ylabel} against the number of {unit} in the school, from {sizes[0]:g} to {sizes[-1]:g}: {'; '.join(parts)}."
    return Picture(fig, words[0].upper() + words[1:], name)
