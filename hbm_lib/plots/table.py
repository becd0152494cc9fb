"""A table for a page: a caption, header cells that name their column and row, plain text beside it."""

import html
from dataclasses import dataclass

import pandas as pd


def markup(frame: pd.DataFrame, caption: str) -> str:
    """Return a frame as an HTML table; its first column names the rows."""
    head = "".join(f'<th scope="col">{html.escape(str(c))}</th>' for c in frame.columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(row[0]))}</th>'
        + "".join(f"<td>{html.escape(str(v))}</td>" for v in row[1:]) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def check_caption(caption: str, frame: pd.DataFrame) -> None:
    """Refuse a table that says nothing."""
    if not caption.strip() or frame.empty:
        raise ValueError(f"caption: a sentence over a table with rows is needed, got {caption!r} and {len(frame)} rows")


@dataclass(frozen=True)
class Table:
    """A frame of finished text and its caption.

    Attributes
    ----------
    frame : pandas.DataFrame
        The first column names the rows; numbers are formatted by ``digits``.
    caption : str
        A sentence on what the table shows.
    digits : int
        Decimals of numbers.
    prose : bool
        Whether cells hold sentences: they are kept wide and the table scrolls.
    """

    frame: pd.DataFrame
    caption: str
    digits: int = 1
    prose: bool = False

    def __post_init__(self) -> None:
        """Refuse a table that says nothing."""
        check_caption(self.caption, self.frame)

    def _text(self) -> pd.DataFrame:
        """Return the frame with its numbers written out."""
        write = lambda v: f"{v:.{self.digits}f}" if isinstance(v, float) else str(v)  # noqa: E731
        return self.frame.map(write)

    def __repr__(self) -> str:
        """Return the table as plain text."""
        return f"{self.caption}\n{self._text().to_string(index=False)}"

    def _repr_html_(self) -> str:
        """Return the table for a notebook or a page."""
        kind = "hbm-table hbm-prose" if self.prose else "hbm-table"
        said = html.escape(self.caption, quote=True)
        return f'<div class="{kind}" role="group" tabindex="0" aria-label="{said}">{markup(self._text(), self.caption)}</div>'
