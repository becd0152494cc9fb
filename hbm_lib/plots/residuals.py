"""What a fit leaves over, against what it expects: the fan, the curve and the wall."""

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas, label


def residuals(
    fitted: np.ndarray, y: np.ndarray, *, xlabel: str, ylabel: str, name: str, cap: float | None = None, cap_label: str = "",
    bins: int = 8,
) -> Picture:
    """Draw y minus its fitted value against the fitted value, with the middle and the spread of each eighth.

    Parameters
    ----------
    fitted, y : array of shape (n,)
        Fitted and observed values, in one unit.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    cap : float, optional
        A value that y cannot exceed: the rows there are marked, and lie on one falling line.
    cap_label : str
        What is written beside it.
    bins : int
        In how many parts of equal size, by fitted value, middle and spread are taken.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a value is not a finite number, or there are fewer rows than bins.
    """
    fitted, y = columns(len(fitted), fitted=fitted, y=y)
    if not 1 <= bins <= len(y):
        raise ValueError(f"bins: from 1 to {len(y)} are needed, got {bins}")
    left, at = y - fitted, np.zeros(len(y), bool) if cap is None else y >= cap
    parts = np.array_split(np.argsort(fitted, kind="stable"), bins)
    place = np.array([fitted[p].mean() for p in parts])
    low, middle, high = np.array([np.quantile(left[p], [0.1, 0.5, 0.9]) for p in parts]).T
    with canvas(5.4, 3.8) as (fig, ax):
        ax.axhline(0, color=FAINT, lw=1.2, ls=":")
        ax.plot(fitted[~at], left[~at], "o", ms=3.4, mew=0, alpha=0.45, color=FAINT)
        ax.plot(fitted[at], left[at], "D", ms=4.6, mew=0, color=COLOURS["bad"])
        ax.fill_between(place, low, high, color=COLOURS["partial pooling"], alpha=0.22, lw=0)
        ax.plot(place, middle, "o-", ms=4.5, color=COLOURS["partial pooling"])
        if at.any():
            most = int(np.argmax(np.where(at, left, -np.inf)))
            label(ax, fitted[most], left[most], cap_label, COLOURS["bad"], xytext=(8, 0), textcoords="offset points")
        label(ax, 0.01, 0.03, "blue: middle and 80 % of each part", INK, xycoords="axes fraction", va="bottom", fontsize=10)
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
    words = (f"{len(y)} residuals run from {left.min():.1f} to {left.max():.1f}. Over {bins} parts by fitted value the middle is "
             f"{middle[0]:.1f} in the lowest, {middle[bins // 2]:.1f} in the middle and {middle[-1]:.1f} in the highest; "
             f"80 percent span {high[0] - low[0]:.1f} in the lowest and {high[-1] - low[-1]:.1f} in the highest.")
    if at.any():
        words += f" {int(at.sum())} rows at the cap of {cap:g} lie on one falling line."
    return Picture(fig, words, name)
