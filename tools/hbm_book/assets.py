"""Vega, taken from an installed package and served by the book itself.

Nothing of it is committed and no page asks another host. Vega comes out of vl-convert-python, and only
into a book that has a live chart.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

LIVE = "hbm-live"


def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that leaks only its three names."""
    import vl_convert  # the book's extra, not needed by the library

    return f"(function () {{\n{vl_convert.javascript_bundle()}\n}})();\n"


def note_live_charts(app: Sphinx, doctree: nodes.document) -> None:
    """Remember in the page's metadata whether it has a live chart."""
    live = any(f'"{LIVE}"' in node.astext() or f'{LIVE} ' in node.astext()
               for node in doctree.findall(nodes.raw))
    if live:
        app.env.metadata[app.env.docname][LIVE] = "yes"


def add_charts_script(app: Sphinx, pagename: str, _template, _context, doctree) -> None:
    """Give the script that draws live charts to the pages that have one, and to no other."""
    if doctree is not None and LIVE in app.env.metadata.get(pagename, {}):
        app.add_js_file("charts.js", defer="defer")


def write_assets(app: Sphinx, error: Exception | None) -> None:
    """Write Vega into the finished book when some page needs it."""
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    vega = static / "vega.js"
    vega.unlink(missing_ok=True)
    if any(LIVE in data for data in app.env.metadata.values()):
        vega.write_text(vega_script(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", note_live_charts)
    app.connect("html-page-context", add_charts_script)
    app.connect("build-finished", write_assets)
