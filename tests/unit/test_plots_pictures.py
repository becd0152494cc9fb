"""What every figure owes a page: words, ids of its own, the page's ink, nothing from elsewhere."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from pictures import FROM_DRAWS, PICTURES, a_slider, an_estimates

import hbm_lib.plots
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, GROUPS, INK, canvas

NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.fixture(scope="module")
def pages():
    return {kind: make(name=f"fig-{kind.replace('_', '-')}")._repr_html_() for kind, make in PICTURES.items()}


def ids(page):
    return re.findall(r'\bid="([^"]+)"', page)


def svg(page):
    return page[page.index("<svg"): page.rindex("</svg>") + 6]


def test_every_figure_of_the_library_is_drawn_here():
    here = Path(hbm_lib.plots.__file__).parent
    helpers = {"__init__", "picture", "style", "columns", "table", "live", "checklist", "group_marks", "wrapping"}
    files = {p.stem for p in here.glob("*.py")} - helpers
    files -= {"tau_slider", "ratio_slider", "rate_slider", "scale_slider", "walk_slider", "ecdf"}
    assert files == set(PICTURES), "add the new figure to tests/support/pictures.py"


@pytest.mark.parametrize("kind", PICTURES)
def test_it_is_one_well_formed_svg_that_scales(pages, kind):
    page = pages[kind]
    assert page.count("<svg") == 1
    root = ET.fromstring(svg(page))
    assert root.get("width") == "100%"
    assert "height" not in root.attrib
    assert root.get("viewBox")
    assert root.get("aria-hidden") == "true"


@pytest.mark.parametrize("kind", PICTURES)
def test_its_words_stand_on_the_wrapper(pages, kind):
    head = pages[kind][: pages[kind].index("<svg")]
    assert head.startswith('<div class="hbm-figure" role="img" aria-label="')
    words = re.search(r'aria-label="([^"]*)"', head).group(1)
    assert len(words) >= 40
    assert words.endswith(".")


@pytest.mark.parametrize("kind", PICTURES)
def test_ids_carry_the_name_and_what_refers_to_them_follows(pages, kind):
    page = pages[kind]
    found = ids(page)
    assert len(found) == len(set(found))
    assert all(i.startswith(f"fig-{kind.replace('_', '-')}-") for i in found)
    used = re.findall(r"url\(#([^)]+)\)", page) + re.findall(r'href="#([^"]+)"', page)
    assert used
    assert set(used) <= set(found)


def test_two_pictures_on_a_page_share_no_id(pages):
    everything = [i for page in pages.values() for i in ids(page)]
    everything += ids(an_estimates("second")._repr_html_())
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize("kind", PICTURES)
def test_ink_is_the_pages(pages, kind):
    assert INK not in pages[kind]
    assert "currentColor" in pages[kind]
    plain = re.findall(r"(?:fill|stroke|color):\s*(#[0-9a-f]{6})", pages[kind])
    assert set(plain) <= {*COLOURS.values(), *GROUPS, FAINT}, "black or white would vanish in one of the themes"


@pytest.mark.parametrize("kind", PICTURES)
def test_nothing_comes_from_elsewhere(pages, kind):
    page = pages[kind]
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= NAMESPACES
    assert not re.search(r"<(script|image|style|foreignObject|metadata)\b(?![^>]*data:)", page)
    for target in re.findall(r'href="([^"]+)"', page):
        assert target.startswith(("#", "data:image/png;base64,"))


@pytest.mark.parametrize("kind", PICTURES)
def test_text_is_text(pages, kind):
    words = "".join(ET.fromstring(svg(pages[kind])).itertext())
    assert len(re.findall(r"[A-Za-zτ]{2,}", words)) >= 1
    assert "font-family" not in pages[kind]


@pytest.mark.parametrize("kind", PICTURES)
def test_drawing_twice_gives_the_same_and_leaves_no_figure_open(kind):
    before = plt.get_fignums()
    first, second = (PICTURES[kind](name="twice")._repr_html_() for _ in range(2))
    assert first == second
    assert plt.get_fignums() == before


@pytest.mark.parametrize("kind", PICTURES)
def test_no_id_is_a_hash_of_coordinates(pages, kind):
    assert not re.search(r"\bid=\"[^\"]*[a-z_][0-9a-f]{10}\"", pages[kind])


@pytest.mark.parametrize("kind", FROM_DRAWS)
def test_words_of_a_figure_of_draws_do_not_depend_on_the_draws(kind):
    first, second = (FROM_DRAWS[kind](seed=s).description for s in (3, 4))
    assert first == second


@pytest.mark.parametrize("kind", FROM_DRAWS)
def test_axes_of_a_figure_of_draws_do_not_depend_on_the_draws(kind):
    first, second = (FROM_DRAWS[kind](seed=s).fig for s in (3, 4))
    for a, b in zip(first.axes, second.axes, strict=True):
        assert (a.get_xlim(), a.get_ylim()) == (b.get_xlim(), b.get_ylim())


@pytest.mark.parametrize("words", ["", "Plot", "A label with no full stop and yet forty letters", "Short."])
def test_a_figure_without_sentences_is_refused(words):
    with canvas() as (fig, _), pytest.raises(ValueError, match="whole sentences"):
        Picture(fig, words, "name")


@pytest.mark.parametrize("name", ["", "Two words", "UPPER", "1st", "a_b", 'x" onload="y', "ümlaut"])
def test_a_name_that_is_no_id_is_refused(name):
    with canvas() as (fig, _), pytest.raises(ValueError, match="lower-case letters"):
        Picture(fig, "A figure that shows something, said in a sentence.", name)


def test_markup_in_words_is_escaped():
    with canvas() as (fig, _):
        shown = Picture(fig, 'Values <b>"below"</b> 3 & above 2 are shown on one axis.', "escaped")
    head = shown._repr_html_().split("<svg")[0]
    assert "&lt;b&gt;&quot;below&quot;&lt;/b&gt; 3 &amp; above" in head
    assert repr(shown) == shown.description


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


@pytest.mark.parametrize("colour", [*COLOURS.values(), *GROUPS, FAINT])
@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
def test_colours_are_legible_on_both_grounds(colour, ground):
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_slider_and_a_picture_share_no_id(pages):
    everything = ids(a_slider("slider")._repr_mimebundle_()["text/html"]) + ids(pages["bars"])
    assert len(everything) == len(set(everything))
