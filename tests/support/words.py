"""The words a figure draws and where they stand, to find those that are cut or that lie over one another."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def _hidden(fig: Figure) -> set[int]:
    """Return the tick labels that are not drawn: those beyond the ends of their axis."""
    out = set()
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for minor in (False, True):
                for tick, at in zip(axis.get_minor_ticks() if minor else axis.get_major_ticks(), axis.get_ticklocs(minor=minor),
                                    strict=False):
                    if not ax.get_visible() or not low - slack <= at <= high + slack:
                        out |= {id(tick.label1), id(tick.label2)}
    return out


def drawn(fig: Figure) -> list[tuple[str, Bbox]]:
    """Return each text that a figure shows and the box around it, in pixels."""
    fig.draw_without_rendering()
    hidden = _hidden(fig)
    hidden |= {id(t) for ax in fig.axes if not ax.get_visible() for t in ax.findobj(Text)}
    seen = {id(t): t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in hidden}
    return [(t.get_text(), t.get_window_extent()) for t in seen.values()]


def cut(fig: Figure) -> list[str]:
    """Return the texts that reach beyond the figure's edge."""
    wide, high = fig.bbox.width, fig.bbox.height
    return [text for text, box in drawn(fig)
            if box.x0 < -1 or box.y0 < -1 or box.x1 > wide + 1 or box.y1 > high + 1]


def covered(fig: Figure) -> list[tuple[str, str]]:
    """Return the pairs of texts of which one lies over a good part of the other."""
    found = drawn(fig)
    out = []
    for i, (text, a) in enumerate(found):
        for other, b in found[:i]:
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            up = min(a.y1, b.y1) - max(a.y0, b.y0)
            if across > 1 and up > 0.3 * np.minimum(a.height, b.height):
                out.append((other, text))
    return out
