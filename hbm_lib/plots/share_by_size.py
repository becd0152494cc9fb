"""How much of each unit's estimate is its own data, against the unit's size."""

import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas, label

VECTORS = 3_000
DRAWN = 30_000


def share_by_size(sizes: np.ndarray, share: np.ndarray, *, xlabel: str, ylabel: str, name: str, what: str = "units") -> Picture:
    """Draw a share from 0 to 1 against the size on a log scale.

    Parameters
    ----------
    sizes : array of shape (N,)
        Above 0.
    share : array of shape (N,)
        From 0 to 1.
    xlabel, ylabel, name : str
        Axis texts and the picture's name.
    what : str
        The word for the units.

    Returns
    -------
    Picture
        Of more than 30,000 points an even share is drawn, and the description says so.

    Raises
    ------
    ValueError
        If an array has not one finite number a unit, a size is not above 0 or a share is outside 0 to 1.
    """
    sizes, share = columns(np.size(sizes), sizes=sizes, share=share)
    if sizes.min() <= 0:
        raise ValueError(f"sizes, row {sizes.argmin()}: a size above 0 is needed, got {sizes.min():g}")
    if share.min() < 0 or share.max() > 1:
        raise ValueError(f"share: values from 0 to 1 are needed, got {share.min():g} to {share.max():g}")
    order = np.argsort(sizes, kind="stable")
    drawn = order if len(order) <= DRAWN else order[np.linspace(0, len(order) - 1, DRAWN).astype(int)]
    with canvas(5.4, 3.6, dpi=200 if len(sizes) > VECTORS else 100) as (fig, ax):
        ax.axhline(0.5, color=FAINT, lw=1.2, ls=":")
        ax.plot(sizes[drawn], share[drawn], "o", ms=4.5, mew=0, alpha=0.7, color=COLOURS["partial pooling"],
                rasterized=len(sizes) > VECTORS)
        ax.set_xscale("log")
        ends = sizes.min() / 1.25, sizes.max() * 1.25
        ticks = [m * 10.0**p for p in range(16) for m in (1, 2, 5) if ends[0] <= m * 10.0**p <= ends[1]]
        ticks = ticks if len(ticks) <= 7 else [t for t in ticks if f"{t:.0f}"[0] == "1"]
        ax.set_xticks(ticks)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if x < 1e6 else f"{x:.0e}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.minorticks_off()
        ax.set_xlim(*ends)
        ax.set_ylim(-0.03, 1.03)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        ax.set_xlabel(xlabel, parse_math=False)
        ax.set_ylabel(ylabel, parse_math=False)
        label(ax, 0.99, 0.48, "half own, half group", FAINT, xycoords=("axes fraction", "data"), fontsize=10, va="top",
              ha="right")
    tenth = max(1, len(sizes) // 10)
    small, large = (100 * float(np.median(share[rows])) for rows in (order[:tenth], order[-tenth:]))
    words = (f"The share of own data is drawn against size for {len(sizes):,} {what}, from {sizes.min():,.0f} to "
             f"{sizes.max():,.0f} "
             f"rows. Among the smallest tenth the median share is {small:.0f} percent, among the largest tenth {large:.0f} "
             f"percent; "
             f"{int((share < 0.5).sum()):,} {what} are less than half their own data.")
    if len(drawn) < len(sizes):
        words += f" {len(drawn):,} of them are drawn, evenly over the sizes."
    return Picture(fig, words, name)
