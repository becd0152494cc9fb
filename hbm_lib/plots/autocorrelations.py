"""Autocorrelation over lags: a curve a sampler."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas

_TONES = ("bad", "data", "partial pooling", "good")
_DASHES = ("-", "--", "-.", ":")


def autocorrelations(panels: Mapping[str, Mapping[str, np.ndarray]], *, xlabel: str, name: str) -> Picture:
    """Draw autocorrelations against the lag, a panel a parameter and a curve a sampler.

    Parameters
    ----------
    panels : mapping of str to mapping of str to array of shape (L + 1,)
        Parameter to sampler to autocorrelations from lag 0 on.
    xlabel, name : str
        Axis text and the picture's name.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, there are more samplers than colors, or a value is not a finite number.
    """
    if not panels or not all(panels.values()):
        raise ValueError("panels: there is nothing to draw; give at least one parameter with one sampler")
    samplers = list(dict.fromkeys(s for curves in panels.values() for s in curves))
    if len(samplers) > len(_TONES):
        raise ValueError(f"panels: at most {len(_TONES)} samplers have a color of their own, got {len(samplers)}")
    look = {s: {"color": COLOURS[_TONES[i]], "ls": _DASHES[i]} for i, s in enumerate(samplers)}
    said = []
    with canvas(5.4, 3.2, 1, len(panels), sharey=True, squeeze=False) as (fig, axes):
        for ax, (parameter, curves) in zip(axes[0], panels.items(), strict=True):
            for sampler, curve in curves.items():
                (values,) = columns(len(curve), **{f"{sampler}, {parameter}": curve})
                ax.plot(np.arange(len(values)), values, label=sampler, **look[sampler])
                gone = np.flatnonzero(values < 0.1)
                when = f"falls below 0.1 at lag {gone[0]}" if len(gone) else f"is still {values[-1]:.2f} at lag {len(values) - 1}"
                said.append(f"{parameter}, {sampler}: it {when}")
            ax.axhline(0, color=FAINT, lw=1)
            ax.set_title(parameter)
            ax.set_xlabel(xlabel)
        axes[0, 0].set_ylabel("autocorrelation")
        handles, names = axes[0, 0].get_legend_handles_labels()
        fig.legend(handles, names, loc="outside lower center", ncols=len(samplers), labelcolor=INK)
    return Picture(fig, "Autocorrelation is drawn against the lag. " + "; ".join(said) + ".", name)
