"""What notebooks show, made fit for a page.

Every claim gets an anchor (``claim-1``, ``claim-2`` … in the order of the page), so that the page
"Every claim, checked" can point at it. A table's empty header cell becomes a plain cell, which is
what a screen reader expects. An SVG in a figure of the class ``inline`` is put into the page itself,
so that its ink follows the theme.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

CLAIM = re.compile(r'<p\b[^>]*class="[^"]*\bhbm-claim\b[^"]*"[^>]*>')
EMPTY_HEADER = re.compile(r"<th(?P<attributes>\b[^>]*)>\s*</th>")


def anchor_claims(text: str, first: int) -> tuple[str, int]:
    """Give each claim in ``text`` an id, counting from ``first``; return the next number too."""
    number = first

    def with_id(match: re.Match) -> str:
        nonlocal number
        tag = re.sub(r'\s+id="[^"]*"', "", match.group(0))
        tag = tag.replace("<p", f'<p id="claim-{number}"', 1)
        number += 1
        return tag

    return CLAIM.sub(with_id, text), number


def mend_tables(text: str) -> str:
    """Turn empty header cells into plain cells."""
    return EMPTY_HEADER.sub(lambda match: f"<td{match['attributes']}></td>", text)


def mend_outputs(_app: Sphinx, doctree: nodes.document) -> None:
    """Mend the HTML of every output of a page."""
    number = 1
    for node in list(doctree.findall(nodes.raw)):
        if node.get("format") != "html":
            continue
        text = node.astext()
        mended, number = anchor_claims(text, number)
        mended = mend_tables(mended)
        if mended != text:
            new = nodes.raw("", mended, **{k: v for k, v in node.attributes.items() if v})
            node.replace_self(new)


def inline_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """Put the SVG of every figure of the class ``inline`` into the page."""
    for figure in doctree.findall(nodes.figure):
        image = next(iter(figure.findall(nodes.image)), None)
        if image is None or "inline" not in figure["classes"] + image["classes"]:
            continue
        svg = (Path(app.srcdir) / image["uri"]).read_text(encoding="utf-8").strip()
        app.env.note_dependency(image["uri"])
        label = html.escape(image["alt"], quote=True)
        text = f'<div class="hbm-figure" role="img" aria-label="{label}">{svg}</div>'
        image.replace_self(nodes.raw("", text, format="html"))


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", mend_outputs)
    app.connect("doctree-read", inline_pictures)
