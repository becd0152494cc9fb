"""Descriptions hold the numbers that are drawn, found here by another road."""

import numpy as np
import pytest
from pictures import (
    DATA,
    DISTRICT,
    DISTRICT_TRUTH,
    GRID,
    POSTERIOR,
    a_bars,
    a_densities,
    a_funnel,
    a_moved_points,
    a_predictive,
    a_shrinkage,
    a_size_funnel,
    a_size_shrinkage,
    an_energy,
    an_estimates,
    an_intervals,
)

from hbm_lib.models import eight_schools as es
from hbm_lib.plots.densities import densities
from hbm_lib.plots.estimates import estimates


def test_bars():
    picture, share = a_bars()
    for label, value in zip(DATA.labels, share, strict=True):
        assert f"{label} {value:.1f}" in picture.description
    widths = [p.get_width() for p in picture.fig.axes[0].patches]
    assert widths == pytest.approx(share)


def test_densities():
    words = a_densities(mark=4.7, mark_label="the mean").description
    height = POSTERIOR.line.pdf(GRID)
    assert f"posterior peaks at {GRID[height.argmax()]:.1f} with density {height.max():.3f}" in words
    assert f"prior peaks at 0.0 with density {2 / np.pi / 10:.3f}" in words
    assert "a dotted line marks the mean at 4.7" in words
    drawn = a_densities().fig.axes[0].lines
    assert [len(line.get_xdata()) for line in drawn] == [200, 200]
    assert drawn[1].get_ydata() == pytest.approx(height)
    assert drawn[0].get_linestyle() == "--"


def test_densities_leave_gaps_where_a_density_is_not_defined():
    y = np.where(GRID < 3, np.nan, np.exp(-GRID))
    words = densities(GRID, {"curve": y}, xlabel="x", name="gap").description
    assert f"curve peaks at {GRID[GRID >= 3][0]:.1f}" in words


def test_more_curves_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 5 solid"):
        densities(GRID, {str(i): GRID for i in range(6)}, xlabel="x", name="many")


def test_estimates():
    words = an_estimates().description
    assert "from -3.0 (group C) to 28.0 (group A)" in words
    assert "0 of the 8 intervals exclude zero" in words
    assert f"all together at {es.heterogeneity(DATA).pooled:.1f}" in words


def test_estimates_count_the_intervals_that_exclude_zero():
    """Above zero, below it, around it, and with an end on it: the last two hold zero."""
    low, high = np.array([0.5, -4.0, -1.0, 0.0]), np.array([3.0, -0.5, 1.0, 2.0])
    drawn = estimates(list("ABCD"), (low + high) / 2, low, high, line=0.5, line_label="all", xlabel="points", name="a")
    words = drawn.description
    assert "2 of the 4 intervals exclude zero" in words


def test_intervals():
    picture, rows = an_intervals()
    for name, (low, middle, high) in rows.items():
        assert f"{name}: {middle:.1f}, from {low:.1f} to {high:.1f}" in picture.description


def test_predictive():
    words = a_predictive().description
    low, high = (float(POSTERIOR.predictive(0).quantile(q)) for q in (0.025, 0.975))
    assert "8 of 8 observed values lie inside" in words
    assert f"is A, 28 in an interval from {low:.0f} to {high:.0f}" in words


def test_shrinkage_paths():
    picture, paths = a_shrinkage()
    assert f"start together at {paths[0].mean():.1f} where tau is 0.0" in picture.description
    for j, label in enumerate(DATA.labels):
        assert f"{label} {paths[-1, j]:.1f}" in picture.description
        assert picture.fig.axes[0].lines[j].get_ydata() == pytest.approx(paths[:, j])
    peak = GRID[POSTERIOR.line.pdf(GRID).argmax()]
    assert f"highest near {peak:.1f}" in picture.description


def test_funnel_names_the_exact_quantiles_and_rings_every_divergence():
    picture = a_funnel()
    for q in (0.05, 0.5):
        assert f"{100 * q:g} percent at {np.log(POSTERIOR.quantile('tau', q)):.2f}" in picture.description
    all_draws, ringed = picture.fig.axes[0].lines[:2]
    assert len(all_draws.get_xdata()) == 800
    assert len(ringed.get_xdata()) == np.sum(all_draws.get_ydata() < np.log(0.2))


def test_energy_draws_both_histograms():
    assert len(an_energy().fig.axes[0].patches) == 2


def test_size_funnel_counts_who_is_outside():
    picture = a_size_funnel()
    scores = {s: DISTRICT.y[DISTRICT.index == j] for j, s in enumerate(DISTRICT.labels)}
    best, worst = (pick(scores, key=lambda s: scores[s].mean()) for pick in (max, min))
    assert f"highest is {best}, {scores[best].mean():.1f} with {len(scores[best])} pupils" in picture.description
    assert f"lowest {worst}, {scores[worst].mean():.1f} with {len(scores[worst])}." in picture.description
    out = {s for s, y in scores.items() if (y.mean() - 75) ** 2 > 4 * 144 / len(y)}
    assert f"{len(out)} schools lie outside the band" in picture.description
    _, inside, outside = picture.fig.axes[0].lines
    assert sorted(outside.get_ydata()) == pytest.approx(sorted(scores[s].mean() for s in out))
    assert len(inside.get_xdata()) + len(out) == 24


def test_size_funnel_band_narrows_with_the_root_of_the_size():
    ax = a_size_funnel().fig.axes[0]
    edge = ax.collections[0].get_paths()[0].vertices
    upper = edge[edge[:, 1] > 75.01]
    assert (upper[:, 1] - 75) * np.sqrt(upper[:, 0]) == pytest.approx(24.0)


def test_names_in_a_figure_do_not_cover_one_another():
    picture = a_size_funnel()
    picture.fig.canvas.draw()
    boxes = [t.get_window_extent() for t in picture.fig.axes[0].texts]
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_size_shrinkage():
    picture = a_size_shrinkage()
    _, own, pooled, truth = picture.fig.axes[0].lines
    assert truth.get_ydata() == pytest.approx(DISTRICT_TRUTH.theta)
    moved = pooled.get_ydata() - own.get_ydata()
    j = int(abs(moved).argmax())
    assert (f"longest move is that of {DISTRICT.labels[j]} ({DISTRICT.counts[j]} pupils), from {own.get_ydata()[j]:.1f} to "
            f"{pooled.get_ydata()[j]:.1f}") in picture.description
    nearer = sum((p - t) ** 2 < (o - t) ** 2 for o, p, t in zip(*(v.get_ydata() for v in (own, pooled, truth)), strict=True))
    assert f"{nearer} of the 24 pooled estimates are nearer" in picture.description
    assert "truth" not in a_size_shrinkage(truth=False).description


def test_moved_points():
    picture = a_moved_points()
    own, pooled = picture.fig.axes[0].lines[-2:]
    assert "reach from 0.00 (A) to 0.70 (H); the pooled ones are spread 0.4 times as far" in picture.description
    assert pooled.get_ydata().std() == pytest.approx(0.4 * own.get_ydata().std())
    assert "diagonal" not in picture.description
    below = (pooled.get_ydata() < pooled.get_xdata()).sum()
    assert f"{below} filled circles lie below it" in a_moved_points(diagonal=True).description
    assert picture.fig.axes[0].get_xlim() == (-1, 9)
