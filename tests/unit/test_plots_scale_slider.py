"""The slider over sigma_creator: the page's arithmetic is the exact engine's, and its ends are both baselines."""

import json
import re

import numpy as np
import pytest
from pictures import a_scale_slider, platform
from vega_transforms import run_transforms

from hbm_lib.models import creators
from hbm_lib.models.creators import exact
from hbm_lib.models.creators.sums import take
from hbm_lib.plots.scale_slider import pooled_effects, scale_slider
from hbm_lib.priors import HalfNormal, Normal

P = platform()
SIGMAS = (0.0, 0.1, 0.4, 1.0, 2.0)


def column(name, digits):
    return P[name].round(digits)


@pytest.fixture(scope="module")
def slider():
    return a_scale_slider("slider")


@pytest.mark.parametrize("sigma", SIGMAS[1:])
def test_the_formula_is_the_exact_engines_where_genres_are_left_free(sigma):
    data = creators.Data(P["own"], P["se"], [f"g{g}" for g in P["index"]])
    prior = creators.Prior(Normal(0, 1), HalfNormal(1), HalfNormal(1))
    given = exact.given_scales(np.array([1e6]), np.array([sigma]), take(data, 8.0), prior)
    mean, pooled = pooled_effects(sigma, P["own"], P["se"], P["index"])
    assert mean == pytest.approx(given.genre[0, 0], rel=1e-6)
    pull = P["se"] ** 2 / (P["se"] ** 2 + sigma**2)
    assert pooled == pytest.approx(pull * mean[P["index"]] + (1 - pull) * P["own"], rel=1e-9)


def test_the_ends_are_complete_pooling_and_no_pooling():
    mean, pooled = pooled_effects(0.0, P["own"], P["se"], P["index"])
    w = P["sizes"]
    for g in range(2):
        at = P["index"] == g
        assert mean[g] == pytest.approx(w[at] @ P["own"][at] / w[at].sum())
    assert pooled == pytest.approx(mean[P["index"]])
    assert pooled_effects(1e4, P["own"], P["se"], P["index"])[1] == pytest.approx(P["own"], abs=1e-6)


@pytest.mark.parametrize("sigma", SIGMAS)
def test_the_pages_own_arithmetic_gives_the_same(slider, sigma):
    spec = slider.spec()
    own, se = column("own", 4), column("se", 5)
    mean, pooled = pooled_effects(sigma, own, se, P["index"])
    truth = column("truth", 4)
    for layer in spec["layer"]:
        steps = [t for t in layer["transform"] if "aggregate" not in t and t.get("as") != "said"]
        data = layer.get("data", spec.get("data"))
        rows = run_transforms(steps, spec["datasets"][data["name"]], sigma=sigma)
        assert [r["pooled"] for r in rows] == pytest.approx(pooled, rel=1e-9)
        assert [r["mean"] for r in rows] == pytest.approx(mean[P["index"]], rel=1e-9)
        assert [r["squared"] for r in rows] == pytest.approx((pooled - truth) ** 2, abs=1e-12)
    (last,) = [t for t in spec["layer"][-1]["transform"] if "aggregate" in t]
    assert (last["aggregate"][0]["op"], last["aggregate"][0]["field"]) == ("mean", "squared")


def test_the_drawing_and_the_table_hold_the_error_where_the_slider_stands(slider):
    own, se = column("own", 4), column("se", 5)
    page = slider._repr_mimebundle_()["text/html"]
    error = {s: np.mean((pooled_effects(s, own, se, P["index"])[1] - column("truth", 4)) ** 2) for s in SIGMAS}
    assert f"mean squared error {error[0.4]:.3f}<" in page
    assert "σ_creator = 0.40 dollars<" in page
    assert list(slider.table["mean squared error"]) == [f"{e:.3f}" for e in error.values()]
    spec = json.loads(re.search(r'class="hbm-spec">(.*?)</script>', page, re.DOTALL).group(1))
    assert spec == json.loads(json.dumps(slider.spec()))


def test_without_truth_no_error_is_claimed():
    plain = a_scale_slider("slider", truth=False)
    assert "squared" not in json.dumps(plain.spec())
    assert "error" not in plain.description
    assert "mean squared error" not in plain.table


def test_the_slider_is_bound(slider):
    (sigma,) = [p for p in slider.spec()["params"] if p["name"] == "sigma"]
    assert (sigma["bind"]["min"], sigma["bind"]["max"], sigma["value"]) == (0, 2.0, 0.4)


@pytest.mark.parametrize(("change", "said"), [
    ({"se": [0.1, 0.0]}, "se, row 1: a standard error above 0 is needed, got 0"),
    ({"effect": [1.0]}, "effect: one number a row is needed"),
    ({"groups": list("abcdefghi")}, "groups: 8 at most have a color of their own, got 9"),
])
def test_values_that_cannot_be_drawn_are_refused(change, said):
    given = {"effect": [1.0, 2.0], "se": [0.1, 0.1], "sizes": [9, 99], "index": [0, 0], "groups": ["a"]} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        scale_slider(["x", "y"], **given, unit="dollars", name="a")
