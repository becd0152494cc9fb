"""A CSV file opened in a spreadsheet: a label that begins as a formula does would be run, not shown."""

import re

import pandas as pd

from hbm_lib.readout.checks import Caveat, plural, some

_RUNS = re.compile(r"[=＝\t\r\n]|[-+@－＋＠](?!\w*$)")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
COLUMNS = ("unit", "group")


def runs(label: object) -> bool:
    """Return whether a spreadsheet could run a label as a formula.

    It could where the label begins with ``=``, or with ``+``, ``-`` or ``@`` and is neither a number nor a plain name such as
    ``@anna``: to call a function or a program a formula needs a sign that no name has.
    """
    return isinstance(label, str) and bool(_RUNS.match(label)) and not _NUMBER.match(label)


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each label that could be run, which a spreadsheet then shows as text."""
    return table.assign(**{c: table[c].map(lambda one: f"'{one}" if runs(one) else one) for c in COLUMNS})


def caveat(table: pd.DataFrame) -> Caveat | None:
    """Return what a reader of the CSV file must know where labels were changed."""
    found = [label for column in COLUMNS for label in table[column].drop_duplicates() if runs(label)]
    if not found:
        return None
    return Caveat(
        "Labels that a spreadsheet would run",
        f"{plural(len(found), 'label begins', 'labels begin')} as a formula does ({some(found)}). In readout.csv an apostrophe "
        f"stands before {'it' if len(found) == 1 else 'each'}, so that a spreadsheet shows the text and runs nothing.",
        "Take the apostrophe off before you join the table with your own by these labels, or write it with --format parquet, "
        "which no spreadsheet runs and which holds the labels as they are.")
