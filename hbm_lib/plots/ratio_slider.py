"""A slider over tau / sigma: schools of unequal size, each moving at its own rate, recomputed in the page."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from hbm_lib.plots.columns import columns
from hbm_lib.plots.live import Live
from hbm_lib.plots.style import COLOURS, FAINT


def pooled_means(ratio: float, means: np.ndarray, sizes: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of the groups and the partially pooled means (J,) when tau / sigma is known.

    The mean is the generalized least squares one (a flat prior), with weights n / (1 + n ratio²);
    a group's own mean gets the weight n ratio² / (1 + n ratio²). Units are those of ``means``.
    """
    spread = 1 + sizes * ratio**2
    centre = (sizes / spread) @ means / (sizes / spread).sum()
    own = sizes * ratio**2 / spread
    return float(centre), own * means + (1 - own) * centre


def _chart(frame: pd.DataFrame, unit: str, member: str, start: float, stop: float, step: float, at: float) -> alt.LayerChart:
    """Put the layers over one set of transforms."""
    power = alt.param(name="power", value=at, bind=alt.binding_range(min=start, max=stop, step=step, name="log₁₀(τ/σ) "))
    ratio = alt.param(name="ratio", expr="pow(10, power)")
    base = (
        alt.Chart(frame)
        .transform_calculate(spread="1 + datum.n * ratio * ratio")
        .transform_calculate(w="datum.n / datum.spread", own="datum.n * ratio * ratio / datum.spread")
        .transform_calculate(wy="datum.w * datum.y")
        .transform_joinaggregate(W="sum(w)", WY="sum(wy)")
        .transform_calculate(mu="datum.WY / datum.W")
        .transform_calculate(theta="datum.own * datum.y + (1 - datum.own) * datum.mu", share="100 * datum.own")
    )
    low, high = float(np.floor(frame["y"].min() - 1)), float(np.ceil(frame["y"].max() + 1))
    scale = alt.Scale(domain=[low, high], zero=False, nice=False)
    x = alt.X("y:Q", title=f"estimate ({unit})", scale=scale)
    pooled_x = alt.X("theta:Q", title=f"estimate ({unit})", scale=scale)
    row = alt.Y("row:N", title=None, sort=alt.EncodingSortField("place", order="ascending"))
    tips = [
        alt.Tooltip("school:N"), alt.Tooltip("n:Q", title=member), alt.Tooltip("y:Q", title="own average", format=".1f"),
        alt.Tooltip("theta:Q", title="partially pooled", format=".1f"),
        alt.Tooltip("share:Q", title="weight of its own average (%)", format=".0f"),
    ]
    line = base.mark_rule(strokeWidth=2, color=COLOURS["complete pooling"]).encode(x=alt.X("mu:Q", aggregate="mean", scale=scale))
    path = base.mark_rule(strokeWidth=1.5, color=FAINT).encode(x=x, x2="theta:Q", y=row)
    raw = base.mark_point(size=60, strokeWidth=2, opacity=1, color=COLOURS["no pooling"]).encode(x=x, y=row, tooltip=tips)
    pooled = base.mark_circle(size=90, opacity=1, color=COLOURS["partial pooling"]).encode(x=pooled_x, y=row, tooltip=tips)
    said = ("['τ/σ = ' + format(ratio, '.2~r'), "
            f"'the mean weighs as much as ' + format(1 / (ratio * ratio), ',.2~r') + ' {member}']")
    title = alt.TitleParams(text=alt.expr(said), anchor="start", frame="bounds", fontSize=13.5, fontWeight="normal")
    chart = (line + path + raw + pooled).add_params(power, ratio)
    chart = chart.properties(width="container", height=21 * len(frame), title=title)
    return chart.configure_view(stroke=None).configure_axis(labelFontSize=12.5, titleFontSize=13)


def ratio_slider(
    labels: Sequence[str], means: np.ndarray, sizes: np.ndarray, *, unit: str, name: str, member: str = "pupils",
    start: float = -2.0, stop: float = 1.0, at: float = -0.4, step: float = 0.05,
    shown: Sequence[float] = (0.01, 0.1, 0.4, 1, 10),
) -> Live:
    """Build the live chart: every group's own mean and its partially pooled one, smallest group first.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    means : array of shape (J,)
        Each group's own mean, in ``unit``.
    sizes : array of shape (J,)
        Members of each group.
    unit, name, member : str
        The unit's word, the chart's name, the word for a group's members.
    start, stop, at, step : float
        The slider's ends, position and step, in log10 of tau / sigma.
    shown : sequence of float
        Values of tau / sigma for the table.

    Returns
    -------
    Live
    """
    columns(labels, means=means, sizes=sizes)
    means, sizes = np.asarray(means, float), np.asarray(sizes)
    order = np.argsort(sizes, kind="stable")
    rows = [f"{labels[j]} ({sizes[j]})" for j in order]
    frame = pd.DataFrame({
        "school": [labels[j] for j in order], "row": rows, "n": sizes[order], "y": means[order], "place": range(len(rows))})
    ends = [pooled_means(10.0**z, means, sizes) for z in (start, stop)]
    (low, first), (_, last) = ends
    small, large = order[0], order[-1]
    words = (
        f"A slider sets tau / sigma from {10**start:g} to {10**stop:g} on a log scale. One row a group, from {labels[small]} "
        f"with {sizes[small]} {member} to {labels[large]} with {sizes[large]}: an open circle at its own average, a filled one "
        f"at its partially pooled estimate, a vertical line at the common mean. At the left end every filled circle stands "
        f"within {np.abs(first - low).max():.1f} {unit} of the mean, {low:.1f}; at the right end within "
        f"{np.abs(last - means).max():.2f} {unit} of its own average. In between, the smaller the group, the larger the share "
        f"of the way to the mean that it has gone."
    )
    table = pd.DataFrame({f"school ({member})": rows} | {
        f"τ/σ = {r:g}": [f"{v:.1f}" for v in pooled_means(r, means, sizes)[1][order]] for r in shown})
    caption = f"Partially pooled estimate of each school for a few values of tau / sigma ({unit})."
    return Live(_chart(frame, unit, member, start, stop, step, at), words, name, table, caption)
