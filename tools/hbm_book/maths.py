"""Formulas are set when the book is built, so that a page stands still while it loads.

MathJax would set them in the reader's browser: a megabyte of script, and lines that jump. Here the same
MathJax runs once, over the finished pages. What it leaves is HTML, a short style sheet in the page, its
fonts, and MathML for screen readers. No page needs a script to show a formula.

Both parts come out of installed packages: MathJax out of sphinx-mathjax-offline, and the node that runs
it out of playwright, which the book's tests need anyway. Nothing of them is committed.
"""

import html
import json
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.ext.mathjax import html_visit_displaymath, html_visit_math

MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX_FONTS = "output/chtml/fonts/woff-v2"
NODE_PACKAGE = "playwright"
FONTS = "_static/mathjax"
RENDERER = "typeset"

# What Sphinx writes: TeX between \( and \) in a span, or in a div after the equation's number.
FORMULA = re.compile(
    r'(?P<open><(?P<tag>span|div) class="(?:[^"]* )?math [^"]*"[^>]*>\s*(?:<span class="eqno">.*?</a></span>)?)'
    r"(?P<tex>[^<]*)(?=</(?P=tag)>)", re.S)
FAULT = re.compile(r'data-mjx-error="([^"]*)"')


@cache
def file_of(package: str, *endings: str) -> Path:
    """Return the file of an installed package whose path has one of these endings."""
    for file in metadata.files(package) or ():
        if file.as_posix().endswith(endings):
            return Path(file.locate())
    raise ExtensionError(f"The installed package {package} does not hold {endings[0]}; run `make environment`.")


def formulas(text: str) -> list[dict]:
    """Return the formulas of a page's HTML, in order; none when the page has been set before."""
    found = []
    if "<mjx-container" in text:
        return found
    for match in FORMULA.finditer(text):
        tex = html.unescape(match["tex"]).strip()
        display = match["tag"] == "div"
        if tex.startswith((r"\(", r"\[")):
            tex = tex[2:-2].strip()
        found.append({"tex": tex, "display": display})
    return found


def typeset(asked: Sequence[dict], root: str, tex: dict) -> dict:
    """Set the formulas of one page.

    Parameters
    ----------
    asked : sequence of dict
        One a formula: its ``tex``, and whether it is ``display``.
    root : str
        The way from the page to the book's root: empty, or ``../`` once or more.
    tex : dict
        MathJax's options for TeX: the book's macros.

    Returns
    -------
    dict
        ``formulas``, one HTML text each, and ``style``, the sheet they need.

    Raises
    ------
    ExtensionError
        When MathJax could not run.
    """
    mathjax = file_of(MATHJAX_PACKAGE, "/node-main.js").parent
    node = file_of(NODE_PACKAGE, "/driver/node", "/driver/node.exe")
    done = subprocess.run([node, Path(__file__).with_name("typeset.js"), mathjax, root + FONTS],
                          input=json.dumps({"tex": tex, "formulas": list(asked)}),
                          capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ExtensionError(f"MathJax could not set the book's formulas: {done.stderr.strip()}")
    return json.loads(done.stdout)


def put_in(text: str, done: dict) -> str:
    """Put the formulas, set, in the place of their TeX, and their style sheet into the page's head."""
    made = iter(done["formulas"])
    text = FORMULA.sub(lambda match: match["open"] + next(made), text)
    return text.replace("</head>", f"<style>{done['style']}</style>\n</head>", 1)


def faults(page: str, asked: list[dict], done: dict) -> list[str]:
    """Return a sentence for every formula that MathJax did not understand."""
    return [f"{page}: {html.unescape(fault[1])}: {formula['tex']}"
            for formula, made in zip(asked, done["formulas"], strict=True) if (fault := FAULT.search(made))]


def copy_fonts(root: Path) -> None:
    """Copy MathJax's fonts into the book."""
    source = file_of(MATHJAX_PACKAGE, "/node-main.js").parent / MATHJAX_FONTS
    target = root / FONTS
    target.mkdir(parents=True, exist_ok=True)
    for font in sorted(source.glob("*.woff")):
        (target / font.name).write_bytes(font.read_bytes())


def set_pages(app: Sphinx, error: Exception | None) -> None:
    """Set the formulas of every page that was written."""
    if error is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    copy_fonts(root)
    wrong = []
    for path in sorted(root.rglob("*.html")):
        place = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        asked = [] if "_static" in place.parts else formulas(text)
        if asked:
            done = typeset(asked, "../" * (len(place.parts) - 1), app.config.mathjax3_config["tex"])
            wrong += faults(place.as_posix(), asked, done)
            path.write_text(put_in(text, done), encoding="utf-8")
    if wrong:
        raise ExtensionError("Formulas that MathJax does not understand:\n" + "\n".join(wrong))


def choose_renderer(app: Sphinx, _config) -> None:
    """Have Sphinx write the TeX as for MathJax, but without MathJax's script."""
    app.config.html_math_renderer = RENDERER


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_html_math_renderer(RENDERER, inline_renderers=(html_visit_math, None),
                               block_renderers=(html_visit_displaymath, None))
    app.connect("config-inited", choose_renderer)
    app.connect("build-finished", set_pages)
