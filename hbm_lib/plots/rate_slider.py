"""A slider over sigma_pop: doctors' rates on the probability scale, integrated anew in the page.

Given sigma_pop a doctor's rate has no closed form, so the page integrates: over mu, and within it over the doctor's
own logit, each by the trapezoid rule about a mode found by Newton's method. On such smooth integrands the rule
converges geometrically (Trefethen & Weideman 2014, SIAM Review), and a few hundred points a doctor are enough.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from hbm_lib.plots.columns import columns
from hbm_lib.plots.live import Live
from hbm_lib.plots.style import COLOURS, FAINT

MU_STEP, MU_END = 0.75, 5.25
LOGIT_STEP, LOGIT_END = 0.3, 3.0
NEWTON = 5
_TOLERATED = 0.005
MOST = 60
"""As many doctors as a page can integrate over while the slider moves."""


def pooled_rates(
    sigma: float, successes: np.ndarray, cases: np.ndarray, m0: float, s0: float
) -> tuple[np.ndarray, float]:
    """Return E[p_j | sigma, y] (J,) under mu ~ N(m0, s0), and log p(y | sigma) up to a constant: the slider's own arithmetic.

    A doctor with 0 cases is one of whom nothing was seen. A posterior mean is good to 1e-5 unless sigma is far
    smaller than the counts allow.
    """
    y, n = successes, cases
    logit, weight = _start(y, n)
    v = 1 / (sigma**2 + 1 / weight)
    precision = v.sum() + s0**-2
    scale = 1 / np.sqrt(precision)
    mu = ((v @ logit + m0 / s0**2) / precision + scale * np.arange(-MU_END, MU_END + MU_STEP / 2, MU_STEP))[:, None]
    z = sigma * weight * (logit - mu) / (sigma**2 * weight + 1)
    for _ in range(NEWTON):
        p = 1 / (1 + np.exp(-mu - sigma * z))
        z = z + (sigma * (y - n * p) - z) / (sigma**2 * n * p * (1 - p) + 1)
    p = 1 / (1 + np.exp(-mu - sigma * z))
    width = 1 / np.sqrt(sigma**2 * n * p * (1 - p) + 1)
    top = y * (mu + sigma * z) - n * np.log(1 + np.exp(mu + sigma * z)) - z**2 / 2
    u = np.arange(-LOGIT_END, LOGIT_END + LOGIT_STEP / 2, LOGIT_STEP)
    node = z[..., None] + width[..., None] * np.sinh(u)
    a = mu[..., None] + sigma * node
    f = np.exp(y[:, None] * a - n[:, None] * np.log(1 + np.exp(a)) - node**2 / 2 - top[..., None]) * width[..., None] * np.cosh(u)
    rate = (f / (1 + np.exp(-a))).sum(-1) / f.sum(-1)
    log_g = (np.log(f.sum(-1)) + top).sum(1) - (mu[:, 0] - m0) ** 2 / (2 * s0**2)
    g = np.exp(log_g - log_g.max())
    return g @ rate / g.sum(), float(log_g.max() + np.log(g.sum() * scale))


def _start(y: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a finite logit and its precision, half a success and half a failure added, where integration begins."""
    share = (y + 0.5) / (n + 1)
    return np.log(share / (1 - share)), np.maximum(n * share * (1 - share), 1e-9)


def _refuse_what_the_page_cannot_integrate(y: np.ndarray, n: np.ndarray, m0: float, s0: float) -> None:
    """Hold the slider's own arithmetic at sigma 0, where it is weakest, against a fine rule: there is one rate for all."""
    total, cases = y.sum(), n.sum()
    middle = np.log((total + 0.5) / (cases - total + 0.5))
    mu = middle + np.linspace(-12, 12, 4001) / np.sqrt(s0**-2 + (total + 0.5) * (cases - total + 0.5) / (cases + 1))
    log_g = total * mu - cases * np.logaddexp(0, mu) - (mu - m0) ** 2 / (2 * s0**2)
    g = np.exp(log_g - log_g.max())
    wanted = (g / (1 + np.exp(-mu))).sum() / g.sum()
    off = np.abs(pooled_rates(0.0, y, n, m0, s0)[0] - wanted).max()
    if not off < _TOLERATED:
        raise ValueError(f"successes, cases: so many cases with rates so far apart are integrated in the page with an error of "
                         f"{100 * off:.1f} percentage points; choose fewer cases, or draw a figure without a slider")


def _integrated(chart: alt.LayerChart, m0: float, s0: float, peak: float, keep: list[str]) -> alt.LayerChart:
    """Put the integrals, step by step those of ``pooled_rates``, before all layers."""
    chart = (
        chart.transform_calculate(v="1 / (sigma * sigma + 1 / datum.w)")
        .transform_calculate(vl="datum.v * datum.l")
        .transform_joinaggregate(V="sum(v)", VL="sum(vl)")
        .transform_calculate(s=f"1 / sqrt(datum.V + {s0**-2!r})", m=f"(datum.VL + {m0 / s0**2!r}) / (datum.V + {s0**-2!r})")
        .transform_calculate(t=f"sequence({-MU_END}, {MU_END + MU_STEP / 2}, {MU_STEP})")
        .transform_flatten(["t"])
        .transform_calculate(mu="datum.m + datum.s * datum.t")
        .transform_calculate(z="sigma * datum.w * (datum.l - datum.mu) / (sigma * sigma * datum.w + 1)")
    )
    p = "1 / (1 + exp(-datum.mu - sigma * datum.z))"
    for _ in range(NEWTON):
        chart = chart.transform_calculate(p=p).transform_calculate(
            z="datum.z + (sigma * (datum.y - datum.n * datum.p) - datum.z)"
              " / (sigma * sigma * datum.n * datum.p * (1 - datum.p) + 1)")
    height = "datum.y * datum.a - datum.n * log(1 + exp(datum.a)) - datum.z * datum.z / 2"
    return (
        chart.transform_calculate(p=p)
        .transform_calculate(c="1 / sqrt(sigma * sigma * datum.n * datum.p * (1 - datum.p) + 1)", a="datum.mu + sigma * datum.z")
        .transform_calculate(top=height, z0="datum.z")
        .transform_calculate(u=f"sequence({-LOGIT_END}, {LOGIT_END + LOGIT_STEP / 2}, {LOGIT_STEP})")
        .transform_flatten(["u"])
        .transform_calculate(z="datum.z0 + datum.c * (exp(datum.u) - exp(-datum.u)) / 2")
        .transform_calculate(a="datum.mu + sigma * datum.z")
        .transform_calculate(f=f"exp({height} - datum.top) * datum.c * (exp(datum.u) + exp(-datum.u)) / 2")
        .transform_calculate(fp="datum.f / (1 + exp(-datum.a))")
        .transform_aggregate(F="sum(f)", FP="sum(fp)", groupby=[*keep, "t", "mu", "s", "top"])
        .transform_calculate(lz="log(datum.F) + datum.top")
        .transform_joinaggregate(L="sum(lz)", groupby=["t"])
        .transform_calculate(lg=f"datum.L - (datum.mu - {m0!r}) * (datum.mu - {m0!r}) / {2 * s0**2!r}")
        .transform_joinaggregate(best="max(lg)")
        .transform_calculate(g="exp(datum.lg - datum.best)")
        .transform_calculate(gp="datum.g * datum.FP / datum.F")
        .transform_aggregate(G="sum(g)", GP="sum(gp)", groupby=[*keep, "s", "best"])
        .transform_calculate(pooled="100 * datum.GP / datum.G",
                             share=f"100 * exp(datum.best + log(datum.G * datum.s) - {peak!r})")
    )


def _layers(rows: list[str], truth: bool, unit: str) -> alt.LayerChart:
    """Return the marks: raw rates, pooled ones, the way between, and the line of an unseen one."""
    scale = alt.Scale(domain=[0, 100], nice=False, padding=8)
    x = lambda field: alt.X(f"{field}:Q", title="chance of success (%)", scale=scale)  # noqa: E731
    y = alt.Y("row:N", title=None, sort=rows)
    seen = "datum.n > 0"
    tips = [alt.Tooltip("row:N", title=f"{unit} (cases)"), alt.Tooltip("raw:Q", title="raw rate (%)", format=".1f"),
            alt.Tooltip("pooled:Q", title="partially pooled (%)", format=".1f")]
    none = alt.Chart()
    unseen = none.transform_filter("datum.n == 0")
    line = unseen.mark_rule(strokeWidth=1.6, color=COLOURS["complete pooling"]).encode(x=x("pooled"))
    way = none.transform_filter(seen).mark_rule(strokeWidth=1.5, color=FAINT).encode(x=x("raw"), x2="pooled:Q", y=y)
    raw = none.transform_filter(seen).mark_point(size=75, strokeWidth=2, opacity=1, color=COLOURS["no pooling"]).encode(
        x=x("raw"), y=y, tooltip=tips)
    dots = none.mark_circle(size=105, opacity=1, color=COLOURS["partial pooling"]).encode(x=x("pooled"), y=y, tooltip=tips)
    layers = [line, way, raw, dots]
    if truth:
        layers.append(none.transform_filter(seen).mark_point(
            size=160, strokeWidth=2, opacity=1, shape="M-.5,-.5L.5,.5M.5,-.5L-.5,.5", color=COLOURS["truth"],
        ).encode(x=x("truth"), y=y))
    said = unseen.transform_calculate(
        said="'counts ' + format(datum.share, '.2~r') + ' % as probable as at best'",
    ).mark_text(align="left", baseline="bottom", fontSize=12.5).encode(text="said:N", x=alt.value(0), y=alt.value(-6))
    return alt.layer(*layers, said)


def rate_slider(
    labels: Sequence[str], successes: np.ndarray, cases: np.ndarray, *, m0: float, s0: float, name: str, unit: str = "doctor",
    truth: np.ndarray | None = None, top: float = 3.0, at: float = 1.0, step: float = 0.05,
    shown: Sequence[float] = (0, 0.25, 0.5, 1, 2, 3),
) -> Live:
    """Build the live chart: raw rates, and the partially pooled ones for the sigma_pop chosen, fewest cases first.

    Parameters
    ----------
    labels : sequence of str
        Names of the J doctors, 60 at most.
    successes, cases : array of shape (J,)
        Counts of each.
    m0, s0 : float
        Normal prior of mu, on the logit scale.
    name, unit : str
        The chart's name and the word for a doctor.
    truth : array of shape (J,), optional
        True rates between 0 and 1: crosses.
    top, at, step : float
        The slider's end, position and step, on the logit scale.
    shown : sequence of float
        Values of sigma_pop for the table.

    Returns
    -------
    Live

    Raises
    ------
    ValueError
        If counts are no counts, there are more doctors than the page can integrate over, or the prior has no width.
    """
    if len(labels) > MOST:
        raise ValueError(f"labels: {MOST} at most are integrated while the slider moves, got {len(labels)}; choose some")
    y, n = columns(labels, successes=successes, cases=cases)
    wrong = np.flatnonzero((y < 0) | (y > n) | (n < 1) | (y != np.round(y)) | (n != np.round(n)))
    if wrong.size:
        j = int(wrong[0])
        raise ValueError(f"successes, row {j}: {y[j]:g} among {n[j]:g} cases; whole numbers from 0 to the cases, and at least 1 "
                         "case, are needed")
    if not (np.isfinite(s0) and s0 > 0):
        raise ValueError(f"s0: a standard deviation above 0 is needed, got {s0!r}")
    _refuse_what_the_page_cannot_integrate(y, n, m0, s0)
    order = np.argsort(n, kind="stable")
    y, n, names = np.append(0.0, y[order]), np.append(0.0, n[order]), [labels[j] for j in order]
    rows = [f"a new {unit} (0)"] + [f"{who} ({int(k)})" for who, k in zip(names, n[1:], strict=True)]
    logit, weight = _start(y, n)
    frame = pd.DataFrame({"row": rows, "y": y, "n": n, "raw": 100 * y / np.maximum(n, 1), "l": logit, "w": weight})
    keep = ["row", "n", "raw"]
    if truth is not None:
        frame["truth"] = np.append(50.0, 100 * columns(labels, truth=truth)[0][order])
        keep.append("truth")
    peak = max(pooled_rates(s, y, n, m0, s0)[1] for s in np.arange(0, top + step / 2, step))
    sigma = alt.param(name="sigma", value=at, bind=alt.binding_range(min=0, max=top, step=step, name="σ_pop "))
    head = alt.TitleParams(text=alt.expr("'σ_pop = ' + format(sigma, '.2f')"), anchor="start", frame="bounds", fontSize=13.5,
                           fontWeight="normal", offset=20)
    chart = _integrated(_layers(rows, truth is not None, unit).properties(data=frame), m0, s0, peak, keep)
    chart = chart.add_params(sigma).properties(width="container", height=28 * len(rows), title=head)
    chart = chart.configure_view(stroke=None).configure_axis(labelFontSize=12.5, titleFontSize=13)
    table = pd.DataFrame({f"{unit} (cases)": [*rows, "probability of the counts, % of the best"]})
    for s in shown:
        rates, fit = pooled_rates(s, y, n, m0, s0)
        table[f"σ_pop = {s:g}"] = [*(f"{100 * p:.1f}" for p in rates), f"{100 * np.exp(fit - peak):.2g}"]
    first, last = (100 * pooled_rates(s, y, n, m0, s0)[0] for s in (0.0, top))
    words = (
        f"A slider sets sigma_pop from 0 to {top:g}. One row a {unit}, from {names[0]} with {n[1]:g} cases to {names[-1]} with "
        f"{n[-1]:g}: an open circle marks the raw rate, a filled one the partially pooled rate, and a vertical line the rate of "
        f"a new {unit}. At 0 every filled circle stands at {first[0]:.1f} percent. At {top:g} that of {names[0]} stands at "
        f"{last[1]:.1f} (raw rate {frame['raw'][1]:.1f}) and that of {names[-1]} at {last[-1]:.1f} "
        f"(raw rate {frame['raw'].iloc[-1]:.1f}). A line of text says how probable the counts are at the chosen sigma_pop, in "
        f"percent of the best."
    )
    return Live(chart, words, name, table, f"Partially pooled rate of each {unit} (%) for a few values of sigma_pop.")
