"""A slider over tau: partial pooling recomputed in the page."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from hbm_lib.plots.columns import columns
from hbm_lib.plots.live import Live
from hbm_lib.plots.style import COLOURS


def conditional_means(tau: float, y: np.ndarray, sigma: np.ndarray, m0: float, s0: float) -> tuple[float, np.ndarray]:
    """Return E[mu | tau, y] and E[theta | tau, y] (J,) under mu ~ N(m0, s0): the slider's own arithmetic."""
    weight = 1 / (sigma**2 + tau**2)
    mu = (weight @ y + m0 / s0**2) / (weight.sum() + 1 / s0**2)
    pull = sigma**2 / (sigma**2 + tau**2)
    return float(mu), pull * mu + (1 - pull) * y


def tau_slider(
    labels: Sequence[str], y: np.ndarray, sigma: np.ndarray, *, m0: float, s0: float, unit: str, name: str,
    start: float = 5.0, stop: float = 30.0, shown: Sequence[float] = (0, 2, 5, 10, 30),
) -> Live:
    """Build the live chart: raw estimates, and the partially pooled ones for the tau chosen.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    y, sigma : array of shape (J,)
        Estimates and standard errors, in ``unit``.
    m0, s0 : float
        Normal prior of mu.
    unit, name : str
        The unit's word and the chart's name.
    start, stop : float
        Where the slider stands and how far it goes.
    shown : sequence of float
        Values of tau for the table.

    Returns
    -------
    Live
    """
    y, sigma = columns(labels, y=y, sigma=sigma)
    frame = pd.DataFrame({"school": list(labels), "y": y, "sigma": sigma})
    tau = alt.param(name="tau", value=start, bind=alt.binding_range(min=0, max=stop, step=0.5, name=f"τ ({unit}) "))
    base = (
        alt.Chart(frame)
        .transform_calculate(w="1 / (datum.sigma * datum.sigma + tau * tau)")
        .transform_calculate(wy="datum.y * datum.w")
        .transform_joinaggregate(W="sum(w)", WY="sum(wy)")
        .transform_calculate(
            mu=f"(datum.WY + {m0 / s0**2!r}) / (datum.W + {s0**-2!r})",
            pull="datum.sigma * datum.sigma * datum.w",
        )
        .transform_calculate(theta="datum.pull * datum.mu + (1 - datum.pull) * datum.y", shrinkage="100 * datum.pull")
    )
    low, high = float(np.floor(min(y) - 2)), float(np.ceil(max(y) + 2))
    x = alt.X("y:Q", title=f"effect ({unit})", scale=alt.Scale(domain=[low, high]))
    row = alt.Y("school:N", title=None, sort=alt.EncodingSortField("y", order="descending"))
    tips = [
        alt.Tooltip("school:N"), alt.Tooltip("y:Q", title="own estimate"), alt.Tooltip("sigma:Q", title="standard error"),
        alt.Tooltip("theta:Q", title="partially pooled", format=".1f"),
        alt.Tooltip("shrinkage:Q", title="shrinkage (%)", format=".0f"),
    ]
    line = base.mark_rule(strokeWidth=2, color=COLOURS["complete pooling"]).encode(x=alt.X("mu:Q", aggregate="mean"))
    arrow = base.mark_rule(strokeWidth=2, color="#7f8790").encode(x=x, x2="theta:Q", y=row)
    raw = base.mark_point(size=90, strokeWidth=2, opacity=1, color=COLOURS["no pooling"]).encode(x=x, y=row, tooltip=tips)
    pooled = base.mark_circle(size=140, opacity=1, color=COLOURS["partial pooling"]).encode(
        x=alt.X("theta:Q", scale=alt.Scale(domain=[low, high]), title=f"effect ({unit})"), y=row, tooltip=tips
    )
    chart = (line + arrow + raw + pooled).add_params(tau).properties(width="container", height=34 * len(labels))
    chart = chart.configure_view(stroke=None).configure_axis(labelFontSize=13, titleFontSize=13)
    rows = []
    for value in shown:
        mu, theta = conditional_means(value, y, sigma, m0, s0)
        rows.append({"τ": f"{value:g}", "E[μ]": f"{mu:.1f}"} | {s: f"{t:.1f}" for s, t in zip(labels, theta, strict=True)})
    ends = [conditional_means(t, y, sigma, m0, s0)[1] for t in (0.0, stop)]
    top = int(np.argmax(y))
    words = (
        f"A slider sets tau from 0 to {stop:g} {unit}. An open circle marks each group's own estimate and a filled one "
        f"its partially pooled estimate, with a vertical line at the mean effect. At tau = 0 every filled circle stands "
        f"at {ends[0][0]:.1f}; at tau = {stop:g} that of group {labels[top]} has moved to {ends[1][top]:.1f}, "
        f"close to its own {y[top]:.0f}."
    )
    caption = f"Partially pooled estimate of each group for a few values of tau ({unit})."
    return Live(chart, words, name, pd.DataFrame(rows), caption)
