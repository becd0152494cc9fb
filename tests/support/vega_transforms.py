"""A second reading of a live chart's specification: Vega's arithmetic is Python's for + - * / and brackets."""

import re
from math import sqrt


class Datum(dict):
    """One row, with ``datum.y`` as Vega writes it."""

    __getattr__ = dict.__getitem__


def python_of(expression):
    """The same expression in Python: ``a ? b : c`` alone is written in another way."""
    assert re.fullmatch(r"[\w.,\s+\-*/()=<>?:]+", expression), expression
    choice = re.fullmatch(r"(.+) \? (.+) : (.+)", expression)
    return f"({choice[2]}) if ({choice[1]}) else ({choice[3]})" if choice else expression


def run_transforms(transforms, rows, **params):
    """Run calculate, joinaggregate (sums), window (running sum, lag) and filter over the rows, with the parameters by name."""
    rows = [Datum(r) for r in rows]
    for t in transforms:
        if "calculate" in t:
            for r in rows:
                r[t["as"]] = eval(python_of(t["calculate"]), {"datum": r, "sqrt": sqrt, "pow": pow, **params})
        elif "filter" in t:
            rows = [r for r in rows if eval(python_of(t["filter"]), {"datum": r, **params})]
        elif "window" in t:
            (part,), (by,) = t["window"], t["sort"]
            rows.sort(key=lambda r: r[by["field"]])
            values = [r[part["field"]] for r in rows]
            for i, r in enumerate(rows):
                if part["op"] == "sum":
                    assert t["frame"] == [None, 0]
                    r[part["as"]] = sum(values[:i + 1])
                else:
                    assert part["op"] == "lag"
                    r[part["as"]] = values[i - 1] if i else None
        else:
            by = t.get("groupby", [])
            for part in t["joinaggregate"]:
                assert part["op"] == "sum"
                for r in rows:
                    r[part["as"]] = sum(other[part["field"]] for other in rows if all(other[key] == r[key] for key in by))
    return rows
