"""Last touches: a description for every page, and faults of the theme's HTML mended.

The theme leaves some controls without a name and repeats some ids. Browsers forgive that; screen
readers do not. Each mend below is a plain replacement in the written HTML, so that it works with
JavaScript switched off.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 160

MENDS = (
    # the arrow that folds a chapter's pages has no name
    (r'<summary>(?=<span class="toctree-toggle")',
     '<summary aria-label="Show or hide the pages of this chapter">'),
    # the logo stands outside every landmark
    (r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand logo")',
     '<div class="sidebar-primary-item" role="navigation" aria-label="Home">'),
    # the bibliography's roles are deprecated and incomplete
    (r' role="doc-biblioentry"', ""),
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    # the label hides the visible words from a screen reader
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'<span class="search-button__kbd-shortcut">', '<span class="search-button__kbd-shortcut" aria-hidden="true">'),
    # the logo's size is known before it is loaded, so that nothing jumps
    (r'<img(?=[^>]*\bclass="logo__image)', '<img width="240" height="120"'),
    # the theme is known before anything is drawn: else both logos show, and a dark page flashes white
    (r'dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto";',
     'dataset.theme = ["light", "dark"].find((mode) => mode === localStorage.getItem("mode"))'
     ' || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");'),
    # scripts that only wait for the page need not hold it up
    (r'<script src="([^"]*_static/(?:clipboard\.min|copybutton|togglebutton|design-tabs'
     r'|scripts/sphinx-book-theme)\.js[^"]*)">', r'<script defer="defer" src="\1">'),
    # the theme's icons: see icons.py
    (r'\s*<script[^>]*scripts/fontawesome\.js[^>]*></script>', ""),
)

# Summaries of search results are fetched, which a browser refuses for files.
SEARCH_FROM_FILES = (
    'if (location.protocol === "file:") { DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; }'
)


def shorten(text: str, longest: int = LONGEST) -> str:
    """Cut a text at a word's end."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def first_paragraph(doctree: nodes.document) -> str:
    """Return the page's first paragraph of plain prose."""
    for node in doctree.findall(nodes.paragraph):
        inside = node.parent
        if isinstance(inside, nodes.section | nodes.document) and len(node.astext()) > 40:
            return node.astext()
    return ""


def describe(app: Sphinx, pagename: str, _template, context: dict, doctree) -> None:
    """Give the page a description for search engines, unless it has its own."""
    if 'name="description"' in context.get("metatags", ""):
        return
    text = first_paragraph(doctree) if doctree is not None else ""
    text = shorten(text or f"{context.get('title', pagename)}: {app.config.html_title}.")
    tag = f'<meta name="description" content="{html.escape(text, quote=True)}" />\n'
    context["metatags"] = context.get("metatags", "") + tag


def search_from_files(app: Sphinx, pagename: str, *_rest) -> None:
    """Make the search page work when the book is opened from the file system."""
    if pagename == "search":
        app.add_js_file(None, body=SEARCH_FROM_FILES)


def number_repeated_ids(text: str, name: str) -> str:
    """Make the second, third … element with the id ``name`` unique."""
    count = 0

    def renamed(match: re.Match) -> str:
        nonlocal count
        count += 1
        return f'id="{name}-{count}"'

    return re.sub(rf'id="{re.escape(name)}"', renamed, text)


def mend(text: str) -> str:
    """Mend one page's HTML."""
    for wrong, right in MENDS:
        text = re.sub(wrong, right, text)
    for name in ("exercise-content", "solution-content"):
        text = number_repeated_ids(text, name)
    return text


def mend_pages(app: Sphinx, error: Exception | None) -> None:
    """Mend every page that was written."""
    if error is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        mended = mend(text)
        if mended != text:
            path.write_text(mended, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", describe)
    app.connect("html-page-context", search_from_files)
    app.connect("build-finished", mend_pages)
