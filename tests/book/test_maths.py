"""Formulas are set when the book is built: what Sphinx writes is found, set, and put in its place."""

import re

import pytest
from hbm_book.maths import ExtensionError, faults, file_of, formulas, put_in, typeset

INLINE = r'<span class="math notranslate nohighlight">\(\theta_j &lt; 1\)</span>'
NUMBERED = (r'<div class="math notranslate nohighlight" id="equation-a"><span class="eqno">(2.1)'
            r'<a class="headerlink" href="#equation-a">#</a></span>\[y \sim \Normal(0, 1).\]</div>')
ALIGNED = r'<div class="amsmath math notranslate nohighlight">\begin{align*} a &amp;= b \end{align*}</div>'
PAGE = f"<head></head><p>{INLINE}</p>{NUMBERED}{ALIGNED}"
MACROS = {"macros": {"Normal": r"\operatorname{Normal}"}}


def test_what_sphinx_writes_is_found():
    assert formulas(PAGE) == [
        {"tex": r"\theta_j < 1", "display": False},
        {"tex": r"y \sim \Normal(0, 1).", "display": True},
        {"tex": r"\begin{align*} a &= b \end{align*}", "display": True},
    ]
    assert formulas('<p class="maths">words</p>') == []


def test_a_page_is_set_and_keeps_its_numbers():
    asked = formulas(PAGE)
    done = typeset(asked, "../", MACROS)
    page = put_in(PAGE, done)
    assert not faults("page", asked, done)
    assert page.count("<mjx-container") == page.count("<math ") == 3
    assert "(2.1)" in page
    assert "\\" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    assert "<mo>&lt;</mo>" in page
    assert formulas(page) == [], "a page set once is left alone"


def test_the_style_sheet_knows_every_character_and_where_the_fonts_are():
    for tex in (r"\theta_j", r"\sum_i \sqrt{x_i}"):  # the second call must not lean on the first
        done = typeset([{"tex": tex, "display": True}], "../../", MACROS)
        for name in re.findall(r"mjx-c[0-9A-F]+", done["formulas"][0]):
            assert f"{name}." in done["style"] or f"{name}:" in done["style"], f"{tex} needs {name}"
        assert 'url("../../_static/mathjax/MathJax_Main-Regular.woff")' in done["style"]


@pytest.mark.parametrize("tex", [r"\unknown", r"\frac{1", "a_b_c"])
def test_tex_with_a_slip_is_named(tex):
    asked = [{"tex": "x", "display": False}, {"tex": tex, "display": False}]
    (fault,) = faults("chapters/page.html", asked, typeset(asked, "", MACROS))
    assert fault.startswith("chapters/page.html: ")
    assert fault.endswith(tex)


def test_a_missing_part_is_named():
    with pytest.raises(ExtensionError, match="pytest does not hold /no-such-file"):
        file_of("pytest", "/no-such-file")
