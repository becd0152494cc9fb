"""Bugs in made-up platforms, in the slider's formula and in a figure are found by their tests."""

import numpy as np
import pytest
from pictures import platform as drawn
from planting import planted
from platform_checks import least_p_value, slider_error

from hbm_lib.plots import coverage_width, scale_slider, shrinkage
from hbm_lib.protocols.creators import platforms


@pytest.mark.parametrize(("old", "new"), [
    ("sigma_obs / np.sqrt(size)", "sigma_obs / size"),
    ("sigma_obs / np.sqrt(size)", "sigma_obs / np.sqrt(n)"),
    ("rng.chisquare(size - 1) / (size - 1)", "rng.chisquare(size - 1) / size"),
    ("rng.chisquare(size - 1)", "rng.chisquare(size)"),
    ("effect = rng.normal(genre, sigma_creator)", "effect = rng.normal(genre, sigma_creator**2)"),
    ('("treatment", n // 2, effect)', '("treatment", n // 2, genre)'),
])
def test_a_platform_drawn_from_another_law_is_found(old, new, seed):
    assert least_p_value(planted(platforms, old, new), seed) < 1e-4


@pytest.mark.parametrize(("old", "new"), [
    ("w = 1 / (sigma**2 + se**2)", "w = 1 / (sigma + se) ** 2"),
    ("w = 1 / (sigma**2 + se**2)", "w = 1 / se**2"),
    ("sigma**2 * w * (effect - mean[index])", "se**2 * w * (effect - mean[index])"),
])
def test_a_wrong_formula_of_the_slider_is_found(old, new):
    assert slider_error(scale_slider, 0.4) < 1e-6
    assert slider_error(planted(scale_slider, old, new), 0.4) > 1e-3


def test_coverage_that_looks_at_one_end_only_is_found():
    p = drawn()
    ends = {"no pooling": (p["own"] - 2 * p["se"], p["own"] + 2 * p["se"])}
    right, wrong = (m.coverage_width(ends, p["truth"] + 1.0, xlabel="x", name="a").description for m in (
        coverage_width, planted(coverage_width, "(low <= truth) & (truth <= high)", "(low <= truth)")))
    held = int(np.sum(np.abs(p["own"] - p["truth"] - 1.0) <= 2 * p["se"]))
    assert f"{held} of 40 hold it" in right
    assert f"{held} of 40 hold it" not in wrong


def test_marks_in_the_color_of_another_group_are_found():
    p = drawn()
    tones = []
    for module in (shrinkage, planted(shrinkage, "index[drawn] == g)", "index[drawn] != g)")):
        picture = module.shrinkage(*(p[k] for k in ("own", "pooled", "sizes", "index")), ["a", "b"], p["centres"], xlabel="x",
                                   ylabel="y", name="a")
        tones.append({x: v.get_color() for v in picture.fig.axes[0].lines if v.get_linestyle() == "None" for x in v.get_xdata()})
    right = [shrinkage.marks(2)[0][g] for g in p["index"]]
    assert [tones[0][x] for x in p["own"]] == right
    assert [tones[1][x] for x in p["own"]] != right
