"""One self-contained page: the table and the caveats."""

from collections.abc import Sequence

import pandas as pd
from jinja2 import Environment

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Readout of {{ outcome }}</title>
<style>:root{color-scheme:light dark}body{font:1rem sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
td,th{padding:.2rem .5rem;text-align:left}</style>
<h1>Readout of {{ outcome }}</h1>
<p>{{ rows|length }} units. A pooled effect borrows from the unit's group where its own data are few.</p>
<h2>Caveats</h2>
<ul>{% for one in caveats %}<li>{{ one }}</li>{% else %}<li>None of the checks found a fault.</li>{% endfor %}</ul>
<h2>Units</h2><table><thead><tr>{% for c in columns %}<th>{{ c }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for v in row %}<td>{{ ("%.3g"|format(v)) if v is float else v }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></html>
"""


def report(table: pd.DataFrame, caveats: Sequence[str], *, outcome: str) -> str:
    """Return the page as text; every label in it is escaped."""
    page = Environment(autoescape=True).from_string(_PAGE)
    rows = list(table.itertuples(index=False, name=None))
    return page.render(outcome=outcome, rows=rows, columns=[c.replace("_", " ") for c in table.columns], caveats=caveats)
