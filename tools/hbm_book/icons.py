"""The few icons that the pages show, as a small font of their own.

The theme brings its whole icon collection as a script (540 kB on the wire) and again as fonts.
The pages use about twenty signs of it. This part cuts them out of the theme's font and drops the
rest from the finished book.
"""

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

EXTRA = {"fa-xmark", "fa-compress"}
USED = re.compile(r'class="[^"]*\bfa[srb]?(?:-solid)? [^"]*"')


def icons_of(text: str) -> set[str]:
    """Return the names of the icons that a page's HTML shows."""
    return {name for tag in USED.findall(text) for name in re.findall(r"\bfa-[a-z0-9-]+", tag)}


def codepoints(css: str) -> dict[str, int]:
    """Return each icon's code point, read from the theme's style sheet."""
    found = {}
    for names, code in re.findall(r'([^{}]+):before\{content:"\\([0-9a-f]+)"\}', css):
        for name in re.findall(r"\.(fa-[a-z0-9-]+)", names + ":before"):
            found[name] = int(code, 16)
    return found


def drawn_by_styles(css: str) -> set[int]:
    """Return the code points that style rules draw by themselves, such as a box's sign."""
    rules = re.findall(r'([^{}]*)\{([^{}]*)\}', css)
    signs = [body for names, body in rules if not re.search(r"\.fa-[\w-]+:before", names)]
    escaped = {int(code, 16) for body in signs
               for code in re.findall(r'"\\([ef][0-9a-f]{3})"', body)}
    # the private part of Unicode, where icon fonts keep their signs
    literal = {ord(sign) for body in signs for sign in re.findall("[\ue000-\uf8ff]", body)}
    return escaped | literal


def use_small_font(css: str) -> str:
    """Point the theme's style sheet at the small font instead of the whole collection."""
    face = re.compile(r"@font-face\{[^{}]*font-family:Font Awesome\\ 6[^{}]*\}")
    small = ('@font-face{font-display:block;font-family:Font Awesome\\ 6 Free;font-style:normal;'
             'font-weight:900;src:url(../icons.woff) format("woff")}')
    css, count = face.subn("", css)
    if not count:
        raise ExtensionError("The theme's icon fonts were not found: its style sheet has changed.")
    return css + small


def drop_unused(css: str, used: set[str]) -> str:
    """Drop the rules of icons that no page shows."""
    def keep(match: re.Match) -> str:
        names = set(re.findall(r"\.(fa-[a-z0-9-]+)", match[1]))
        return match[0] if names & used else ""

    return re.sub(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\[0-9a-f]+"\}', keep, css)


def write_font(source: Path, target: Path, points: set[int]) -> None:
    """Write the part of a font that holds the code points."""
    from fontTools import subset  # comes with matplotlib
    from fontTools.ttLib import TTFont

    font = TTFont(source)
    cutter = subset.Subsetter()
    cutter.populate(unicodes=points)
    cutter.subset(font)
    font.flavor = "woff"
    font.save(target)


def cut_icons(app: Sphinx, error: Exception | None) -> None:
    """Write the small font; remove the theme's icon script, its fonts and source maps."""
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    fonts = static / "vendor" / "fontawesome"
    if not fonts.exists():
        return
    used = set(EXTRA)
    for path in Path(app.outdir).rglob("*.html"):
        used |= icons_of(path.read_text(encoding="utf-8"))
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    css = sheet.read_text(encoding="utf-8")
    known = codepoints(css)
    points = {known[name] for name in used if name in known}
    if len(points) < 5:
        raise ExtensionError("The theme's icons were not found: its style sheet has changed.")
    for path in static.rglob("*.css"):
        points |= drawn_by_styles(path.read_text(encoding="utf-8"))
    sheet.write_text(drop_unused(use_small_font(css), used), encoding="utf-8")
    source = next(fonts.rglob("fa-solid-900.ttf"))
    write_font(source, static / "icons.woff", points)
    shutil.rmtree(fonts)
    for path in static.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        if "sourceMappingURL=" in text:
            path.write_text(re.sub(r"\n?//# sourceMappingURL=\S+", "", text), encoding="utf-8")
    for path in [*static.rglob("*.map"), *(static / "scripts").glob("fontawesome.js*")]:
        path.unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("build-finished", cut_icons)
