"""One look for every figure: a color per estimator, ink that follows the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from hbm_lib.plots.wrapping import keep_inside

INK = "#010203"
"""Sentinel for the text color: written out as ``currentColor``."""
FAINT = "#7f8790"
"""Guides and gridlines: legible on white and on near-black."""

COLOURS = {
    "no pooling": "#b3721b",
    "complete pooling": "#8a6fd1",
    "partial pooling": "#1a83b8",
    "penalized": "#2a8f6d",
    "truth": "#d0496b",
    "prior": "#7f8790",
    "data": "#b3721b",
    "bad": "#d0496b",
    "good": "#2a8f6d",
}
"""Same color, same meaning, on every page: at least 3 to 1 against white and against #121212."""

MARKS = {"no pooling": "o", "penalized": "^", "complete pooling": "s", "partial pooling": "D"}
"""A mark per estimator, where several stand in one figure."""

GROUPS = ("#4054d8", "#d07a10", "#17805a", "#cf63d8", "#b03c22", "#7d92a8", "#6f7a12", "#9246a4")
"""A color per group (genre) where groups are told apart; the first five stay apart for the color-blind."""

_RC = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.titlecolor": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.labelsize": 11.5,
    "font.size": 11.5,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "hbm",
    "font.family": ["DejaVu Sans"],
}


@contextmanager
def canvas(width: float = 5.4, height: float = 3.6, rows: int = 1, columns: int = 1, **kwargs: object) -> Iterator[tuple]:
    """Open a figure in the book's style; on leaving, labels that would be cut are broken and pyplot forgets the figure."""
    with mpl.rc_context(_RC):
        fig, axes = plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **kwargs)
        try:
            yield fig, axes
            keep_inside(fig)
        finally:
            plt.close(fig)


def label(ax: Axes, x: float, y: float, text: str, colour: str = INK, **kwargs: object) -> None:
    """Write a direct label beside what it names; spaces before it become a distance, which a browser would drop."""
    settings = {"fontsize": 11, "va": "center"}
    if text.startswith(" "):
        settings |= {"xytext": (4, 0), "textcoords": "offset points"}
    ax.annotate(text.lstrip(" "), (x, y), color=colour, **(settings | kwargs))
