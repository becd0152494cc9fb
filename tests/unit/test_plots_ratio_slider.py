"""The slider over tau / sigma: its formula is the exact engine's, and both its ends are reached."""

import json
import re

import numpy as np
import pytest
from pictures import DISTRICT, a_ratio_slider
from vega_transforms import run_transforms

from hbm_lib.models import schools
from hbm_lib.models.schools import baselines, exact
from hbm_lib.plots.ratio_slider import pooled_means
from hbm_lib.priors import Exponential, Normal

MEANS, SIZES = DISTRICT.sums.means, DISTRICT.counts
RATIOS = (0.01, 0.1, 0.4, 1.0, 10.0)


@pytest.fixture(scope="module")
def slider():
    return a_ratio_slider("slider")


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("sigma", [3.0, 12.0])
def test_the_formula_is_the_exact_engines_under_a_flat_prior(ratio, sigma):
    flat = schools.Prior(Normal(75, 1e7), Exponential(0.1), Exponential(0.1))
    tau = ratio * sigma
    mean, _, _ = exact.coefficients(np.array([tau]), np.array([sigma]), DISTRICT, flat)
    centre, theta = pooled_means(ratio, MEANS, SIZES)
    assert centre == pytest.approx(mean[0, 0], rel=1e-9)
    pull = (sigma**2 / SIZES) / (tau**2 + sigma**2 / SIZES)
    assert theta == pytest.approx(pull * mean[0, 0] + (1 - pull) * MEANS, rel=1e-9)


def test_the_ends_are_complete_pooling_and_no_pooling():
    _, left = pooled_means(0.01, MEANS, SIZES)
    _, right = pooled_means(10.0, MEANS, SIZES)
    complete, none = baselines.complete_pooling(DISTRICT), baselines.no_pooling(DISTRICT)
    assert left == pytest.approx(complete["estimate"].to_numpy(), abs=0.2)
    assert right == pytest.approx(none["estimate"].to_numpy(), abs=0.05)


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_pages_own_arithmetic_gives_the_same(slider, ratio):
    spec = slider.spec()
    centre, theta = pooled_means(ratio, MEANS, SIZES)
    for layer in spec["layer"]:
        data = layer.get("data", spec.get("data"))
        rows = run_transforms(layer.get("transform", spec.get("transform")), spec["datasets"][data["name"]], ratio=ratio)
        found = {r["school"]: r for r in rows}
        for j, school in enumerate(DISTRICT.labels):
            assert found[school]["theta"] == pytest.approx(theta[j], rel=1e-12)
            assert found[school]["mu"] == pytest.approx(centre, rel=1e-12)
            assert found[school]["share"] == pytest.approx(100 * SIZES[j] / (SIZES[j] + ratio**-2))


def test_the_slider_is_on_a_log_scale_and_bound(slider):
    params = {p["name"]: p for p in slider.spec()["params"]}
    assert params["ratio"]["expr"] == "pow(10, power)"
    bind = params["power"]["bind"]
    assert (bind["input"], bind["min"], bind["max"], params["power"]["value"]) == ("range", -2, 1, -0.4)


def test_schools_stand_in_the_order_of_their_size(slider):
    rows = next(iter(slider.spec()["datasets"].values()))
    assert [r["place"] for r in rows] == list(range(24))
    assert [r["n"] for r in rows] == sorted(SIZES)
    assert all(r["row"] == f"{r['school']} ({r['n']})" for r in rows)


def test_words_and_table_hold_the_computed_numbers(slider):
    centre, left = pooled_means(0.01, MEANS, SIZES)
    _, right = pooled_means(10.0, MEANS, SIZES)
    assert f"within {abs(left - centre).max():.1f} points of the mean, {centre:.1f}" in slider.description
    assert f"within {abs(right - MEANS).max():.2f} points of its own average" in slider.description
    table = slider.table.set_index("school (pupils)")
    for ratio in RATIOS:
        _, theta = pooled_means(ratio, MEANS, SIZES)
        for j, school in enumerate(DISTRICT.labels):
            assert table.loc[f"{school} ({SIZES[j]})", f"τ/σ = {ratio:g}"] == f"{theta[j]:.1f}"


def test_the_page_holds_a_drawing_that_says_where_the_slider_stands(slider):
    page = slider._repr_mimebundle_()["text/html"]
    assert page.count("<svg") == 1
    assert "τ/σ = 0.4<" in page
    assert f"the mean weighs as much as {10**0.8:.2g} pupils" in page
    spec = json.loads(re.search(r'class="hbm-spec">(.*?)</script>', page, re.DOTALL).group(1))
    assert spec == json.loads(json.dumps(slider.spec()))
