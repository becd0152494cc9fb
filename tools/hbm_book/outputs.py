"""What notebooks show, made fit for a page.

Every claim gets an anchor (``claim-1``, ``claim-2`` … in the order of the page), so that the page
"Every claim, checked" can point at it. A table's empty header cell becomes a plain cell, which is
what a screen reader expects.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

CLAIM = re.compile(r'<p\b[^>]*class="[^"]*\bhbm-claim\b[^"]*"[^>]*>')
EMPTY_HEADER = re.compile(r"<th(?P<attributes>\b[^>]*)>\s*</th>")


def anchor_claims(html: str, first: int) -> tuple[str, int]:
    """Give each claim in ``html`` an id, counting from ``first``; return the next number too."""
    number = first

    def with_id(match: re.Match) -> str:
        nonlocal number
        tag = re.sub(r'\s+id="[^"]*"', "", match.group(0))
        tag = tag.replace("<p", f'<p id="claim-{number}"', 1)
        number += 1
        return tag

    return CLAIM.sub(with_id, html), number


def mend_tables(html: str) -> str:
    """Turn empty header cells into plain cells."""
    return EMPTY_HEADER.sub(lambda match: f"<td{match['attributes']}></td>", html)


def mend_outputs(_app: Sphinx, doctree: nodes.document) -> None:
    """Mend the HTML of every output of a page."""
    number = 1
    for node in list(doctree.findall(nodes.raw)):
        if node.get("format") != "html":
            continue
        html = node.astext()
        mended, number = anchor_claims(html, number)
        mended = mend_tables(mended)
        if mended != html:
            new = nodes.raw("", mended, **{k: v for k, v in node.attributes.items() if v})
            node.replace_self(new)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", mend_outputs)
