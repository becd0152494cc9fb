"""What a reader is told: the outcome of a check, a hint, a solution."""

import html
import re
from dataclasses import dataclass, field

from .show import cell, show

NOT_ATTEMPTED = "not attempted"
WRONG = "wrong"
RIGHT = "right"

_HEADS = {NOT_ATTEMPTED: "Not attempted yet.", WRONG: "Not right yet.", RIGHT: "Right."}
_MARKS = {NOT_ATTEMPTED: "○", WRONG: "✗", RIGHT: "✓"}
_EDGES = {NOT_ATTEMPTED: "#6e7781", WRONG: "#bf6a02", RIGHT: "#2da44e"}
_NOTE_EDGE = "#3f7fbf"


@dataclass(frozen=True)
class _Shown:
    """A panel that a cell does not show twice.

    `ex.check(f)` shows its outcome at once, wherever in the cell it stands. As the cell's last
    value it would be shown again: it keeps silent in the cell `shown_in`, and speaks in others.
    """

    shown_in: int | None = field(default=None, kw_only=True, repr=False, compare=False)

    def _ipython_display_(self) -> None:
        if self.shown_in is None or self.shown_in != cell():
            show(self)


@dataclass(frozen=True, repr=False)
class Outcome(_Shown):
    """What came of checking an answer.

    Parameters
    ----------
    kind : str
        ``"not attempted"``, ``"wrong"`` or ``"right"``.
    message : str
        What the reader is told, in plain text with `code` in backticks.
    reason : str
        The name of the misconception, or the engine's own word for what is amiss:
        ``"answers"``, ``"signature"``, ``"exception"``, ``"nothing returned"``, ``"type"``,
        ``"shape"``, ``"nan"``, ``"few draws"``, ``"different"``. Empty for a right answer.
    exercise : str
        The name of the exercise.
    notice : str
        A remark about the progress file; empty when there is nothing to say.
    """

    kind: str
    message: str
    reason: str = ""
    exercise: str = ""
    notice: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.kind == RIGHT

    def __str__(self) -> str:
        text = f"{_MARKS[self.kind]} {_HEADS[self.kind]} {self.message}"
        return text + (f"\n({self.notice})" if self.notice else "")

    def __repr__(self) -> str:
        return f"<Outcome: {self.kind}{f' ({self.reason})' if self.reason else ''}>"

    def html(self) -> str:
        """Return the panel a notebook shows."""
        return panel(_HEADS[self.kind], self.message, _EDGES[self.kind], self.notice)


@dataclass(frozen=True, repr=False)
class Note(_Shown):
    """Something the reader asked for: a hint, a solution, an explanation.

    Parameters
    ----------
    title : str
        Its first words, such as "Hint 1 of 3."
    text : str
        The text, with `code` in backticks.
    code : str
        A block of code to show under it; empty for none.
    notice : str
        A remark about the progress file; empty when there is nothing to say.
    """

    title: str
    text: str = ""
    code: str = ""
    notice: str = ""

    def __str__(self) -> str:
        parts = [f"{self.title} {self.text}".strip(), self.code.rstrip()]
        if self.notice:
            parts.append(f"({self.notice})")
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<Note: {self.title}>"

    def html(self) -> str:
        """Return the panel a notebook shows."""
        return panel(self.title, self.text, _NOTE_EDGE, self.notice, self.code)


def panel(head: str, text: str, edge: str, notice: str = "", code: str = "") -> str:
    """Return one HTML panel; it takes its ink from the page, so it follows the theme.

    Parameters
    ----------
    head, text : str
        First words (bold) and the text; blank lines part paragraphs.
    edge : str
        Color of the left edge.
    notice, code : str
        A closing remark and a block of code; empty for none.
    """
    paragraphs = [_inline(part) for part in re.split(r"\n\s*\n", text.strip())]
    paragraphs[0] = f"<strong>{_inline(head)}</strong> {paragraphs[0]}".rstrip()
    body = "".join(f'<p style="margin:.3em 0">{part}</p>' for part in paragraphs)
    if code:
        block = f"<code>{html.escape(code.rstrip())}</code>"
        body += f'<pre tabindex="0" style="overflow-x:auto">{block}</pre>'
    if notice:
        body += f'<p style="margin:.3em 0"><small>{_inline(notice)}</small></p>'
    style = f"border-left:.3em solid {edge};padding:.2em .9em;margin:.4em 0"
    return f'<div class="hbm-outcome" role="status" style="{style}">{body}</div>'


def _inline(text: str) -> str:
    """Escape the text and set `code` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
