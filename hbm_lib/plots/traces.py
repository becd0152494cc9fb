"""Traces of parameters beside histograms with their intervals, a row a parameter."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, INK, canvas

CHAINS = ("#1a83b8", "#b3721b", "#2a8f6d", "#8a6fd1")
"""A color per chain; more chains begin again."""
POINTS = 300
"""Most draws of a chain that are drawn: every k-th one."""


def traces(
    draws: Mapping[str, np.ndarray], *, name: str, truth: Mapping[str, float] | None = None, level: float = 0.9,
    chains: int = 4,
) -> Picture:
    """Draw each parameter's chains over the sweeps, and the histogram of all its draws with a central interval.

    Parameters
    ----------
    draws : mapping of str to array of shape (chains, draws)
        Draws by the parameter's label.
    name : str
        The picture's name.
    truth : mapping of str to float, optional
        True values, marked where they are known.
    level : float
        Probability of the interval.
    chains : int
        How many chains are drawn as traces; the histogram holds all.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or draws are not finite numbers of shape (chains, draws).
    """
    if not draws:
        raise ValueError("draws: there is nothing to draw; give at least one parameter")
    kept = {}
    for label, values in draws.items():
        values = np.asarray(values, float)
        if values.ndim != 2 or not np.isfinite(values).all():
            raise ValueError(f"draws[{label!r}]: finite numbers of shape (chains, draws) are needed, got shape {values.shape}")
        kept[label] = values
    truth, said = truth or {}, []
    with canvas(5.4, 1.15 * len(kept) + 0.5, len(kept), 2, squeeze=False, gridspec_kw={"width_ratios": (3, 2)}) as (fig, axes):
        for (label, values), (left, right) in zip(kept.items(), axes, strict=True):
            every = max(1, values.shape[1] // POINTS)
            for i, chain in enumerate(values[:chains]):
                left.plot(np.arange(0, values.shape[1], every), chain[::every], lw=0.6, color=CHAINS[i % len(CHAINS)])
            left.set_ylabel(label, rotation=0, ha="right", va="center")
            left.set_xlim(0, values.shape[1])
            low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
            right.hist(values.ravel(), bins=40, orientation="horizontal", color=COLOURS["partial pooling"], alpha=0.55)
            for end in (low, high):
                right.axhline(end, color=INK, lw=1, ls="--")
            right.set_ylim(left.get_ylim())
            right.set_xticks([])
            right.tick_params(labelleft=False)
            words = f"{label} has {level:.0%} of its draws between {low:.2f} and {high:.2f}"
            if label in truth:
                right.axhline(truth[label], color=COLOURS["truth"], lw=1.6)
                words += f", the truth is {truth[label]:.2f}"
            said.append(words)
        for ax in axes[:-1, 0]:
            ax.tick_params(labelbottom=False)
        axes[-1, 0].set_xlabel("sweep")
        axes[0, 1].set_title(f"{level:.0%} between dashes", fontsize=10)
        if truth:
            axes[-1, 1].set_xlabel("red: the truth")
    shown = min(chains, len(next(iter(kept.values()))))
    return Picture(fig, f"Traces of {shown} chains and histograms of all draws. " + "; ".join(said) + ".", name)
