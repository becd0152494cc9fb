"""How far the creators' exact answer reaches on this machine: `python -m benchmarks scale`.

Rows of users are summed up by DuckDB from a Parquet file; creators are read with their intervals, in memory and from a file. What
is timed runs in a process of its own, from files that another one has made, so that its peak memory is its own. Rounds take
turns; the least wall time is what the machine can do, and processor time says how busy it was with others.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib import metadata
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from rich.console import Console

from hbm_lib import fit_exact, seeds
from hbm_lib.data import files
from hbm_lib.models import creators
from hbm_lib.models.creators import simulate
from hbm_lib.models.creators.grouped import fit_grouped
from hbm_lib.models.creators.stream import write_readouts
from hbm_lib.models.creators.summarize import summarize

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scipy", "duckdb", "narwhals")
SEED, USERS = 1981, 837  # users of an average creator
ROWS = """
    COPY (SELECT (i // {users})::INTEGER AS creator_id, 'genre ' || (i // {users}) % 5 AS genre,
                 CASE WHEN i % 2 = 0 THEN 'control' ELSE 'treatment' END AS "group",
                 5 + 2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS revenue
          FROM range({rows}) t(i) ORDER BY hash(i // 4096)) TO '{path}' (FORMAT parquet)
"""


def make_rows(path: Path, rows: int) -> None:
    """Let DuckDB write users' rows, creators mixed in blocks."""
    connection = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(path.parent / "spill")})
    connection.execute("SET enable_progress_bar = false").execute(ROWS.format(users=USERS, rows=rows, path=path))


def make_creators(folder: Path, n: int) -> None:
    """Write creators as three arrays and as a Parquet file."""
    rng = seeds.rng(SEED, "scale", n)
    genre = rng.integers(0, 5, n)
    se = 4 / np.sqrt(simulate.sizes(rng, n))
    effect = rng.normal(rng.normal(0.5, 0.3, 5)[genre], np.hypot(0.4, se))
    for name, values in (("effect", effect), ("se", se), ("genre", genre)):
        np.save(folder / f"{n}.{name}.npy", values)
    table = {"creator_id": np.arange(n), "genre": pd.Categorical.from_codes(genre, [f"genre {g}" for g in range(5)])}
    pd.DataFrame(table | {"effect_hat": effect, "se": se}).to_parquet(folder / f"{n}.parquet", row_group_size=1 << 17)


def _summary(folder: Path, n: int) -> dict:
    """Sum up users' rows."""
    return {"creators": len(summarize(files.scan(folder / f"{n}.rows.parquet")))}


def _memory(folder: Path, n: int) -> dict:
    """Read creators in memory, with means, standard deviations and 95 % intervals."""
    effect, se, genre = (np.load(folder / f"{n}.{name}.npy") for name in ("effect", "se", "genre"))
    found = fit_exact(creators.partial_pooling(), creators.Data(effect, se, genre))
    for ask in (found.mean, found.sd, lambda v: found.quantile(v, 0.025), lambda v: found.quantile(v, 0.975)):
        assert len(ask("tau")) == n
    return {}


def _file(folder: Path, n: int) -> dict:
    """Read creators from a file and write the same into another."""
    rows = files.scan(folder / f"{n}.parquet", memory="1GB")
    start = time.perf_counter()
    found = fit_grouped(creators.partial_pooling(), rows)
    passes = time.perf_counter() - start
    assert write_readouts(found, rows, folder / f"{n}.out.parquet") == n
    (folder / f"{n}.out.parquet").unlink()
    return {"passes_seconds": passes}


JOBS = {"summary": _summary, "memory": _memory, "file": _file}


def _peak() -> float:
    """Return this process's peak memory in MB; Linux keeps it here, and in ``ru_maxrss`` that of the parent too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def worker(job: str, folder: str, n: str) -> None:
    """Run one job and print seconds, processor seconds and by how much the peak memory rose."""
    before, cpu, start = _peak(), time.process_time(), time.perf_counter()
    extra = JOBS[job](Path(folder), int(n))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": _peak() - before} | extra))


def run(job: str, folder: Path, n: int, rounds: int) -> dict[str, float]:
    """Run a job in processes of its own; the least of seconds, the median of the rest."""
    found = []
    for _ in range(rounds):
        command = [sys.executable, "-m", "benchmarks.scale", job, str(folder), str(n)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
        found.append(json.loads(done.stdout.splitlines()[-1]))
    out = {name: statistics.median(r[name] for r in found) for name in found[0]}
    return out | {"least_seconds": min(r["seconds"] for r in found)}


def measure(console: Console, *, quick: bool = False, rounds: int | None = None, rows: int = 10**7) -> dict:
    """Run all jobs, print what they took and (unless quick) write the results."""
    times = 1 if quick else rounds or 3
    sizes, rows = ((10**5,), min(rows, 10**6)) if quick else ((10**6, 10**7), rows)
    out = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_rows(folder / f"{rows}.rows.parquet", rows)
        row = run("summary", folder, rows, times)
        out["summary"] = row | {"rows": rows, "rows_per_second": rows / row["least_seconds"],
                                "file_mb": (folder / f"{rows}.rows.parquet").stat().st_size / 2**20}
        console.print(f"{rows:,} rows of users in a Parquet file: {row['least_seconds']:.2f} s, "
                      f"{out['summary']['rows_per_second'] / 1e6:.1f} million rows a second by DuckDB.")
        (folder / f"{rows}.rows.parquet").unlink()
        for n in sizes:
            make_creators(folder, n)
            for job, said in (("memory", "in memory"), ("file", "from file to file")):
                row = run(job, folder, n, times)
                row["times_input"] = row["peak_mb"] * 2**20 / (24 * n)
                out[f"{n} {job}"] = row
                console.print(f"{n:,} creators with intervals, {said}: {row['least_seconds']:.2f} s ({row['cpu_seconds']:.2f} s "
                              f"of the processor), at most {row['times_input']:.1f} times the input's memory.")
    result = {"what": "creators: rows summed up, creators read with 95 % intervals; least wall seconds over rounds",
              "date": date.today().isoformat(), "rounds": times, "seed": SEED, "cores": os.cpu_count(),
              "load": round(os.getloadavg()[0], 2),
              "versions": {"python": platform.python_version()} | {p: metadata.version(p) for p in PACKAGES},
              "jobs": {k: {n: float(f"{v:.4g}") for n, v in row.items()} for k, row in out.items()}}
    if not quick:
        (RESULTS / "creators_scale.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        console.print("Written to benchmarks/results/creators_scale.json.")
    return result


if __name__ == "__main__":
    worker(*sys.argv[1:])
