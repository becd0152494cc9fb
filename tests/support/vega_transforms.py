"""A second reading of a live chart's specification: Vega's arithmetic is Python's for + - * / and brackets."""

import re


class Datum(dict):
    """One row, with ``datum.y`` as Vega writes it."""

    __getattr__ = dict.__getitem__


def run_transforms(transforms, rows, **params):
    """Run calculate and joinaggregate (sums) over the rows, with the chart's parameters by name."""
    rows = [Datum(r) for r in rows]
    for t in transforms:
        if "calculate" in t:
            assert re.fullmatch(r"[\w.\s+\-*/()]+", t["calculate"]), t["calculate"]
            for r in rows:
                r[t["as"]] = eval(t["calculate"], {"datum": r, **params})
        else:
            by = t.get("groupby", [])
            for part in t["joinaggregate"]:
                assert part["op"] == "sum"
                for r in rows:
                    r[part["as"]] = sum(other[part["field"]] for other in rows if all(other[key] == r[key] for key in by))
    return rows
