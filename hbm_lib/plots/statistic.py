"""A statistic of replicated data, with the observed one among them."""

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def statistic(replicated: np.ndarray, observed: float, *, xlabel: str, name: str, bins: int = 30) -> Picture:
    """Draw the distribution of a statistic over replicated data sets and mark the observed value.

    Parameters
    ----------
    replicated : array of shape (N,)
        The statistic of each replicated data set, in the units of ``xlabel``.
    observed : float
        The statistic of the data.
    xlabel, name : str
        Text under the axis, the picture's name.
    bins : int
        Bars.

    Returns
    -------
    Picture
    """
    (replicated,) = columns(len(replicated), replicated=replicated)
    low, high = np.quantile(replicated, [0.0005, 0.9995])
    with canvas(4.0, 3.0) as (fig, ax):
        counts, edges = np.histogram(replicated, bins=bins, range=(min(low, observed), max(high, observed)))
        ax.stairs(counts / counts.max(), edges, fill=True, color=FAINT, alpha=0.6, label="replicated")
        ax.axvline(observed, color=COLOURS["data"], lw=2.5, label="observed")
        middle = float(np.median(replicated))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, handlelength=1.4)
        ax.set_ylim(0, 1.05)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel)
    share = float((replicated >= observed).mean())
    words = (f"Bars show {xlabel} over replicated data sets, with median {middle:.2f}; a line marks the observed {observed:.2f}. "
             f"{share:.0%} of the replicated values lie at or above it.")
    return Picture(fig, words, name)
