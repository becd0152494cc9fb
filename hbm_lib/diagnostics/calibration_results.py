"""The long calibration runs on file: written once, checked ever after, drawn in the book."""

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hbm_lib import repository
from hbm_lib.diagnostics.calibration import Uniformity, uniformity

FOLDER = "tests/calibration/results"


@dataclass(frozen=True)
class Run:
    """One model in one engine, calibrated over many data sets.

    Attributes
    ----------
    model, engine, form, prior : str
        What was run.
    ranks : mapping of str to list of int
        For each test quantity the rank in every data set.
    bins : int
        Possible ranks: posterior draws for each data set, plus 1.
    seed, tune, thin : int
        Seed, warm-up sweeps, and sweeps per kept draw.
    seconds : float
        Time the run took.
    versions : mapping of str to str
        Of Python and the libraries.
    fingerprint : str
        Of the code that was run.
    """

    model: str
    engine: str
    form: str
    prior: str
    ranks: Mapping[str, list[int]]
    bins: int
    seed: int
    tune: int
    thin: int
    seconds: float
    versions: Mapping[str, str]
    fingerprint: str

    @property
    def data_sets(self) -> int:
        """How many data sets were simulated."""
        return len(next(iter(self.ranks.values())))

    def uniformity(self, quantity: str, level: float = 0.05) -> Uniformity:
        """Judge one quantity's ranks."""
        return uniformity(np.array(self.ranks[quantity]), self.bins, level)


def fingerprint(parts: Iterable[tuple[Path, str | None]], *more: str) -> str:
    """Return a checksum of what the code does: comments and docstrings do not count.

    Parameters
    ----------
    parts : iterable of (Path, str or None)
        Python sources; with a name, only that function or class of the file.
    *more : str
        Anything else the result depends on.

    Raises
    ------
    ValueError
        If a file has no function or class of that name.
    """
    checksum = hashlib.sha256("\n".join(more).encode())
    for file, name in sorted(parts, key=lambda part: (Path(part[0]).name, part[1] or "")):
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        if name is not None:
            found = [node for node in tree.body if getattr(node, "name", None) == name]
            if not found:
                raise ValueError(f"{Path(file).name} has no function or class {name!r}")
            tree.body = found
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                body[0].value.value = None
        checksum.update(f"\n# {Path(file).name}\n{ast.unparse(tree)}".encode())
    return checksum.hexdigest()[:16]


def save(run: Run, folder: Path) -> Path:
    """Write a run as JSON and return the file."""
    path = Path(folder) / f"{run.model}.{run.engine}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    body = asdict(run)
    ranks = {name: [int(r) for r in values] for name, values in body.pop("ranks").items()}
    head = json.dumps(body | {"seconds": round(run.seconds, 1)}, indent=1, ensure_ascii=False)[:-2]
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values, separators=(',', ':'))}" for name, values in ranks.items())
    path.write_text(f'{head},\n "ranks": {{\n{rows}\n }}\n}}\n', encoding="utf-8")
    return path


def load_results(folder: Path | str | None = None) -> list[Run]:
    """Read the committed runs.

    Parameters
    ----------
    folder : path, optional
        Where they lie. By default ``tests/calibration/results`` of the
        repository that holds the current directory.

    Returns
    -------
    list of Run
        In the order of model and engine.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    folder = repository.find(FOLDER) if folder is None else Path(folder)
    files = sorted(folder.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"{folder}: no calibration results; make them with `python -m benchmarks.calibrate`")
    order = {"exact": 0, "gibbs": 1, "pymc": 2, "numpyro": 3}
    runs = [Run(**json.loads(f.read_text(encoding="utf-8"))) for f in files]
    return sorted(runs, key=lambda r: (r.model, order.get(r.engine, 9)))


def verdicts(runs: Iterable[Run], false_alarms: float = 1e-3) -> pd.DataFrame:
    """Judge every quantity of every run, all together at one rate of false alarms.

    Parameters
    ----------
    runs : iterable of Run
        Calibration runs.
    false_alarms : float
        Probability that any of the verdicts is wrong when all samplers are right.

    Returns
    -------
    pandas.DataFrame
        Columns ``model``, ``engine``, ``quantity``, ``data_sets``, ``p_value``, ``verdict``.
    """
    runs = list(runs)
    level = false_alarms / max(1, sum(len(r.ranks) for r in runs))
    rows = []
    for r in runs:
        for quantity in r.ranks:
            found = r.uniformity(quantity, level)
            rows.append((r.model, r.engine, quantity, r.data_sets, found.p_value, found.verdict))
    return pd.DataFrame(rows, columns=["model", "engine", "quantity", "data_sets", "p_value", "verdict"])
