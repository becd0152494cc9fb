"""The wheel: its core installs without the book's packages, and imports quickly."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ["pymc", "pytensor", "nutpie", "jax", "numpyro", "matplotlib", "altair", "sphinx",
         "jupytext", "IPython"]

EXACT_FIT = f"""
import importlib.util, json
import hbm_lib
from hbm_lib.models import eight_schools as es
posterior = hbm_lib.fit(es.noncentered(), es.eight_schools(), engine="exact", seed=1, draws=50,
                        chains=2)
from hbm_lib.diagnostics import convergence, predictive
fitted = hbm_lib.fit(es.noncentered(), es.eight_schools(), engine="gibbs", seed=1, draws=50, chains=2, tune=50,
                     groups=["log_likelihood"])
print(json.dumps({{
    "judged": [*convergence.check_convergence(fitted).table.columns, len(predictive.loo(fitted).pareto_k)],
    "file": hbm_lib.__file__,
    "found": [name for name in {HEAVY!r} if importlib.util.find_spec(name)],
    "dims": dict(posterior["posterior"].sizes),
}}))
"""


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT])
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare_python(wheel, tmp_path_factory):
    """Return a Python in a clean environment with the wheel and its core dependencies only."""
    folder = tmp_path_factory.mktemp("bare") / "env"
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or "uv"
    run([uv, "venv", "--quiet", "--python", sys.executable, folder])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    constraints = folder.parent / "constraints.txt"
    constraints.write_text("\n".join(
        line.rstrip("\\ ") for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line and not line.startswith((" ", "#"))))
    install = [uv, "pip", "install", "--quiet", "--python", python, "--constraint", constraints,
               wheel]
    offline = subprocess.run([str(part) for part in [*install, "--offline"]], capture_output=True,
                             text=True, check=False)
    if offline.returncode:  # the cache is cold: ask the registry once
        run(install)
    return python


@pytest.mark.slow
@pytest.mark.network
def test_the_core_fits_exactly_without_the_books_packages(bare_python, tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    seen = json.loads(run([bare_python, "-c", EXACT_FIT], cwd=tmp_path, env=environment))
    assert str(bare_python.parent.parent) in seen["file"], "the wheel is used, not the checkout"
    assert seen["found"] == []
    assert seen["judged"] == ["mean", "sd", "mcse", "rhat", "ess_bulk", "ess_tail", 8]
    assert seen["dims"]["chain"] == 2
    assert seen["dims"]["draw"] == 50
    assert seen["dims"]["school"] == 8


@pytest.mark.slow
@pytest.mark.network
def test_an_engine_that_is_not_installed_says_how_to_get_it(bare_python, tmp_path):
    code = EXACT_FIT.replace('engine="exact"', 'engine="pymc"')
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run([str(bare_python), "-c", code], capture_output=True, text=True,
                          check=False, cwd=tmp_path, env=environment)
    assert done.returncode != 0
    assert "hbm-lib[pymc]" in done.stderr


@pytest.mark.slow
@pytest.mark.network
def test_figures_that_are_not_installed_say_how_to_get_them(bare_python, tmp_path):
    done = subprocess.run([str(bare_python), "-c", "import hbm_lib.plots.bars"], capture_output=True, text=True,
                          check=False, cwd=tmp_path)
    assert done.returncode != 0
    assert "hbm-lib[plots]" in done.stderr


def test_the_wheel_holds_the_library_and_the_exercises(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "hbm_lib/__init__.py" in names
    assert any(name.startswith("hbm_lib/exercises/bank/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "tools/", "chapters/"))]
    assert not [name for name in names if "__pycache__" in name]


def test_the_core_depends_on_little():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {text.split(">")[0].split("[")[0] for text in project["dependencies"]}
    assert names == {"numpy", "scipy", "pandas", "xarray", "arviz-base", "arviz-stats", "narwhals",
                     "typer", "rich"}


def test_every_extra_stands_in_the_lock_and_within_its_bounds():
    """Spark and Dask only speed up a reader's own cluster: the book does without them, and so does the lock."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lock = dict(line.rstrip(" \\").split(";")[0].strip().split("==") for line in
                (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith((" ", "#")))
    wanted = [Requirement(text) for name, texts in extras.items() if name not in ("spark", "dask", "all") for text in texts]
    wanted = [one for one in wanted if one.name != "hbm-lib"]
    assert [str(one) for one in wanted if one.name not in lock or not one.specifier.contains(lock[one.name])] == []


def test_the_book_extra_holds_what_the_build_reads_out_of_packages():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    book = {Requirement(text).name for name in ("book", "plots") for text in extras[name]}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tools" / "hbm_book").glob("*.py"))
    read = set(re.findall(r'^\w+_PACKAGE = "(.+)"$', sources, re.MULTILINE))
    assert {"playwright", "sphinx-mathjax-offline"} <= read
    assert read <= book


def test_the_lock_names_no_host_and_hashes_everything():
    lock = (ROOT / "requirements.txt").read_text()
    assert "://" not in lock
    blocks = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(blocks) > 100
    assert all("==" in line and line.endswith("\\") for line in blocks)


def test_importing_takes_less_than_half_a_second_and_loads_nothing_heavy():
    code = ("import sys, time; start = time.perf_counter(); import hbm_lib; "
            "seconds = time.perf_counter() - start; import json; "
            f"print(json.dumps([seconds, [name for name in {HEAVY!r} if name in sys.modules]]))")
    seen = [json.loads(run([sys.executable, "-c", code])) for _ in range(5)]
    assert all(not loaded for _, loaded in seen)
    assert min(seconds for seconds, _ in seen) < 0.5
