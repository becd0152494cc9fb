"""The book's own Sphinx extension.

What it adds to Jupyter Book, one file each:

- ``assets``: Vega is taken from an installed package and served by the book itself.
- ``maths``: formulas are set when the book is built; no page needs MathJax's script.
- ``sources``: only one of a page's twins goes to Sphinx; where the repository lives.
- ``exercises``: the prompts and hints of ``exercises/`` on the page that asks for them.
- ``library``: the docstrings of hbm_lib on the pages that ask for them.
- ``outputs``: what notebooks show is made fit for a page (anchors of claims, table headers).
- ``pages``: the pages "Every claim, checked" and "Versions and execution times".
- ``icons``: the few icons the pages show, cut out of the theme's fonts.
- ``finish``: a description for every page, and faults of the theme's HTML mended.
"""

from sphinx.application import Sphinx

from hbm_book import assets, exercises, finish, icons, library, maths, outputs, pages, sources


def setup(app: Sphinx) -> dict:
    """Register everything with Sphinx."""
    for part in (assets, sources, exercises, library, outputs, pages, maths, icons, finish):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
