"""The exact posterior as two group-bys, for creators who are never in one memory.

Pass 1 asks of every genre a count, sum 1 / SE², sum d / SE² and the ends of d and SE: from these follows
where the sums of ``sums`` are to be taken. Pass 2 takes them, of each part of the creators where that part
lies; sums over parts add up. What comes back is some hundred numbers a genre, however many creators there are.
"""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from hbm_lib.data import checks
from hbm_lib.model import Model
from hbm_lib.models.creators.exact import ExactPosterior, bound, posterior
from hbm_lib.models.creators.parts import partials
from hbm_lib.models.creators.spec import Prior
from hbm_lib.models.creators.summarize import table_of
from hbm_lib.models.creators.sums import Design, Sums, plan, sums

COLUMNS = {"effect": "effect_hat", "se": "se", "genre": "genre"}


@dataclass(frozen=True)
class Totals:
    """What the first pass says of each genre, genres sorted by name.

    Attributes
    ----------
    genres : tuple of str
        The genres' names.
    counts : array of shape (G,)
        Creators of each genre.
    centre : array of shape (G,)
        The mean effect of each genre, weighted by 1 / SE².
    effects, errors : array of shape (G, 2)
        The smallest and the largest effect and standard error of each genre.
    """

    genres: tuple[str, ...]
    counts: np.ndarray
    centre: np.ndarray
    effects: np.ndarray
    errors: np.ndarray

    def design(self, prior: Prior) -> Design:
        """Return where the sums are to be taken, as the exact engine chooses in memory."""
        prior_top = bound(prior.sigma_creator, float(np.abs(self.effects - prior.mu_global.mu).max()))
        ends = float(self.errors.min()), float(self.errors.max())
        farthest = float(np.abs(self.effects - self.centre[:, None]).max())
        return plan(ends, self.centre, farthest, int(self.counts.sum()) - len(self.genres), prior_top)


@dataclass(frozen=True)
class Grouped:
    """The posterior of creators who are elsewhere.

    Attributes
    ----------
    posterior : ExactPosterior
        Of scales, mu_global and mu_genre; without creators until ``posterior.read``.
    totals : Totals
        The genres, in the order of ``mu_genre``.
    """

    posterior: ExactPosterior
    totals: Totals


def totals(
    frame: object, *, effect: str = "effect_hat", se: str = "se", genre: str = "genre", creator: str | None = None,
) -> Totals:
    """Take the first pass.

    Parameters
    ----------
    frame : data frame
        One row a creator: pandas, Polars (lazy too), Arrow, DuckDB, Dask or Spark.
    effect, se, genre : str
        The columns of effects, standard errors and genres.
    creator : str, optional
        The column of labels. If given, a creator in two rows is refused, which is a group-by as large as the creators.

    Returns
    -------
    Totals

    Raises
    ------
    ValueError
        If it is no table, has no row or lacks a column; if an effect or standard error is missing, not finite, out of
        range, or a standard error not above 0; if a genre has no name; or if a creator stands in two rows. The error
        names the column, and the genre or the creator.
    """
    names = [genre, *([creator] if creator is not None else []), effect, se]
    table = table_of(frame, names, numbers=(effect, se)).lazy()
    if creator is not None:
        _once(table, creator)
    d, s = nw.col(effect).cast(nw.Float64), nw.col(se).cast(nw.Float64)
    rows = table.select(nw.col(genre).cast(nw.String).alias("genre"), d.alias("d"), s.alias("s"), (~usable(d)).alias("bad_d"),
                        (~(usable(s) & (s >= 1 / checks.FARTHEST).fill_null(False))).alias("bad_s"))
    rows = rows.with_columns(w=1 / (nw.col("s") * nw.col("s"))).with_columns(wd=nw.col("w") * nw.col("d"))
    found = rows.group_by("genre").agg(
        nw.len().alias("n"), nw.col("w").sum(), nw.col("wd").sum(), nw.col("bad_d").max(), nw.col("bad_s").max(),
        *(nw.col(x).min().alias(f"{x}_low") for x in "ds"), *(nw.col(x).max().alias(f"{x}_high") for x in "ds")).collect()
    read = pd.DataFrame({name: found.get_column(name).to_numpy() for name in found.columns})
    if read.empty:
        raise ValueError(f"column {effect!r}: there is no row; at least one creator is needed")
    if (read["genre"].isna() | (read["genre"].astype(str).str.strip() == "")).any():
        raise ValueError(f"column {genre!r}: the label is missing; name the genre or drop the row")
    for column, bad, wanted in ((effect, "bad_d", ""), (se, "bad_s", ", or not above 0")):
        where = read["genre"][read[bad].astype(bool)]
        if len(where):
            raise ValueError(f"column {column!r}: genre {where.iloc[0]!r} has a value that is missing, infinite, too large or "
                             f"too small{wanted}; drop the row or mend it")
    read = read.assign(genre=read["genre"].astype(str)).sort_values("genre")
    ends = (read[[f"{x}_low", f"{x}_high"]].to_numpy(float) for x in "ds")
    return Totals(tuple(read["genre"]), read["n"].to_numpy(int), (read["wd"] / read["w"]).to_numpy(float), *ends)


def usable(x: nw.Expr) -> nw.Expr:
    """Return whether each value is a number to compute with."""
    return (x.is_finite() & (x.abs() <= checks.FARTHEST)).fill_null(False)


def _once(table: nw.LazyFrame, creator: str) -> None:
    """Refuse a creator without a label or in two rows."""
    found = table.group_by(creator).agg(nw.len().alias("rows"))
    worst = found.filter((nw.col("rows") > 1) | nw.col(creator).is_null()).head(1).collect()
    if len(worst):
        label = worst.get_column(creator).to_list()[0]
        if label is None or label != label:
            raise ValueError(f"column {creator!r}: the label is missing; name the creator or drop the row")
        rows = worst.get_column("rows").to_list()[0]
        raise ValueError(f"column {creator!r}: {label!r} stands in {rows} rows; give each creator one row and one genre")


def fit_grouped(model: Model, frame: object, *, creator: str | None = None, **columns: str) -> Grouped:
    """Compute the exact posterior of creators who are in a file or on other machines.

    Parameters
    ----------
    model : Model
        Of ``creators.partial_pooling``.
    frame : data frame
        One row a creator: pandas, Polars (lazy too), Arrow, DuckDB, Dask or Spark.
    creator : str, optional
        The column of labels, to refuse a creator in two rows.
    **columns : str
        The names of the columns ``effect``, ``se`` and ``genre``; by default those of ``no_pooling_estimates``.

    Returns
    -------
    Grouped

    Raises
    ------
    ValueError
        As ``totals`` does.
    EngineError
        If mu_global has a prior that is not normal.
    """
    names = COLUMNS | columns
    first = totals(frame, creator=creator, **names)
    second = grouped_sums(frame, first, model.prior, **names)
    return Grouped(posterior(model, None, second), first)


def grouped_sums(
    frame: object, first: Totals, prior: Prior, *, effect: str = "effect_hat", se: str = "se", genre: str = "genre",
) -> Sums:
    """Take the second pass.

    Parameters
    ----------
    frame : data frame
        The same as in the first pass.
    first : Totals
        What the first pass found.
    prior : Prior
        It says, with the effects, how far sigma_creator has to be looked at.
    effect, se, genre : str
        The columns of effects, standard errors and genres.

    Returns
    -------
    Sums
    """
    design = first.design(prior)
    return sums(design, first.counts, partials(frame, design, first.genres, (effect, se, genre)))
