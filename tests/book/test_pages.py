"""The built pages: links, anchors, ids, descriptions of figures, no load from another host."""

import json
import re

from page_checks import external_styles, first_load, page_faults


def test_the_book_is_built_and_whole(html):
    pages = [path.relative_to(html).as_posix() for path in html.rglob("*.html")]
    for name in ("index.html", "search.html", "back/claims.html", "back/status.html",
                 "back/glossary.html", "back/bibliography.html"):
        assert name in pages


def test_a_page_has_no_fault(page_path):
    faults = page_faults(page_path)
    assert not faults, "\n".join(faults)


def test_no_style_sheet_loads_from_another_host(html):
    faults = [f"{path.name}: {fault}" for path in html.rglob("*.css")
              for fault in external_styles(path.read_text(encoding="utf-8"))]
    assert not faults, "\n".join(faults)


def test_the_search_index_knows_the_pages(html):
    script = (html / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(re.match(r"Search\.setIndex\((.*)\)\s*;?\s*$", script, re.S).group(1))
    assert "index" in index["docnames"]
    assert "back/glossary" in index["docnames"]
    assert "shrinkag" in index["terms"], "the search index stems its words"


def test_every_page_has_its_own_description(html):
    seen = {}
    for path in html.rglob("*.html"):
        if "_static" in path.parts:
            continue
        named = re.findall(r'<meta (?=[^>]*name="description")[^>]*>', path.read_text(encoding="utf-8"))
        found = [content for tag in named for content in re.findall(r'content="([^"]+)"', tag)]
        assert len(found) == 1, f"{path.name} has {len(found)} descriptions"
        assert found[0] not in seen, f"{path.name} and {seen[found[0]]} share a description"
        seen[found[0]] = path.name


def test_the_mathematics_and_charts_come_with_the_book(html):
    assert list((html / "_static/mathjax").glob("*.woff"))
    assert not list((html / "_static/mathjax").glob("*.js")), "formulas are set when the book is built"
    pages = [path.read_text(encoding="utf-8") for path in html.rglob("*.html")]
    live = [text for text in pages if 'class="hbm-live' in text]
    assert bool(live) == (html / "_static/vega.js").exists()
    for text in pages:
        assert "window.MathJax" not in text
        assert 'getItem("theme") || "auto"' not in text, "the theme would be known too late"
        assert ("charts.js" in text) == ('class="hbm-live' in text)


def test_a_notebook_page_offers_its_notebook(html, root):
    notebooks = [path for folder in ("chapters", "back") for path in (root / folder).rglob("*.ipynb")
                 if ".ipynb_checkpoints" not in path.parts]
    for path in notebooks:
        name = path.relative_to(root).with_suffix("")
        assert (html / "_sources" / f"{name}.ipynb").exists()
        assert f"_sources/{name}.ipynb" in (html / f"{name}.html").read_text(encoding="utf-8")


def test_pages_fit_their_budget_on_the_wire(html):
    assert first_load(html / "index.html") <= 300_000
    for path in (html / "chapters").rglob("*.html"):
        size = first_load(path)
        assert size <= 1_500_000, f"{path.name} weighs {size / 1e6:.2f} MB on the wire"
