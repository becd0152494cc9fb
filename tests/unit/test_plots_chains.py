"""Figures of chains: what is drawn is what was given, and the page's own walk is the sampler's."""

import numpy as np
import pytest
from pictures import a_flatness, a_walk, a_walk_slider, some_autocorrelations, some_traces
from vega_transforms import run_transforms

from hbm_lib.plots.autocorrelations import autocorrelations
from hbm_lib.plots.flatness import flatness
from hbm_lib.plots.traces import traces
from hbm_lib.plots.walk import MASS, heights, walk
from hbm_lib.plots.walk_slider import walk_slider, walked


def test_traces_draw_every_chain_and_mark_interval_and_truth():
    picture = some_traces()
    left, right = picture.fig.axes[0], picture.fig.axes[1]
    assert len(left.lines) == 4
    assert len(right.lines) == 3, "two ends of the interval and the truth"
    assert right.lines[2].get_ydata()[0] == 7.4
    assert "the truth is 7.40" in picture.description


def test_traces_say_the_interval_of_all_draws():
    values = np.arange(2000.0).reshape(4, 500)
    picture = traces({"mu": values}, name="a")
    low, high = np.quantile(values, [0.05, 0.95])
    assert f"mu has 90% of its draws between {low:.2f} and {high:.2f}" in picture.description
    drawn = picture.fig.axes[0].lines[1].get_ydata()
    assert set(drawn) <= set(values[1]), "thinned draws are draws"
    assert picture.fig.axes[1].patches, "a histogram stands beside"


def test_autocorrelations_say_when_they_are_gone():
    picture = some_autocorrelations()
    assert "beta, separate: it is still 0.21 at lag 30" in picture.description
    assert "beta, blocked: it falls below 0.1 at lag 2" in picture.description
    np.testing.assert_allclose(picture.fig.axes[0].lines[0].get_ydata(), 0.95 ** np.arange(31))


def test_contours_hold_the_mass_they_say():
    x = np.linspace(-6, 6, 601)
    density = np.exp(-0.5 * (x[:, None] ** 2 + x**2))
    found = heights(density, np.full(density.shape, (x[1] - x[0]) ** 2))
    np.testing.assert_allclose(found, np.sort(1 - np.array(MASS)), rtol=0.01)  # a standard normal's density at mass p is 1 - p


def test_a_walk_moves_along_one_axis_at_a_time():
    path = a_walk().fig.axes[0].lines[0].get_xydata()
    assert np.all((np.diff(path, axis=0) == 0).sum(1) == 1)


@pytest.mark.parametrize("rho", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("step", [0, 1, 2, 7, 40])
def test_the_page_walks_as_the_sampler_does(rho, step):
    noise = np.random.default_rng(4).standard_normal(40)
    spec = a_walk_slider("walk").spec()
    trail = spec["layer"][1]
    rows = next(rows for rows in spec["datasets"].values() if "z" in rows[0])
    seen = run_transforms(trail["transform"], rows, rho=rho, step=step)
    expected = walked(rho, noise, (-2.0, 2.5))[: step + 1]
    np.testing.assert_allclose([(r["x"], r["y"]) for r in seen], expected, atol=1e-9)


def test_the_rings_are_the_laws_own():
    rho = 0.7
    spec = a_walk_slider("walk").spec()
    rows = next(rows for rows in spec["datasets"].values() if "ring" in rows[0])
    for r in run_transforms(spec["layer"][0]["transform"], rows, rho=rho):
        form = (r["x"] ** 2 - 2 * rho * r["x"] * r["y"] + r["y"] ** 2) / (1 - rho**2)
        assert form == pytest.approx(r["ring"] ** 2)
    inside = {1 - np.exp(-0.5 * ring**2) for ring in {r["ring"] for r in rows}}
    np.testing.assert_allclose(sorted(inside), MASS, atol=0.002)


def test_the_walk_draws_from_its_law(seed):
    rng = np.random.default_rng([seed, 2])
    chains = np.array([walked(0.8, rng.standard_normal(20), (3.0, -3.0))[-1] for _ in range(4000)])
    z = np.abs(chains.mean(0)) * np.sqrt(4000)
    assert z.max() < 4.5
    assert np.cov(chains.T)[0, 1] == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: traces({}, name="a"), "draws: there is nothing to draw"),
    (lambda: traces({"mu": [1.0, 2.0]}, name="a"), r"draws\['mu'\]: finite numbers of shape \(chains, draws\)"),
    (lambda: autocorrelations({}, xlabel="lag", name="a"), "panels: there is nothing to draw"),
    (lambda: autocorrelations({"b": {str(i): [1.0, 0.5] for i in range(5)}}, xlabel="lag", name="a"), "at most 4 samplers"),
    (lambda: autocorrelations({"b": {"s": [1.0, np.nan]}}, xlabel="lag", name="a"), "s, b, row 1: nan is not a finite number"),
    (lambda: walk([0, 1], [0, 1], np.zeros((2, 2)), [[0, 0], [1, 0]], xlabel="x", ylabel="y", name="a"), "density: finite"),
    (lambda: walk([0, 1], [0, 1], np.ones((2, 2)), [[0, 0]], xlabel="x", ylabel="y", name="a"), "path: finite places"),
    (lambda: walk_slider([1.0], start=(0, 0), xlabel="x", ylabel="y", name="a"), "noise: a row of at least two"),
    (lambda: walk_slider([1.0, 0.0], start=(0, 0), xlabel="x", ylabel="y", name="a", rho=1.0), "rho: a correlation between"),
])
def test_what_cannot_be_drawn_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_flatness_tells_a_flat_line_from_a_bent_one():
    picture = a_flatness()
    bent, flat = (ax.lines[1].get_ydata() for ax in picture.fig.axes)
    assert np.ptp(flat) == 0
    assert np.ptp(bent) == pytest.approx(0.3 * np.log(6))
    assert "along sigma2 it changes by 0.54; along tau2 it does not change" in picture.description
    with pytest.raises(ValueError, match="nothing to draw"):
        flatness({}, ylabel="log joint - log claim", name="a")
