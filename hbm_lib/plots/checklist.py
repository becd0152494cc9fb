"""A list of verdicts for a page: what was asked, what was found, what follows."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One line of a checklist.

    Attributes
    ----------
    title : str
        What was asked.
    badge : str
        The verdict in a word or two.
    on : bool
        Whether the verdict calls for attention.
    lines : sequence of str
        What was found.
    """

    title: str
    badge: str
    on: bool
    lines: Sequence[str]


@dataclass(frozen=True)
class Checklist:
    """Entries with a caption; shows itself on a page and as plain text.

    Attributes
    ----------
    entries : sequence of Entry
        In order.
    caption : str
        A sentence on what was checked.
    """

    entries: Sequence[Entry]
    caption: str

    def __repr__(self) -> str:
        """Return the list as plain text."""
        lines = [self.caption]
        for e in self.entries:
            lines += [f"[{e.badge}] {e.title}", *(f"    {line}" for line in e.lines)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the list for a notebook or a page."""
        items = "".join(
            f'<li><strong>{html.escape(e.title)}</strong> <span class="hbm-badge{" hbm-on" if e.on else ""}">'
            f"{html.escape(e.badge)}</span><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in e.lines)}</ul></li>"
            for e in self.entries
        )
        return f'<div class="hbm-checklist"><p>{html.escape(self.caption)}</p><ul>{items}</ul></div>'


def verdicts(found: Iterable[object], caption: str) -> Checklist:
    """Return a checklist of falsification verdicts, one entry a criterion, one line a clause."""
    entries = []
    for v in found:
        clauses = v.clauses or (v,)
        lines = [c.statement for c in clauses] + ([v.detail] if v.detail else [])
        entries.append(Entry(f"{v.number} {v.criterion}", "fires" if v.fires else "quiet", v.fires, lines))
    return Checklist(entries, caption)


def rules(found: Iterable[object], caption: str) -> Checklist:
    """Return a checklist of decision rules: the condition, what was found, what follows."""
    return Checklist(
        [
            Entry(f"{r.number}: if {r.condition}", "applies" if r.applies else "does not apply", r.applies,
                  [f"found: {r.finding}", f"then: {r.action}"])
            for r in found
        ],
        caption,
    )
