"""Several statistics of replicated data in small panels, the observed one in each."""

from collections.abc import Mapping

import numpy as np

from hbm_lib.plots.columns import columns
from hbm_lib.plots.picture import Picture
from hbm_lib.plots.style import COLOURS, FAINT, INK, canvas


def panels(checks: Mapping[str, tuple[np.ndarray, np.ndarray]], *, name: str, across: int = 2) -> Picture:
    """Draw for each statistic its histogram over replicated data sets, and where the observed one lies.

    A statistic may depend on parameters as well as data; it has then one observed value a draw, and the band
    between its 2.5 and 97.5 percent points is drawn about the median.

    Parameters
    ----------
    checks : mapping of str to pair of arrays
        The panel's title to the statistic of the replicated data sets, shape (N,), and of the data, shape (N,) or ().
    name : str
        The picture's name.
    across : int
        Panels in a row.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw or a value is not a finite number.
    """
    if not checks:
        raise ValueError("checks: there is nothing to draw; give at least one statistic")
    kept = {}
    for title, (made, seen) in checks.items():
        seen = np.atleast_1d(seen)
        kept[title] = (*columns(np.size(made), **{f"checks[{title!r}], replicated": made}),
                       *columns(len(seen), **{f"checks[{title!r}], observed": seen}))
    down, said = -(-len(kept) // across), []
    with canvas(5.4, 1.35 * down + 0.25, down, across, squeeze=False) as (fig, axes):
        for ax in axes.flat[len(kept):]:
            ax.set_visible(False)
        for ax, (title, (made, seen)) in zip(axes.flat, kept.items(), strict=False):
            low, middle, high = np.quantile(seen, [0.025, 0.5, 0.975])
            ends = np.quantile(made, [0.0005, 0.9995])
            whole = bool(np.all(made == np.round(made)) and np.all(seen == np.round(seen)))
            start, stop = min(ends[0], low), max(ends[1], high)
            edges = np.arange(start - 0.5, stop + 1.5) if whole and stop - start < 60 else np.linspace(start, stop, 41)
            counts, edges = np.histogram(made, edges)
            ax.stairs(counts / max(1, counts.max()), edges, fill=True, color=FAINT, alpha=0.6)
            if high > low:
                ax.axvspan(low, high, color=COLOURS["data"], alpha=0.3, lw=0)
            ax.axvline(middle, color=COLOURS["data"], lw=2.2)
            ax.set_ylim(0, 1.08)
            ax.set_yticks([])
            ax.spines["left"].set_visible(False)
            ax.set_title(title, fontsize=10.5, color=INK)
            ax.locator_params(axis="x", nbins=5)
            share = float((made >= seen).mean())
            said.append(f"{title}: observed {middle:.2f}, replicated between {np.quantile(made, 0.025):.2f} and "
                        f"{np.quantile(made, 0.975):.2f}, {share:.1%} of them at or above the observed one")
    words = "Bars show each statistic over replicated data sets, a line the observed one. " + "; ".join(said) + "."
    return Picture(fig, words, name)
