"""A slider over sigma_creator: every creator moves between its genre's mean and its own effect at its own rate."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from hbm_lib.plots.columns import columns
from hbm_lib.plots.group_marks import MOST
from hbm_lib.plots.live import Live
from hbm_lib.plots.style import COLOURS, FAINT, GROUPS


def pooled_effects(sigma: float, effect: np.ndarray, se: np.ndarray, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the groups' means (G,) and the pooled effects (N,) when sigma_creator is known: the slider's own arithmetic.

    A group's mean is the weighted one with weights 1 / (sigma² + SE²) (a flat prior on each group); a unit's own effect has
    the weight sigma² / (sigma² + SE²).
    """
    w = 1 / (sigma**2 + se**2)
    mean = np.bincount(index, w * effect) / np.bincount(index, w)
    return mean, mean[index] + sigma**2 * w * (effect - mean[index])


def _chart(
    frame: pd.DataFrame, groups: Sequence[str], unit: str, member: str, top: float, at: float, step: float,
) -> alt.LayerChart:
    """Put the layers over one set of transforms."""
    sigma = alt.param(name="sigma", value=at, bind=alt.binding_range(min=0, max=top, step=step, name="σ_creator "))
    base = (
        alt.Chart(frame)
        .transform_calculate(w="1 / (datum.se * datum.se + sigma * sigma)")
        .transform_calculate(wd="datum.w * datum.own")
        .transform_joinaggregate(W="sum(w)", WD="sum(wd)", groupby=["group"])
        .transform_calculate(mean="datum.WD / datum.W")
        .transform_calculate(pooled="datum.mean + sigma * sigma * datum.w * (datum.own - datum.mean)")
    )
    if "truth" in frame:
        base = base.transform_calculate(squared="(datum.pooled - datum.truth) * (datum.pooled - datum.truth)")
    low, high = float(np.floor(4 * frame["own"].min()) / 4), float(np.ceil(4 * frame["own"].max()) / 4)
    scale = alt.Scale(domain=[low, high], nice=False)
    x = alt.X("n:Q", title=f"{member} (log scale)", scale=alt.Scale(type="log", nice=False, padding=12),
              axis=alt.Axis(values=[30, 100, 300, 1000, 3000], grid=False))
    title = f"effect ({unit})"
    tones = alt.Scale(domain=list(groups), range=list(GROUPS[:len(groups)]))
    color = alt.Color("group:N", title=None, sort=list(groups), scale=tones,
                      legend=alt.Legend(orient="bottom", columns=3, symbolType="circle", labelFontSize=12.5))
    tips = [
        alt.Tooltip("label:N"), alt.Tooltip("group:N"), alt.Tooltip("n:Q", title=member),
        alt.Tooltip("own:Q", title="own effect", format=".2f"),
        alt.Tooltip("pooled:Q", title="partially pooled", format=".2f"),
    ]
    line = base.mark_rule(strokeWidth=1.4, opacity=0.8).encode(
        y=alt.Y("mean:Q", aggregate="mean", scale=scale, title=title), color=color)
    path = base.mark_rule(strokeWidth=1, color=FAINT).encode(x=x, y=alt.Y("own:Q", scale=scale, title=title), y2="pooled:Q")
    raw = base.mark_point(size=34, strokeWidth=1.4, opacity=1, color=COLOURS["no pooling"]).encode(
        x=x, y=alt.Y("own:Q", scale=scale, title=title), tooltip=tips)
    dots = base.mark_circle(size=62, opacity=1).encode(
        x=x, y=alt.Y("pooled:Q", scale=scale, title=title), color=color, tooltip=tips)
    layers = line + path + raw + dots
    if "truth" in frame:
        words = alt.Chart(frame)
        words.transform = base.transform
        layers += (
            words.transform_aggregate(mse="mean(squared)")
            .transform_calculate(said="'mean squared error ' + format(datum.mse, '.3f')")
            .mark_text(align="right", baseline="top", fontSize=13.5, dx=-4, dy=4)
            .encode(text="said:N", x=alt.value("width"), y=alt.value(0))
        )
    said = "'σ_creator = ' + format(sigma, '.2f') + ' " + unit.replace("'", "") + "'"
    head = alt.TitleParams(text=alt.expr(said), anchor="start", frame="bounds", fontSize=13.5, fontWeight="normal")
    chart = layers.add_params(sigma).properties(width="container", height=380, title=head)
    return chart.configure_view(stroke=None).configure_axis(labelFontSize=12.5, titleFontSize=13)


def scale_slider(
    labels: Sequence[str], effect: np.ndarray, se: np.ndarray, sizes: np.ndarray, index: np.ndarray, groups: Sequence[str], *,
    unit: str, name: str, member: str = "users", truth: np.ndarray | None = None, top: float = 2.0, at: float = 0.4,
    step: float = 0.02, shown: Sequence[float] = (0, 0.1, 0.4, 1, 2),
) -> Live:
    """Build the live chart: own effects, and the partially pooled ones for the sigma_creator chosen.

    Parameters
    ----------
    labels : sequence of str
        Names of the N units.
    effect, se, sizes : array of shape (N,)
        Own effects and standard errors in ``unit``, members of each unit.
    index : array of int of shape (N,)
        Each unit's place among ``groups``.
    groups : sequence of str
        Names of the groups, eight at most.
    unit, name, member : str
        The unit of effects, the chart's name, the word for a unit's members.
    truth : array of shape (N,), optional
        True effects: the chart then shows the mean squared error.
    top, at, step : float
        The slider's end, position and step.
    shown : sequence of float
        Values of sigma_creator for the table.

    Returns
    -------
    Live

    Raises
    ------
    ValueError
        If an array has not one finite number a unit, a standard error is not above 0, or there are more groups than colors.
    """
    effect, se, sizes, place = columns(labels, effect=effect, se=se, sizes=sizes, index=index)
    if se.min() <= 0:
        raise ValueError(f"se, row {se.argmin()}: a standard error above 0 is needed, got {se.min():g}")
    if len(groups) > MOST:
        raise ValueError(f"groups: {MOST} at most have a color of their own, got {len(groups)}; choose some")
    index = place.astype(int)
    frame = pd.DataFrame({"label": list(labels), "group": [str(groups[g]) for g in index], "n": sizes, "own": effect.round(4),
                          "se": se.round(5)})
    if truth is not None:
        frame["truth"] = columns(labels, truth=truth)[0].round(4)
    own, se = frame["own"].to_numpy(), frame["se"].to_numpy()
    rows, (small, large) = [], np.argsort(sizes, kind="stable")[[0, -1]]
    for value in shown:
        mean, pooled = pooled_effects(value, own, se, index)
        row = {"σ_creator": f"{value:g}"} | {f"mean of {g}": f"{m:.2f}" for g, m in zip(groups, mean, strict=True)}
        row |= {f"{which} ({labels[i]})": f"{pooled[i]:.2f}" for which, i in (("smallest", small), ("largest", large))}
        if truth is not None:
            row["mean squared error"] = f"{np.mean((pooled - frame['truth']) ** 2):.3f}"
        rows.append(row)
    words = (
        f"A slider sets sigma_creator from 0 to {top:g} {unit}. Every one of {len(own)} units, from {labels[small]} with "
        f"{sizes[small]:,.0f} {member} to {labels[large]} with {sizes[large]:,.0f}, has an open circle at its own effect and a "
        f"filled one, in its group's color, at its partially pooled effect; lines mark the {len(groups)} groups' means. At 0 "
        f"every filled circle lies on its group's line; the larger the slider's value, the nearer each comes to its own effect, "
        f"those with many {member} first."
    )
    if truth is not None:
        words += " The mean squared error to the truth is written in the chart."
    return Live(_chart(frame, [str(g) for g in groups], unit, member, top, at, step), words, name, pd.DataFrame(rows),
                f"Groups' means and two units' pooled effects for a few values of sigma_creator ({unit}).")
