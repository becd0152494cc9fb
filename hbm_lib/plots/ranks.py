"""Rank plot of chains: where each chain's draws fall among all draws (Vehtari et al. 2021)."""

import numpy as np
from scipy.stats import rankdata

from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, canvas


def ranks(values: np.ndarray, *, title: str, xlabel: str, name: str, verdict: str, bins: int = 20) -> Picture:
    """Draw one rank histogram a chain; flat bars mean that the chains agree.

    Parameters
    ----------
    values : array of shape (chains, draws)
        Draws of one scalar.
    title, xlabel, name : str
        Texts.
    verdict : str
        A sentence on what it shows.
    bins : int
        Bars a chain.

    Returns
    -------
    Picture
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"values: finite draws of shape (chains, draws) are needed, got shape {values.shape}")
    order = rankdata(values).reshape(values.shape) / values.size
    edges = np.linspace(0, 1, bins + 1)
    level = values.shape[1] / bins
    with canvas(5.4, 0.75 * len(values) + 0.9, rows=len(values), sharex=True, sharey=True, squeeze=False) as (fig, axes):
        for c, ax in enumerate(axes[:, 0]):
            ax.hist(order[c], edges, color=COLOURS["partial pooling"], alpha=0.7)
            ax.axhline(level, color=FAINT, lw=1.5, ls="--")
            ax.set_ylim(0, 3 * level)
            ax.set_yticks([])
            ax.set_ylabel(f"chain {c + 1}", rotation=0, ha="right", va="center")
        axes[0, 0].set_title(title)
        axes[-1, 0].set_xlabel(xlabel)
    return Picture(fig, f"Rank histograms of {len(values)} chains, dashed line where equal chains would stand. {verdict}", name)
