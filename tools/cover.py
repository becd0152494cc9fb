"""The picture on the landing page and in the README, drawn from the exact posterior.

    cover.py          write assets/shrinkage.svg anew
    cover.py --check  fail when it is not what the library computes
"""

import sys
from pathlib import Path

from hbm_lib import fit_exact
from hbm_lib.models import eight_schools as es

TARGET = Path(__file__).resolve().parent.parent / "assets" / "shrinkage.svg"
TOP, BOTTOM = 56, 202


def across(points: float) -> float:
    """Return the abscissa of an effect in points."""
    return 150 + 16 * points


def draw() -> str:
    """Return the SVG: measured effects above, posterior means below."""
    data = es.eight_schools()
    posterior = fit_exact(es.noncentered(), data)
    theta, mu = posterior.mean("theta"), posterior.mean("mu")
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 260" role="img" '
        'font-family="system-ui, sans-serif" font-size="15">',
        "<title>Eight measured effects, and the estimates of a hierarchical model.</title>",
        "<style>text{fill:#5c6a79}.m{fill:none;stroke:#b3721b;stroke-width:2}.e{fill:#1a83b8}"
        ".l{stroke:#8795a6;stroke-width:1.4}</style>",
        f'<path d="M{across(mu):.1f} {TOP - 16}V{BOTTOM + 14}" stroke="#8a6fd1" stroke-width="2" stroke-dasharray="5 4"/>',
    ]
    for y, t in zip(data.y, theta, strict=True):
        lines.append(f'<path class="l" d="M{across(y):.1f} {TOP + 6}L{across(t):.1f} {BOTTOM - 6}"/>')
        lines.append(f'<circle class="m" cx="{across(y):.1f}" cy="{TOP}" r="6"/>')
        lines.append(f'<circle class="e" cx="{across(t):.1f}" cy="{BOTTOM}" r="6"/>')
    low, high = min(data.y), max(data.y)
    lines += [
        f'<text x="{across(high):.1f}" y="{TOP - 18}" text-anchor="middle">{high:.0f} points</text>',
        f'<text x="{across(low):.1f}" y="{TOP - 18}" text-anchor="middle">−{abs(low):.0f}</text>',
        f'<text x="12" y="{TOP - 36}">what each school measured</text>',
        f'<text x="12" y="{BOTTOM + 42}">what the model makes of it: '
        f"{theta.min():.1f} to {theta.max():.1f} points</text>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == draw() else f"{TARGET.name} is stale: run tools/cover.py")
    TARGET.write_text(draw(), encoding="utf-8")
