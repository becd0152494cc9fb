"""Calibration at a glance: where ranks leave the band of uniform ones (Säilynoja et al. 2022)."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def ecdf(judged: Mapping[str, object], *, title: str, name: str, columns: int = 2) -> Picture:
    """Draw one panel a quantity: empirical distribution function less the uniform one, and its band.

    Parameters
    ----------
    judged : mapping of str to Uniformity
        What ``diagnostics.calibration.uniformity`` returns, by quantity.
    title, name : str
        Texts.
    columns : int
        Panels a row.

    Returns
    -------
    Picture
    """
    rows = -(-len(judged) // columns)
    outside = []
    with canvas(4.4, 1.7 * rows + 0.6, rows=rows, columns=columns, sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for ax, (what, u) in zip(axes.ravel(), judged.items(), strict=False):
            ax.fill_between(u.points, u.lower, u.upper, color=COLOURS["prior"], alpha=0.25, lw=0)
            out = bool(np.any((u.difference < u.lower - 1e-12) | (u.difference > u.upper + 1e-12)))
            ax.plot(u.points, u.difference, color=COLOURS["bad" if out else "partial pooling"], lw=1.6)
            ax.axhline(0, color=FAINT, lw=0.8, ls=":")
            ax.set_title(what, fontsize=11)
            if out:
                outside.append(what)
        for ax in axes.ravel()[len(judged):]:
            ax.set_visible(False)
        fig.suptitle(title, x=0.02, ha="left", fontsize=12)
        fig.supxlabel("rank among posterior draws (share)", fontsize=11)
        fig.supylabel("share below, less expected", fontsize=11)
    told = "no curve leaves its band" if not outside else f"the curves of {', '.join(outside)} leave their band"
    words = (
        f"{title}. One panel for each of {', '.join(judged)}: the share of ranks below each point, less what uniform ranks "
        f"would give, in a gray simultaneous band; {told}."
    )
    return Picture(fig, words, name)
