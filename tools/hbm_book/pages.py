"""Two directives that read the executed notebooks: ``{claims}`` and ``{versions}``."""

import html
import json
import posixpath
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from hbm_book.sources import twins

CLAIM_TEXT = re.compile(r'<p\b[^>]*class="[^"]*\bhbm-claim\b[^"]*"[^>]*>(.*?)</p>', re.S)
TAG = re.compile(r"<[^>]+>")


def claims_of(notebook: dict) -> list[str]:
    """Return the sentences that a notebook's outputs claim, in order, without their tick."""
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            text = "".join(output.get("data", {}).get("text/html", ""))
            for claim in CLAIM_TEXT.findall(text):
                plain = html.unescape(TAG.sub("", claim))
                found.append(" ".join(plain.split()).lstrip("✓ ").strip())
    return found


def title_of(notebook: dict, default: str) -> str:
    """Return a notebook's first heading."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            match = re.search(r"^# +(.+)$", "".join(cell["source"]), re.M)
            if match:
                return match.group(1).strip()
    return default


def in_reading_order(app: Sphinx) -> list[tuple[str, dict]]:
    """Return (page name, notebook) for every executed notebook, in the order of the book."""
    root = Path(app.srcdir)
    pages = {path.relative_to(root).with_suffix("").as_posix(): path for path in twins(root)}
    order = [re.sub(r"\.(md|ipynb)$", "", name) for name in app.config.external_site_map]
    names = [name for name in order if name in pages]
    return [(name, json.loads(pages[name].read_text(encoding="utf-8"))) for name in names]


def link(from_page: str, to_page: str, anchor: str, text: str) -> nodes.reference:
    """Return a link between two pages of the book."""
    uri = posixpath.relpath(f"{to_page}.html", posixpath.dirname(from_page) or ".")
    return nodes.reference("", text, internal=True, refuri=f"{uri}{anchor}")


def table(header: list[str], rows: list[list[nodes.Node | str]]) -> nodes.table:
    """Return a docutils table."""
    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=1) for _ in header]

    def row(cells: list[nodes.Node | str]) -> nodes.row:
        made = nodes.row()
        for cell in cells:
            entry = nodes.entry()
            paragraph = nodes.paragraph()
            paragraph += nodes.Text(cell) if isinstance(cell, str) else cell
            entry += paragraph
            made += entry
        return made

    head, body = nodes.thead(), nodes.tbody()
    head += row(list(header))
    body += [row(cells) for cells in rows]
    group += [head, body]
    made = nodes.table(classes=["hbm-table"])
    made += group
    return made


class NotebookDirective(SphinxDirective):
    """A directive whose content comes from the executed notebooks."""

    def notebooks(self) -> list[tuple[str, dict]]:
        """Return the notebooks, and have Sphinx rebuild this page when one changes."""
        pages = in_reading_order(self.env.app)
        for name, _ in pages:
            self.env.note_dependency(f"{name}.ipynb")
        return pages


class Claims(NotebookDirective):
    """List every claim of every page, with a link to where it is made."""

    def run(self) -> list[nodes.Node]:
        """Return one section a page."""
        found, total, pages = [], 0, 0
        for name, notebook in self.notebooks():
            claims = claims_of(notebook)
            if not claims:
                continue
            total, pages = total + len(claims), pages + 1
            title = title_of(notebook, name)
            section = nodes.section(ids=[nodes.make_id(f"claims-of-{name}")])
            section += nodes.title(title, title)
            items = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".", classes=["hbm-claims"])
            for number, claim in enumerate(claims, 1):
                item = nodes.list_item()
                paragraph = nodes.paragraph()
                paragraph += link(self.env.docname, name, f"#claim-{number}", claim)
                item += paragraph
                items += item
            section += items
            found.append(section)
        if not total:
            return [nodes.paragraph("", "No page makes a claim yet.")]
        count = f"{total} claims on {pages} pages, all of them true when the book was built."
        return [nodes.paragraph("", count), *found]


class Versions(NotebookDirective):
    """Show what each notebook was executed with and how long it took."""

    def run(self) -> list[nodes.Node]:
        """Return a table of times and a table of versions."""
        times, versions = [], {}
        for name, notebook in self.notebooks():
            record = notebook["metadata"].get("hbm", {})
            seconds = record.get("seconds")
            cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
            times.append([
                link(self.env.docname, name, "", title_of(notebook, name)),
                str(cells),
                "not recorded" if seconds is None else f"{seconds:.1f}",
            ])
            for package, version in record.get("versions", {}).items():
                versions.setdefault(package, set()).add(version)
        known = [[package, " and ".join(sorted(seen))] for package, seen in versions.items()]
        if not times:
            return [nodes.paragraph("", "No notebook has been executed yet.")]
        return [table(["Page", "Code cells", "Seconds"], times),
                table(["Software", "Version"], known)]


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_directive("claims", Claims)
    app.add_directive("versions", Versions)
