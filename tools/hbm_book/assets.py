"""MathJax and Vega, taken from installed packages and served by the book itself.

Nothing of them is committed and no page asks another host. MathJax comes with the package
sphinx-mathjax-offline; of its 18 MB only one script and the fonts are copied. Vega comes out of
vl-convert-python, and only into a book that has a live chart.
"""

from importlib import metadata
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX_SCRIPT = "tex-chtml-full.js"
MATHJAX_FONTS = "output/chtml/fonts/woff-v2"
LIVE = "hbm-live"


def mathjax_folder() -> Path:
    """Return the folder of the installed package that holds MathJax."""
    for file in metadata.files(MATHJAX_PACKAGE) or ():
        if file.name == MATHJAX_SCRIPT:
            return Path(file.locate()).parent
    raise ExtensionError(f"{MATHJAX_PACKAGE} does not hold {MATHJAX_SCRIPT}.")


def copy_mathjax(static: Path) -> None:
    """Copy the one script and the fonts it asks for into ``static/mathjax``."""
    source, target = mathjax_folder(), static / "mathjax"
    fonts = sorted((source / MATHJAX_FONTS).glob("*.woff"))
    if not fonts:
        raise ExtensionError(f"{MATHJAX_PACKAGE} does not hold the fonts {MATHJAX_FONTS}.")
    for path in [source / MATHJAX_SCRIPT, *fonts]:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that leaks only its three names."""
    import vl_convert  # the book's extra, not needed by the library

    return f"(function () {{\n{vl_convert.javascript_bundle()}\n}})();\n"


def use_own_mathjax(app: Sphinx, _config) -> None:
    """Point Sphinx at the copy of MathJax inside the book."""
    app.config.mathjax_path = f"mathjax/{MATHJAX_SCRIPT}"


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
    """Write MathJax, and Vega when some page needs it, into the finished book."""
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    copy_mathjax(static)
    vega = static / "vega.js"
    vega.unlink(missing_ok=True)
    if any(LIVE in data for data in app.env.metadata.values()):
        vega.write_text(vega_script(), encoding="utf-8")



def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", use_own_mathjax)
    app.connect("doctree-read", note_live_charts)
    app.connect("html-page-context", add_charts_script)
    app.connect("build-finished", write_assets)
