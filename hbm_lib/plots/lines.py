"""Straight lines of many groups, and a curve over the same covariate with its interval."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas


def fans(
    labels: list[str], panels: Mapping[str, tuple[np.ndarray, np.ndarray]], *, span: tuple[float, float],
    limits: tuple[float, float], strong: list[str], xlabel: str, ylabel: str, name: str,
) -> Picture:
    """Draw every group's line, one panel an estimator, on the same axes.

    Parameters
    ----------
    labels : list of str
        Names of the groups.
    panels : mapping of str to tuple of two arrays of shape (G,)
        Estimator, "no pooling" or "partial pooling", to intercepts and slopes.
    span, limits : tuple of float
        Ends of the horizontal and of the vertical axis.
    strong : list of str
        Groups whose lines are drawn strongly.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the arrays do not fit the labels, hold what is not a finite number, or ``strong`` names no group.
    """
    lines = {key: columns(labels, **{f"intercepts of {key}": a, f"slopes of {key}": b}) for key, (a, b) in panels.items()}
    unknown = [who for who in strong if who not in labels]
    if unknown:
        raise ValueError(f"strong: there is no group {unknown[0]!r}")
    x, drawn = np.array(span, float), [labels.index(who) for who in strong]
    with canvas(5.4, 4.4, 1, len(lines), sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for ax, (key, (a, b)) in zip(axes[0], lines.items(), strict=True):
            ax.plot(x, a + np.outer(x, b), color=COLOURS[key], lw=0.9, alpha=0.55)
            ax.plot(x, (a + np.outer(x, b))[:, drawn], color=INK, lw=2.2)
            ax.set_title(key)
            ax.set_xlabel(xlabel)
        axes[0, 0].set_xlim(span)
        axes[0, 0].set_ylim(limits)
        axes[0, 0].set_ylabel(ylabel)
    said = "; ".join(f"{key}: slopes run from {b.min():.2f} to {b.max():.2f}" for key, (_, b) in lines.items())
    return Picture(fig, f"The lines of {len(labels)} groups are drawn. {said[0].upper()}{said[1:]}.", name)


def curve(
    x: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray, *, xlabel: str, ylabel: str, name: str
) -> Picture:
    """Draw a curve and its interval at every x.

    Parameters
    ----------
    x, low, middle, high : array of shape (K,)
        Covariate, and the interval's lower end, middle and upper end there.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.

    Returns
    -------
    Picture
    """
    x, low, middle, high = columns(np.size(x), x=x, low=low, middle=middle, high=high)
    with canvas(5.0, 3.6) as (fig, ax):
        ax.fill_between(x, low, high, color=COLOURS["partial pooling"], alpha=0.25, lw=0)
        ax.plot(x, middle, color=COLOURS["partial pooling"])
        ax.set_ylim(0, None)
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
    least = int(np.argmin(middle))
    words = (
        f"{ylabel} against {xlabel}, with an interval: the curve runs from {middle[0]:.3f} at {x[0]:g} to {middle[-1]:.3f} at "
        f"{x[-1]:g} and is least, {middle[least]:.3f}, at {x[least]:.1f}."
    )
    return Picture(fig, words[0].upper() + words[1:], name)
