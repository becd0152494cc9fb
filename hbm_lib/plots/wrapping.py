"""Words that would be cut by the edge of a figure go on more lines."""

import re
import textwrap

from matplotlib.figure import Figure
from matplotlib.text import Text


def on_lines(text: str, lines: int) -> str:
    """Return a text on at most so many lines of the least width that spaces allow; a word is not broken."""
    most = len(text) // lines
    while len(broken := textwrap.wrap(text, most, break_long_words=False, break_on_hyphens=False)) > lines:
        most += 1
    return "\n".join(broken)


def _packed(text: str, most: int) -> list[str]:
    """Return the lines of a text, broken after spaces and the signs that join words, within a word only if it is too long."""
    lines = [""]
    for piece in re.split(r"(?<=[\s/_:|.-])", text):
        if len((lines[-1] + piece).rstrip()) > most and lines[-1]:
            lines.append("")
        lines[-1] += piece
        while len(lines[-1].rstrip()) > most:
            lines[-1:] = [lines[-1][:most], lines[-1][most:]]
    return [line.strip() for line in lines if line.strip()]


def fitted(name: object, most: int) -> str:
    """Return a name on at most two lines of ``most`` characters; of a longer one the beginning and the end are kept.

    Parameters
    ----------
    name : object
        A unit's name, of any length.
    most : int
        Characters of a line, 8 or more.

    Returns
    -------
    str
    """
    text = " ".join(str(name).split())
    if len(text) <= most:
        return text
    lines = _packed(text, most)
    if len(lines) > 2:
        lines = [text[: most - 1].rstrip() + "…", text[-most:].lstrip()]
    return "\n".join(lines)


def _long(text: Text, room: float) -> bool:
    """Return whether a text may be longer than ``room`` points: a guess on the safe side."""
    return bool(text.get_text()) and 0.7 * text.get_fontsize() * max(map(len, text.get_text().split("\n"))) > room


def _inside(fig: Figure, text: Text) -> bool:
    """Return whether a drawn text stands inside the figure, two pixels from its edge."""
    box = text.get_window_extent()
    return box.x0 > 2 and box.y0 > -0.5 and box.x1 < fig.bbox.width - 2 and box.y1 < fig.bbox.height + 0.5


def keep_inside(fig: Figure) -> None:
    """Break the axis labels and titles that reach beyond the edge of a figure.

    The constrained layout leaves no room for a label that is longer than its axis. Labels with math in them are left alone.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        A finished figure; its labels are changed in place.
    """
    wide, high = (72 * side for side in fig.get_size_inches())
    texts = [(text, room) for ax in fig.axes if ax.get_visible()
             for text, room in ((ax.xaxis.label, wide), (ax.yaxis.label, high), (ax.title, wide), (ax._left_title, wide))]
    doubtful = [text for text, room in texts if _long(text, 0.75 * room) and "$" not in text.get_text()]
    if not doubtful:
        return
    for lines in (1, 2, 3):
        fig.draw_without_rendering()
        long = [text for text in doubtful if not _inside(fig, text)]
        if not long or lines == 3:
            return
        for text in long:
            text.set_text(on_lines(text.get_text().replace("\n", " "), lines + 1))
