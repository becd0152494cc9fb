"""Forest plot, funnel with limits, calibration curve and the slider over sigma_pop: what is drawn, and what is said."""

import json
import re

import numpy as np
import pytest
from pictures import (
    CASES,
    DOCTORS,
    SUCCESSES,
    a_calibration_curve,
    a_forest,
    a_funnel_limits,
    a_rate_slider,
    clopper_pearson,
    some_log_likelihoods,
)
from scipy import integrate, stats
from vega_transforms import run_transforms

from hbm_lib.models import logistic
from hbm_lib.models.logistic.given_tau import Rule, nodes_at
from hbm_lib.plots.calibration_curve import calibration_curve
from hbm_lib.plots.forest import forest
from hbm_lib.plots.funnel_limits import funnel_limits
from hbm_lib.plots.log_likelihoods import log_likelihoods
from hbm_lib.plots.rate_slider import pooled_rates, rate_slider

INF, NAN = np.inf, np.nan
ONE, AB = np.array([1.0, 2.0]), ["A", "B"]
SIGMAS = (0.0, 0.25, 1.0, 3.0)


def drawn_segments(ax, number):
    """The ends of one estimator's intervals, in the order of the rows; the first collection parts the rows."""
    return [path.vertices[:, 0] for path in ax.collections[1 + number].get_paths()]


def test_forest_draws_every_interval_and_says_what_holds_the_truth():
    picture = a_forest()
    estimate, low, high = clopper_pearson()
    np.testing.assert_allclose(drawn_segments(picture.fig.axes[0], 0), np.column_stack([low, high]))
    circles = next(line for line in picture.fig.axes[0].lines if line.get_label() == "no pooling")
    np.testing.assert_allclose(circles.get_xdata(), estimate)
    assert "no pooling: from 0.0 (Dr. D) to 100.0 (Dr. B)" in picture.description
    truth = next(line for line in picture.fig.axes[0].lines if line.get_label() == "truth").get_xdata()
    assert f"{np.sum((low <= truth) & (truth <= high))} of the intervals hold the truth" in picture.description
    assert "truth" not in a_forest(truth=False).description
    assert "A dotted line marks all together 61.5." in picture.description


def test_forest_counts_no_interval_that_ends_before_the_truth_or_begins_after_it():
    picture = forest(list("abc"), {"no pooling": (np.zeros(3), -np.ones(3), np.ones(3))}, xlabel="x", name="a",
                     truth=np.array([-3.0, 0.5, 3.0]))
    assert "; 1 of the intervals hold the truth." in picture.description


def test_forest_rows_are_in_the_order_given_with_their_notes_at_the_right():
    ax = a_forest().fig.axes[0]
    ticks = {text.get_text(): at for text, at in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)}
    assert sorted(ticks, key=ticks.get, reverse=True) == DOCTORS
    assert [t.get_text() for t in ax.texts] == [f"{y} of {n}" for y, n in zip(SUCCESSES, CASES, strict=True)]


def test_forest_draws_what_is_infinite_as_an_arrow_and_says_so():
    three = (np.array([0.5, INF, -INF]), np.array([-1.0, 0.2, -INF]), np.array([2.0, INF, 0.9]))
    picture = forest(["x", "y", "z"], {"no pooling": three}, xlabel="logit", name="a")
    ax = picture.fig.axes[0]
    marks = {line.get_marker(): line for line in ax.lines}
    assert list(marks["o"].get_xdata()) == [0.5]
    assert (list(marks[">"].get_xdata()), list(marks[">"].get_ydata())) == ([ax.get_xlim()[1]], [1.0])
    assert (list(marks["<"].get_xdata()), list(marks["<"].get_ydata())) == ([ax.get_xlim()[0]], [0.0])
    assert np.isfinite(drawn_segments(ax, 0)).all()
    assert "without a finite estimate, and drawn as arrows: y, z" in picture.description
    assert "from 0.5 (x) to 0.5 (x), median width of the finite intervals 3.0" in picture.description


def test_forest_cuts_at_the_limits_asked_for():
    picture = forest(AB, {"no pooling": (ONE, ONE - 9, ONE + 9)}, xlabel="logit", name="a", limits=(-4, 4))
    np.testing.assert_allclose(drawn_segments(picture.fig.axes[0], 0), [[-4, 4], [-4, 4]])
    assert sum(line.get_marker() in "<>" for line in picture.fig.axes[0].lines if line.get_marker() != "None") == 2


@pytest.mark.parametrize(("change", "said"), [
    ({"estimates": {}}, "estimates: there is nothing to draw"),
    ({"estimates": {"Firth": (ONE, ONE, ONE)}}, "estimates: 'Firth' has no color; known are no pooling, penalized"),
    ({"estimates": {"no pooling": (ONE, [1.0, NAN], ONE)}}, "lower end of no pooling, row 1: nan is not a finite number"),
    ({"estimates": {"no pooling": (ONE, ONE, [3.0])}}, "upper end of no pooling: one number a row is needed: 2 rows"),
    ({"estimates": {"no pooling": (ONE, ONE + 1, ONE + 2)}}, "estimate of no pooling, row 0: 1 lies outside its interval, 2"),
    ({"estimates": {"no pooling": ([INF, INF], [-INF, -INF], [INF, INF])}}, "limits: the values do not say how wide"),
    ({"notes": ["only one"]}, "notes: one a row is needed: 2 rows, got 1"),
    ({"truth": [1.0, NAN]}, "truth, row 1: nan is not a finite number"),
    ({"limits": (2, 1)}, "limits: the left end must be below the right one, got 2 and 1"),
    ({"limits": 3}, "limits: one number a row is needed: 2 rows"),
    ({"estimates": {"no pooling": (ONE, ONE)}}, "estimates['no pooling']: three arrays are needed"),
    ({"estimates": {"no pooling": ([INF, INF], ONE, [INF, INF])}, "limits": (0, 1)}, "estimate of no pooling: none is finite"),
])
def test_forest_refuses(change, said):
    given = {"labels": AB, "estimates": {"no pooling": (ONE, ONE - 1, ONE + 1)}, "xlabel": "x", "name": "a"} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        forest(**given)


def test_funnel_limits_draws_the_bands_it_was_given_and_names_who_is_outside():
    picture = a_funnel_limits()
    ax, grid = picture.fig.axes[0], np.arange(2, 321)
    for collection, level in zip(ax.collections, (0.998, 0.95), strict=True):
        corners = collection.get_paths()[0].vertices
        at = corners[corners[:, 0] == 100][:, 1]
        expected = [stats.binom.ppf(q, 100, 0.615) for q in ((1 - level) / 2, (1 + level) / 2)]
        assert sorted(set(at)) == pytest.approx(expected)
        assert set(corners[:, 0]) == set(grid)
    inside, outside = ax.lines[1:3]
    far = {d for d, y, n in zip(DOCTORS, SUCCESSES, CASES, strict=True)
           if not stats.binom.ppf(0.025, n, 0.615) <= y <= stats.binom.ppf(0.975, n, 0.615)}
    assert len(outside.get_xdata()) == len(far) == 4
    assert len(inside.get_xdata()) == 6
    assert "Outside it: 4, among them Dr. C 93.8 with 16, Dr. F 81.8 with 44, Dr. G 36.7 with 240" in picture.description
    assert {t.get_text() for t in ax.texts} == {"Dr. B", "Dr. D", "Dr. G", "Dr. J"}


@pytest.mark.parametrize(("change", "said"), [
    ({"limits": {}}, "limits: one or two bands are needed, the inner one first, got 0"),
    ({"limits": {"95 %": (ONE, [1.0])}}, "upper limits of 95 %: one number a row is needed: 2 rows"),
    ({"outside": [0, 1]}, "outside: one truth value a unit is needed, 2 of them"),
    ({"outside": [True]}, "outside: one truth value a unit is needed, 2 of them"),
    ({"named": ["C"]}, "named: 'C' is not among the labels"),
    ({"rates": [1.0, NAN]}, "rates, row 1: nan is not a finite number"),
    ({"grid": [10, 2]}, "grid, row 1: 2 is not above 10 before it"),
    ({"grid": [0, 2]}, "grid, row 0: 0 is not a number of cases of at least 1"),
    ({"cases": [3, -1]}, "cases, row 1: -1 is not a number of cases of at least 1"),
    ({"limits": {"95 %": (ONE, [1.0, 1.0])}}, "lower limits of 95 %, row 1: 2 is above the upper limit 1"),
    ({"limits": {"95 %": (ONE,)}}, "limits['95 %']: two arrays are needed"),
])
def test_funnel_limits_refuses(change, said):
    given = {"labels": AB, "cases": [3, 9], "rates": ONE, "centre": 1.5, "grid": [2, 10], "limits": {"95 %": (ONE - 1, ONE + 1)},
             "outside": [False, True], "named": ["A"], "ylabel": "rate (%)", "name": "a"} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        funnel_limits(**given)


def test_calibration_curve_counts_the_bins_that_reach_the_diagonal():
    predicted, count = np.array([0.1, 0.5, 0.9]), np.array([10, 100, 40])
    share, half = np.array([0.3, 0.52, 0.9]), np.array([0.15, 0.1, 0.05])
    picture = calibration_curve({"no pooling": (predicted, share, share - half, share + half, count)}, name="a")
    assert ("no pooling: the intervals of 2 of 3 bins reach the diagonal; the widest gap is where 10 percent was predicted and "
            "30 happened, in 10 cases") in picture.description
    ax = picture.fig.axes[0]
    bars, dots = ax.collections
    np.testing.assert_allclose([p.vertices[:, 1] for p in bars.get_paths()], 100 * np.column_stack([share - half, share + half]))
    np.testing.assert_allclose(dots.get_offsets(), 100 * np.column_stack([predicted, share]))
    assert np.argmax(dots.get_sizes()) == 1


def test_calibration_curves_widest_gap_may_be_below_the_diagonal():
    ends = np.array([0.0, 0.0]), np.array([1.0, 1.0])
    picture = calibration_curve({"penalized": (np.array([0.2, 0.8]), np.array([0.3, 0.4]), *ends, np.array([30, 20]))}, name="a")
    assert "the widest gap is where 80 percent was predicted and 40 happened, in 20 cases" in picture.description


def test_calibration_curve_has_a_panel_an_estimator():
    kinds = ("no pooling", "penalized", "complete pooling", "partial pooling")
    picture = a_calibration_curve(kinds=kinds)
    assert [ax.get_title("left") or ax.get_title() for ax in picture.fig.axes] == list(kinds)
    for kind in kinds:
        assert f"{kind}: the intervals of" in picture.description


@pytest.mark.parametrize(("curves", "said"), [
    ({}, "curves: one to 4 estimators are drawn, got 0"),
    ({"Firth": (ONE / 2,) * 5}, "curves: 'Firth' has no color"),
    ({"penalized": (ONE / 2, ONE / 2, ONE / 2, [0.1], ONE)}, "upper end of penalized: one number a row is needed: 2 rows"),
    ({"penalized": (ONE / 2, ONE, ONE / 2, ONE / 2, ONE)}, "share of penalized: probabilities from 0 to 1 are needed, got 1"),
    ({"penalized": (ONE / 2, [0.1, NAN], ONE / 2, ONE / 2, ONE)}, "share of penalized, row 1: nan is not a finite number"),
    ({"penalized": (ONE / 2, ONE / 2, [0.6, 0.6], ONE / 2, ONE)}, "share of penalized, row 0: 0.5 lies outside its interval"),
    ({"penalized": (ONE / 2, ONE / 2, ONE / 2, ONE / 2, [1, 0])}, "cases of penalized, row 1: 0 is not at least 1"),
    ({"penalized": (ONE / 2,) * 4}, "curves['penalized']: five arrays are needed, predicted, share, lower end, upper end, cases"),
])
def test_calibration_curve_refuses(curves, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        calibration_curve(curves, name="a")


def test_log_likelihoods_mark_a_maximum_or_its_absence():
    picture = some_log_likelihoods()
    ax = picture.fig.axes[0]
    marks = {line.get_marker(): line for line in ax.lines if line.get_marker() != "None"}
    assert (marks[">"].get_xdata()[0], marks["<"].get_xdata()[0]) == (7.0, -5.0)
    assert marks[">"].get_ydata()[0] == pytest.approx(4 * np.log(1 / (1 + np.exp(-7))))
    assert (marks["o"].get_xdata()[0], marks["o"].get_ydata()[0]) == (0.0, pytest.approx(6 * np.log(0.5)))
    assert "Dr. B, 4 of 4: the curve climbs to the right edge, where it is -0.0036, and has no maximum" in picture.description
    assert "Dr. E, 3 of 6: the curve is highest at 0.00" in picture.description


@pytest.mark.parametrize(("change", "said"), [
    ({"curves": {}}, "curves: one to 4 are drawn, got 0"),
    ({"curves": {"A": [1.0, NAN]}}, "curves['A'], row 1: nan is not a finite number"),
    ({"tops": {}}, "tops: the place of the maximum of 'A' is missing; it may be infinite"),
    ({"tops": {"A": 2.5}}, "tops['A']: 2.5 lies outside x, which goes from 1 to 2"),
    ({"x": [2.0, 1.0]}, "x, row 1: 1 is not above 2 before it"),
])
def test_log_likelihoods_refuse(change, said):
    given = {"x": ONE, "curves": {"A": -ONE}, "tops": {"A": INF}, "xlabel": "logit", "ylabel": "y", "name": "a"} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        log_likelihoods(**given)


@pytest.fixture(scope="module")
def slider():
    return a_rate_slider("slider")


@pytest.mark.parametrize("sigma", SIGMAS[1:])
def test_the_sliders_formula_is_the_exact_engines(sigma):
    data, prior = logistic.Data(SUCCESSES, CASES, DOCTORS), logistic.partial_pooling().prior
    nodes = nodes_at(np.array([sigma, 0.8]), data, prior, Rule())
    exact = np.einsum("kbm,kbmj->kj", nodes.weight, nodes.moments[2])
    found, fit = pooled_rates(sigma, SUCCESSES.astype(float), CASES.astype(float), 0.0, 1.5)
    assert found == pytest.approx(exact[0], abs=2e-5)
    base = pooled_rates(0.8, SUCCESSES.astype(float), CASES.astype(float), 0.0, 1.5)[1]
    assert fit - base == pytest.approx(nodes.log_evidence[0] - nodes.log_evidence[1], abs=2e-4)


def test_at_zero_all_doctors_are_one_by_plain_integration():
    y, n = SUCCESSES.sum(), CASES.sum()
    height = lambda m: np.exp(y * m - n * np.log1p(np.exp(m)) - m**2 / (2 * 1.5**2) + 206)  # noqa: E731
    mean = (integrate.quad(lambda m: height(m) / (1 + np.exp(-m)), -3, 4)[0] / integrate.quad(height, -3, 4)[0])
    assert pooled_rates(0.0, SUCCESSES.astype(float), CASES.astype(float), 0.0, 1.5)[0] == pytest.approx(mean, abs=2e-5)


def test_where_sigma_is_large_a_large_doctor_keeps_the_raw_rate():
    found = pooled_rates(3.0, SUCCESSES.astype(float), CASES.astype(float), 0.0, 1.5)[0]
    large = CASES > 100
    assert found[large] == pytest.approx(SUCCESSES[large] / CASES[large], abs=0.003)
    assert found[CASES == 4] < 0.95


@pytest.mark.parametrize("sigma", SIGMAS)
def test_the_pages_own_arithmetic_gives_the_same(slider, sigma):
    spec = slider.spec()
    rows = run_transforms(spec["transform"], spec["datasets"][spec["data"]["name"]], sigma=sigma)
    order = np.argsort(CASES, kind="stable")
    y, n = (np.append(0.0, v[order]) for v in (SUCCESSES, CASES))
    found, fit = pooled_rates(sigma, y, n, 0.0, 1.5)
    best = max(pooled_rates(s, y, n, 0.0, 1.5)[1] for s in np.arange(0, 3.025, 0.05))
    assert [r["row"] for r in rows] == ["a new doctor (0)", *(f"{DOCTORS[j]} ({CASES[j]})" for j in order)]
    assert [r["pooled"] for r in rows] == pytest.approx(100 * found, rel=1e-9)
    assert [r["share"] for r in rows] == pytest.approx(np.full(11, 100 * np.exp(fit - best)), rel=1e-6)
    assert not any("transform" in layer and any("calculate" in t and t["as"] != "said" for t in layer["transform"])
                   for layer in spec["layer"]), "the integrals must be done once, not once a layer"


def test_one_wrong_step_in_the_page_would_be_seen(slider):
    spec = slider.spec()
    wrong = json.loads(json.dumps(spec["transform"]).replace("datum.z * datum.z / 2", "datum.z * datum.z"))
    assert wrong != spec["transform"]
    rows = run_transforms(wrong, spec["datasets"][spec["data"]["name"]], sigma=1.0)
    order = np.argsort(CASES, kind="stable")
    found, _ = pooled_rates(1.0, *(np.append(0.0, v[order]) for v in (SUCCESSES, CASES)), 0.0, 1.5)
    assert np.abs(np.array([r["pooled"] for r in rows]) - 100 * found).max() > 1


def test_the_slider_is_bound_and_its_words_hold_the_numbers(slider):
    (sigma,) = [p for p in slider.spec()["params"] if p["name"] == "sigma"]
    assert (sigma["bind"]["min"], sigma["bind"]["max"], sigma["value"]) == (0, 3.0, 1.0)
    y, n = SUCCESSES.astype(float), CASES.astype(float)
    first, last = (100 * pooled_rates(s, y, n, 0.0, 1.5)[0] for s in (0.0, 3.0))
    assert f"At 0 every filled circle stands at {first[0]:.1f} percent" in slider.description
    assert f"that of Dr. D stands at {last[3]:.1f} (raw rate 0.0) and that of Dr. G at {last[6]:.1f}" in slider.description
    table = slider.table.set_index("doctor (cases)")
    for s in (0, 0.25, 0.5, 1, 2, 3):
        rates = 100 * pooled_rates(float(s), y, n, 0.0, 1.5)[0]
        assert [table.loc[f"{d} ({k})", f"σ_pop = {s:g}"] for d, k in zip(DOCTORS, CASES, strict=True)] == [
            f"{r:.1f}" for r in rates]


def test_the_drawing_stands_where_the_slider_starts(slider):
    page = slider._repr_mimebundle_()["text/html"]
    assert page.count("<svg") == 1
    assert "σ_pop = 1.00<" in page
    assert re.search(r"counts \d+ % as probable as at best<", page)


def test_truth_is_drawn_only_where_it_is_given(slider):
    assert "truth" not in json.dumps(slider.spec())
    shown = a_rate_slider("slider", truth=SUCCESSES / CASES).spec()
    assert sum(layer["encoding"].get("x", {}).get("field") == "truth" for layer in shown["layer"]) == 1


@pytest.mark.parametrize(("change", "said"), [
    ({"successes": [1, 5]}, "successes, row 1: 5 among 4 cases; whole numbers from 0 to the cases"),
    ({"successes": [-1, 1]}, "successes, row 0: -1 among 3 cases"),
    ({"cases": [3, 0], "successes": [1, 0]}, "successes, row 1: 0 among 0 cases"),
    ({"successes": [0.5, 1]}, "successes, row 0: 0.5 among 3 cases"),
    ({"cases": [3, NAN]}, "cases, row 1: nan is not a finite number"),
    ({"s0": 0.0}, "s0: a standard deviation above 0 is needed, got 0.0"),
    ({"cases": [2000, 2000], "successes": [1990, 600]}, "are integrated in the page with an error of 25.7 percentage points"),
    ({"labels": list(map(str, range(61)))}, "labels: 60 at most are integrated while the slider moves, got 61"),
])
def test_the_slider_refuses(change, said):
    given = {"labels": AB, "successes": [1, 2], "cases": [3, 4], "m0": 0.0, "s0": 1.5, "name": "a"} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        rate_slider(**given)
