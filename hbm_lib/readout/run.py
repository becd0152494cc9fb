"""All steps in order; nothing is written before the last."""

from pathlib import Path

from hbm_lib.models.creators.baselines import no_pooling_estimates, summarize
from hbm_lib.readout.checks import caveats, unit_of_priors
from hbm_lib.readout.read import read
from hbm_lib.readout.report import report
from hbm_lib.readout.table import readouts
from hbm_lib.readout.write import write


def run(path: Path, out: Path, *, threshold: float, level: float, kind: str, **columns: str | None) -> list[Path]:
    """Read, check, fit and write ``readout.csv`` or ``readout.parquet`` and ``report.html``."""
    if kind not in ("csv", "parquet"):
        raise ValueError(f"--format: {kind!r} is not known; csv or parquet")
    if not 0 < level < 1:
        raise ValueError(f"--level: {level} is not between 0 and 1")
    rows = read(path, **columns)
    sums, estimates = summarize(rows), no_pooling_estimates(rows)
    unit = unit_of_priors(estimates["effect_hat"].to_numpy(float), sums)
    table = readouts(estimates, unit=unit, threshold=threshold, level=level)
    page = report(table, caveats(rows, sums, unit), outcome=str(columns["outcome"]))
    save = (lambda p: table.to_csv(p, index=False)) if kind == "csv" else (lambda p: table.to_parquet(p, index=False))
    return write(out, {f"readout.{kind}": save, "report.html": lambda p: p.write_text(page, encoding="utf-8")})
