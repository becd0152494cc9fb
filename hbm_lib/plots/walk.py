"""The walk of a sampler over the contours of a two-dimensional posterior."""

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas

MASS = (0.5, 0.9, 0.99)
"""Probability inside each contour."""


def heights(density: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return the densities whose contours hold the probabilities of ``MASS``, lowest first."""
    order = np.argsort(density.ravel())[::-1]
    inside = np.cumsum((density * cells).ravel()[order])
    places = np.searchsorted(inside / inside[-1], MASS)
    return np.sort(density.ravel()[order][np.minimum(places, len(order) - 1)])


def walk(
    x: np.ndarray, y: np.ndarray, density: np.ndarray, path: np.ndarray, *, xlabel: str, ylabel: str, name: str
) -> Picture:
    """Draw contours of a joint density and the steps of a sampler over it.

    Parameters
    ----------
    x, y : array of shape (A,), (B,)
        Increasing grids.
    density : array of shape (B, A)
        Joint density on the grid, up to a constant.
    path : array of shape (T, 2)
        Where the sampler stood after each update of one coordinate.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or no mass is on the grid.
    """
    x, y = columns(len(x), x=x)[0], columns(len(y), y=y)[0]
    density, path = np.asarray(density, float), np.asarray(path, float)
    if density.shape != (len(y), len(x)) or not np.isfinite(density).all() or density.min() < 0 or density.max() == 0:
        raise ValueError(f"density: finite values of shape ({len(y)}, {len(x)}), none below 0 and some above, are needed")
    if path.ndim != 2 or path.shape[1] != 2 or len(path) < 2 or not np.isfinite(path).all():
        raise ValueError(f"path: finite places of shape (steps, 2) are needed, at least two, got shape {path.shape}")
    cells = np.outer(np.gradient(y), np.gradient(x))
    with canvas(5.4, 4.4) as (fig, ax):
        ax.contour(x, y, density, levels=np.unique(heights(density, cells)), colors=FAINT, linewidths=1.2)
        ax.plot(*path.T, color=COLOURS["partial pooling"], lw=1.1, marker="o", ms=3)
        ax.plot(*path[0], marker="s", ms=8, color=COLOURS["truth"], ls="none")
        ax.annotate("start", path[0], xytext=(8, 6), textcoords="offset points", color=INK)
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
    steps = np.abs(np.diff(path, axis=0)).max(1)
    words = (f"Contours hold {MASS[0]:.0%}, {MASS[1]:.0%} and {MASS[2]:.0%} of the posterior of {xlabel} and {ylabel}. "
             f"A path of {len(path) - 1} updates starts at ({path[0, 0]:.2f}, {path[0, 1]:.2f}), moves along one axis at a time "
             f"with a median step of {np.median(steps):.2f}, and ends at ({path[-1, 0]:.2f}, {path[-1, 1]:.2f}).")
    return Picture(fig, words, name)
