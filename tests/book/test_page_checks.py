"""The checks themselves: each planted fault is caught, and a sound page passes."""

import pytest
from page_checks import (
    dead_links,
    duplicate_ids,
    external_loads,
    external_styles,
    page_faults,
    poor_descriptions,
    why_no_sentence,
)

GOOD = """<html><body><article id="top">
<h2 id="a">A</h2><a href="#a">up</a><a href="https://example.org/">out</a>
<img src="p.png" alt="Eight dots are pulled towards the common mean of about eight points.">
<div class="hbm-figure" role="img"
 aria-label="The curve falls from the upper left and levels out near zero."></div>
</article></body></html>"""


def page(folder, text):
    (folder / "p.png").write_bytes(b"")
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_page_has_no_fault(tmp_path):
    assert page_faults(page(tmp_path, GOOD)) == []


@pytest.mark.parametrize("broken", [
    '<a href="nowhere.html">x</a>',
    '<a href="#nowhere">x</a>',
    '<a href="page.html#nowhere">x</a>',
    '<img src="gone.png" alt="x">',
    '<script src="gone.js"></script>',
])
def test_a_dead_link_is_caught(tmp_path, broken):
    assert len(dead_links(page(tmp_path, f"<body>{broken}</body>"))) == 1


def test_a_repeated_id_is_caught():
    assert len(duplicate_ids('<p id="a"></p><p id="b"></p><p id="a"></p>')) == 1


@pytest.mark.parametrize("load", [
    '<script src="https://example.org/a.js"></script>',
    '<script src="//example.org/a.js"></script>',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    '<link rel="preconnect" href="https://example.org">',
    '<img src="http://example.org/a.png" alt="">',
    '<iframe src="https://example.org/"></iframe>',
    '<style>@import "https://example.org/a.css";</style>',
    '<p style="background: url(https://example.org/a.png)">x</p>',
])
def test_a_load_from_another_host_is_caught(load):
    assert len(external_loads(f"<html><head></head><body>{load}</body></html>")) == 1


def test_a_style_sheet_that_loads_from_another_host_is_caught():
    assert len(external_styles("@font-face { src: url(https://example.org/f.woff) }")) == 1
    assert external_styles("@font-face { src: url(../f.woff) }") == []


@pytest.mark.parametrize("figure", [
    '<img src="p.png">',
    '<img src="p.png" alt="">',
    '<img src="p.png" alt="p.png">',
    '<img src="p.png" alt="Posterior of tau">',
    '<img src="p.png" alt="Histogram of the posterior draws of tau for model one.">',
    '<img src="p.png" alt="The posterior of tau is shown in the file figure_1.png, as a curve.">',
    '<div class="hbm-figure" role="img"></div>',
    '<div class="hbm-live" aria-label="A chart with a slider over tau"></div>',
])
def test_a_poor_description_is_caught(figure):
    assert poor_descriptions(f"<article>{figure}</article>")


def test_a_sentence_is_a_sentence():
    assert why_no_sentence(
        "The posterior of tau falls from its peak at zero and has a long tail to the right.") is None
