"""Energy of a NUTS run: the marginal energies against the steps between them."""

import numpy as np

from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, canvas, label


def energy(values: np.ndarray, *, title: str, name: str, verdict: str) -> Picture:
    """Draw the two histograms whose widths E-FMI compares (Betancourt 2016).

    Parameters
    ----------
    values : array of shape (chains, draws)
        Energy of each transition.
    title, name : str
        Texts.
    verdict : str
        A sentence on what it shows, for the description.

    Returns
    -------
    Picture
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all():
        raise ValueError(f"values: finite energies of shape (chains, draws) are needed, got shape {values.shape}")
    centred = (values - values.mean(1, keepdims=True)).ravel()
    moves = np.diff(values, axis=1).ravel()
    bins = np.linspace(-15, 15, 61)
    with canvas(5.4, 3.2) as (fig, ax):
        ax.hist(centred, bins, density=True, histtype="step", lw=2, color=COLOURS["partial pooling"])
        ax.hist(moves, bins, density=True, histtype="step", lw=2, color=COLOURS["bad"])
        label(ax, 0.02, 0.93, "— energies", COLOURS["partial pooling"], xycoords="axes fraction")
        label(ax, 0.02, 0.83, "— steps between draws", COLOURS["bad"], xycoords="axes fraction")
        ax.set_ylim(0, 0.22)
        ax.set_yticks([])
        ax.set_xlabel("energy, minus its mean")
        ax.set_title(title)
    shown = "Two histograms show the energies about their mean and the steps between successive draws."
    return Picture(fig, f"{shown} {verdict}", name)
