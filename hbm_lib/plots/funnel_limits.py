"""A funnel plot: the rates of units against their cases, inside the limits that chance alone would keep."""

from collections.abc import Mapping, Sequence

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.size_funnel import size_axis, write_names
from hbm_lib.plots.style import COLOURS, canvas

SHADES = (0.30, 0.15)
"""Opacity of the inner and of the outer band."""


def funnel_limits(
    labels: Sequence[str], cases: np.ndarray, rates: np.ndarray, *, centre: float, grid: np.ndarray,
    limits: Mapping[str, tuple[np.ndarray, np.ndarray]], outside: np.ndarray, named: Sequence[str], ylabel: str, name: str,
    member: str = "patients", unit: str = "doctor",
) -> Picture:
    """Draw every unit's rate against its cases, with control limits about the rate of all (Spiegelhalter 2005).

    Parameters
    ----------
    labels : sequence of str
        Names of the J units.
    cases : array of shape (J,)
        Cases of each unit.
    rates : array of shape (J,)
        Raw rates, in the units of ``ylabel``.
    centre : float
        The rate that the limits are about.
    grid : array of shape (K,)
        Increasing numbers of cases at which the limits were computed.
    limits : mapping of str to tuple of two arrays of shape (K,)
        One or two bands, the inner one first: what to call it, to its lower and upper limits.
    outside : array of bool of shape (J,)
        Which units lie outside the inner band: filled circles.
    named : sequence of str
        Units whose names are written beside them.
    ylabel, name, member, unit : str
        Axis text, the picture's name, the words for cases and for one unit.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no band or more than two, a name is not among the labels, ``outside`` is no truth value a unit, an
        array does not fit, the grid does not increase, a number of cases is below 1, or a lower limit is above its upper one.
    """
    if not 0 < len(limits) <= len(SHADES):
        raise ValueError(f"limits: one or two bands are needed, the inner one first, got {len(limits)}")
    cases, rates = columns(labels, cases=cases, rates=rates)
    (grid,) = columns(np.size(grid), grid=grid)
    for said, sizes in (("cases", cases), ("grid", grid)):
        if sizes.min() < 1:
            row = int(sizes.argmin())
            raise ValueError(f"{said}, row {row}: {sizes[row]:g} is not a number of cases of at least 1; drop the row or mend it")
    fall = np.flatnonzero(np.diff(grid) <= 0)
    if fall.size:
        row = int(fall[0]) + 1
        raise ValueError(f"grid, row {row}: {grid[row]:g} is not above {grid[row - 1]:g} before it; sort the grid")
    bands = {key: _band(key, pair, len(grid)) for key, pair in limits.items()}
    outside = np.asarray(outside)
    if outside.dtype != bool or outside.shape != cases.shape:
        raise ValueError(f"outside: one truth value a unit is needed, {len(labels)} of them, got {outside!r}")
    unknown = [n for n in named if n not in list(labels)]
    if unknown:
        raise ValueError(f"named: {unknown[0]!r} is not among the labels")
    with canvas(5.4, 4.4) as (fig, ax):
        size_axis(ax, cases, member, f"of the {unit}")
        ax.axhline(centre, color=COLOURS["complete pooling"], lw=1.8, label="rate of all")
        for shade, (key, (low, high)) in reversed(list(zip(SHADES, bands.items(), strict=False))):
            ax.fill_between(grid, low, high, color=COLOURS["complete pooling"], alpha=shade, lw=0, label=key)
        ax.plot(cases[~outside], rates[~outside], "o", mfc="none", mew=1.8, ms=7, color=COLOURS["no pooling"])
        ax.plot(cases[outside], rates[outside], "o", ms=7.5, color=COLOURS["no pooling"])
        inside = (grid >= ax.get_xlim()[0]) & (grid <= ax.get_xlim()[1])
        ends = np.concatenate([rates] + [v[inside] for band in bands.values() for v in band])
        room = 0.06 * (np.ptp(ends) or 1.0)
        ax.set_ylim(ends.min() - room, ends.max() + room)
        at = np.column_stack([cases, rates])
        write_names(ax, labels, [at], named, at)
        ax.set_ylabel(ylabel)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.0, handlelength=1.5, fontsize=10.5)
    inner = next(iter(bands))
    first, last = (int(np.argmin(np.abs(grid - end))) for end in (cases.min(), cases.max()))
    low, high = bands[inner]
    out = ", ".join(f"{labels[j]} {rates[j]:.1f} with {cases[j]:,.0f}" for j in np.flatnonzero(outside)[:8])
    words = (
        f"A funnel plot of {len(labels)} {unit}s shows {ylabel} against the number of {member}, about the rate of all, "
        f"{centre:.1f}. The band {inner} narrows from {low[first]:.1f} to {high[first]:.1f} at {grid[first]:,.0f} {member} to "
        f"{low[last]:.1f} to {high[last]:.1f} at {grid[last]:,.0f}. Outside it: {int(outside.sum())}"
        f"{f', among them {out}' if out else ''}."
    )
    return Picture(fig, words, name)


def _band(key: str, pair: tuple[np.ndarray, np.ndarray], places: int) -> tuple[np.ndarray, ...]:
    """Return lower and upper limits, the lower ones nowhere above the upper ones."""
    if not hasattr(pair, "__len__") or len(pair) != 2:
        raise ValueError(f"limits[{key!r}]: two arrays are needed, lower and upper limits, got {pair!r}")
    low, high = columns(places, **{f"lower limits of {key}": pair[0], f"upper limits of {key}": pair[1]})
    wrong = np.flatnonzero(low > high)
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(f"lower limits of {key}, row {row}: {low[row]:g} is above the upper limit {high[row]:g}; swap them")
    return low, high
