"""The slider: the page's formula is the library's, and what is shown is said."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from pictures import DATA, POSTERIOR, a_slider
from vega_transforms import run_transforms

from hbm_lib.models.eight_schools import exact
from hbm_lib.plots.live import LAB_MIME, Live
from hbm_lib.plots.table import Table
from hbm_lib.plots.tau_slider import conditional_means, tau_slider

TAUS = (0.0, 0.5, 3.0, 8.0, 30.0, 500.0)


@pytest.fixture(scope="module")
def slider():
    return a_slider("slider")


@pytest.fixture(scope="module")
def page(slider):
    return slider._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("tau", TAUS)
def test_the_formula_is_the_exact_engines(tau):
    mean, _, _ = exact.coefficients(np.array([tau]), DATA, POSTERIOR.model.prior)
    mu, theta = conditional_means(tau, DATA.y, DATA.sigma, 0.0, 20.0)
    assert mu == pytest.approx(mean[0, 0], rel=1e-12)
    pull = DATA.sigma**2 / (DATA.sigma**2 + tau**2)
    assert theta == pytest.approx(pull * mean[0, 0] + (1 - pull) * DATA.y, rel=1e-12)


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize(("m0", "s0"), [(0.0, 20.0), (8.0, 5.0)])
def test_the_pages_own_arithmetic_gives_the_same(tau, m0, s0):
    chart = tau_slider(DATA.labels, DATA.y, DATA.sigma, m0=m0, s0=s0, unit="points", name="slider")
    spec = chart.spec()
    layers = spec["layer"]
    assert layers
    mu, theta = conditional_means(tau, DATA.y, DATA.sigma, m0, s0)
    for layer in layers:
        data = layer.get("data", spec.get("data"))
        rows = run_transforms(layer.get("transform", spec.get("transform")), spec["datasets"][data["name"]], tau=tau)
        assert [r["theta"] for r in rows] == pytest.approx(theta, rel=1e-12)
        assert [r["mu"] for r in rows] == pytest.approx([mu] * 8, rel=1e-12)
        assert [r["shrinkage"] for r in rows] == pytest.approx(100 * DATA.sigma**2 / (DATA.sigma**2 + tau**2))


def test_the_slider_is_bound_and_starts_where_it_says(slider):
    (tau,) = [p for p in slider.spec()["params"] if p["name"] == "tau"]
    assert tau["value"] == 5
    assert (tau["bind"]["input"], tau["bind"]["min"], tau["bind"]["max"]) == ("range", 0, 30)


def test_words_and_table_hold_the_computed_numbers(slider):
    mu, _ = conditional_means(0.0, DATA.y, DATA.sigma, 0.0, 20.0)
    _, far = conditional_means(30.0, DATA.y, DATA.sigma, 0.0, 20.0)
    assert f"At tau = 0 every filled circle stands at {mu:.1f}" in slider.description
    assert f"that of group A has moved to {far[0]:.1f}, close to its own 28" in slider.description
    for _, row in slider.table.iterrows():
        mu, theta = conditional_means(float(row["τ"]), DATA.y, DATA.sigma, 0.0, 20.0)
        assert row["E[μ]"] == f"{mu:.1f}"
        assert [row[s] for s in DATA.labels] == [f"{t:.1f}" for t in theta]


def test_the_page_holds_specification_drawing_and_table(page, slider):
    found = re.search(r'<script type="application/json" class="hbm-spec">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found.group(1)) == json.loads(json.dumps(slider.spec()))
    assert page.count("<svg") == 1
    assert page.count("<table>") == 1
    assert page.startswith('<div class="hbm-live" id="slider" role="group" aria-label="')


def test_ids_are_its_own(page):
    found = re.findall(r'(?<![\w-])id="([^"]+)"', page)
    assert len(found) == len(set(found))
    assert all(i == "slider" or i.startswith("slider-") for i in found)


def test_nothing_is_loaded_from_elsewhere(page):
    drawing = page[page.index("<svg"): page.index("</svg>")]
    assert set(re.findall(r"https?://[^\s\"'<>)]+", drawing)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    spec = json.loads(re.search(r'class="hbm-spec">(.*?)</script>', page, re.DOTALL).group(1))
    spec.pop("$schema", None)  # the name of the format; nobody fetches it
    assert "http" not in json.dumps(spec)
    assert not re.search(r'\b(src|href)="(?!#)', page)


def test_jupyterlab_gets_its_own_form(slider):
    bundle = slider._repr_mimebundle_()
    assert set(bundle) == {"text/html", LAB_MIME, "text/plain"}
    assert bundle["text/plain"].startswith(slider.description)
    assert bundle[LAB_MIME]["layer"] == slider.spec()["layer"]


@pytest.mark.parametrize(("change", "said"), [
    ({"description": ""}, "whole sentences"), ({"description": "A slider."}, "whole sentences"),
    ({"name": "My Slider"}, "lower-case letters"), ({"caption": " "}, "caption"), ({"table": pd.DataFrame()}, "caption"),
])
def test_a_chart_without_words_is_refused(slider, change, said):
    whole = {"chart": slider.chart, "description": slider.description, "name": "x", "table": slider.table, "caption": "C."}
    with pytest.raises(ValueError, match=said):
        Live(**whole | change)


def test_a_label_that_is_markup_cannot_close_the_script():
    labels = ["</script><b>", *DATA.labels[1:]]
    found = tau_slider(labels, DATA.y, DATA.sigma, m0=0.0, s0=20.0, unit="points", name="slider")._repr_mimebundle_()["text/html"]
    spec = re.search(r'class="hbm-spec">(.*?)</script>', found, re.DOTALL).group(1)
    assert json.loads(spec)["datasets"]
    assert "</script><b>" not in found
    assert "<b>" not in re.sub(r"<script.*?</script>", "", found, flags=re.DOTALL)


def test_a_table_shows_rounded_numbers_and_escapes():
    table = Table(pd.DataFrame({"<i>": ["a & b", "c"], "x": [1.26, -0.04], "n": [3, 4]}), 'Numbers "as" shown.', digits=1)
    page = table._repr_html_()
    assert "<i>" not in page
    assert "&lt;i&gt;" in page
    assert "a &amp; b" in page
    assert "<td>1.3</td><td>3</td>" in page
    assert page.count('scope="row"') == 2
    assert page.count('scope="col"') == 3
    assert "<caption>Numbers &quot;as&quot; shown.</caption>" in page
    assert repr(table).startswith('Numbers "as" shown.\n')


@pytest.mark.parametrize(("caption", "frame"), [("", pd.DataFrame({"a": [1]})), ("Said.", pd.DataFrame())])
def test_a_table_that_says_nothing_is_refused(caption, frame):
    with pytest.raises(ValueError, match="caption"):
        Table(frame, caption)
