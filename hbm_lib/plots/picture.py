"""A figure and the words that say what it shows, as one thing a notebook can display.

The SVG is put into the page itself: its text is text, its ink is the page's
(``currentColor``), so it follows the dark theme; its ids carry the figure's name,
so that two figures on a page cannot clash, and they are numbered as they come.
"""

import html
import io
import re
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure

from hbm_lib.plots.style import INK


def inline_svg(fig: Figure, name: str) -> str:
    """Return a figure as one ``<svg>`` element for a page.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Drawn in the book's style.
    name : str
        Prefix of every id.

    Returns
    -------
    str
    """
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = _numbered(svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    svg = svg.replace(INK, "currentColor").replace("DejaVu Sans", "inherit")
    svg = re.sub(r"font-family:\s*'?inherit'?;?\s*", "", svg)
    svg = re.sub(r"font:\s*([\d.]+px)\s*'inherit'(?:,[^;\"]*)?", r"font-size: \1", svg)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    width = float(re.search(r'width="([\d.]+)pt"', svg).group(1))
    svg = re.sub(r'<svg ([^>]*?)height="[\d.]+pt"', r"<svg \1", svg, count=1)
    pixels = f"{width * 4 / 3:.0f}px"
    svg = re.sub(r'width="[\d.]+pt"', f'width="100%" style="--natural: {pixels}; max-width: {pixels}"', svg, count=1)
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" stroke-linejoin="round" ', 1)
    return re.sub(r"\n\s*", "\n", svg).strip()


def _numbered(svg: str) -> str:
    """Give numbers to what Matplotlib names by a hash of coordinates, whose last bits differ between two processors."""
    hashed = r"(?<=[\"#])((?:[a-z]+|C\w+_)[0-9a-f]{10})(?=[\")])"
    number = {name: f"{name[:-10]}{k}" for k, name in enumerate(dict.fromkeys(re.findall(hashed, svg)))}
    return re.sub(hashed, lambda name: number[name[0]], svg)


def check_words(description: str, name: str) -> None:
    """Refuse a label where a description is needed, and a name that cannot be part of an id."""
    if len(description) < 40 or not description.rstrip().endswith("."):
        raise ValueError(f"description: whole sentences on what the figure shows are needed, got {description!r}")
    if re.search(r"(?<![\w-])-?(nan|inf)\b", description):
        raise ValueError(f"description: it holds a number that is not finite; mend the values drawn: {description!r}")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"name: lower-case letters, digits and hyphens are needed, got {name!r}")


@dataclass(frozen=True)
class Picture:
    """A figure with its description and its name on the page.

    Attributes
    ----------
    fig : matplotlib.figure.Figure
        What is drawn.
    description : str
        What it shows, in sentences made from the computed values.
    name : str
        Letters, digits and hyphens; unique on a page.
    """

    fig: Figure
    description: str
    name: str

    def __post_init__(self) -> None:
        """Refuse a label where a description is needed."""
        check_words(self.description, self.name)

    def __repr__(self) -> str:
        """Return the description."""
        return self.description

    def _repr_html_(self) -> str:
        """Return the figure for a notebook or a page."""
        said = html.escape(self.description, quote=True)
        return f'<div class="hbm-figure" role="img" aria-label="{said}">\n{inline_svg(self.fig, self.name)}\n</div>'
