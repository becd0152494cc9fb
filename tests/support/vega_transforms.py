"""A second reading of a live chart's specification: Vega's arithmetic is Python's for + - * / and brackets."""

import re
from math import exp, log, sqrt

import numpy as np


class Datum(dict):
    """One row, with ``datum.y`` as Vega writes it."""

    __getattr__ = dict.__getitem__


def python_of(expression):
    """The same expression in Python: ``a ? b : c`` alone is written in another way."""
    assert re.fullmatch(r"[\w.,\s+\-*/()=<>?:]+", expression), expression
    choice = re.fullmatch(r"(.+) \? (.+) : (.+)", expression)
    return f"({choice[2]}) if ({choice[1]}) else ({choice[3]})" if choice else expression


def sequence(start, stop, step):
    """Vega's: from start, by steps, up to stop but not stop itself."""
    return [start + i * step for i in range(int(np.ceil((stop - start) / step)))]


FUNCTIONS = {"sqrt": sqrt, "pow": pow, "exp": exp, "log": log, "sequence": sequence}


def aggregated(t, rows):
    """One row a group, with the fields that make the group and the sums."""
    groups = {}
    for r in rows:
        groups.setdefault(tuple(r[k] for k in t["groupby"]), []).append(r)
    assert {part["op"] for part in t["aggregate"]} == {"sum"}
    return [Datum(zip(t["groupby"], key, strict=True)) | {p["as"]: sum(r[p["field"]] for r in some) for p in t["aggregate"]}
            for key, some in groups.items()]


def run_transforms(transforms, rows, **params):
    """Run calculate, flatten, aggregate and joinaggregate, window (running sum, lag) and filter, with the parameters by name."""
    rows = [Datum(r) for r in rows]
    for t in transforms:
        if "calculate" in t:
            code = compile(python_of(t["calculate"]), t["as"], "eval")
            for r in rows:
                r[t["as"]] = eval(code, {"datum": r, **FUNCTIONS, **params})
        elif "flatten" in t:
            (field,) = t["flatten"]
            rows = [Datum(r | {field: value}) for r in rows for value in r[field]]
        elif "aggregate" in t:
            rows = [Datum(r) for r in aggregated(t, rows)]
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
            kin = {}
            for r in rows:
                kin.setdefault(tuple(r[key] for key in by), []).append(r)
            for part in t["joinaggregate"]:
                find = {"sum": sum, "max": max}[part["op"]]
                for some in kin.values():
                    found = find([r[part["field"]] for r in some])
                    for r in some:
                        r[part["as"]] = found
    return rows
