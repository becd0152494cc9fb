"""Draw the landing page's picture, ``assets/shrinkage.svg``, from the exact posterior.

A test holds the committed file against what this draws. Run it after changing either:
``.venv/bin/python tools/landing_figure.py``.
"""

import itertools
from pathlib import Path

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.models import eight_schools as es
from hbm_lib.plots.style import COLOURS

FILE = Path(__file__).resolve().parent.parent / "assets" / "shrinkage.svg"
WIDTH, HEIGHT, TOP, BOTTOM = 500, 300, 78, 222


def across(points: float) -> float:
    """Return where a value in points lies on the picture."""
    return round(30 + (points + 5) * 12.6, 1)


def spread(places: np.ndarray, gap: float) -> np.ndarray:
    """Move labels apart, from the left, until each has room."""
    order, moved = np.argsort(places), places.astype(float).copy()
    for left, right in itertools.pairwise(order):
        moved[right] = max(moved[right], moved[left] + gap)
    return moved


def estimates() -> tuple[es.Data, np.ndarray, float]:
    """Return the data, the posterior means of the effects and of their mean."""
    data = es.eight_schools()
    posterior = fit_exact(es.noncentered(), data)
    return data, np.asarray(posterior.mean("theta")), float(posterior.mean("mu"))


def description() -> str:
    """Say what the picture shows, from the computed values."""
    data, theta, mu = estimates()
    return (f"Eight hollow dots show what the eight schools measured, from {data.y.max():.0f} points down to "
            f"{-data.y.min():.0f} below zero. Eight solid dots below show the estimates of a hierarchical model, "
            f"from {theta.min():.0f} to {theta.max():.0f} points: all are pulled toward the common mean of about {mu:.0f}.")


def svg() -> str:
    """Return the picture. Its ink is the page's; its numbers are rounded to a tenth of a pixel."""
    data, theta, mu = estimates()
    names = spread(np.array([across(value) for value in data.y]), 19)
    dots, amber, blue = [], COLOURS["no pooling"], COLOURS["partial pooling"]
    for name, y, estimate, place in zip(data.labels, data.y, theta, names, strict=True):
        start, end = across(y), across(estimate)
        dots += [
            f'<path d="M{start} {TOP + 7}L{end} {BOTTOM - 7}" stroke="currentColor" stroke-opacity=".45"/>',
            f'<circle cx="{start}" cy="{TOP}" r="6.5" stroke="{amber}" stroke-width="2.5"/>',
            f'<circle cx="{end}" cy="{BOTTOM}" r="6.5" fill="{blue}"/>',
            f'<text x="{place:.1f}" y="{TOP - 16}" text-anchor="middle">{name}</text>',
        ]
    ticks = [f'<path d="M{across(v)} 250v6" stroke="currentColor"/><text x="{across(v)}" y="274" '
             f'text-anchor="middle">{v}</text>' for v in (0, 10, 20, 30)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" fill="none" '
        'font-size="16" color="#5c6a79" style="min-width: 0; max-width: 640px">',
        f'<path d="M{across(mu)} {TOP - 8}V250" stroke="{COLOURS["complete pooling"]}" stroke-width="2" '
        'stroke-dasharray="5 4"/>',
        *dots[0::4], *dots[1::4], *dots[2::4],
        '<g fill="currentColor">',
        *dots[3::4],
        '<text x="30" y="30">measured, with chance in it</text>',
        f'<text x="{across(11)}" y="{BOTTOM + 5}">estimated by the model</text>',
        *ticks,
        f'<text x="{WIDTH - 10}" y="294" text-anchor="end">points gained</text>',
        "</g>",
        f'<path d="M{across(-5)} 250H{across(31)}" stroke="currentColor"/>',
        "</svg>", ""])


if __name__ == "__main__":
    FILE.write_text(svg(), encoding="utf-8")
    print(description())
