"""A Gibbs sampler that the reader steps in the page: two correlated coordinates, the correlation on a slider.

For two standard normal coordinates with correlation rho every update is s_k = rho s_(k-1) + sqrt(1 - rho²) z_k, x and y
in turn. Written out, s_k = rho^k (s_0 + sqrt(1 - rho²) sum of rho^-i z_i): a running sum, which the page computes itself
from fixed noise z.
"""

import altair as alt
import numpy as np
import pandas as pd

from hbm_lib.plots.live import Live
from hbm_lib.plots.style import COLOURS, FAINT


def walked(rho: float, noise: np.ndarray, start: tuple[float, float]) -> np.ndarray:
    """Return the places (K + 1, 2) of the sampler after 0 to K updates: x first, then y, by turns."""
    x, y = start
    places = [(x, y)]
    for k, z in enumerate(noise):
        moved = rho * (x if k % 2 else y) + np.sqrt(1 - rho**2) * z
        x, y = (x, moved) if k % 2 else (moved, y)
        places.append((x, y))
    return np.array(places)


def walk_slider(
    noise: np.ndarray, *, start: tuple[float, float], xlabel: str, ylabel: str, name: str, rho: float = 0.9, step: int = 1,
    shown: tuple[float, ...] = (0.2, 0.5, 0.9, 0.98),
) -> Live:
    """Build the live chart: contours of the two coordinates and the sampler's path up to the step chosen.

    Parameters
    ----------
    noise : array of shape (K,)
        Standard normal numbers, one an update.
    start : tuple of float
        Where the sampler starts, in standard deviations; its x is drawn anew by the first update.
    xlabel, ylabel, name : str
        The coordinates' words and the chart's name.
    rho, step : float, int
        Where the sliders stand.
    shown : tuple of float
        Correlations for the table.

    Returns
    -------
    Live

    Raises
    ------
    ValueError
        If the noise is not a row of at least two finite numbers, or rho is not between 0.05 and 0.99.
    """
    noise = np.asarray(noise, float)
    if noise.ndim != 1 or len(noise) < 2 or not np.isfinite(noise).all():
        raise ValueError(f"noise: a row of at least two finite numbers is needed, got shape {noise.shape}")
    for value in (rho, *shown):
        if not 0.05 <= value <= 0.99:
            raise ValueError(f"rho: a correlation between 0.05 and 0.99 is needed, got {value}")
    count = len(noise)
    frame = pd.DataFrame({"k": np.arange(count + 1), "z": [0.0, *noise], "odd": np.arange(count + 1) % 2})
    by_rho = alt.param(name="rho", value=rho, bind=alt.binding_range(min=0.05, max=0.99, step=0.01, name="correlation "))
    by_step = alt.param(name="step", value=step, bind=alt.binding_range(min=0, max=count, step=1, name="updates "))
    x0, y0 = (float(v) for v in start)
    path = (
        alt.Chart(frame)
        .transform_calculate(u=f"datum.k == 0 ? {y0!r} : datum.z * sqrt(1 - rho * rho) * pow(rho, -datum.k)")
        .transform_window(total="sum(u)", frame=[None, 0], sort=[{"field": "k"}])
        .transform_calculate(s="datum.total * pow(rho, datum.k)")
        .transform_window(last="lag(s)", sort=[{"field": "k"}])
        .transform_calculate(before=f"datum.k == 0 ? {x0!r} : datum.last")
        .transform_calculate(x="datum.odd * datum.s + (1 - datum.odd) * datum.before",
                             y="datum.odd * datum.before + (1 - datum.odd) * datum.s")
    )
    angle = np.linspace(0, 2 * np.pi, 73)
    rings = pd.DataFrame({"ring": r, "i": i, "c": r * np.cos(a), "d": r * np.sin(a)}
                         for r in (1.18, 2.15, 3.03) for i, a in enumerate(angle))
    ring = alt.Chart(rings).transform_calculate(x="datum.c", y="rho * datum.c + sqrt(1 - rho * rho) * datum.d")
    scale = alt.Scale(domain=[-3.6, 3.6])
    x, y = alt.X("x:Q", title=xlabel, scale=scale), alt.Y("y:Q", title=ylabel, scale=scale)
    tone = COLOURS["partial pooling"]
    contours = ring.mark_line(color=FAINT, strokeWidth=1.2).encode(x=x, y=y, order="i:Q", detail="ring:N")
    so_far = path.transform_filter("datum.k <= step")
    trail = so_far.mark_line(color=tone, strokeWidth=1.4).encode(x=x, y=y, order="k:Q")
    dots = so_far.mark_circle(color=tone, size=35, opacity=1).encode(x=x, y=y, tooltip=[
        alt.Tooltip("k:Q", title="update"), alt.Tooltip("x:Q", format=".2f"), alt.Tooltip("y:Q", format=".2f")])
    here = path.transform_filter("datum.k == step").mark_circle(color=COLOURS["truth"], size=150, opacity=1).encode(x=x, y=y)
    chart = (contours + trail + dots + here).add_params(by_rho, by_step).properties(width="container", height=380)
    chart = chart.configure_view(stroke=None).configure_axis(labelFontSize=13, titleFontSize=13)
    rows, ends = [], {}
    for value in shown:
        places = walked(value, noise, start)
        ends[value] = np.ptp(places[:, 0])
        rows.append({"correlation": f"{value:g}", "kept of a coordinate after a sweep": f"{value**2:.2f}",
                     "x after 2 updates": f"{places[2, 0]:.2f}", "y after 2 updates": f"{places[2, 1]:.2f}",
                     "range of x in all updates": f"{ends[value]:.2f}"})
    low, high = min(shown), max(shown)
    words = (f"Three rings hold half, nine tenths and 99 percent of two correlated coordinates. Sliders set their correlation "
             f"and the number of updates shown, up to {count}. The sampler starts at ({x0:g}, {y0:g}) and moves along one axis "
             f"at a time. At correlation {low:g} its x ranges over {ends[low]:.1f} standard deviations, at {high:g} over "
             f"{ends[high]:.1f}, with the same noise.")
    return Live(chart, words, name, pd.DataFrame(rows), f"The same {count} numbers of noise at a few correlations.")
