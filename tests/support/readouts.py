"""Files of users' rows for the readout's tests, and the command as a reader calls it."""

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from hbm_lib.cli import app

NASTY = ("<script>alert(1)</script>", 'a|b "q" \'s\'', "$x^2$ and $y$", "nan", "日本 & ünï", "&amp;", "=1+1", "007", "x" * 300)


def users(rng, units=12, n=40, groups=3, effect=0.5, scale=1.0):
    """Return rows of units of about ``n`` users, in groups of equal size."""
    sizes = rng.integers(n // 2, 2 * n, units)
    unit = np.repeat(np.arange(units), sizes)
    treated = np.concatenate([np.arange(s) % 2 == 0 for s in sizes])
    true = effect + 0.5 * rng.standard_normal(units)
    revenue = 5 + 2 * rng.standard_normal(len(unit)) + treated * true[unit]
    return pd.DataFrame({"creator_id": unit, "genre": np.array([f"g{u % groups}" for u in range(units)])[unit],
                         "group": np.where(treated, "treatment", "control"), "revenue": scale * revenue})


def call(rows, folder, *options, file="in.csv", group="genre"):
    """Write the rows and run the command on them; the results lie in ``folder / "out"``."""
    path = folder / file
    if isinstance(rows, bytes | str):
        path.write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    elif isinstance(rows, pd.DataFrame):
        (rows.to_parquet if path.suffix == ".parquet" else rows.to_csv)(path, index=False)
    grouped = ["--group", group] if group else []
    return CliRunner().invoke(app, ["readout", str(path), *grouped, "--out", str(folder / "out"), *map(str, options)])


def table(folder):
    """Return the table that was written, labels as text and as they were before one that could be run got its apostrophe."""
    found = pd.read_csv(folder / "out" / "readout.csv", dtype={"unit": str, "group": str}, keep_default_na=False)
    return found.assign(**{c: found[c].str.replace("^'(?=[=+@-])", "", regex=True) for c in ("unit", "group")})


def page(folder):
    """Return the page that was written."""
    return (folder / "out" / "report.html").read_text(encoding="utf-8")
