"""A chart with a slider that the page itself recomputes: no kernel, no server.

The Vega-Lite specification holds the formula, so what moves is the computation,
not a set of frames. A drawing stands in its place where JavaScript is off, and a
table gives the same numbers in words.
"""

import html
import json
import re
from dataclasses import dataclass

import altair as alt
import pandas as pd
import vl_convert

from hbm_lib.plots import table
from hbm_lib.plots.picture import check_words

LAB_MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws by itself; the page uses its own copy of Vega-Lite 6."""
STATIC_WIDTH = 640
"""Width in pixels of the drawing that stands in for a chart as wide as its page."""
LAB_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True)
class Live:
    """An Altair chart with its description and the table that says the same.

    Attributes
    ----------
    chart : altair.Chart
        With at least one bound parameter.
    description : str
        What it shows and what the slider does, in sentences.
    name : str
        Unique on the page.
    table : pandas.DataFrame
        The same numbers at a few positions of the slider.
    caption : str
        The table's caption.
    """

    chart: alt.TopLevelMixin
    description: str
    name: str
    table: pd.DataFrame
    caption: str

    def __post_init__(self) -> None:
        """Refuse a chart without words or with an empty table."""
        check_words(self.description, self.name)
        table.check_caption(self.caption, self.table)

    def __repr__(self) -> str:
        """Return the description and the table."""
        return f"{self.description}\n{self.table.to_string(index=False)}"

    def spec(self) -> dict:
        """Return the Vega-Lite specification."""
        return self.chart.to_dict()

    def static(self) -> str:
        """Return the chart at the slider's start as one SVG element with ids of its own."""
        spec = self.spec()
        if spec.get("width") == "container":
            spec["width"] = STATIC_WIDTH
        svg = vl_convert.vegalite_to_svg(json.dumps(spec))
        svg = svg[svg.index("<svg"):]
        svg = re.sub(r'\bid="([^"]+)"', rf'id="{self.name}-\1"', svg)
        svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{self.name}-\1)", svg)
        return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Return the page's form, JupyterLab's form and plain text."""
        spec = json.dumps(self.spec(), sort_keys=True).replace("</", "<\\/")
        page = (
            f'<div class="hbm-live" id="{self.name}" role="group" aria-label="{html.escape(self.description, quote=True)}">'
            f'<script type="application/json" class="hbm-spec">{spec}</script>'
            f'<div class="hbm-canvas">{self.static()}</div><details class="hbm-table"><summary>The same as a table</summary>'
            f"{table.markup(self.table, self.caption)}</details></div>"
        )
        lab = self.spec() | {"$schema": LAB_SCHEMA}
        return {"text/html": page, LAB_MIME: lab, "text/plain": repr(self)}
